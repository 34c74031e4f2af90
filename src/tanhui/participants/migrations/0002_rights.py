from django.db import migrations

RIGHTS = """
GRANT UPDATE ON participants_partner TO tanhui_app;
"""

# A batch looks ten thousand subjects up: with the person in the index, their rows need not be visited.
COVERED = """
ALTER TABLE participants_person_link
    DROP CONSTRAINT participants_person_link_pkey,
    ADD PRIMARY KEY (subject) INCLUDE (person_id);
"""


class Migration(migrations.Migration):
    dependencies = [("participants", "0001_initial")]

    operations = [migrations.RunSQL(RIGHTS), migrations.RunSQL(COVERED)]
