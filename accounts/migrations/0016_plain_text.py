import django.contrib.postgres.indexes
from django.db import migrations

import connect.plain_text


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0015_application_words'),
        ('connect', '0010_plain_text'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='user',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(connect.plain_text.Plain('name', 'email'), name='gin_trgm_ops'), name='person_letters'),
        ),
    ]
