from pathlib import Path

from django.db import migrations

GUARDS = Path(__file__).resolve().parent.parent / "sql" / "guards.sql"


class Migration(migrations.Migration):
    dependencies = [("persons", "0004_registered"), ("keys", "0002_guards")]

    operations = [migrations.RunSQL(GUARDS.read_text(encoding="utf-8"))]
