"""Name the languages of letters in the language of the page: a choice of words alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0011_letter_next"),
    ]

    operations = [
        migrations.AlterField(
            model_name="letter",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("fr", "French"), ("es", "Spanish")],
                default="en",
                max_length=5,
                verbose_name="language",
            ),
        ),
        migrations.AlterField(
            model_name="lettertext",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("fr", "French"), ("es", "Spanish")],
                max_length=5,
                verbose_name="language",
            ),
        ),
    ]
