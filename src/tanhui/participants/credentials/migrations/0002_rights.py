from django.db import migrations

RIGHTS = """
GRANT UPDATE (ends_at) ON credentials_key TO tanhui_app;
GRANT UPDATE ON credentials_limit, credentials_sandbox TO tanhui_app;
GRANT UPDATE (ends_at), DELETE ON credentials_nonce TO tanhui_app;
"""


class Migration(migrations.Migration):
    dependencies = [("credentials", "0001_initial")]

    operations = [migrations.RunSQL(RIGHTS)]
