from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0019_name_scopes")]

    operations = [
        migrations.AddField(
            "membership",
            "told",
            models.CharField(
                "what the person was told", blank=True, db_default="", max_length=300
            ),
        )
    ]
