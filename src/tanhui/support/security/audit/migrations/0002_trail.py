from pathlib import Path

from django.db import migrations

TRAIL = Path(__file__).resolve().parent.parent / "sql" / "trail.sql"


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [migrations.RunSQL(TRAIL.read_text(encoding="utf-8"))]
