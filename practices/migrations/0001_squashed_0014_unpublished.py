import connect.languages
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
import django.utils.timezone
import practices.models
from django.conf import settings
from django.db import migrations, models

from connect.append_only import protection_sql
from connect.squashed import Together


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('practices', '0001_initial'),
        ('practices', '0002_changed_and_read'),
        ('practices', '0003_picture_sizes'),
        ('practices', '0004_append_only'),
        ('practices', '0005_photo_of_a_picture'),
        ('practices', '0006_language_names'),
        ('practices', '0007_languages_of_the_settings'),
        ('practices', '0008_use_accepted'),
        ('practices', '0009_being_read_by_both_sides'),
        ('practices', '0010_removed'),
        ('practices', '0011_name_columns_in_words'),
        ('practices', '0012_nearest_practices'),
        ('practices', '0013_plain_words'),
        ('practices', '0014_unpublished'),
    ]

    dependencies = [
        ('applications', '0020_name_columns_in_words'),
        ('connect', '0003_append_only'),
        ('exchanges', '0018_who_is_on_a_picture'),
        ('registry', '0005_mergers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='NearestPractices',
                fields=[
                    ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='nearest_practices', serialize=False, to='applications.dossier')),
                    ('made_of', models.CharField(max_length=64)),
                    ('entries', models.JSONField(default=list)),
                ],
                options={
                    'ordering': ['dossier'],
                },
            ),
            migrations.CreateModel(
                name='Practice',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(max_length=140, unique=True)),
                    ('status', models.CharField(choices=[('draft', 'draft'), ('review', 'under review by both sides'), ('approved', 'approved'), ('published', 'published'), ('archived', 'unpublished'), ('removed', 'deleted')], default='draft', max_length=9, verbose_name='status')),
                    ('status_since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                    ('language', models.CharField(choices=connect.languages.language_choices, max_length=5, verbose_name='written in')),
                    ('year_from', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1990), django.core.validators.MaxValueValidator(2100)], verbose_name='from (year)')),
                    ('year_to', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1990), django.core.validators.MaxValueValidator(2100)], verbose_name='to (year)')),
                    ('published_at', models.DateTimeField(blank=True, null=True)),
                    ('reviewed_on', models.DateField(blank=True, null=True)),
                    ('views', models.PositiveIntegerField(db_default=0, default=0, editable=False, verbose_name='times read')),
                    ('related', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, size=None)),
                    ('exchange', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='practices', to='exchanges.exchange')),
                    ('topics', models.ManyToManyField(related_name='practices', to='registry.theme', verbose_name='topics')),
                ],
                options={
                    'verbose_name': 'good practice',
                    'verbose_name_plural': 'good practices',
                    'ordering': ['-published_at', '-pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('year_to__gte', models.F('year_from'))), name='practice_ends_after_it_starts', violation_error_message='It cannot end before it begins.')],
                },
            ),
            migrations.CreateModel(
                name='Photo',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('alt', models.CharField(max_length=250, verbose_name='a description for people who cannot see it')),
                    ('credit', models.CharField(max_length=120, verbose_name='photographer')),
                    ('width', models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                    ('height', models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                    ('file', models.FileField(upload_to=practices.models.photo_path)),
                    ('picture', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='exchanges.picture')),
                    ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='practices.practice')),
                ],
                options={
                    'ordering': ['pk'],
                },
            ),
            migrations.CreateModel(
                name='Agreement',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('party', models.CharField(choices=[('town', 'the local authority that did it'), ('colleagues', 'the experts who helped')], max_length=10)),
                    ('name', models.CharField(max_length=150)),
                    ('at', models.DateTimeField()),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='agreements', to='practices.practice')),
                ],
                options={
                    'ordering': ['at'],
                    'constraints': [models.UniqueConstraint(fields=('practice', 'party'), name='a_party_agrees_once')],
                },
            ),
            migrations.CreateModel(
                name='PracticeEvent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('details', models.JSONField(blank=True, default=dict)),
                    ('salts', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                    ('digests', models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict)),
                    ('verb', models.CharField(max_length=40)),
                    ('source', models.CharField(blank=True, max_length=30)),
                    ('target', models.CharField(max_length=30)),
                    ('at', models.DateTimeField()),
                    ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('practice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='practices.practice')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='PracticeText',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('language', models.CharField(choices=connect.languages.language_choices, max_length=5)),
                    ('title', models.CharField(max_length=120, verbose_name='title')),
                    ('summary', models.TextField(max_length=500, verbose_name='in short')),
                    ('problem', models.TextField(blank=True, max_length=2000, verbose_name='the problem')),
                    ('done', models.TextField(blank=True, max_length=3000, verbose_name='what was done')),
                    ('result', models.TextField(blank=True, max_length=2000, verbose_name='the result, with numbers')),
                    ('cost', models.TextField(blank=True, max_length=1000, verbose_name='what it cost, in money and staff')),
                    ('failed', models.TextField(blank=True, max_length=1500, verbose_name='what did not work')),
                    ('conditions', models.TextField(blank=True, max_length=1500, verbose_name='what you need to do the same')),
                    ('changed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now)),
                    ('checked_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), default=django.utils.timezone.now)),
                    ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='practices.practice')),
                ],
                options={
                    'ordering': ['pk'],
                    'constraints': [models.UniqueConstraint(fields=('practice', 'language'), name='a_text_once_a_language')],
                },
            ),
            migrations.CreateModel(
                name='Use',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('words', models.CharField(max_length=500, verbose_name='what it changed in your authority')),
                    ('at', models.DateTimeField()),
                    ('accepted_at', models.DateTimeField(blank=True, null=True)),
                    ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.authority')),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('practice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='practices.practice')),
                ],
                options={
                    'ordering': ['-at'],
                    'constraints': [models.UniqueConstraint(fields=('practice', 'authority'), name='a_use_once_a_town')],
                },
            ),
        ]),
        migrations.RunSQL(*protection_sql('practices_practiceevent', says_something=True)),
    ]
