"""The registry as tables: what staff bring in from CSV or XLSX, and what they take out.

A table comes in whole or not at all; every fault is told with its row and column. Bringing the same
table in again changes nothing, nor does one that was taken out. Empty cells leave what is known as
it is, and rows of blanks are none. Nothing of the inside is told: an exception is for the log.
"""

import codecs
import io
import logging
from decimal import Decimal
from functools import partial
from itertools import islice

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BooleanField
from django.utils import translation
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries
from django_countries.fields import CountryField
from import_export import fields, resources, widgets
from import_export.formats.base_formats import CSV, XLSX
from import_export.instance_loaders import CachedInstanceLoader
from import_export.results import Error, Result
from tablib import Dataset

from accounts.models import User
from connect.exports import original_cell
from connect.names import check_name
from connect.numbers import mark_of_decimals, read_amount, read_whole
from connect.pasted import PAGE_CHECKS, read_day
from connect.sandbox import COMMON, TRUSTED, parse
from registry import profiles, search_index
from registry.addresses import is_for_anybody, own_domain
from registry.enums import Geography, Level
from registry.exchange_forms import EXCHANGE_FORMS
from registry.models import Association, Authority, Expert, Membership, Offer, Theme
from registry.names import question_about

logger = logging.getLogger(__name__)

MOST_NAMED = 12  # words that a refusal lists
BATCH = 1000  # rows held in memory at a time
UNPACKED = 100 * 1024 * 1024  # bytes that an uploaded table may hold once unzipped
MOST_CELLS, TRUSTED_CELLS = 300_000, 100_000_000  # of a table uploaded, and from a command


def unknown(words, allowed):
    """Refuse words that a column does not know, and say which it does."""
    if not allowed or len(allowed) > MOST_NAMED:
        return ValueError(_("not known: %s") % ", ".join(words))
    refusal = _("not known: %(words)s. Write one of: %(allowed)s.")
    return ValueError(
        refusal % {"words": ", ".join(words), "allowed": ", ".join(map(str, allowed))}
    )


def in_all_languages(choices):
    """Give {word: code} of the codes and of what they are called in each language of the site."""
    known: dict[str, str] = {}
    for code in dict(settings.LANGUAGES):
        with translation.override(code):
            known |= {str(label).casefold(): value for value, label in choices}
    return known | {str(value).casefold(): value for value, _label in choices}


class Words(widgets.Widget):
    """Words of a list, separated by spaces or commas; `allowed` says which there are."""

    def __init__(self, allowed=None):
        super().__init__()
        self.allowed = set(allowed) if allowed is not None else None

    def clean(self, value, row=None, **kwargs):
        words = str(value or "").replace(",", " ").split()
        if self.allowed is not None and (wrong := [w for w in words if w not in self.allowed]):
            raise unknown(wrong, sorted(self.allowed))
        return words

    def render(self, value, obj=None, **kwargs):
        return " ".join(value or [])


class Pairs(widgets.Widget):
    """Pairs such as “fr:B2 nl:native”, kept as {word: word}."""

    def __init__(self, allowed):
        super().__init__()
        self.allowed = set(allowed)

    def clean(self, value, row=None, **kwargs):
        pairs = dict(
            pair.partition(":")[::2] for pair in str(value or "").replace(",", " ").split()
        )
        if wrong := [f"{a}:{b}" for a, b in pairs.items() if b not in self.allowed]:
            raise unknown(wrong, [f"…:{word}" for word in sorted(self.allowed)])
        return pairs

    def render(self, value, obj=None, **kwargs):
        return " ".join(f"{a}:{b}" for a, b in (value or {}).items())


class Names(widgets.Widget):
    """Names, separated by semicolons."""

    def clean(self, value, row=None, **kwargs):
        return list(filter(None, (name.strip() for name in str(value or "").split(";"))))

    def render(self, value, obj=None, **kwargs):
        return "; ".join(value or [])


class Domains(Words):
    """Domains that are an authority's own: none at which anybody may have an address."""

    def clean(self, value, row=None, **kwargs):
        domains = [own_domain(word) for word in super().clean(value, row)]
        if free := [domain for domain in domains if is_for_anybody(domain)]:
            raise ValueError(_("Anybody may have such an address: %s") % ", ".join(free))
        return domains


