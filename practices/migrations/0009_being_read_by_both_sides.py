"""Name the status of a practice that both sides are reading."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practices", "0008_use_accepted")]
    operations = [
        migrations.AlterField(
            model_name="practice",
            name="status",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("review", "being read by both sides"),
                    ("approved", "approved"),
                    ("published", "published"),
                    ("archived", "archived"),
                ],
                default="draft",
                max_length=9,
                verbose_name="status",
            ),
        ),
    ]
