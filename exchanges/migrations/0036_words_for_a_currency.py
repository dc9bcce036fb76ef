"""Say what to write where a currency is none; no table changes."""

import django.core.validators
from django.db import migrations, models

CURRENCY_CODE = django.core.validators.RegexValidator(
    "^[A-Z]{3}$", "Write the three letters of a currency, as in EUR or GHS."
)


class Migration(migrations.Migration):
    dependencies = [("exchanges", "0035_declined_plan")]

    operations = [
        migrations.AlterField(
            model_name="budgetline",
            name="currency",
            field=models.CharField(
                default="EUR",
                max_length=3,
                validators=[CURRENCY_CODE],
                verbose_name="currency (ISO 4217)",
            ),
        ),
        migrations.AlterField(
            model_name="rate",
            name="currency",
            field=models.CharField(
                max_length=3, validators=[CURRENCY_CODE], verbose_name="currency (ISO 4217)"
            ),
        ),
    ]
