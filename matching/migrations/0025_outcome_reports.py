from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("matching", "0024_nearest_sentences")]

    operations = [
        migrations.CreateModel(
            name="OutcomeReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField(unique=True, verbose_name="month")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("figures", models.JSONField()),
            ],
            options={
                "verbose_name": "what came of rankings",
                "verbose_name_plural": "what came of rankings",
                "ordering": ["-month"],
            },
        ),
    ]
