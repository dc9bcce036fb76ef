"""Questions of a form that may be answered several times, a row each, without JavaScript.

Rows that were begun stand open, the next one folds; a button takes one out. Each field has a name
of its own, <part>_<number>, so that a row is kept, corrected and compared like any other answer.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.http import QueryDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from connect.posted_values import as_number
from connect.types import Words

Section = TypeVar("Section", bound="RowsForm")


@dataclass(frozen=True)
class Rows:
    """A question that may be answered several times: its fields are named <part>_<number>.

    parts {name: maker of its field}; the first `least` rows are asked for at submission, and of
    a row that was begun all parts but the `spare` ones. A `quiet` part has a value from the start
    and begins no row. column: where valid rows are kept, as [{part: value}], unless the section
    keeps them itself.
    """

    legend: Words
    parts: dict[str, Callable]
    most: int
    least: int = 0
    spare: frozenset = frozenset()
    quiet: frozenset = frozenset()
    column: str = ""

    @property
    def key(self) -> str:
        return next(iter(self.parts))

    def names(self, number: int) -> list[str]:
        return [f"{part}_{number}" for part in self.parts]

    def fields(self) -> dict[str, forms.Field]:
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

    def requires(self, name: str) -> bool:
        """True if a whole answer needs this field, whatever else was answered."""
        part, number = name.rsplit("_", 1)
        return int(number) <= self.least and part not in self.spare

    def has_input(self, data: Mapping[str, Any], number: int) -> bool:
        loud = (f"{part}_{number}" for part in self.parts if part not in self.quiet)
        return any(str(data.get(name) or "").strip() for name in loud)

    def without_row(self, data: QueryDict, number: int) -> QueryDict:
        """Return the posted data with a row taken out and the rows after it moved up."""
        data = data.copy()
        for place in range(number, self.most + 1):
            for part in self.parts:
                data.setlist(f"{part}_{place}", data.getlist(f"{part}_{place + 1}"))
        return data


def repeats(*several: Rows) -> Callable[[type[Section]], type[Section]]:
    """Declare a section's repeated questions in its `order`; ImproperlyConfigured if one lacks."""

    def extend(section: type[Section]) -> type[Section]:
        fields: dict[str, forms.Field] = {}
        rows: dict[str, Rows] = {}
        declared = dict(section.base_fields)
        placed = {one.key: one for one in several}
        order = section.order or [*declared, *placed]
        if odd := {*declared, *placed}.symmetric_difference(order):
            names = ", ".join(sorted(odd))
            raise ImproperlyConfigured(f"{section.__name__} declares or orders alone: {names}")
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
    def value(self) -> str:
        return f"{self.rows.key}:{self.number}"


class RowsForm(forms.BaseForm):
    """Mixed into a form with repeated questions (see `repeats`)."""

    base_fields: dict[str, forms.Field]  # as Django collects them
    order: tuple = ()
    rows: dict = {}  # {field name: the Rows it belongs to}
    several: tuple = ()
    complete = True  # whether a row that was begun must be finished

    @property
    def typed_values(self) -> Mapping[str, Any]:
        return self.data if self.is_bound else self.initial

    def require_rows(self) -> None:
        """Require the first rows of each question, and no others."""
        for name, rows in self.rows.items():
            self.fields[name].required = rows.requires(name)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for rows in self.several if self.complete else ():
            for number in range(rows.least + 1, rows.most + 1):
                if rows.has_input(self.typed_values, number):
                    self.require_whole_row(rows, number)
        return cleaned

    def require_whole_row(self, rows: Rows, number: int) -> None:
        """Add errors for what a begun row still lacks."""
        for part in rows.parts:
            name = f"{part}_{number}"
            if part not in rows.spare and not self.data.get(name, "").strip():
                message = _("Fill this in too, or remove this row.")
                self.add_error(name, ValidationError(message, code="required"))

    def refuse_duplicates(self, part: str, message: Words) -> None:
        """Add an error to each row whose choice is in a row before it."""
        rows, chosen = self.rows[f"{part}_1"], set()
        for number in range(1, rows.most + 1):
            value = self.cleaned_data.get(f"{part}_{number}")
            if value and value in chosen:
                self.add_error(f"{part}_{number}", ValidationError(message, code="twice"))
            chosen.add(value)

    def filled_rows(self, rows: Rows) -> list[dict[str, Any]]:
        """Return the valid rows that were begun: [{part: value}]."""
        entries = []
        for number in range(1, rows.most + 1):
            row = {part: self.cleaned_data.get(f"{part}_{number}") for part in rows.parts}
            if any(row[part] not in (None, "") for part in row.keys() - rows.quiet):
                entries.append(row)
        return entries

    @classmethod
    def without_row(cls, data: QueryDict, row: str) -> QueryDict:
        """Return posted data with a row taken out, as its button names it: “result:2”."""
        key, _colon, number = row.partition(":")
        rows = next((one for one in cls.several if one.key == key), None)
        if rows is None or not 1 <= (place := as_number(number)) <= rows.most:
            return data
        return rows.without_row(data, place)

    def displayed_questions(self) -> Iterator[forms.BoundField | Row]:
        """Yield what the form shows, in order: a bound field, or the first Row of a question."""
        met = set()
        for name in self.fields:
            rows = self.rows.get(name)
            if rows is None:
                if not self[name].is_hidden:
                    yield self[name]
            elif rows.key not in met:
                met.add(rows.key)
                if first := self.first_row(rows):
                    yield first

    def first_row(self, rows: Rows) -> Row | None:
        """Return a question's first Row, linked to the others: filled ones are open, others folded.

        None where the question is locked, and was never answered.
        """
        begun = [n for n in range(1, rows.most + 1) if rows.has_input(self.typed_values, n)]
        last = max(begun, default=0)
        row = None
        for number in range(rows.most, 0, -1):
            fields = [self[name] for name in rows.names(number) if name in self.fields]
            for bound in fields if len(rows.parts) > 1 else ():
                # The row's legend says the rest.
                bound.label = bound.field.short  # type: ignore[attr-defined]  # see `Rows.fields`
            is_open = number <= max(last, rows.least)
            is_locked = all(bound.field.disabled for bound in fields)
            if is_locked and not is_open:
                continue
            removable = number in begun and last > rows.least and not is_locked
            row = Row(rows, number, fields, is_open, removable, row)
        return row
