from django.db import migrations

RIGHTS = """
GRANT UPDATE ON participants_partner TO tanhui_app;
"""


class Migration(migrations.Migration):
    dependencies = [("participants", "0001_initial")]

    operations = [migrations.RunSQL(RIGHTS)]
