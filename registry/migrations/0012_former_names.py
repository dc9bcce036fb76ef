import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0011_membership_proof")]
    operations = [
        migrations.AddField(
            "authority",
            "former_names",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=200),
                blank=True,
                db_default=[],
                default=list,
                help_text="Its own, and those of the authorities that were merged into it.",
                size=None,
                verbose_name="former names",
            ),
        ),
    ]
