import connect.links
import connect.names
import connect.pasted_values
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import django_countries.fields
import registry.exchange_forms
import registry.models.experts
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension, UnaccentExtension
from django.db import migrations, models

from connect.append_only import protection_sql
from connect.squashed import Together

LANGUAGES = ["english", "french", "spanish", "portuguese", "dutch", "arabic", "simple"]


def configuration(language):
    """A language's own search configuration, with accents taken off before words are stemmed."""
    stemmer = language if language == "simple" else f"{language}_stem"
    name = f"connect_{language}"
    return migrations.RunSQL(
        f"CREATE TEXT SEARCH CONFIGURATION {name} (COPY = {language});"
        f"ALTER TEXT SEARCH CONFIGURATION {name}"
        f" ALTER MAPPING FOR hword, hword_part, word WITH unaccent, {stemmer}",
        f"DROP TEXT SEARCH CONFIGURATION {name}",
    )


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ('registry', '0001_initial'),
        ('registry', '0002_together'),
        ('registry', '0003_search'),
        ('registry', '0004_profiles'),
        ('registry', '0005_mergers'),
        ('registry', '0006_experts_ratings'),
        ('registry', '0007_append_only'),
        ('registry', '0008_admission'),
        ('registry', '0009_how_members_got_in'),
        ('registry', '0010_long_addresses_of_pages'),
        ('registry', '0011_membership_proof'),
        ('registry', '0012_former_names'),
        ('registry', '0013_names_of_merged_authorities'),
        ('registry', '0014_withdrawn_requests_to_join'),
        ('registry', '0015_numbers_in_bounds'),
        ('registry', '0016_forms_from_their_rows'),
        ('registry', '0017_name_columns_in_words'),
        ('registry', '0018_words_for_a_wikidata_number'),
        ('registry', '0019_name_scopes'),
        ('registry', '0020_what_a_member_was_told'),
        ('registry', '0021_plain_words_again'),
        ('registry', '0022_arabic_search'),
        ('registry', '0023_deleted_offers'),
        ('registry', '0024_checks_of_tables'),
        ('registry', '0025_refused_authorities'),
    ]

    dependencies = [
        ('accounts', '0001_initial'),
        ('connect', '0003_append_only'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        UnaccentExtension(),
        TrigramExtension(),
        *map(configuration, LANGUAGES),
        Together([
            migrations.CreateModel(
                name='Association',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=200, unique=True, verbose_name='name')),
                    ('acronym', models.CharField(blank=True, max_length=30, verbose_name='acronym')),
                    ('country', django_countries.fields.CountryField(max_length=2, verbose_name='country')),
                    ('domain', models.CharField(blank=True, max_length=100, verbose_name='web domain')),
                    ('scope', models.CharField(choices=[('national', 'national'), ('subnational', 'of a part of the country'), ('international', 'international')], max_length=20, verbose_name='scope')),
                ],
                options={
                    'verbose_name': 'association',
                    'verbose_name_plural': 'associations',
                    'ordering': ['country', 'name'],
                },
            ),
            migrations.CreateModel(
                name='Income',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('country', django_countries.fields.CountryField(max_length=2, unique=True)),
                    ('level', models.CharField(choices=[('L', 'low income'), ('LM', 'lower middle income'), ('UM', 'upper middle income'), ('H', 'high income')], max_length=2)),
                    ('fiscal_year', models.PositiveSmallIntegerField()),
                ],
                options={
                    'ordering': ['country'],
                },
            ),
            migrations.CreateModel(
                name='Authority',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(max_length=120, unique=True, verbose_name='address on this site')),
                    ('name', models.CharField(max_length=200, verbose_name='official name')),
                    ('country', django_countries.fields.CountryField(max_length=2, verbose_name='country')),
                    ('tier', models.CharField(choices=[('municipality', 'municipality'), ('district', 'district or county'), ('metropolitan', 'metropolitan authority'), ('region', 'region or province'), ('intermunicipal', 'association of municipalities'), ('company', 'municipal company')], default='municipality', max_length=20, verbose_name='tier')),
                    ('population', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(500000000)], verbose_name='population')),
                    ('population_year', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1900), django.core.validators.MaxValueValidator(2100)], verbose_name='year of the count')),
                    ('geography', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('coastal', 'coastal'), ('island', 'island'), ('mountain', 'mountain'), ('arid', 'arid'), ('river', 'river or delta'), ('border', 'border'), ('capital', 'capital'), ('rural', 'rural'), ('urban', 'urban'), ('peri-urban', 'peri-urban'), ('post-conflict', 'post-conflict')], max_length=20), blank=True, default=list, size=None, verbose_name='geography')),
                    ('latitude', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='latitude')),
                    ('longitude', models.FloatField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='longitude')),
                    ('geonames_id', models.PositiveIntegerField(blank=True, null=True, unique=True, verbose_name='number in GeoNames')),
                    ('wikidata_id', models.CharField(blank=True, max_length=20, null=True, unique=True, validators=[django.core.validators.RegexValidator('^Q[1-9]\\d*$', 'Write the letter Q and the digits after it, for example Q1761.')], verbose_name='number in Wikidata')),
                    ('website', models.URLField(blank=True, max_length=2000, verbose_name='website')),
                    ('email_domains', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=100), blank=True, default=list, help_text="The authority's own, checked by us: anyone with such an address can be admitted as a colleague. Without @, separated by commas.", size=None, verbose_name='registered e-mail domains')),
                    ('status', models.CharField(choices=[('proposed', 'proposed'), ('verified', 'verified'), ('merged', 'merged'), ('refused', 'refused')], default='proposed', max_length=10, verbose_name='status')),
                    ('merged_on', models.DateField(blank=True, null=True, verbose_name='merged on')),
                    ('former_names', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), blank=True, db_default=[], default=list, help_text='Its own, and those of the authorities that were merged into it.', size=None, verbose_name='former names')),
                    ('associations', models.ManyToManyField(blank=True, related_name='members', to='registry.association', verbose_name='associations')),
                    ('merged_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, to='registry.authority', verbose_name='merged into')),
                ],
                options={
                    'verbose_name': 'authority',
                    'verbose_name_plural': 'authorities',
                    'ordering': ['name', 'pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('merged_into', None), ('status', 'merged'), _connector='OR'), name='only_a_merged_authority_has_a_successor')],
                },
            ),
            migrations.CreateModel(
                name='Expert',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('slug', models.SlugField(max_length=120, unique=True)),
                    ('role_type', models.CharField(choices=[('elected', 'elected'), ('technical', 'technical')], max_length=10, verbose_name='elected or technical')),
                    ('function_title', models.CharField(max_length=120, validators=[connect.names.check_name], verbose_name='function')),
                    ('function', models.CharField(choices=[('mayor', 'mayor or deputy mayor'), ('councillor', 'councillor'), ('chief-executive', 'chief executive, secretary general'), ('finance', 'finance'), ('hr', 'human resources'), ('planning', 'planning'), ('engineering', 'engineering and public works'), ('water', 'water and sanitation'), ('waste', 'waste'), ('environment', 'environment and climate'), ('social', 'social affairs'), ('education', 'education, culture and sport'), ('economy', 'economic development and tourism'), ('digital', 'digital services and registry'), ('safety', 'safety and fire'), ('communication', 'communication'), ('international', 'international relations'), ('legal', 'legal and procurement'), ('other', 'other')], max_length=20, verbose_name='field of the function')),
                    ('years', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(60)], verbose_name='years in this function')),
                    ('local_years', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(60)], verbose_name='years in local government')),
                    ('mandate_ends_on', models.DateField(blank=True, null=True, verbose_name='end of the mandate, if elected')),
                    ('missions', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(1000)], verbose_name='missions abroad so far')),
                    ('max_days', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(60)], verbose_name='maximum days away')),
                    ('notice_weeks', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MaxValueValidator(52)], verbose_name='weeks of notice needed')),
                    ('photo', models.FileField(blank=True, db_default='', upload_to=registry.models.experts.photo_path, verbose_name='photograph')),
                    ('gender', models.CharField(blank=True, choices=[('woman', 'woman'), ('man', 'man'), ('other', 'another gender'), ('undisclosed', 'prefer not to say')], db_default='', max_length=12, verbose_name='gender (for figures alone)')),
                    ('languages', models.JSONField(default=dict, verbose_name='languages')),
                    ('travel_excluded', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=2), blank=True, default=list, size=None)),
                    ('employer_name', models.CharField(blank=True, max_length=150, validators=[connect.names.check_name], verbose_name="superior's name")),
                    ('employer_email', models.EmailField(blank=True, max_length=254, verbose_name="superior's e-mail")),
                    ('employer_language', models.CharField(default='en', max_length=5)),
                    ('employer_asked_at', models.DateTimeField(blank=True, null=True, verbose_name='superior asked')),
                    ('employer_agrees', models.BooleanField(blank=True, null=True, verbose_name='superior agrees')),
                    ('employer_answered_at', models.DateTimeField(blank=True, null=True, verbose_name='superior answered')),
                    ('visibility', models.CharField(choices=[('staff', 'only the programme team'), ('matched', 'the programme team and matched applicants'), ('public', 'everyone')], default='staff', max_length=10, verbose_name='who may see this profile')),
                    ('consent_at', models.DateTimeField(blank=True, null=True, verbose_name='agreed to be public')),
                    ('confirmed_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='confirmed')),
                    ('is_hidden', models.BooleanField(db_default=False, default=False)),
                    ('rating_count', models.PositiveIntegerField(db_default=0, default=0, editable=False)),
                    ('rating_mean', models.FloatField(blank=True, editable=False, null=True)),
                    ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='experts', to='registry.authority', verbose_name='authority')),
                    ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='expert', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ],
                options={
                    'verbose_name': 'expert',
                    'verbose_name_plural': 'experts',
                    'ordering': ['user__name', 'pk'],
                },
                bases=(connect.links.HasLink, models.Model),
            ),
            migrations.CreateModel(
                name='Membership',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('roles', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('editor', 'editor'), ('legal_representative', 'legal representative'), ('expert', 'expert'), ('association_officer', 'association officer')], max_length=30), blank=True, default=list, size=None, verbose_name='roles')),
                    ('function', models.CharField(blank=True, max_length=120, verbose_name='function')),
                    ('status', models.CharField(choices=[('asked', 'waiting for an answer'), ('active', 'active'), ('refused', 'refused'), ('withdrawn', 'withdrawn'), ('ended', 'ended')], default='asked', max_length=10, verbose_name='status')),
                    ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked for')),
                    ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                    ('grounds', models.CharField(blank=True, max_length=300, verbose_name='why it was verified')),
                    ('told', models.CharField(blank=True, db_default='', max_length=300, verbose_name='what the person was told')),
                    ('proof', models.TextField(blank=True, db_default='', verbose_name='what shows it')),
                    ('opens_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted on this day, unless somebody objects')),
                    ('admission', models.CharField(blank=True, choices=[('staff', 'accepted by the programme team'), ('colleague', 'accepted by a colleague'), ('domain', 'an address of the registered domain, and nobody objected'), ('merger', 'a member of an authority that was merged into it'), ('unregistered', "an address similar to a colleague's, not registered: to check")], db_default='', max_length=12, verbose_name='how they were admitted')),
                    ('association', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='registry.association', verbose_name='association')),
                    ('authority', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='registry.authority', verbose_name='authority')),
                    ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                    ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ],
                options={
                    'verbose_name': 'membership',
                    'verbose_name_plural': 'memberships',
                    'ordering': ['-asked_at', '-pk'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('authority', None), ('association', None), _connector='XOR'), name='membership_of_one_organisation'), models.UniqueConstraint(condition=models.Q(('status__in', ['asked', 'active'])), fields=('user', 'authority'), name='one_membership_an_authority'), models.UniqueConstraint(condition=models.Q(('status__in', ['asked', 'active'])), fields=('user', 'association'), name='one_membership_an_association')],
                },
            ),
            migrations.CreateModel(
                name='Mission',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('year', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1970), django.core.validators.MaxValueValidator(2100)])),
                    ('country', django_countries.fields.CountryField(max_length=2)),
                    ('form', models.CharField(choices=registry.exchange_forms.exchange_form_choices, max_length=20)),
                    ('result', models.CharField(max_length=500)),
                    ('expert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_missions', to='registry.expert')),
                ],
                options={
                    'ordering': ['-year', 'pk'],
                },
            ),
            migrations.CreateModel(
                name='Offer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('title', models.CharField(max_length=120, validators=[connect.pasted_values.check_no_contact], verbose_name='title')),
                    ('text', models.TextField(max_length=2000, validators=[connect.pasted_values.check_no_contact], verbose_name='what I can help with')),
                    ('language', models.CharField(max_length=5, verbose_name='written in')),
                    ('forms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=registry.exchange_forms.exchange_form_choices, max_length=20), default=list, size=None)),
                    ('capacity', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MaxValueValidator(52)], verbose_name='exchanges per year at most')),
                    ('remote', models.BooleanField(blank=True, null=True, verbose_name='can also help at a distance')),
                    ('status', models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('paused', 'paused'), ('expired', 'expired'), ('removed', 'deleted')], default='draft', max_length=10, verbose_name='status')),
                    ('status_since', models.DateTimeField(default=django.utils.timezone.now, verbose_name='since')),
                    ('expert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='offers', to='registry.expert', verbose_name='expert')),
                ],
                options={
                    'verbose_name': 'offer',
                    'verbose_name_plural': 'offers',
                    'ordering': ['pk'],
                },
            ),
            migrations.CreateModel(
                name='OfferEvent',
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
                    ('offer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='registry.offer')),
                ],
                options={
                    'ordering': ['at', 'pk'],
                    'abstract': False,
                },
            ),
            migrations.CreateModel(
                name='OfferWindow',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('starts_on', models.DateField(verbose_name='available from')),
                    ('ends_on', models.DateField(verbose_name='available until')),
                    ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='windows', to='registry.offer')),
                ],
                options={
                    'ordering': ['starts_on'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='window_ends_after_it_starts')],
                },
            ),
            migrations.CreateModel(
                name='SearchEntry',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('kind', models.CharField(max_length=12)),
                    ('key', models.BigIntegerField()),
                    ('name', models.CharField(max_length=250)),
                    ('words', django.contrib.postgres.search.SearchVectorField()),
                    ('is_public', models.BooleanField()),
                    ('country', models.CharField(max_length=2)),
                    ('themes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=80), default=list, size=None)),
                    ('forms', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), default=list, size=None)),
                    ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), default=list, size=None)),
                    ('at', models.DateTimeField()),
                ],
                options={
                    'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['words'], name='search_words'), django.contrib.postgres.indexes.GinIndex(fields=['name'], name='search_letters', opclasses=['gin_trgm_ops']), django.contrib.postgres.indexes.GinIndex(fields=['themes'], name='search_themes'), models.Index(fields=['kind', 'is_public', 'name', 'key'], name='search_names'), models.Index(fields=['kind', 'country'], name='search_countries')],
                    'constraints': [models.UniqueConstraint(fields=('kind', 'key'), name='one_search_entry_a_thing')],
                },
            ),
            migrations.CreateModel(
                name='Theme',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('code', models.CharField(max_length=80, unique=True, verbose_name='code')),
                    ('names', models.JSONField()),
                    ('synonyms', models.JSONField()),
                    ('dac_code', models.CharField(max_length=5, verbose_name='purpose code of the OECD')),
                    ('sdg', models.CharField(max_length=5, verbose_name='target of the SDGs')),
                    ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='topics', to='registry.theme', verbose_name='theme above it')),
                ],
                options={
                    'verbose_name': 'theme',
                    'verbose_name_plural': 'themes',
                    'ordering': ['code'],
                },
            ),
            migrations.CreateModel(
                name='OfferTopic',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('level', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(4)])),
                    ('offer', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='registry.offer')),
                    ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.theme')),
                ],
                options={
                    'ordering': ['-level', 'pk'],
                    'constraints': [models.UniqueConstraint(fields=('offer', 'theme'), name='a_topic_once_an_offer')],
                },
            ),
            migrations.CreateModel(
                name='Competence',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('level', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(4)])),
                    ('evidence', models.CharField(blank=True, max_length=500)),
                    ('expert', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='topics', to='registry.expert')),
                    ('theme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.theme')),
                ],
                options={
                    'ordering': ['-level', 'pk'],
                    'constraints': [models.UniqueConstraint(fields=('expert', 'theme'), name='a_topic_once_an_expert')],
                },
            ),
        ]),
        migrations.RunSQL(
            "ALTER TABLE registry_searchentry SET (toast_tuple_target = 128)",
            "ALTER TABLE registry_searchentry RESET (toast_tuple_target)",
        ),
        migrations.RunSQL(*protection_sql('registry_offerevent', says_something=True)),
    ]
