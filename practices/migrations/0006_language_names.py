"""Name the languages of practices in the language of the page: a choice of words alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("practices", "0005_photo_of_a_picture"),
    ]

    operations = [
        migrations.AlterField(
            model_name="practice",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("fr", "French"), ("es", "Spanish")],
                max_length=5,
                verbose_name="written in",
            ),
        ),
        migrations.AlterField(
            model_name="practicetext",
            name="language",
            field=models.CharField(
                choices=[("en", "English"), ("fr", "French"), ("es", "Spanish")], max_length=5
            ),
        ),
    ]
