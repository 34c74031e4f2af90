from django.db import migrations

# A batch looks ten thousand subjects up: with the person in the index, their rows need not be visited.
COVERED = """
ALTER TABLE participants_person_link
    DROP CONSTRAINT participants_person_link_pkey,
    ADD PRIMARY KEY (subject) INCLUDE (person_id);
"""


class Migration(migrations.Migration):
    dependencies = [("persons", "0001_initial")]

    operations = [migrations.RunSQL(COVERED)]
