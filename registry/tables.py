"""The registry as tables: what staff bring in from CSV or XLSX, and what they take out.

A table comes in whole or not at all; every fault is told with its row and column. Bringing the same
table in again changes nothing. Empty cells leave what is known as it is.
"""

from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from import_export import fields, resources, widgets
from import_export.formats.base_formats import CSV, XLSX
from import_export.instance_loaders import CachedInstanceLoader
from tablib import Dataset

from accounts.models import User
from connect.posted import as_number
from connect.sandbox import COMMON, TRUSTED, parse
from registry import profiles, search
from registry.addresses import is_for_anybody
from registry.enums import ExchangeForm, Geography, Level
from registry.models import Association, Authority, Expert, Membership, Offer, Theme

BATCH = 1000  # rows held in memory at a time
UNPACKED = 100 * 1024 * 1024  # bytes that an uploaded table may hold once unzipped
MOST_CELLS, TRUSTED_CELLS = 300_000, 100_000_000  # of a table uploaded, and from a command


class Words(widgets.Widget):
    """Words of a list, separated by spaces or commas; `allowed` says which there are."""

    def __init__(self, allowed=None):
        super().__init__()
        self.allowed = set(allowed) if allowed is not None else None

    def clean(self, value, row=None, **kwargs):
        words = str(value or "").replace(",", " ").split()
        if self.allowed is not None and (unknown := [w for w in words if w not in self.allowed]):
            raise ValueError(_("not known: %s") % ", ".join(unknown))
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
            raise ValueError(_("not known: %s") % ", ".join(wrong))
        return pairs

    def render(self, value, obj=None, **kwargs):
        return " ".join(f"{a}:{b}" for a, b in (value or {}).items())


class Domains(Words):
    """Domains that are an authority's own: none at which anybody may have an address."""

    def clean(self, value, row=None, **kwargs):
        domains = [word.lower().removeprefix("@") for word in super().clean(value, row)]
        if free := [domain for domain in domains if is_for_anybody(domain)]:
            raise ValueError(_("Anybody may have such an address: %s") % ", ".join(free))
        return domains


class Whole(widgets.IntegerWidget):
    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except (ArithmeticError, ValueError):
            raise ValueError(_("not a whole number: %s") % value) from None


class Real(widgets.FloatWidget):
    def clean(self, value, row=None, **kwargs):
        try:
            return super().clean(value, row, **kwargs)
        except ValueError:
            raise ValueError(_("not a number: %s") % value) from None


class Table(resources.ModelResource):
    """What every table of the registry does alike."""

    WIDGETS_MAP = resources.ModelResource.WIDGETS_MAP | {
        "PositiveIntegerField": Whole,
        "PositiveSmallIntegerField": Whole,
        "FloatField": Real,
    }
    needs: tuple = ()  # columns that a table must have

    def before_import(self, dataset, **kwargs):
        headers = dataset.headers or []
        if missing := [name for name in self.needs if name not in headers]:
            raise ValidationError(_("Columns are missing: %s") % ", ".join(missing))
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

    def import_field(self, field, instance, row, is_m2m=False, **kwargs):
        if field.column_name in row:
            super().import_field(field, instance, row, is_m2m, **kwargs)

    def after_import(self, dataset, result, **kwargs):
        if not kwargs.get("dry_run") and not result.has_errors():
            self.made_found(dataset)

    def made_found(self, dataset):
        """Write the search entries of what came in."""


class AuthorityTable(Table):
    needs = ("slug", "name", "country")
    geography = fields.Field("geography", "geography", widget=Words(Geography.values))
    email_domains = fields.Field("email_domains", "email_domains", widget=Domains())

    class Meta:
        model = Authority
        import_id_fields = ["slug"]
        fields = (
            *("slug", "name", "country", "tier", "population", "population_year", "geography"),
            *("latitude", "longitude", "geonames_id", "wikidata_id", "website", "email_domains"),
            "status",
        )
        instance_loader_class = CachedInstanceLoader
        use_bulk, batch_size, force_init_instance = True, BATCH, False
        skip_unchanged = report_skipped = True

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        given = (
            [str(value) for value in dataset["geonames_id"] if value]
            if ("geonames_id" in (dataset.headers or []))
            else []
        )
        known = Authority.objects.filter(geonames_id__in=filter(None, map(as_number, given)))
        self.taken = {str(pk): slug for pk, slug in known.values_list("geonames_id", "slug")}

    def before_import_row(self, row, **kwargs):
        super().before_import_row(row, **kwargs)
        holder = self.taken.get(str(row.get("geonames_id", "")))
        if holder and holder != row["slug"]:
            raise ValidationError({"geonames_id": _("%s has this number already.") % holder})

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        # Uniqueness is looked at once a batch above; a query a row would take all the time.
        errors = dict(import_validation_errors or {})
        try:
            instance.full_clean(exclude=errors, validate_unique=False, validate_constraints=False)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def made_found(self, dataset):
        keys = Authority.objects.filter(slug__in=dataset["slug"]).values_list("pk", flat=True)
        search.index_authorities(list(keys))


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
            person.set_unusable_password()
            person.full_clean(exclude=["password"])
            person.save()
        return person