class Whole(widgets.IntegerWidget):
    def clean(self, value, row=None, **kwargs):
        if self.is_empty(value):
            return None
        if isinstance(value, float) and not value.is_integer():
            raise ValueError(_("not a whole number: %s") % value)
        try:
            # A cell that holds a number has no marks that could be meant for thousands.
            return int(value) if isinstance(value, int | float) else read_whole(value)
        except ValidationError as refusal:
            raise ValueError(refusal.messages[0]) from None


class Amount(widgets.DecimalWidget):
    """A number with decimals; `point` is the mark of decimals of its column, if that is clear."""

    def __init__(self, places=None, most=None):
        super().__init__()
        self.places, self.most, self.point = places, most, ""

    def clean(self, value, row=None, **kwargs):
        if self.is_empty(value):
            return None
        if not isinstance(value, str):
            return Decimal(repr(value))
        least = None if self.most is None else -self.most
        try:
            return read_amount(value, self.places, least, self.most, self.point)
        except ValidationError as refusal:
            raise ValueError(refusal.messages[0]) from None


class Degrees(Amount):
    """Degrees of latitude (90 at most) or longitude (180)."""

    def clean(self, value, row=None, **kwargs):
        degrees = super().clean(value, row, **kwargs)
        if degrees is not None and not abs(degrees) <= self.most:
            words = _("%(value)s: write degrees from -%(most)d to %(most)d.")
            raise ValueError(words % {"value": value, "most": self.most})
        return degrees and float(degrees)


class Line(widgets.CharWidget):
    """A text of one line, without the blanks around it."""

    def clean(self, value, row=None, **kwargs):
        return str(super().clean(value, row, **kwargs)).strip()


class Choice(Line):
    """One of a column's choices, by its code or by what it is called in a language of the site."""

    def __init__(self, choices):
        super().__init__()
        self.choices = choices

    @cached_property
    def known(self):
        return in_all_languages(list(self.choices))

    def clean(self, value, row=None, **kwargs):
        words = super().clean(value, row, **kwargs)
        if not words or (found := self.known.get(words.casefold())) is not None:
            return words and found
        raise unknown([words], [f"{code} ({label})" for code, label in self.choices if code != ""])


class CountryOf(Choice):
    """A country by its two letters, or by its name in a language of the site."""

    def __init__(self):
        super().__init__(countries)

    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except ValueError:
            refusal = _("no country is called so: %s. Write its two letters, as in GH for Ghana.")
            raise ValueError(refusal % value) from None


class YesNo(widgets.BooleanWidget):
    """Yes or no, in a language of the site; empty where nobody said."""

    CHOICES = [("1", gettext_lazy("Yes")), ("0", gettext_lazy("No"))]

    def clean(self, value, row=None, **kwargs):
        if isinstance(value, str) and value.strip():
            known = in_all_languages(self.CHOICES) | {"true": "1", "false": "0"}
            if value.strip().casefold() not in known:
                raise unknown([value], [label for _code, label in self.CHOICES])
            value = known[value.strip().casefold()]
        return super().clean(value, row, **kwargs)


class Day(widgets.DateWidget):
    def clean(self, value, row=None, **kwargs):
        try:
            return read_day(str(value)) if value else None
        except ValidationError as refusal:
            raise ValueError(refusal.messages[0]) from None


class Fault(Error):
    """What is wrong with a row or a table, in words for who brought it in."""

    traceback = ""

    def __init__(self, error, row=None, number=None):
        if isinstance(error, ValidationError):
            words = " ".join(error.messages)
        else:
            logger.error("a table was not read", exc_info=error)
            words = _("This could not be read. Tell us, with the table: we look into it.")
        super().__init__(words, row, number)


class Outcome(Result):
    """What would become, or became, of a table; `remarks` say what came in otherwise.

    doubtful: [(word, the same with other letters)] where nothing says which letters are meant.
    """

    remarks: list = []
    doubtful: list = []

    def row_errors(self):
        return [(row.number, row.errors) for row in self.error_rows]


