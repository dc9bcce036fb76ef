from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("accounts", "0012_languages_of_the_settings")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="former_name",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=150,
                verbose_name="earlier name",
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="renamed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
