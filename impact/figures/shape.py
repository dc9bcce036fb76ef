"""What counting gives: numbers, tables, flows between countries."""

from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from connect.languages import sort_alphabetically
from connect.templatetags.look import amount
from connect.types import Words


class Kind(StrEnum):
    """How exactly the public may know a figure (see disclosure.py)."""

    INCIDENTS = "incidents"  # a figure's basis: the exchanges in which they happened
    DOSSIERS = "dossiers"  # those that are not published
    ANSWERS = "answers"  # what somebody thinks; basis: how many answered
    PEOPLE = "people"  # by gender, side and post, and what only all of them together tell
    MANY = "many"  # people of each exchange; `public`: of those with five and more
    MONEY = "money"  # basis: the exchanges for which it was


# Kinds of which each exchange's own part is shown, unless it is of few people.
LISTED_KINDS = {"", Kind.MANY}


@dataclass(frozen=True)
class CountedFigure:
    """A number with its name and what it counts; `value` is None where too few answered.

    Of what has a `kind`, `basis` says on how many exchanges, answers or people it rests, and
    `public` what is public of it whatever is chosen. `note`: why it is not told, or not exactly.
    """

    code: str
    label: Words
    value: float | int | None
    words: Words
    unit: str = ""
    kind: str = ""
    basis: int = 0
    public: float | int | None = None
    note: str = ""
    in_halves: float | None = None  # of answers: the mean of the first whole fives of them
    is_at_least: bool = False  # a sum of counts in whole fives: up to four more of each


@dataclass(frozen=True)
class Row:
    label: Words
    count: int | None  # None for a few people, who might be known by it
    share: float  # of the largest row, for the bar
    key: str = ""
    public: int = 0  # of them public whatever is chosen; for tables that have a kind


@dataclass(frozen=True)
class CountedTable:
    code: str
    label: Words
    rows: list
    words: Words = ""
    kind: str = ""
    note: str = ""


@dataclass(frozen=True)
class CountedSection:
    title: Words
    figures: list
    tables: list = field(default_factory=list)


@dataclass(frozen=True)
class Impact:
    sections: list
    flows: list

    @property
    def figures(self):
        return [figure for section in self.sections for figure in section.figures]

    @property
    def tables(self):
        return [table for section in self.sections for table in section.tables]


def make_table(code, label, counted, words="", kind="", in_order=False):
    """Return a table of (label, count, key[, public]), largest first, without empty rows.

    in_order: keep the order of the rows, as of years. "Not stated" comes last.
    """
    rows = [row for row in counted if row[1]]
    most = max((row[1] for row in rows), default=1)
    if not in_order:
        rows = sorted(sort_alphabetically(rows, lambda row: row[0]), key=lambda row: -row[1])
        rows.sort(key=lambda row: row[2:3] == ("",))
    made = [Row(str(a), n, n / most, *rest) for a, n, *rest in rows]
    return CountedTable(code, label, made, words, kind)


def name_choice(choices, code):
    """Name a choice that people make; "" is of those who said nothing."""
    return choices(code).label if code else _("not stated")


def describe_share(count, whole):
    """Describe how many of whom a table counts said what it counts."""
    numbers = {"said": amount(count), "all": amount(whole)}
    return _("Stated for %(said)s of %(all)s.") % numbers


def percentage(part, whole):
    return round(100 * part / whole) if whole else None
