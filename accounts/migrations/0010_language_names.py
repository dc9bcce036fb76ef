"""Name the languages of letters in the language of the page: a choice of words alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_forget_default_time_zone"),
    ]

    operations = [
        migrations.AlterField(
            model_name="closing",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("fr", "French"), ("es", "Spanish")],
                default="en",
                max_length=5,
            ),
        ),
        migrations.AlterField(
            model_name="datarequest",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("fr", "French"), ("es", "Spanish")],
                default="en",
                max_length=5,
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("fr", "French"), ("es", "Spanish")],
                default="en",
                max_length=5,
                verbose_name="language of letters",
            ),
        ),
    ]
