"""What every table does alike: it comes in whole, or its faults are told row by row."""

import logging
from functools import partial

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import BooleanField, EmailField, URLField
from django.utils import translation
from django.utils.encoding import force_str
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries.fields import CountryField
from import_export import resources, widgets
from import_export.results import Error, Result

from connect.characters import one_line
from connect.languages import join_names
from connect.numbers import mark_of_decimals
from connect.pasted_values import MailboxField, PageField
from registry.spellings import name_letters
from registry.table_cells import (
    Amount,
    AuthorityCountry,
    Choice,
    Copied,
    Day,
    Line,
    Whole,
    YesNo,
    read_address,
)

logger = logging.getLogger(__name__)


class Fault(Error):
    """An error of a row or a table, in words for who imports it."""

    traceback = ""

    def __init__(self, error, row=None, number=None):
        if isinstance(error, ValidationError):
            words = " ".join(error.messages)
        else:
            logger.error("a table was not read", exc_info=error)
            words = _(
                "This could not be read. Tell us, and send us the table: we will look into it."
            )
        super().__init__(words, row, number)


class Outcome(Result):
    """The result of an import or its preview; `remarks` say what was read otherwise.

    doubtful: [(word, the same with other letters)] where nothing says which letters are meant.
    """

    remarks: list = []
    doubtful: list = []

    def row_errors(self):
        return [(row.number, row.errors) for row in self.error_rows]

    @property
    def faults(self):
        """List the errors, a sentence each, by the rows of the file."""
        return list_faults(self)


class WholeDiff(resources.Diff):
    """What a row changes: each cell as it was, crossed out, and as it would be.

    The library's own marks letters, in colours that our policy for styles blocks.
    """

    def as_html(self):
        cells = zip(map(force_str, self.left), map(force_str, self.right), strict=True)
        return [change_of_cell("" if self.new else before, after) for before, after in cells]


def change_of_cell(before, after):
    """Return a cell of a preview as HTML.

    >>> change_of_cell("Bergheim", "Berghem"), change_of_cell("", "<b>"), change_of_cell("a", "a")
    ('<del>Bergheim</del> <ins>Berghem</ins>', '<ins>&lt;b&gt;</ins>', 'a')
    """
    if before == after:
        return format_html("{}", after)
    parts = [("del", before)] if before else []
    parts += [("ins", after)] if after else []
    return format_html_join(" ", "<{0}>{1}</{0}>", parts)


ABOUT_COLUMNS = {  # what the kind of a column does not say
    "slug": gettext_lazy(
        "its address here: small letters, digits and hyphens, for example gh-agona"
    ),
    "email": gettext_lazy("the person's e-mail address"),
    "authority": gettext_lazy("the authority's address here (its slug), for example gh-agona"),
    "expert": gettext_lazy("the expert's e-mail address"),
    "topics": gettext_lazy(
        "topics with a level from 1 to 4, separated by spaces, for example "
        "water-sanitation/faecal-sludge:3; the column “code” of the list of themes has them all"
    ),
    "website": gettext_lazy("the address of a page"),
    "employer_email": gettext_lazy("an e-mail address"),
}


def part_with_words(field):
    """Return what says a column's codes in words: the column, or the kind of its cells."""
    return field if hasattr(field, "in_words") else field.widget


def words_in(field, instance):
    part = part_with_words(field)
    return part.in_words(instance if part is field else field.get_value(instance))


COPIED = {EmailField: MailboxField, URLField: PageField}