class Table(resources.ModelResource):
    """What every table of the registry does alike."""

    WIDGETS_MAP = resources.ModelResource.WIDGETS_MAP | {
        "PositiveIntegerField": Whole,
        "PositiveSmallIntegerField": Whole,
        "DecimalField": "get_amount_widget",
        "DateField": Day,
        "CharField": Line,
        "SlugField": Line,
    }
    needs: tuple = ()  # columns that a table must have

    @classmethod
    def get_amount_widget(cls, column):
        return partial(Amount, places=column.decimal_places)

    @classmethod
    def widget_from_django_field(cls, f, default=widgets.Widget):
        if isinstance(f, CountryField):
            return CountryOf
        if isinstance(f, BooleanField):
            return YesNo
        if getattr(f, "choices", None):
            return partial(Choice, f.flatchoices)
        return super().widget_from_django_field(f, default)

    @classmethod
    def get_result_class(cls):
        return Outcome

    @classmethod
    def get_error_result_class(cls):
        return Fault

    def import_data(self, dataset, **kwargs):
        """Bring a table in; where its columns are not those it needs, say so and read no row."""
        self.remarks = list(getattr(dataset, "remarks", []))
        headers = dataset.headers or []
        if missing := [name for name in self.needs if name not in headers]:
            refusal = ValidationError(_("Columns are missing: %s") % ", ".join(missing))
        elif twice := sorted({name for name in headers if name and headers.count(name) > 1}):
            refusal = ValidationError(_("Columns stand there twice: %s") % ", ".join(twice))
        else:
            return super().import_data(dataset, **kwargs)
        result = self.get_result_class()()
        result.append_base_error(Fault(refusal))
        return result

    def import_data_inner(self, dataset, *args, **kwargs):
        """Number the rows as their file does, in which some may be blank."""
        result = super().import_data_inner(dataset, *args, **kwargs)
        numbers = getattr(dataset, "numbers", None) or range(2, len(dataset) + 2)
        for row in [*result.invalid_rows, *result.error_rows]:
            row.number = numbers[row.number - 1]
        result.remarks, result.doubtful = self.remarks, getattr(dataset, "doubtful", [])
        return result

    def before_import(self, dataset, **kwargs):
        for field in self.get_import_fields():
            if isinstance(field.widget, Amount) and field.column_name in dataset.headers:
                cells = dataset[field.column_name]
                field.widget.point = mark_of_decimals([c for c in cells if isinstance(c, str)])
        keys = self.get_import_id_fields()
        seen, self.twice = set(), set()
        for number, row in enumerate(dataset.dict):
            key = tuple(str(row.get(name) or "").strip() for name in keys)
            if key in seen:
                self.twice.add(number)
            seen.add(key)

    def before_import_row(self, row, row_number=None, **kwargs):
        if row_number - 1 in self.twice:
            key = self.get_import_id_fields()[0]
            raise ValidationError({key: _("This row stands in the table twice.")})
        # An empty cell says nothing: what is known stays.
        for name in [name for name, value in row.items() if value in (None, "")]:
            if name not in self.get_import_id_fields():
                del row[name]

        self.refuse_unreadable_keys(row)

    def refuse_unreadable_keys(self, row):
        """Say all that is wrong with a row whose keys cannot be read: it is looked up by them."""
        keys = set(self.get_import_id_fields())
        cells = [f for f in self.get_import_fields() if f.column_name in row]
        if self.unreadable([f for f in cells if {f.attribute, f.column_name} & keys], row):
            raise ValidationError(self.unreadable(cells, row))

    def unreadable(self, cells, row):
        errors = {}
        for field in cells:
            try:
                field.clean(row)
            except ValueError as error:
                errors[field.column_name] = str(error)
        return errors

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        if field.column_name in row:
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def after_import(self, dataset, result, **kwargs):
        if not kwargs.get("dry_run") and not result.has_errors():
            self.made_found(dataset)

    def made_found(self, dataset):
        """Write the search entries of what came in."""


def number_of(cell):
    """Give the whole number in a cell that a column of the database can hold, or None."""
    try:
        number = Whole().clean(cell)
    except ValueError:
        return None  # its own column says so
    return number if number and 0 < number < 2**31 else None


