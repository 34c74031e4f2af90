from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collect", "0002_rights")]

    operations = [
        migrations.AddField(
            model_name="feedrun",
            name="namespace",
            field=models.CharField(default="", max_length=60),
            preserve_default=False,
        ),
    ]
