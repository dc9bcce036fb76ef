import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from connect.append_only import FUNCTIONS, NO_FUNCTIONS, protection_sql
from connect.squashed import Together


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('connect', '0001_initial'),
        ('connect', '0002_exports'),
        ('connect', '0003_append_only'),
        ('connect', '0004_links'),
        ('connect', '0005_accepted_posts'),
        ('connect', '0006_counts_without_redis'),
        ('connect', '0007_checks_of_the_audit'),
        ('connect', '0008_name_columns_in_words'),
        ('connect', '0009_plain_words_again'),
    ]

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='AcceptedPost',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('key', models.CharField(max_length=64, unique=True)),
                    ('page', models.CharField(max_length=64)),
                    ('at', models.DateTimeField(db_index=True)),
                    ('location', models.CharField(max_length=2000)),
                ],
            ),
            migrations.CreateModel(
                name='Archived',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField()),
                    ('first_seal', models.BigIntegerField()),
                    ('last_seal', models.BigIntegerField()),
                    ('count', models.PositiveIntegerField()),
                    ('file_sha256', models.CharField(max_length=64)),
                ],
                options={
                    'ordering': ['pk'],
                },
            ),
            migrations.CreateModel(
                name='AuditCheck',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('day', models.DateField(unique=True)),
                    ('at', models.DateTimeField()),
                    ('seal', models.TextField(blank=True)),
                    ('count', models.PositiveIntegerField()),
                    ('findings', models.TextField(blank=True)),
                ],
                options={
                    'ordering': ['-day'],
                },
            ),
            migrations.CreateModel(
                name='Counter',
                fields=[
                    ('name', models.CharField(max_length=12, primary_key=True, serialize=False)),
                    ('last', models.PositiveIntegerField(default=0)),
                ],
            ),
            migrations.CreateModel(
                name='Seal',
                fields=[
                    ('number', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='number')),
                    ('at', models.DateTimeField(verbose_name='sealed')),
                    ('previous', models.CharField(max_length=64, verbose_name='digest of the seal before')),
                    ('lines', models.TextField()),
                    ('count', models.PositiveIntegerField(verbose_name='rows')),
                    ('digest', models.CharField(max_length=64, verbose_name='digest')),
                    ('key', models.CharField(max_length=64, verbose_name='public key')),
                    ('signature', models.CharField(max_length=128, verbose_name='signature')),
                ],
                options={
                    'verbose_name': 'seal',
                    'verbose_name_plural': 'seals',
                    'ordering': ['number'],
                    'permissions': [('export_audit', 'Takes out timelines and readings for the auditor')],
                },
            ),
            migrations.CreateModel(
                name='Try',
                fields=[
                    ('cache_key', models.CharField(max_length=300, primary_key=True, serialize=False)),
                    ('value', models.TextField()),
                    ('expires', models.DateTimeField(db_index=True)),
                ],
            ),
            migrations.CreateModel(
                name='Unsealed',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('table_name', models.CharField(max_length=63)),
                    ('row_id', models.BigIntegerField()),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'ordering': ['pk'],
                    'indexes': [models.Index(fields=['table_name', 'row_id'], name='unsealed_row')],
                },
            ),
            migrations.CreateModel(
                name='Export',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('asked_at', models.DateTimeField()),
                    ('language', models.CharField(max_length=5)),
                    ('state', models.CharField(choices=[('waiting', 'being written'), ('done', 'ready'), ('failed', 'failed')], default='waiting', max_length=7)),
                    ('error', models.CharField(blank=True, max_length=300)),
                    ('model', models.CharField(max_length=60)),
                    ('rows', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                    ('format', models.CharField(choices=[('xlsx', 'XLSX'), ('csv', 'CSV')], max_length=4)),
                    ('file', models.FileField(blank=True, upload_to='exports/')),
                    ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['-asked_at', '-pk'],
                    'indexes': [models.Index(fields=['state', 'asked_at'], name='export_waiting')],
                },
            ),
            migrations.CreateModel(
                name='Link',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                    ('purpose', models.CharField(max_length=40, verbose_name='opens')),
                    ('about', models.CharField(max_length=60)),
                    ('address', models.EmailField(max_length=254, verbose_name='given to')),
                    ('name', models.CharField(blank=True, max_length=200, verbose_name='name')),
                    ('language', models.CharField(default='en', max_length=5)),
                    ('given_at', models.DateTimeField(verbose_name='given')),
                    ('expires_at', models.DateTimeField(verbose_name='works until')),
                    ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                    ('withdrawn_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='withdrawn by')),
                ],
                options={
                    'verbose_name': 'link in an e-mail',
                    'verbose_name_plural': 'links in e-mails',
                    'ordering': ['-given_at', '-pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('purpose', 'about', 'address'), name='one_standing_link')],
                },
            ),
            migrations.CreateModel(
                name='Reading',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.DateTimeField(verbose_name='read')),
                    ('model', models.CharField(max_length=60, verbose_name='what it is about')),
                    ('row', models.BigIntegerField(verbose_name='row')),
                    ('part', models.CharField(max_length=100, verbose_name='what was read')),
                    ('page', models.CharField(max_length=200, verbose_name='page')),
                    ('reader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='reader')),
                ],
                options={
                    'verbose_name': 'reading',
                    'verbose_name_plural': 'readings',
                    'ordering': ['-at', '-pk'],
                    'indexes': [models.Index(fields=['model', 'row'], name='reading_of_row')],
                },
            ),
        ]),
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(*protection_sql('connect_reading')),
        migrations.RunSQL(*protection_sql('connect_archived')),
        # Seals are what rows are proved by: they are not sealed themselves, and never archived.
        migrations.RunSQL(
            """
            CREATE TRIGGER changed BEFORE UPDATE OR DELETE ON connect_seal
              FOR EACH ROW EXECUTE FUNCTION append_only_refuse('always');
            CREATE TRIGGER emptied BEFORE TRUNCATE ON connect_seal
              EXECUTE FUNCTION append_only_refuse('always');
            """,
            "DROP TRIGGER changed ON connect_seal; DROP TRIGGER emptied ON connect_seal;",
        ),
    ]
