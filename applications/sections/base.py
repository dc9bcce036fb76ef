"""What a dossier's sections share: one form each, lenient for a draft, strict for a submission.

The same form reads what was typed in two ways. As a draft it refuses only what is wrong;
`complete=True` also asks for what submission needs. `apply` writes what is valid into the
dossier's columns; what is not valid stays typed, in the section's draft. `warnings` never block.
"""

from decimal import Decimal

from django import forms
from django.core.validators import MinLengthValidator
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.enums import UNSENT
from connect.characters import clean_text
from connect.languages import join_names
from connect.lengths import labelled_length_warning, length_warning
from connect.numbers import WholeField
from connect.pasted_values import DayField, LineField
from connect.rows import RowsForm
from connect.templatetags.look import with_colon
from connect.types import Words

DAY_OVER = _("This date has passed: choose a future date.")
WORTH_SAYING = 10  # characters: a smaller least length goes without saying


class CountedField(forms.CharField):
    """A text with a least length; `example` is shown on demand."""

    least = 0
    example: Words = ""


class CountedLine(LineField, CountedField):
    """A CountedField of one line."""


def text_field(label, least, most, help_text="", rows=6, example="", validators=()):
    """A text whose length is counted when the dossier is sent; `example` is shown on demand."""
    made = (CountedField if rows else CountedLine)(
        label=label,
        help_text=help_text,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        validators=validators,
    )
    made.least, made.example = least, example
    return made


def day_field(label, help_text=""):
    return DayField(label=label, help_text=help_text)


def yes_or_no_field(label, help_text=""):
    choices = [("yes", _("Yes")), ("no", _("No"))]
    return forms.ChoiceField(
        label=label, help_text=help_text, choices=choices, widget=forms.RadioSelect
    )


class CountField(WholeField):
    """How many people."""

    def __init__(self, label, help_text="", least=0):
        super().__init__(label=label, help_text=help_text, min_value=least, max_value=10_000_000)


