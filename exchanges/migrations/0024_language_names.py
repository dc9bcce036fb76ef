"""Name the languages of letters in the language of the page: a choice of words alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchanges", "0023_source_of_lists"),
    ]

    operations = [
        migrations.AlterField(
            model_name="participant",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("fr", "French"), ("es", "Spanish")],
                default="en",
                max_length=5,
                verbose_name="language of letters",
            ),
        ),
    ]
