"""Name the scopes of an association; no table changes."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0018_words_for_a_wikidata_number'),
    ]

    operations = [
        migrations.AlterField(
            model_name='association',
            name='scope',
            field=models.CharField(choices=[('national', 'national'), ('subnational', 'of a part of the country'), ('international', 'international')], max_length=20, verbose_name='scope'),
        ),
    ]
