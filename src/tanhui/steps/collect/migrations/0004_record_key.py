from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collect", "0003_run_namespace")]

    operations = [
        migrations.AddField(model_name="quarantinedrow", name="record_key", field=models.UUIDField(null=True)),
        migrations.AddIndex(
            model_name="quarantinedrow",
            index=models.Index(
                condition=models.Q(("record_key__isnull", False)),
                fields=["record_key"],
                name="collect_quarantine_record",
            ),
        ),
    ]