class AuthorityTable(Table):
    needs = ("slug", "name", "country")
    geography = fields.Field("geography", "geography", widget=Words(Geography.values))
    email_domains = fields.Field("email_domains", "email_domains", widget=Domains())
    latitude = fields.Field("latitude", "latitude", widget=Degrees(most=90))
    longitude = fields.Field("longitude", "longitude", widget=Degrees(most=180))
    former_names = fields.Field("former_names", "former_names", widget=Names())

    class Meta:
        model = Authority
        import_id_fields = ["slug"]
        fields = (
            *("slug", "name", "country", "tier", "population", "population_year", "geography"),
            *("latitude", "longitude", "geonames_id", "wikidata_id", "website", "email_domains"),
            *("former_names", "status"),
        )
        instance_loader_class = CachedInstanceLoader
        use_bulk, batch_size, force_init_instance = True, BATCH, False
        skip_unchanged = report_skipped = True

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        given = dataset["geonames_id"] if "geonames_id" in dataset.headers else []
        known = Authority.objects.filter(geonames_id__in=filter(None, map(number_of, given)))
        self.taken = dict(known.values_list("geonames_id", "slug"))

    def before_import_row(self, row, row_number=None, **kwargs):
        super().before_import_row(row, row_number, **kwargs)
        holder = self.taken.get(number_of(row.get("geonames_id")))
        if holder and holder != row["slug"]:
            raise ValidationError({"geonames_id": _("%s has this number already.") % holder})

    def import_instance(self, instance, row, **kwargs):
        before = instance.name
        super().import_instance(instance, row, **kwargs)
        if before and before != instance.name:
            instance.keep_names([before])

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        # Uniqueness is looked at once a batch above; a query a row would take all the time.
        errors = dict(import_validation_errors or {})
        try:
            instance.full_clean(exclude=errors, validate_unique=False, validate_constraints=False)
            check_name(instance.name)
            for check in PAGE_CHECKS if instance.website else ():
                check(instance.website)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def made_found(self, dataset):
        keys = Authority.objects.filter(slug__in=dataset["slug"]).values_list("pk", flat=True)
        search_index.index_authorities(list(keys))


class AssociationTable(Table):
    needs = ("name", "country")

    class Meta:
        model = Association
        import_id_fields = ["name"]
        fields = ("name", "acronym", "country", "domain", "scope")
        clean_model_instances = skip_unchanged = report_skipped = True


class PersonWidget(widgets.ForeignKeyWidget):
    """A person by e-mail address; one who has no account gets one without a password."""

    def clean(self, value, row=None, **kwargs):
        address = str(value or "").strip().lower()
        person = User.objects.filter(email=address).first()
        if person is None:
            person = User(email=address, name=str(row.get("name") or "").strip())
            check_name(person.name)
            person.set_unusable_password()
            person.full_clean(exclude=["password"])
            person.save()
        return person


class AuthorityWidget(widgets.ForeignKeyWidget):
    """An authority by its address here, as in gh-agona-west; a merged one is its successor."""

    def clean(self, value, row=None, **kwargs):
        words = str(value or "").strip()
        known = Authority.objects.filter(slug=words.lower()).select_related("merged_into")
        if (found := known.first()) is None:
            unknown = _("no authority has this address: %s") % value
            raise ValueError(f"{unknown} {question_about(words)}".strip())
        return found.merged_into or found


class ExpertTable(Table):
    needs = ("email", "name", "authority")
    user = fields.Field("user", "email", widget=PersonWidget(User, "email"))
    name = fields.Field("user__name", "name", readonly=True)
    authority = fields.Field("authority", "authority", widget=AuthorityWidget(Authority, "slug"))
    languages = fields.Field("languages", "languages", widget=Pairs(Level.values))

    class Meta:
        model = Expert
        import_id_fields = ["user"]
        fields = (
            *("user", "name", "authority", "role_type", "function_title", "function", "years"),
            *("missions", "languages", "employer_name", "employer_email", "visibility"),
        )
        clean_model_instances = skip_unchanged = report_skipped = True

    def before_import_row(self, row, row_number=None, **kwargs):
        super().before_import_row(row, row_number, **kwargs)
        address, name = row.get("email") or "", row.get("name")
        known = User.objects.filter(email=str(address).strip().lower()).first()
        if known and name and known.name != name:
            words = _("%(address)s is the address of %(known)s: the name “%(name)s” stays out.")
            self.remarks.append(words % {"address": address, "known": known.name, "name": name})

    def before_save_instance(self, instance, row, **kwargs):
        instance.slug = instance.slug or profiles.free_slug(instance.user.name)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        if instance.user_id:
            instance.slug = instance.slug or profiles.free_slug(instance.user.name)
        super().validate_instance(instance, import_validation_errors, validate_unique)

    def made_found(self, dataset):
        keys = Expert.objects.filter(user__email__in=[a.lower() for a in dataset["email"]])
        search_index.index_experts(list(keys.values_list("pk", flat=True)))


class ExpertWidget(widgets.ForeignKeyWidget):
    """An expert by e-mail address."""

    def clean(self, value, row=None, **kwargs):
        found = Expert.objects.filter(user__email=str(value or "").strip().lower()).first()
        if found is None:
            raise ValueError(_("no expert has this address"))
        return found


