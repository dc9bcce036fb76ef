"""What a dossier's sections share: one form each, lenient for a draft, strict for a submission.

The same form reads what was typed in two ways. As a draft it refuses only what is wrong;
`complete=True` also asks for what submission needs. `apply` writes what is valid into the
dossier's columns; what is not valid stays typed, in the section's draft. `warnings` never block.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

BLANK = [("", "—")]
WORTH_SAYING = 10  # characters: a smaller least length goes without saying


def text(label, least, most, help_text="", rows=6, example=""):
    """A text whose length is counted when the dossier is sent; `example` is shown on demand."""
    made = forms.CharField(
        label=label,
        help_text=help_text,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
    )
    made.least, made.example = least, example
    return made


def day(label, help_text=""):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, help_text=help_text)


def yes_or_no(label, help_text=""):
    choices = [("yes", _("Yes")), ("no", _("No"))]
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=choices, widget=forms.RadioSelect
    )


class AmountField(forms.DecimalField):
    """A number as people write it anywhere: 12.5 and 12,5, with or without spaces."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value):
        if isinstance(value, str):
            value = "".join(value.split()).replace(",", ".")
        return super().to_python(value)


class CountField(forms.IntegerField):
    """How many people."""

    widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def __init__(self, label, help_text="", least=0):
        super().__init__(label=label, help_text=help_text, min_value=least, max_value=10_000_000)


@dataclass(frozen=True)
class Rows:
    """A question that may be answered several times: its fields are named <part>_<number>.

    parts {name: maker of its field}; the first `least` rows are asked for at submission, and of
    a row that was begun all parts but the `spare` ones. A `quiet` part has a value from the start
    and begins no row. column: where valid rows are kept, as [{part: value}], unless the section
    keeps them itself.
    """

    legend: str
    parts: dict[str, Callable]
    most: int
    least: int = 0
    spare: frozenset = frozenset()
    quiet: frozenset = frozenset()
    column: str = ""

    @property
    def key(self):
        return next(iter(self.parts))

    def names(self, number):
        return [f"{part}_{number}" for part in self.parts]

    def fields(self):
        """Make {field name: field} of every row; a field's label says which row it belongs to."""
        made = {}
        for number in range(1, self.most + 1):
            for part, make in self.parts.items():
                one = make()
                one.short = one.label or self.legend
                one.label = (
                    format_lazy("{} {} · {}", self.legend, number, one.label)
                    if one.label
                    else format_lazy("{} {}", self.legend, number)
                )
                made[f"{part}_{number}"] = one
        return made

    def begun(self, data, number):
        loud = (f"{part}_{number}" for part in self.parts if part not in self.quiet)
        return any((data.get(name) or "").strip() for name in loud)

    def without(self, data, number):
        """Return the posted data with a row taken out and the rows after it moved up."""
        data = data.copy()
        for place in range(number, self.most + 1):
            for part in self.parts:
                data.setlist(f"{part}_{place}", data.getlist(f"{part}_{place + 1}"))
        return data


def repeats(*several):
    """Give a section its repeated questions, each after the field that is named for it."""

    def extend(section):
        fields, rows = {}, {}
        declared = dict(section.base_fields)
        placed = {one.key: one for one in several}
        order = section.order or [*declared, *placed]
        for name in order:
            if name in placed:
                made = placed[name].fields()
                fields |= made
                rows |= dict.fromkeys(made, placed[name])
            else:
                fields[name] = declared[name]
        section.base_fields, section.rows, section.several = fields, rows, several
        return section

    return extend


@dataclass(frozen=True)
class Row:
    """A row of a repeated question as the page shows it; `next` follows it."""

    rows: Rows
    number: int
    fields: list
    is_open: bool
    removable: bool
    next: "Row | None" = field(default=None)

    @property
    def value(self):
        return f"{self.rows.key}:{self.number}"


