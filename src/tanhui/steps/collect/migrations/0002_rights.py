from django.db import migrations

RIGHTS = """
GRANT UPDATE ON collect_feed_run, collect_quarantined_row TO tanhui_app;
"""


class Migration(migrations.Migration):
    dependencies = [("collect", "0001_initial")]

    operations = [migrations.RunSQL(RIGHTS)]