class OfferTable(Table):
    needs = ("expert", "title", "text", "language")
    expert = fields.Field("expert", "expert", widget=ExpertWidget(Expert, "user__email"))
    forms = fields.Field("forms", "forms", widget=Words(EXCHANGE_FORMS))
    # Topics come and go as “code:level”, as in water-sanitation/faecal-sludge:3.
    topics = fields.Field(column_name="topics")

    class Meta:
        model = Offer
        import_id_fields = ["expert", "title"]
        fields = ("expert", "title", "text", "language", "forms", "capacity", "remote", "topics")
        clean_model_instances = skip_unchanged = report_skipped = True

    def filter_export(self, queryset, **kwargs):
        return queryset.select_related("expert__user").prefetch_related("topics__theme")

    def dehydrate_topics(self, offer):
        return Pairs("1234").render(topics_of(offer)) if offer.pk else ""

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        if field.column_name != "topics":  # rows of their own, once the offer has one
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def skip_row(self, instance, original, row, import_validation_errors=None):
        same = topics_in(row).items() <= topics_of(instance).items()
        return same and super().skip_row(instance, original, row, import_validation_errors)

    def after_save_instance(self, instance, row, **kwargs):
        pairs = topics_in(row)
        themes = Theme.objects.exclude(parent=None).in_bulk(pairs, field_name="code")
        if unknown := set(pairs) - set(themes):
            raise ValidationError({"topics": _("not known: %s") % ", ".join(sorted(unknown))})
        for code, level in pairs.items():
            instance.topics.update_or_create(theme=themes[code], defaults={"level": int(level)})


def topics_in(row):
    try:
        return Pairs("1234").clean(row.get("topics"))
    except ValueError as error:
        raise ValidationError({"topics": str(error)}) from error


def topics_of(offer):
    """Give the topics of an offer as {code: level}."""
    topics = offer.topics.all() if offer.pk else []
    return {topic.theme.code: str(topic.level) for topic in topics}


class MembershipTable(resources.ModelResource):
    """Who belongs where: taken out only, as memberships are asked for and answered."""

    person = fields.Field("user__name", "person")
    email = fields.Field("user__email", "email")
    authority = fields.Field("authority__slug", "authority")
    association = fields.Field("association__name", "association")
    roles = fields.Field("roles", "roles", widget=Words())

    class Meta:
        model = Membership
        fields = (
            *("person", "email", "authority", "association", "roles", "function", "status"),
            *("asked_at", "decided_at", "admission"),
        )
        export_order = fields

    def filter_export(self, queryset, **kwargs):
        return queryset.select_related("user", "authority", "association")


TABLES = {
    "authorities": AuthorityTable,
    "associations": AssociationTable,
    "experts": ExpertTable,
    "offers": OfferTable,
}


# Reading a file

WESTERN, CENTRAL = "cp1252", "cp1250"  # letters that the same bytes may stand for
READ_AS = {
    WESTERN: gettext_lazy(
        "This table is not written in UTF-8: it was read as one of Western Europe. Look whether "
        "all names are right; if they are not, read it as one of Central Europe, or save it as "
        "XLSX and choose it again."
    ),
    CENTRAL: gettext_lazy(
        "This table is not written in UTF-8: it was read as one of Central Europe. Look whether "
        "all names are right; if they are not, read it as one of Western Europe, or save it as "
        "XLSX and choose it again."
    ),
}
DOUBTS_SHOWN = 5


def kind_of(file):
    """Say what a table is by its first bytes; its name may say anything."""
    start = file.read(4)
    file.seek(0)
    if start == b"\xd0\xcf\x11\xe0":
        words = _("This is a workbook of an old kind (.xls): save it as XLSX, and choose it again.")
        raise ValidationError(words, code="xls")
    return "xlsx" if start == b"PK\x03\x04" else "csv"


