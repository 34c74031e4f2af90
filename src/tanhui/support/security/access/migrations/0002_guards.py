from pathlib import Path

from django.db import migrations

GUARDS = Path(__file__).resolve().parent.parent / "sql" / "guards.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"), ("ledger", "0002_guards"), ("auth", "0012_alter_user_first_name_max_length"), ("sessions", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"), ("mfa", "0003_authenticator_type_uniq"), ("usersessions", "0001_initial"),
        ("axes", "0010_accessattemptexpiration"),
    ]  # fmt: skip

    operations = [migrations.RunSQL(GUARDS.read_text(encoding="utf-8"))]
