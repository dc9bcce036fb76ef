import connect.languages
import connect.plain_text
import django.contrib.postgres.indexes
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from connect.squashed import Together


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('notifications', '0001_initial'),
        ('notifications', '0002_pauses'),
        ('notifications', '0003_texts'),
        ('notifications', '0004_dead_addresses'),
        ('notifications', '0005_gathered_news'),
        ('notifications', '0006_letter_secret'),
        ('notifications', '0007_hide_old_secrets'),
        ('notifications', '0008_letter_opens'),
        ('notifications', '0009_letter_counts'),
        ('notifications', '0010_letter_priority'),
        ('notifications', '0011_letter_next'),
        ('notifications', '0012_language_names'),
        ('notifications', '0013_unread_mails'),
        ('notifications', '0014_letter_burst'),
        ('notifications', '0015_name_steps_in_keys'),
        ('notifications', '0016_addresses_that_rest'),
        ('notifications', '0017_try_full_mailboxes_again'),
        ('notifications', '0018_languages_of_the_settings'),
        ('notifications', '0019_texts_say_their_cases'),
        ('notifications', '0020_name_columns_in_words'),
        ('notifications', '0021_plain_words_again'),
        ('notifications', '0022_weekly_work'),
        ('notifications', '0023_plain_text'),
        ('notifications', '0024_held_letters'),
        ('notifications', '0025_row_that_a_letter_concerns'),
        ('notifications', '0026_fill_row_that_a_letter_concerns'),
        ('notifications', '0027_letter_concerned'),
        ('notifications', '0028_addresses_in_small_letters'),
    ]

    dependencies = [
        ('accounts', '0015_application_words'),
        ('connect', '0011_saved_filters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='UnreadMail',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.CharField(max_length=60, unique=True)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['at'],
                },
            ),
            migrations.CreateModel(
                name='WeeklyWork',
                fields=[
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='weekly_work', serialize=False, to=settings.AUTH_USER_MODEL)),
                    ('asked_at', models.DateTimeField()),
                    ('sent_for', models.DateField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['user'],
                },
            ),
            migrations.CreateModel(
                name='Letter',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=300, unique=True)),
                    ('concerned_model', models.CharField(blank=True, db_default='', default='', editable=False, max_length=60)),
                    ('concerned_pk', models.BigIntegerField(blank=True, editable=False, null=True)),
                    ('template', models.CharField(max_length=60, verbose_name='template')),
                    ('address', models.EmailField(max_length=254, verbose_name='e-mail address')),
                    ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                    ('language', models.CharField(choices=connect.languages.language_choices, default='en', max_length=5, verbose_name='language')),
                    ('context', models.JSONField(default=dict)),
                    ('path', models.CharField(blank=True, max_length=300)),
                    ('subject', models.CharField(blank=True, max_length=300, verbose_name='subject')),
                    ('body', models.TextField(blank=True, verbose_name='text')),
                    ('secret', models.TextField(blank=True, db_default='', editable=False)),
                    ('is_secret', models.BooleanField(default=False)),
                    ('priority', models.PositiveSmallIntegerField(choices=[(0, 'normal'), (1, 'urgent')], db_default=0, default=0, verbose_name='priority')),
                    ('optional', models.CharField(blank=True, db_default='', max_length=20)),
                    ('burst', models.CharField(blank=True, db_default='', default='', max_length=60)),
                    ('is_gathered', models.BooleanField(db_default=False, default=False)),
                    ('group', models.CharField(blank=True, db_default='', default='', max_length=40)),
                    ('hold', models.CharField(blank=True, choices=[('', 'leaves at once'), ('hours', 'held for some hours'), ('review', 'held until it is reviewed')], db_default='', default='', max_length=6, verbose_name='held')),
                    ('message_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='written')),
                    ('not_before', models.DateTimeField(verbose_name='not before')),
                    ('leased_until', models.DateTimeField(blank=True, null=True)),
                    ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                    ('last_error', models.CharField(blank=True, max_length=300, verbose_name='last error')),
                    ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                    ('cancelled_at', models.DateTimeField(blank=True, null=True, verbose_name='cancelled')),
                    ('opens', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='connect.link')),
                ],
                options={
                    'verbose_name': 'e-mail',
                    'verbose_name_plural': 'e-mails',
                    'ordering': ['-created_at', '-pk'],
                    'permissions': [('review_letter', 'Edits, releases and discards e-mails that are held')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('secret', ''), models.Q(('cancelled_at', None), ('sent_at', None)), _connector='OR'), name='a_secret_goes_with_its_letter')],
                    'indexes': [models.Index(models.F('not_before'), condition=models.Q(('cancelled_at', None), ('sent_at', None)), name='letter_waiting'), models.Index(models.OrderBy(models.F('priority'), descending=True), models.F('tries'), models.F('id'), condition=models.Q(('cancelled_at', None), ('sent_at', None)), name='letter_next'), models.Index(models.F('address'), models.F('sent_at'), name='letter_of_reader'), models.Index(models.F('hold'), condition=models.Q(('cancelled_at', None), ('sent_at', None), models.Q(('hold', ''), _negated=True)), name='letter_held'), django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass(connect.plain_text.Plain('address', 'name', 'subject'), name='gin_trgm_ops'), name='letter_letters'), models.Index(models.F('concerned_model'), models.F('concerned_pk'), name='letter_concerned')],
                },
            ),
            migrations.CreateModel(
                name='DeadAddress',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                    ('why', models.CharField(max_length=300, verbose_name='why')),
                    ('at', models.DateTimeField(verbose_name='returned on')),
                    ('failures', models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name='times')),
                    ('rests_until', models.DateTimeField(blank=True, null=True, verbose_name='tried again')),
                    ('letter', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='notifications.letter', verbose_name='e-mail')),
                ],
                options={
                    'verbose_name': 'address that fails',
                    'verbose_name_plural': 'addresses that fail',
                    'ordering': ['-at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='LetterCount',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=20)),
                    ('day', models.DateField()),
                    ('scope', models.CharField(max_length=40)),
                    ('number', models.PositiveIntegerField(default=0)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('kind', 'day', 'scope'), name='one_count_a_day')],
                },
            ),
            migrations.CreateModel(
                name='LetterText',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('template', models.CharField(max_length=60, verbose_name='e-mail')),
                    ('language', models.CharField(choices=connect.languages.language_choices, max_length=5, verbose_name='language')),
                    ('subject', models.CharField(max_length=200, verbose_name='subject')),
                    ('body', models.TextField(max_length=5000, verbose_name='text')),
                    ('changed_at', models.DateTimeField()),
                    ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'text of an e-mail',
                    'verbose_name_plural': 'texts of e-mails',
                    'constraints': [models.UniqueConstraint(fields=('template', 'language'), name='one_text_a_language')],
                },
            ),
            migrations.CreateModel(
                name='Pause',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address', models.EmailField(max_length=254)),
                    ('kind', models.CharField(max_length=20)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('address', 'kind'), name='one_pause_a_kind')],
                },
            ),
            migrations.CreateModel(
                name='HoldRule',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('group', models.CharField(blank=True, max_length=40)),
                    ('template', models.CharField(max_length=60, verbose_name='e-mail')),
                    ('hold', models.CharField(blank=True, choices=[('', 'leaves at once'), ('hours', 'held for some hours'), ('review', 'held until it is reviewed')], max_length=6, verbose_name='when it leaves')),
                    ('hours', models.PositiveSmallIntegerField(default=0, verbose_name='hours')),
                    ('changed_at', models.DateTimeField()),
                    ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['template', 'group'],
                    'constraints': [models.UniqueConstraint(fields=('group', 'template'), name='one_rule_of_holding_a_kind')],
                },
            ),
        ]),
    ]
