import django.contrib.postgres.indexes
from django.db import migrations

import connect.plain_text


class Migration(migrations.Migration):

    dependencies = [
        ('applications', '0027_contributors'),
        ('connect', '0010_plain_text'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='dossier',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(connect.plain_text.Plain('reference', 'title', 'focal_name', 'focal_email'), name='gin_trgm_ops'), name='application_letters'),
        ),
    ]
