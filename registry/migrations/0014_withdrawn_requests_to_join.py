"""Say of a request to join that it was withdrawn: nobody has ended what they never were."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0013_names_of_merged_authorities")]
    operations = [
        migrations.AlterField(
            model_name="membership",
            name="status",
            field=models.CharField(
                choices=[
                    ("asked", "waiting for an answer"),
                    ("active", "active"),
                    ("refused", "refused"),
                    ("withdrawn", "withdrawn"),
                    ("ended", "ended"),
                ],
                default="asked",
                max_length=10,
                verbose_name="status",
            ),
        ),
    ]