class SectionForm(forms.Form):
    """Base of the sections. The page writes the <form> tag, its buttons and the csrf token."""

    slug = ""
    title = ""
    intro = ""
    order: tuple = ()
    optional: frozenset = frozenset()
    rows: dict = {}  # {field name: the Rows it belongs to}
    several: tuple = ()

    def __init__(self, data=None, *, complete=False, dossier=None, today=None, **kwargs):
        super().__init__(data, **kwargs)
        self.complete, self.dossier, self.today = complete, dossier, today
        self.warnings = []
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.prepare()
        waived = dossier is not None and dossier.call.waives(self.slug)
        for name, field_ in self.fields.items():
            field_.required = complete and not waived and self.asks(name)
            # A limit that the browser keeps would cut a longer text off without a word.
            field_.widget.attrs.pop("maxlength", None)
            least = getattr(field_, "least", None)
            if least is not None:
                field_.widget.attrs |= {"data-least": least, "data-most": field_.max_length}
            if least and complete:
                field_.validators = [*field_.validators, MinLengthValidator(least)]
            if least and least >= WORTH_SAYING:
                limits = _("%(least)d to %(most)d characters.") % {
                    "least": least,
                    "most": field_.max_length,
                }
                field_.help_text = f"{field_.help_text} {limits}".strip()

    def prepare(self):
        """Fit the fields to this dossier, its call and its country."""

    def asks(self, name):
        """True if a submission needs this field, whatever else was answered."""
        rows = self.rows.get(name)
        if rows is None:
            return name not in self.optional
        part, number = name.rsplit("_", 1)
        return int(number) <= rows.least and part not in rows.spare

    def clean(self):
        cleaned = super().clean()
        for rows in self.several if self.complete else ():
            for number in range(rows.least + 1, rows.most + 1):
                if rows.begun(self.data, number):
                    self.finish(rows, number)
        return cleaned

    def finish(self, rows, number):
        """Ask for what a row that was begun still lacks."""
        for part in rows.parts:
            name = f"{part}_{number}"
            if part not in rows.spare and not self.data.get(name, "").strip():
                message = _("Fill this in too, or remove this row.")
                self.add_error(name, ValidationError(message, code="required"))

    def chosen(self, rows):
        """Return the valid rows that were begun: [{part: value}]."""
        found = []
        for number in range(1, rows.most + 1):
            row = {part: self.cleaned_data.get(f"{part}_{number}") for part in rows.parts}
            if any(row[part] not in (None, "") for part in row.keys() - rows.quiet):
                found.append(row)
        return found

    def warn(self, name, message):
        """Say what looks odd about a field and may well be right."""
        self.warnings.append((name, message))

    def look_twice(self):
        """Collect `warnings`, once the form is read."""

    @classmethod
    def raw(cls, data):
        """Keep what was typed in this section's fields, and nothing else of what was posted."""
        return {
            name: [value.replace("\x00", "") for value in data.getlist(name)]
            for name in cls.base_fields
            if name in data
        }

    @classmethod
    def questions(cls):
        """Return [(key, label, field names)]: what an officer may ask to correct."""
        asked = {}
        for name, field_ in cls.base_fields.items():
            rows = cls.rows.get(name)
            key = rows.key if rows else name
            label = rows.legend if rows else field_.label
            asked.setdefault(key, (key, label, []))[2].append(name)
        return list(asked.values())

    @classmethod
    def without(cls, data, row):
        """Return posted data with a row taken out, as its button names it: “result:2”."""
        key, _colon, number = row.partition(":")
        rows = next((one for one in cls.several if one.key == key), None)
        if rows is None or not number.isdecimal() or not 1 <= int(number) <= rows.most:
            return data
        return rows.without(data, int(number))

    def apply(self, dossier):
        """Write what is valid into the columns; return the columns' names."""
        columns = [name for name in self.cleaned_data if hasattr(dossier, name)]
        for name in columns:
            value = self.cleaned_data[name]
            empty = value is None and isinstance(getattr(dossier, name), list)
            setattr(dossier, name, [] if empty else value)
        for rows in self.several:
            if rows.column:
                setattr(dossier, rows.column, [plain(row) for row in self.chosen(rows)])
                columns.append(rows.column)
        return columns

    def shown(self):
        """Yield what the page shows in turn: a bound field, or the first Row of a question."""
        met = set()
        for name in self.fields:
            rows = self.rows.get(name)
            if rows is None:
                yield self[name]
            elif rows.key not in met:
                met.add(rows.key)
                yield self.first_row(rows)

    def first_row(self, rows):
        """Link the rows of a question: those that were begun stand open, the others fold."""
        begun = [n for n in range(1, rows.most + 1) if rows.begun(self.data, n)]
        last = max(begun, default=0)
        row = None
        for number in range(rows.most, 0, -1):
            fields = [self[name] for name in rows.names(number) if name in self.fields]
            for bound in fields if len(rows.parts) > 1 else ():
                bound.label = bound.field.short  # the row's legend says the rest
            is_open = number <= max(last, rows.least)
            row = Row(rows, number, fields, is_open, number in begun and last > rows.least, row)
        return row


def plain(row):
    """Make a row's values such as JSON holds: dates and amounts as text."""
    return {
        part: str(value)
        if isinstance(value, Decimal)
        else (value.isoformat() if hasattr(value, "isoformat") else value)
        for part, value in row.items()
        if value not in (None, "")
    }
