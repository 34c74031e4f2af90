from pathlib import Path

from django.db import migrations

DECISIONS = Path(__file__).resolve().parent.parent / "sql" / "decisions.sql"


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]

    operations = [migrations.RunSQL(DECISIONS.read_text(encoding="utf-8"))]
