"""Since when an authority waits to be verified, also where nobody asked to join it."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0028_languages_of_people")]
    operations = [
        migrations.AddField("authority", "created_at", models.DateTimeField(null=True)),
        migrations.AlterField(
            "authority",
            "created_at",
            models.DateTimeField(
                blank=True,
                default=django.utils.timezone.now,
                editable=False,
                null=True,
                verbose_name="entered on",
            ),
        ),
    ]
