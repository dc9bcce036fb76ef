from django.db import migrations, models

import registry.exchange_forms


class Migration(migrations.Migration):
    dependencies = [("matching", "0021_name_columns_in_words")]

    operations = [
        migrations.AddField(
            model_name="match",
            name="form",
            field=models.CharField(
                blank=True,
                choices=registry.exchange_forms.exchange_form_choices,
                db_default="",
                default="",
                max_length=20,
                verbose_name="form of exchange",
            ),
        ),
    ]