class ExpertTable(Table):
    needs = ("email", "name", "authority")
    user = fields.Field("user", "email", widget=PersonWidget(User, "email"))
    name = fields.Field("user__name", "name", readonly=True)
    authority = fields.Field(
        "authority", "authority", widget=widgets.ForeignKeyWidget(Authority, "slug")
    )
    languages = fields.Field("languages", "languages", widget=Pairs(Level.values))

    class Meta:
        model = Expert
        import_id_fields = ["user"]
        fields = (
            *("user", "name", "authority", "role_type", "function_title", "function", "years"),
            *("missions", "languages", "employer_name", "employer_email", "visibility"),
        )
        clean_model_instances = skip_unchanged = report_skipped = True

    def before_save_instance(self, instance, row, **kwargs):
        instance.slug = instance.slug or profiles.free_slug(instance.user.name)

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True):
        if instance.user_id:
            instance.slug = instance.slug or profiles.free_slug(instance.user.name)
        super().validate_instance(instance, import_validation_errors, validate_unique)

    def made_found(self, dataset):
        keys = Expert.objects.filter(user__email__in=[a.lower() for a in dataset["email"]])
        search.index_experts(list(keys.values_list("pk", flat=True)))


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
    forms = fields.Field("forms", "forms", widget=Words(ExchangeForm.values))

    class Meta:
        model = Offer
        import_id_fields = ["expert", "title"]
        fields = ("expert", "title", "text", "language", "forms", "capacity", "remote")
        clean_model_instances = skip_unchanged = report_skipped = True

    def after_save_instance(self, instance, row, **kwargs):
        """Topics come as “code:level”, as in water-sanitation/faecal-sludge:3."""
        pairs = Pairs("1234").clean(row.get("topics"))
        themes = Theme.objects.exclude(parent=None).in_bulk(pairs, field_name="code")
        if unknown := set(pairs) - set(themes):
            raise ValidationError({"topics": _("not known: %s") % ", ".join(sorted(unknown))})
        for code, level in pairs.items():
            instance.topics.update_or_create(theme=themes[code], defaults={"level": int(level)})


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


# Large tables, from a command


def read_rows(kind, file, limits, cells):
    """Yield the headers of a CSV or XLSX file, then its rows as wide, without holding them all.

    Raises ValidationError for one that cannot be read within its limits.
    """
    options = {"unpacked": UNPACKED * limits.memory // COMMON.memory} if kind == "xlsx" else {}
    rows = parse(kind, file, limits, cells=cells, **options)
    headers = [str(cell).strip() for cell in next(rows, [])]
    yield headers
    for number, row in enumerate(rows, 2):
        if len(row) > len(headers):
            words = _("row %d: it has more cells than the table has columns.") % number
            raise ValidationError(words, code="wide")
        yield [*row, *[""] * (len(headers) - len(row))]


def dataset_of(kind, file):
    """Give a table that was uploaded, as a whole."""
    headers, *rows = read_rows(kind, file, COMMON, MOST_CELLS)
    return Dataset(*rows, headers=headers)


class SafeXLSX(XLSX):
    """XLSX, read in a process of its own."""

    def create_dataset(self, in_stream):
        return dataset_of("xlsx", in_stream)


class SafeCSV(CSV):
    """CSV, read in a process of its own, which decodes it as well."""

    def is_binary(self):
        return True

    def get_read_mode(self):
        return "rb"

    def create_dataset(self, in_stream):
        return dataset_of("csv", in_stream)


def bring_in(name, path, progress=iter):
    """Bring a whole table in; return {"new": n, "update": n, "skip": n}.

    Raises ValidationError with all faults, each "row 12, country: ...", and leaves nothing then.
    """
    kind = "xlsx" if str(path).lower().endswith(".xlsx") else "csv"
    counts, faults, first = {"new": 0, "update": 0, "skip": 0}, [], 2
    with open(path, "rb") as file, transaction.atomic():
        rows = read_rows(kind, file, TRUSTED, TRUSTED_CELLS)
        headers = next(rows)
        rows = iter(progress(rows))
        while batch := list(islice(rows, BATCH)):
            dataset = Dataset(*batch, headers=headers)
            resource = TABLES[name]()
            result = resource.import_data(dataset, use_transactions=False)
            faults += faults_of(result, first)
            for outcome in counts:
                counts[outcome] += result.totals[outcome]
            first += len(batch)
        if faults:
            raise ValidationError(faults)
    return counts


def faults_of(result, first):
    """List what is wrong in a result whose first row is the file's row `first`."""
    found = [str(error.error) for error in result.base_errors]
    for row in result.invalid_rows:
        for column, words in row.error_dict.items():
            where = _("row %(row)d, %(column)s: %(words)s")
            found += [
                where % {"row": first + row.number - 1, "column": column, "words": word}
                for word in words
            ]
    for number, errors in result.row_errors():
        found += [
            _("row %(row)d: %(words)s") % {"row": first + number - 1, "words": error.error}
            for error in errors
        ]
    return found
