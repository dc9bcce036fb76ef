import connect.languages
import connect.plain_text
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from connect.squashed import Together


class Migration(migrations.Migration):

    replaces = [
        ('accounts', '0011_encrypted_seeds'),
        ('accounts', '0012_languages_of_the_settings'),
        ('accounts', '0013_names_that_stood'),
        ('accounts', '0014_name_columns_in_words'),
        ('accounts', '0015_application_words'),
        ('accounts', '0016_plain_text'),
    ]

    dependencies = [
        ('accounts', '0010_language_names'),
        ('connect', '0010_plain_text'),
        ('mfa', '0003_authenticator_type_uniq'),
    ]

    operations = [
        Together([
            migrations.AddField(
                model_name='user',
                name='former_name',
                field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=150, verbose_name='earlier name'),
            ),
            migrations.AddField(
                model_name='user',
                name='renamed_at',
                field=models.DateTimeField(blank=True, editable=False, null=True),
            ),
            migrations.AlterField(
                model_name='closing',
                name='asked_by',
                field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by'),
            ),
            migrations.AlterField(
                model_name='closing',
                name='language',
                field=models.CharField(choices=connect.languages.language_choices, default='en', max_length=5),
            ),
            migrations.AlterField(
                model_name='datarequest',
                name='language',
                field=models.CharField(choices=connect.languages.language_choices, default='en', max_length=5),
            ),
            migrations.AlterField(
                model_name='lostfactor',
                name='why',
                field=models.CharField(help_text='Example: I know their voice, and called the number that we have.', max_length=200, verbose_name='how do you know that it is them?'),
            ),
            migrations.AlterField(
                model_name='user',
                name='gathers_news',
                field=models.BooleanField(db_default=False, default=False, help_text='New answers, applications and offers come together in the morning.', verbose_name='one e-mail a day with my news'),
            ),
            migrations.AlterField(
                model_name='user',
                name='language',
                field=models.CharField(choices=connect.languages.language_choices, default='en', max_length=5, verbose_name='language of e-mails'),
            ),
            migrations.AddIndex(
                model_name='user',
                index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(connect.plain_text.Plain('name', 'email'), name='gin_trgm_ops'), name='person_letters'),
            ),
        ]),
    ]
