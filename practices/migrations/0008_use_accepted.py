from django.db import migrations, models
from django.db.models import F


def accept_earlier(apps, schema_editor):
    """What is public already stays so: its town and staff can take it off now."""
    apps.get_model("practices", "Use").objects.update(accepted_at=F("at"))


class Migration(migrations.Migration):
    dependencies = [("practices", "0007_languages_of_the_settings")]

    operations = [
        migrations.AddField(
            model_name="use",
            name="accepted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RunPython(accept_earlier, migrations.RunPython.noop),
    ]
