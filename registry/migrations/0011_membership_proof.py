"""Keep what shows that somebody works where they ask to join."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0010_long_addresses_of_pages"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="proof",
            field=models.TextField(blank=True, db_default="", verbose_name="what shows it"),
        ),
    ]
