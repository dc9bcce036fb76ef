"""Name the working languages of an exchange; no table changes."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('exchanges', '0036_words_for_a_currency'),
    ]

    operations = [
        migrations.AlterField(
            model_name='exchange',
            name='languages',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), blank=True, db_default=[], default=list, size=None, verbose_name='working languages'),
        ),
    ]
