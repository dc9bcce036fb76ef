import accounts.models
import connect.links
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

from connect.squashed import Together


class Migration(migrations.Migration):

    initial = True

    initial = True

    replaces = [
        ('accounts', '0001_initial'),
        ('accounts', '0002_time_zone'),
        ('accounts', '0003_gathers_news'),
        ('accounts', '0004_data_of_people'),
        ('accounts', '0005_reset_asked_at'),
        ('accounts', '0006_lost_factor'),
        ('accounts', '0007_proof_of_the_erasure_key'),
        ('accounts', '0008_time_zone_of_the_browser'),
        ('accounts', '0009_forget_default_time_zone'),
        ('accounts', '0010_language_names'),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='User',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                    ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                    ('name', models.CharField(max_length=150, verbose_name='name')),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('es', 'Spanish')], default='en', max_length=5, verbose_name='language of letters')),
                    ('phone', models.CharField(blank=True, max_length=20, verbose_name='telephone')),
                    ('is_active', models.BooleanField(default=True, verbose_name='active')),
                    ('is_staff', models.BooleanField(default=False, verbose_name='programme officer')),
                    ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='joined')),
                    ('time_zone', models.CharField(blank=True, db_default='', default='', max_length=40, verbose_name='time zone')),
                    ('gathers_news', models.BooleanField(db_default=False, default=False, help_text='New answers, dossiers and offers come together in the morning.', verbose_name='one letter a day with my news')),
                    ('reset_asked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                    ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                    ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ],
                options={
                    'verbose_name': 'person',
                    'verbose_name_plural': 'people',
                    'ordering': ['name', 'pk'],
                    'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_account_an_address', violation_error_message='This address already has an account.')],
                },
            ),
            migrations.CreateModel(
                name='Closing',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                    ('name', models.CharField(blank=True, max_length=150)),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('es', 'Spanish')], default='en', max_length=5)),
                    ('asked_at', models.DateTimeField(verbose_name='asked for')),
                    ('goes_at', models.DateTimeField(verbose_name='is erased')),
                    ('why', models.CharField(choices=[('asked', 'asked for it here'), ('wrote', 'asked the programme team for it'), ('unused', 'did not use the account for two years'), ('objected', 'objected to being named'), ('unlawful', 'should never have been recorded')], max_length=10, verbose_name='why')),
                    ('was_active', models.BooleanField(default=False)),
                    ('asked_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('user', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='closing', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'account being closed',
                    'verbose_name_plural': 'accounts being closed',
                    'ordering': ['goes_at', 'pk'],
                },
                bases=(connect.links.HasLink, models.Model),
            ),
            migrations.CreateModel(
                name='DataCopy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('asked_at', models.DateTimeField()),
                    ('language', models.CharField(max_length=5)),
                    ('state', models.CharField(choices=[('waiting', 'being written'), ('done', 'ready'), ('failed', 'failed')], default='waiting', max_length=7)),
                    ('error', models.CharField(blank=True, max_length=300)),
                    ('address', models.EmailField(max_length=254)),
                    ('file', models.FileField(blank=True, upload_to=accounts.models.copy_path)),
                    ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='copies', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-asked_at', '-pk'],
                    'indexes': [models.Index(fields=['state', 'asked_at'], name='copy_waiting')],
                },
            ),
            migrations.CreateModel(
                name='DataRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('address', models.EmailField(max_length=254)),
                    ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('es', 'Spanish')], default='en', max_length=5)),
                    ('asked_at', models.DateTimeField()),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('opened_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ['-asked_at', '-pk'],
                    'indexes': [models.Index(fields=['address', 'asked_at'], name='data_request_of_address')],
                },
                bases=(connect.links.HasLink, models.Model),
            ),
            migrations.CreateModel(
                name='Erasure',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('keys', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None)),
                    ('until', models.JSONField(default=dict)),
                    ('at', models.DateTimeField(verbose_name='erased')),
                    ('why', models.CharField(choices=[('asked', 'asked for it here'), ('wrote', 'asked the programme team for it'), ('unused', 'did not use the account for two years'), ('objected', 'objected to being named'), ('unlawful', 'should never have been recorded')], max_length=10, verbose_name='why')),
                    ('proof', models.CharField(blank=True, db_default='', default='', editable=False, max_length=64)),
                    ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ],
                options={
                    'verbose_name': 'erasure',
                    'verbose_name_plural': 'journal of erasures',
                    'ordering': ['-at', '-pk'],
                },
            ),
            migrations.CreateModel(
                name='LostFactor',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('why', models.CharField(help_text='For instance: I know their voice, and called the number that we have.', max_length=200, verbose_name='how do you know that it is them?')),
                    ('asked_at', models.DateTimeField(editable=False, verbose_name='asked')),
                    ('confirmed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='confirmed')),
                    ('asked_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='asked by')),
                    ('confirmed_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='confirmed by')),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lost_factors', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ],
                options={
                    'verbose_name': 'lost second factor',
                    'verbose_name_plural': 'lost second factors',
                    'ordering': ['-asked_at', '-pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('asked_by', models.F('person')), _negated=True), models.Q(('confirmed_by', models.F('person')), _negated=True), models.Q(('confirmed_by', models.F('asked_by')), _negated=True)), name='two_others_remove_a_factor')],
                },
            ),
        ]),
    ]
