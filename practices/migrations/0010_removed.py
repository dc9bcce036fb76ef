"""Add the status of a draft that whoever began it deleted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practices", "0009_being_read_by_both_sides")]
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
                    ("removed", "deleted"),
                ],
                default="draft",
                max_length=9,
                verbose_name="status",
            ),
        ),
    ]
