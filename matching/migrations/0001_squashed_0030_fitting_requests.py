import connect.links
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import registry.exchange_forms
from django.conf import settings
from django.db import migrations, models

from connect.append_only import protection_sql
from connect.squashed import Together


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('matching', '0001_initial'),
        ('matching', '0002_keep_rules_of_every_offer'),
        ('matching', '0003_allocation'),
        ('matching', '0004_policy'),
        ('matching', '0005_alerts'),
        ('matching', '0006_messages'),
        ('matching', '0007_cv'),
        ('matching', '0008_answers_appraised'),
        ('matching', '0009_conversation'),
        ('matching', '0010_append_only'),
        ('matching', '0011_undone_before_asked'),
        ('matching', '0012_undone_invitations'),
        ('matching', '0013_where_experts_worked_then'),
        ('matching', '0014_functions_of_then'),
        ('matching', '0015_conflict_explained'),
        ('matching', '0016_experts_when_asked'),
        ('matching', '0017_fill_experts_when_asked'),
        ('matching', '0018_long_names_of_encoders'),
        ('matching', '0019_vectors_by_encoder'),
        ('matching', '0020_back_to_one_vector'),
        ('matching', '0021_name_columns_in_words'),
        ('matching', '0022_form_of_proposals'),
        ('matching', '0023_sentences_of_offers'),
        ('matching', '0024_nearest_sentences'),
        ('matching', '0025_outcome_reports'),
        ('matching', '0026_application_words'),
        ('matching', '0027_plain_words_again'),
        ('matching', '0028_eligible_answers'),
        ('matching', '0029_unread_texts'),
        ('matching', '0030_fitting_requests'),
    ]

    dependencies = [
        ('applications', '0025_replaced_files'),
        ('connect', '0003_append_only'),
        ('registry', '0023_deleted_offers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='FittingRequests',
                fields=[
                    ('expert', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='fitting_requests', serialize=False, to='registry.expert')),
                    ('made_of', models.CharField(max_length=64)),
                    ('made_at', models.DateTimeField()),
                    ('entries', models.JSONField(default=list)),
                ],
                options={
                    'ordering': ['expert'],
                },
            ),
            migrations.CreateModel(
                name='OutcomeReport',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('month', models.DateField(unique=True, verbose_name='month')),
                    ('made_at', models.DateTimeField(verbose_name='made')),
                    ('figures', models.JSONField()),
                ],
                options={
                    'verbose_name': 'outcomes of rankings',
                    'verbose_name_plural': 'outcomes of rankings',
                    'ordering': ['-month'],
                },
            ),
            migrations.CreateModel(
                name='CallToRank',
                fields=[
                ],
                options={
                    'verbose_name': 'call to rank',
                    'verbose_name_plural': 'ranking policy',
                    'proxy': True,
                    'indexes': [],
                    'constraints': [],
                },
                bases=('applications.call',),
            ),
            migrations.CreateModel(
                name='CallToShare',
                fields=[
                ],
                options={
                    'verbose_name': 'call to assign experts for',
                    'verbose_name_plural': 'assignment of experts',
                    'proxy': True,
                    'indexes': [],
                    'constraints': [],
                },
                bases=('applications.call',),
            ),
            migrations.CreateModel(
                name='DossierToMatch',
                fields=[
                ],
                options={
                    'verbose_name': 'file to match',
                    'verbose_name_plural': 'matching desk',
                    'proxy': True,
                    'indexes': [],
                    'constraints': [],
                },
                bases=('applications.dossier',),
            ),
            migrations.CreateModel(
                name='Interest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('function_title', models.CharField(blank=True, db_default='', max_length=120)),
                    ('status', models.CharField(choices=[('invited', 'invited'), ('draft', 'draft'), ('submitted', 'sent'), ('screened', 'eligible'), ('shortlisted', 'shortlisted'), ('chosen', 'chosen'), ('reserve', 'on the reserve list'), ('declined', 'declined'), ('withdrawn', 'withdrawn'), ('expired', 'expired'), ('undone', 'undone before it was sent')], max_length=12)),
                    ('status_since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                    ('motivation', models.TextField(blank=True, max_length=2000)),
                    ('comparable_case', models.TextField(blank=True, max_length=2000)),
                    ('approach', models.TextField(blank=True, max_length=2000)),
                    ('days_possible', models.CharField(blank=True, db_default='', max_length=300)),
                    ('town_gives', models.CharField(blank=True, db_default='', max_length=600)),
                    ('references', models.CharField(blank=True, db_default='', max_length=600)),
                    ('cv', models.FileField(blank=True, db_default='', upload_to='interests/')),
                    ('cv_name', models.CharField(blank=True, db_default='', max_length=150)),
                    ('partnership', models.BooleanField(default=False)),
                    ('partnership_text', models.CharField(blank=True, max_length=500)),
                    ('conflict', models.BooleanField(default=False)),
                    ('conflict_text', models.CharField(blank=True, db_default='', max_length=500)),
                    ('position', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('excepted', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), blank=True, db_default=models.Value([]), default=list, size=None)),
                    ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='registry.authority')),
                    ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='applications.dossier')),
                    ('expert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='interests', to='registry.expert')),
                    ('offer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.offer')),
                ],
                options={
                    'verbose_name': 'answer to a request',
                    'verbose_name_plural': 'answers to requests',
                    'ordering': ['position', 'pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['withdrawn', 'expired', 'undone']), _negated=True), fields=('dossier', 'expert'), name='one_open_interest_an_expert')],
                },
            ),
            migrations.CreateModel(
                name='InterestEvent',
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
                    ('interest', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='matching.interest')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='Match',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reference', models.CharField(max_length=15, unique=True, verbose_name='reference')),
                    ('status', models.CharField(choices=[('proposed', "waiting for everyone's agreement"), ('agreed', 'agreed'), ('refused', 'refused'), ('lapsed', 'expired without an answer'), ('undone', 'undone'), ('withdrawn', 'withdrawn by the programme team'), ('taken_back', 'undone before anybody was asked')], default='proposed', max_length=10, verbose_name='status')),
                    ('status_since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                    ('answer_by', models.DateField(verbose_name='answer by')),
                    ('note', models.TextField(blank=True, verbose_name='why these')),
                    ('form', models.CharField(blank=True, choices=registry.exchange_forms.exchange_form_choices, db_default='', default='', max_length=20, verbose_name='form of exchange')),
                    ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='matches', to='applications.dossier', verbose_name='application')),
                    ('interests', models.ManyToManyField(related_name='matches', to='matching.interest', verbose_name='answers')),
                ],
                options={
                    'verbose_name': 'match',
                    'verbose_name_plural': 'matches',
                    'ordering': ['-status_since', '-pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['proposed', 'agreed'])), fields=('dossier',), name='one_living_match_a_dossier')],
                },
            ),
            migrations.CreateModel(
                name='Consent',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('side', models.CharField(choices=[('applicant', 'the applicant'), ('expert', 'the expert'), ('employer', "the expert's employer")], max_length=10)),
                    ('name', models.CharField(max_length=150)),
                    ('address', models.EmailField(blank=True, max_length=254)),
                    ('language', models.CharField(default='en', max_length=5)),
                    ('function_title', models.CharField(blank=True, db_default='', max_length=120)),
                    ('answer', models.CharField(choices=[('waiting', 'no answer yet'), ('yes', 'agrees'), ('no', 'declined')], default='waiting', max_length=10)),
                    ('reason', models.CharField(blank=True, max_length=500)),
                    ('answered_at', models.DateTimeField(blank=True, null=True)),
                    ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('authority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.authority')),
                    ('interest', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='matching.interest')),
                    ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='consents', to='matching.match')),
                ],
                options={
                    'ordering': ['pk'],
                    'constraints': [models.UniqueConstraint(fields=('match', 'side', 'interest'), name='one_consent_a_side', nulls_distinct=False)],
                },
                bases=(connect.links.HasLink, models.Model),
            ),
            migrations.CreateModel(
                name='MatchEvent',
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
                    ('match', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='matching.match')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='MatchMessage',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('side', models.CharField(choices=[('applicant', 'the applicant'), ('expert', 'the expert'), ('employer', "the expert's employer"), ('staff', 'the programme team'), ('guest', 'takes part')], max_length=10)),
                    ('name', models.CharField(max_length=150)),
                    ('text', models.TextField(max_length=2000)),
                    ('at', models.DateTimeField()),
                    ('author', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('match', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='messages', to='matching.match')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='MatchRun',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='status')),
                    ('requested_at', models.DateTimeField(verbose_name='asked for')),
                    ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='made')),
                    ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                    ('engine', models.CharField(blank=True, max_length=150)),
                    ('policy', models.JSONField(default=dict)),
                    ('need', models.JSONField(default=dict)),
                    ('entries', models.JSONField(default=list)),
                    ('near_misses', models.JSONField(default=list)),
                    ('answers', models.JSONField(db_default=models.Value([], models.JSONField()), default=list)),
                    ('offer_ids', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                    ('matrix', models.BinaryField(default=bytes)),
                    ('broken', models.BinaryField(db_default=b'', default=bytes)),
                    ('keys', models.BinaryField(db_default=b'', default=bytes)),
                    ('admitted', models.PositiveIntegerField(default=0, verbose_name='offers admitted')),
                    ('quotes', models.JSONField(null=True)),
                    ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='applications.dossier', verbose_name='application')),
                ],
                options={
                    'verbose_name': 'ranking',
                    'verbose_name_plural': 'rankings',
                    'ordering': ['-requested_at', '-pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('dossier',), name='one_waiting_run_a_dossier')],
                },
            ),
            migrations.CreateModel(
                name='OfferSentences',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('encoder', models.CharField(max_length=150)),
                    ('text_hash', models.CharField(max_length=64)),
                    ('vectors', models.BinaryField()),
                    ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='registry.offer')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('offer', 'encoder'), name='sentences_once_an_offer_and_encoder')],
                },
            ),
            migrations.CreateModel(
                name='OfferVector',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('encoder', models.CharField(max_length=150)),
                    ('text_hash', models.CharField(max_length=64)),
                    ('vector', models.BinaryField()),
                    ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='vectors', to='registry.offer')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('offer', 'encoder'), name='one_vector_an_offer_and_encoder')],
                },
            ),
            migrations.CreateModel(
                name='Opportunity',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('published_at', models.DateTimeField()),
                    ('closes_on', models.DateField()),
                    ('extended_at', models.DateTimeField(blank=True, null=True)),
                    ('dossier', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='opportunity', to='applications.dossier')),
                ],
                options={
                    'verbose_name': 'request',
                    'verbose_name_plural': 'requests',
                    'ordering': ['closes_on', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='PutAside',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(max_length=300)),
                    ('at', models.DateTimeField()),
                    ('undone_at', models.DateTimeField(blank=True, null=True)),
                    ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='put_aside', to='applications.dossier')),
                    ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='registry.offer')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('undone_at', None)), fields=('dossier', 'offer'), name='put_aside_once')],
                },
            ),
            migrations.CreateModel(
                name='UnreadText',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('what', models.CharField(max_length=20)),
                    ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=10)),
                    ('tries', models.PositiveSmallIntegerField(default=0)),
                    ('since', models.DateTimeField()),
                    ('again_at', models.DateTimeField()),
                    ('error', models.CharField(blank=True, max_length=300)),
                    ('offer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='registry.offer')),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('offer', 'what'), name='unread_once_an_offer')],
                },
            ),
            migrations.CreateModel(
                name='Alert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('asked', models.JSONField()),
                    ('every', models.CharField(choices=[('at_once', 'at once'), ('weekly', 'once a week')], default='at_once', max_length=10)),
                    ('made_at', models.DateTimeField()),
                    ('told_at', models.DateTimeField()),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='alerts', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'ordering': ['made_at', 'pk'],
                    'constraints': [models.UniqueConstraint(fields=('user', 'asked'), name='an_alert_once_a_search')],
                },
            ),
            migrations.CreateModel(
                name='Allocation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='status')),
                    ('requested_at', models.DateTimeField(verbose_name='asked for')),
                    ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='made')),
                    ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                    ('engine', models.CharField(blank=True, max_length=150)),
                    ('fixed', models.JSONField(default=list)),
                    ('forbidden', models.JSONField(default=list)),
                    ('plan', models.JSONField(default=dict)),
                    ('read', models.CharField(blank=True, max_length=64)),
                    ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='allocations', to='applications.call', verbose_name='call')),
                    ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'assignment plan',
                    'verbose_name_plural': 'assignment plans',
                    'ordering': ['-requested_at', '-pk'],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('call',), name='one_waiting_plan_a_call')],
                },
            ),
            migrations.CreateModel(
                name='CallPolicy',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('number', models.PositiveSmallIntegerField()),
                    ('policy', models.JSONField()),
                    ('note', models.CharField(max_length=500, verbose_name='why')),
                    ('adopted_at', models.DateTimeField(verbose_name='adopted')),
                    ('adopted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('call', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='policies', to='applications.call', verbose_name='call')),
                ],
                options={
                    'ordering': ['-number'],
                    'constraints': [models.UniqueConstraint(fields=('call', 'number'), name='one_policy_a_number')],
                },
            ),
            migrations.CreateModel(
                name='HiddenRequest',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('reason', models.CharField(choices=[('field', 'not my field of work'), ('language', 'the language'), ('dates', 'the dates'), ('far', 'too far away'), ('other', 'another reason')], max_length=10, verbose_name='reason')),
                    ('at', models.DateTimeField()),
                    ('dossier', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hidden_by', to='applications.dossier', verbose_name='request')),
                    ('expert', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='hidden_requests', to='registry.expert')),
                ],
                options={
                    'ordering': ['-at', '-pk'],
                    'constraints': [models.UniqueConstraint(fields=('expert', 'dossier'), name='hidden_once_an_expert')],
                },
            ),
        ]),
        migrations.RunSQL(*protection_sql('matching_interestevent', says_something=True)),
        migrations.RunSQL(*protection_sql('matching_matchevent', says_something=True)),
    ]