class Table(resources.ModelResource):
    """The common base of the registry's tables."""

    WIDGETS_MAP = resources.ModelResource.WIDGETS_MAP | {
        "PositiveIntegerField": Whole,
        "PositiveSmallIntegerField": Whole,
        "DecimalField": "get_amount_widget",
        "DateField": Day,
        "CharField": Line,
        "SlugField": Line,
    }
    needs: tuple = ()  # columns that a table must have
    # The column of a key that people write in two ways: with other capitals, accents, apostrophes.
    written_freely = ""
    addresses: tuple = ()  # the columns of its key that hold e-mail addresses
    about: dict = {}  # what columns of this table alone take, where their kind does not say it

    def get_diff_class(self):
        return WholeDiff

    @classmethod
    def get_amount_widget(cls, column):
        return partial(Amount, places=column.decimal_places)

    @classmethod
    def widget_from_django_field(cls, f, default=widgets.Widget):
        if isinstance(f, CountryField):
            return AuthorityCountry
        if isinstance(f, BooleanField):
            return YesNo
        for column, field in COPIED.items():
            if isinstance(f, column):
                return partial(Copied, field(required=False))
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
        """Import a table; where its columns are wrong, report that and read no row."""
        self.remarks = list(getattr(dataset, "remarks", []))
        headers = dataset.headers or []
        if missing := [name for name in self.needs if name not in headers]:
            refusal = ValidationError(_("Columns are missing: %s") % join_names(missing))
        elif twice := sorted({name for name in headers if name and headers.count(name) > 1}):
            refusal = ValidationError(_("Columns appear twice: %s") % join_names(twice))
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
        seen, self.twice = set(), set()
        for number, row in enumerate(dataset.dict):
            key = tuple(self.fold_key(name, row) for name in self.key_columns())
            if key in seen:
                self.twice.add(number)
            seen.add(key)

    def fold_key(self, column, row):
        if column in self.addresses:
            return read_address(row.get(column))
        if column != self.written_freely:
            return self.read_key(column, row).strip().casefold()
        typed, alike = self.find_alike(row)
        return ("known", alike[0]) if len(alike) == 1 else name_letters(typed)

    def read_key(self, column, row):
        """Return a cell of the key as its column reads it, or as it was typed."""
        widget = next(f.widget for f in self.get_import_fields() if f.column_name == column)
        typed = row.get(column) or ""
        if not isinstance(widget, Line | Day):
            return str(typed)
        try:
            return str(widget.clean(typed, row))
        except ValueError:
            return str(typed)

    def list_known(self, row):
        """List the names in the column `written_freely` beside which a row may not come twice."""
        return []

    def find_alike(self, row):
        """Return the name of a row, and which are known: itself, else those in other letters."""
        typed, known = one_line(str(row.get(self.written_freely) or "")), self.list_known(row)
        if typed in known:
            return typed, [typed]
        return typed, [name for name in known if name_letters(name) == name_letters(typed)]

    def use_known_name(self, row):
        """Write a name as it is known here: in other letters it would make a second row of it."""
        typed, alike = self.find_alike(row)
        if not alike or typed in alike:
            return
        if len(alike) > 1:
            words = _("This may be %s: write the name of the one you mean.")
            raise ValidationError({self.written_freely: words % join_names(sorted(alike))})
        row[self.written_freely] = alike[0]
        words = _("“%(typed)s” was read as “%(known)s”, which is known here.")
        self.remarks.append(words % {"typed": typed, "known": alike[0]})

    def coded_fields(self):
        """List the columns that hold codes: each has another beside it, in the reader's words.

        That one is not read when the table comes in again; the codes are the same for every reader.
        """
        return [f for f in self.get_export_fields() if hasattr(part_with_words(f), "in_words")]

    def get_export_headers(self, selected_fields=None):
        headers = super().get_export_headers(selected_fields)
        return headers + [f"{field.column_name} (words)" for field in self.coded_fields()]

    def export_resource(self, instance, selected_fields=None, language="en", **kwargs):
        cells = super().export_resource(instance, selected_fields, **kwargs)
        with translation.override(language):
            return cells + [words_in(field, instance) for field in self.coded_fields()]

    @classmethod
    def required_for_new_rows(cls):
        """List the other columns that a new row must fill."""
        fields = [f for f in cls().get_import_fields() if f.column_name not in cls.needs]
        model = cls._meta.model
        names = {f.name: f for f in model._meta.concrete_fields}
        asked = [(f.column_name, names[f.attribute]) for f in fields if f.attribute in names]
        return [
            column
            for column, field in asked
            if not field.blank and not field.null and field.get_default() in field.empty_values
        ]

    @classmethod
    def describe_columns(cls):
        """List (column, what it accepts) for who writes a table."""
        fields = cls().get_import_fields()
        words = ABOUT_COLUMNS | cls.about
        return [
            (f.column_name, words.get(f.column_name) or getattr(f.widget, "input_help", ""))
            for f in fields
        ]

    def key_columns(self):
        """List the columns of the file by which a row is found: an expert's is the “email”."""
        return [self.fields[name].column_name for name in self.get_import_id_fields()]

    def before_import_row(self, row, row_number=None, **kwargs):
        if row_number - 1 in self.twice:
            key = self.key_columns()[0]
            raise ValidationError({key: _("This row appears in the table twice.")})
        if self.written_freely:
            self.use_known_name(row)
        # An empty cell changes nothing.
        for name in [name for name, value in row.items() if value in (None, "")]:
            if name not in self.key_columns():
                del row[name]

        self.refuse_unreadable_keys(row)

    def refuse_unreadable_keys(self, row):
        """Raise all errors of a row whose keys are unreadable, since it is found by them."""
        keys = set(self.get_import_id_fields())
        cells = [f for f in self.get_import_fields() if f.column_name in row]
        if self.find_unreadable_cells(
            [f for f in cells if {f.attribute, f.column_name} & keys], row
        ):
            raise ValidationError(self.find_unreadable_cells(cells, row))

    def find_unreadable_cells(self, cells, row):
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
            self.index_imported(dataset)

    def index_imported(self, dataset):
        """Index the imported rows for search."""


def list_faults(result):
    """List the errors of a result, by the rows of the file."""
    faults = [str(error.error) for error in result.base_errors]
    for row in result.invalid_rows:
        for column, words in row.error_dict.items():
            row_words = (
                _("row %(row)d: %(words)s")
                if column == NON_FIELD_ERRORS
                else _("row %(row)d, %(column)s: %(words)s")
            )
            faults += [
                row_words % {"row": row.number, "column": column, "words": word} for word in words
            ]
    for number, errors in result.row_errors():
        faults += [
            _("row %(row)d: %(words)s") % {"row": number, "words": error.error} for error in errors
        ]
    return faults
