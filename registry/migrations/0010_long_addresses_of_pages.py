"""Give room to addresses of pages that are longer than two hundred characters."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0009_how_members_got_in")]
    operations = [
        migrations.AlterField(
            "authority",
            "website",
            models.URLField(blank=True, max_length=2000, verbose_name="web site"),
        )
    ]
