from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("organizations", "0001_initial")]

    operations = [migrations.RunSQL("GRANT UPDATE ON participants_partner TO tanhui_app")]