class SectionForm(RowsForm, forms.Form):
    """Base of the sections. The page writes the <form> tag, its buttons and the csrf token."""

    slug = ""
    title: Words = ""
    intro: Words = ""
    optional: frozenset = frozenset()
    columns: dict = {}  # {field: column of Dossier}, of those that differ; rows name their own

    def __init__(
        self, data=None, *, complete=False, dossier=None, today=None, asked=None, **kwargs
    ):
        super().__init__(data, **kwargs)
        self.complete, self.dossier, self.today = complete, dossier, today
        self.asked = asked  # what a correction lets be answered; None: everything
        self.warnings = []
        self.prepare()
        waived = dossier is not None and dossier.call.waives(self.slug)
        for name, field_ in self.fields.items():
            field_.required = complete and not waived and self.requires(name)
            if not isinstance(field_, CountedField):
                continue
            least = field_.least
            field_.widget.attrs |= {"data-least": least, "data-most": field_.max_length}
            if least and complete:
                field_.validators = [*field_.validators, MinLengthValidator(least)]
            if least and least >= WORTH_SAYING:
                limits = _("%(least)d to %(most)d characters.") % {
                    "least": least,
                    "most": field_.max_length,
                }
                field_.help_text = (
                    format_lazy("{} {}", field_.help_text, limits) if field_.help_text else limits
                )

    def prepare(self):
        """Fit the fields to this dossier, its call and its country."""

    def checks_day(self, name):
        """True if a day must still be to come: not one that a correction does not ask for."""
        return self.complete and self.today and (self.asked is None or name in self.asked)

    def requires(self, name):
        """True if a submission needs this field, whatever else was answered."""
        rows = self.rows.get(name)
        return rows.requires(name) if rows else name not in self.optional

    def short_texts(self):
        """List (name, words) of the texts that are there and shorter than a submission needs."""
        read = [
            (name, length_warning(self.cleaned_data.get(name) or "", field_.least))
            for name, field_ in self.fields.items()
            if isinstance(field_, CountedField)
        ]
        return [(name, words) for name, words in read if words]

    def missing_at_the_end(self):
        """List (name, error) of what a submission would refuse, and this save takes as it is."""
        is_unsent = self.dossier is not None and self.dossier.status in UNSENT
        today = timezone.localdate() if is_unsent else None
        whole = type(self)(self.data, complete=True, dossier=self.dossier, today=today)
        return [
            (name, error)
            for name, errors in whole.errors.as_data().items()
            for error in errors
            if name in self.fields and name not in self.errors and error.code != "min_length"
        ]

    def unfinished_fields(self):
        """List (name, words) of what is saved, and must be put right before it is submitted."""
        needed = _("Still needed before it is submitted.")
        short = [(name, f"{words}.") for name, words in self.short_texts()]
        return short + [
            (name, needed if error.code == "required" else " ".join(error.messages))
            for name, error in self.missing_at_the_end()
        ]

    def unfinished_answers(self):
        """List (field, sentence) of what is saved as it is, and will be asked for at the end."""
        short = [
            (name, labelled_length_warning(self.fields[name].label or "", words))
            for name, words in self.short_texts()
        ]
        lacking: dict[str, list[str]] = {}
        first: dict[str, str] = {}
        wrong = []
        for name, error in self.missing_at_the_end():
            label, rows = str(self.fields[name].label or ""), self.rows.get(name)
            number = int(name.rsplit("_", 1)[1]) if rows else 0
            if error.code != "required":
                wrong.append((name, f"{with_colon(label)} {' '.join(error.messages)}"))
                continue
            row, part = str(self.title), label
            if rows and rows.has_input(self.typed_values, number):
                part = str(getattr(self.fields[name], "short", ""))
                row = f"{rows.legend} {number}"
            lacking.setdefault(row, []).append(part)
            first.setdefault(row, name)
        named = [
            (
                first[row],
                _("“%(row)s” still needs: %(parts)s") % {"row": row, "parts": join_names(parts)},
            )
            for row, parts in lacking.items()
        ]
        return [*short, *wrong, *named]

    def warn(self, name, message):
        """Add a warning about a field that looks odd and may be right."""
        self.warnings.append((name, message))

    def collect_warnings(self):
        """Collect `warnings`, once the form is read."""

    @classmethod
    def read_raw_answers(cls, data):
        """Return what was typed in this section's fields, and nothing else of what was posted."""
        return {
            name: [clean_text(value) for value in data.getlist(name)]
            for name in cls.base_fields
            if name in data
        }

    @classmethod
    def questions(cls):
        """Return [(key, label, field names)]: what an officer may ask to correct."""
        asked: dict[str, tuple[str, Words, list[str]]] = {}
        for name, field_ in cls.base_fields.items():
            rows = cls.rows.get(name)
            key = rows.key if rows else name
            label = rows.legend if rows else field_.label or ""
            asked.setdefault(key, (key, label, []))[2].append(name)
        return list(asked.values())

    def apply(self, dossier):
        """Write what is valid into the columns; return the columns' names."""
        columns = []
        for name in self.cleaned_data.keys() - self.rows.keys():
            column, value = self.columns.get(name, name), self.cleaned_data[name]
            held = dossier._meta.get_field(column)
            # What was emptied is missing until it is answered; its column may know no such thing.
            empty = value is None and not held.null
            setattr(dossier, column, held.get_default() if empty else value)
            columns.append(column)
        for rows in self.several:
            if rows.column:
                setattr(dossier, rows.column, [json_values(row) for row in self.filled_rows(rows)])
                columns.append(rows.column)
        return columns


def json_values(row):
    """Return a row's values for JSON: dates and amounts as text."""
    return {
        part: str(value)
        if isinstance(value, Decimal)
        else (value.isoformat() if hasattr(value, "isoformat") else value)
        for part, value in row.items()
        if value not in (None, "")
    }
