import django.contrib.postgres.indexes
from django.db import migrations

import connect.plain_text


class Migration(migrations.Migration):

    dependencies = [
        ('notifications', '0022_weekly_work'),
        ('connect', '0010_plain_text'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='letter',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(connect.plain_text.Plain('address', 'name', 'subject'), name='gin_trgm_ops'), name='letter_letters'),
        ),
    ]
