"""Give room to links of meetings, many of which are longer than two hundred characters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0023_source_of_lists")]
    operations = [
        migrations.AlterField(
            "session",
            "link",
            models.URLField(blank=True, max_length=2000, verbose_name="link to join online"),
        )
    ]
