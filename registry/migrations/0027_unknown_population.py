"""A population of nobody is one that is not known."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0026_functions")]
    operations = [
        migrations.RunSQL(
            "UPDATE registry_authority SET population = NULL WHERE population = 0",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(
            "authority",
            "population",
            models.PositiveIntegerField(
                blank=True,
                null=True,
                validators=[MinValueValidator(1), MaxValueValidator(500_000_000)],
                verbose_name="population",
            ),
        ),
    ]
