"""Say what to write where a number in Wikidata is none; no table changes."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("registry", "0017_name_columns_in_words")]

    operations = [
        migrations.AlterField(
            model_name="authority",
            name="wikidata_id",
            field=models.CharField(
                blank=True,
                max_length=20,
                null=True,
                unique=True,
                validators=[
                    django.core.validators.RegexValidator(
                        "^Q[1-9]\\d*$", "Write the letter Q and the digits after it, as in Q1761."
                    )
                ],
                verbose_name="number in Wikidata",
            ),
        )
    ]