def encoding_of(file, otherwise):
    """Say in which letters a CSV is written: UTF-8 or UTF-16, or else those that were chosen."""
    try:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        while chunk := file.read(2**20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return otherwise
    finally:
        file.seek(0)
    return "utf-8-sig"


def header(cell):
    """Give the name of a column however it is written, as in “Geonames ID”."""
    return "_".join(str(cell).replace("_", " ").split()).casefold()


def read_rows(file, limits, cells, letters=WESTERN):
    """Return (headers, {letters: remark}, rows) of a CSV or XLSX file, read as one goes along.

    Each row is (its number in the file, its cells), as wide as the headers; those of blanks are
    none. letters: those of a CSV whose bytes do not tell them. Raises ValidationError for a file
    that cannot be read within its limits.
    """
    kind, remarks, options = kind_of(file), {}, {}
    if kind == "xlsx":
        options["unpacked"] = UNPACKED * limits.memory // COMMON.memory
    else:
        encoding = options["encoding"] = encoding_of(file, letters)
        remarks = {encoding: READ_AS[encoding]} if encoding in READ_AS else {}
    pieces = enumerate(parse(kind, file, limits, cells=cells, **options), 1)
    headers = next(([header(cell) for cell in row] for _number, row in pieces if row), [])
    return headers, remarks, full_rows(pieces, len(headers))


def full_rows(pieces, width):
    for number, row in pieces:
        if len(row) > width:
            words = _("row %d: it has more cells than the table has columns.") % number
            raise ValidationError(words, code="wide")
        if row:
            yield number, [*map(original_cell, row), *[""] * (width - len(row))]


def table_of(headers, remarks, rows):
    """Make a table of rows as they are read, which knows their numbers in the file."""
    dataset = Dataset(*(cells for _number, cells in rows), headers=headers)
    dataset.numbers, dataset.remarks = [number for number, _cells in rows], list(remarks.values())
    dataset.doubtful = list(islice(doubtful_words(rows, *remarks), DOUBTS_SHOWN))
    return dataset


def doubtful_words(rows, letters=None):
    """Yield (word, the same with the other letters) of what was read with letters in doubt."""
    other, seen = {WESTERN: CENTRAL, CENTRAL: WESTERN}.get(letters), set()
    if other is None:
        return
    for word in (w for _number, cells in rows for cell in cells for w in str(cell).split()):
        if not word.isascii() and word not in seen:
            seen.add(word)
            otherwise = word.encode(letters, "replace").decode(other, "replace")
            if otherwise != word:
                yield word, otherwise


def dataset_of(content, letters=WESTERN):
    """Give a table that was uploaded, as a whole."""
    headers, remarks, rows = read_rows(io.BytesIO(content), COMMON, MOST_CELLS, letters)
    return table_of(headers, remarks, list(rows))


class SafeXLSX(XLSX):
    """XLSX, read in a process of its own."""

    def create_dataset(self, in_stream):
        return dataset_of(in_stream)


class SafeCSV(CSV):
    """CSV, read in a process of its own, which decodes it as well."""

    letters = WESTERN

    def is_binary(self):
        return True

    def get_read_mode(self):
        return "rb"

    def create_dataset(self, in_stream):
        return dataset_of(in_stream, self.letters)


class CentralCSV(SafeCSV):
    """The same, of whoever says that it has the letters of Polish, Czech or Romanian."""

    letters = CENTRAL

    def get_title(self):
        return _("csv, with the letters of Central Europe")


# Large tables, from a command


def bring_in(name, path, progress=iter, tell=logger.warning, letters=WESTERN):
    """Bring a whole table in; return {"new": n, "update": n, "skip": n}.

    tell: called with each sentence on what came in otherwise than it was written. Raises
    ValidationError with all faults, each "row 12, country: ...", and leaves nothing then.
    """
    counts, faults = {"new": 0, "update": 0, "skip": 0}, []
    with open(path, "rb") as file, transaction.atomic():
        headers, remarks, rows = read_rows(file, TRUSTED, TRUSTED_CELLS, letters)
        rows = iter(progress(rows))
        while batch := list(islice(rows, BATCH)):
            resource = TABLES[name]()
            dataset = table_of(headers, remarks, batch)
            result = resource.import_data(dataset, use_transactions=False)
            faults += faults_of(result)
            if result.base_errors:
                break
            for words in result.remarks:
                tell(words)
            remarks = {}  # of the file are told once
            for outcome in counts:
                counts[outcome] += result.totals[outcome]
        if faults:
            raise ValidationError(faults)
    return counts


def faults_of(result):
    """List what is wrong in a result, by the rows of the file."""
    found = [str(error.error) for error in result.base_errors]
    for row in result.invalid_rows:
        for column, words in row.error_dict.items():
            found += [
                _("row %(row)d, %(column)s: %(words)s")
                % {"row": row.number, "column": column, "words": word}
                for word in words
            ]
    for number, errors in result.row_errors():
        found += [
            _("row %(row)d: %(words)s") % {"row": number, "words": error.error} for error in errors
        ]
    return found
