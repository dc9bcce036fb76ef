"""Every exchange that has begun as a line, for CSV and for the API: never the name of a person.

A column is one definition: its name, what it says, its type in the API, and how it is read. Those
that count are figures (see `Figure.column`).
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from applications.models import DossierNeed
from connect.anonymity import FEW
from connect.exports import csv_line, safe_cell
from connect.types import Words
from exchanges.permissions import BEGUN
from impact.figures import FIGURES
from impact.figures.definitions import Rows
from matching.models import Interest
from registry.exchange_forms import EXCHANGE_FORMS

BATCH = 500
# Read as plain rows: a million lines of model instances would wait for the garbage collector.
READ = (
    *("pk", "reference", "form", "status", "match", "dossier", "planned_start", "planned_end"),
    *("actual_start", "actual_end", "dossier__authority__name", "dossier__authority__country"),
)


@dataclass(frozen=True)
class Column:
    """`cell` takes a row of `read` and what `Facts` know of its batch."""

    name: str
    words: Words
    cell: Callable
    type: Any = str


class Facts:
    """What is read of a batch of exchanges at once: a query for each kind of rows."""

    def __init__(self, batch):
        self.helping = group_rows(
            Interest.objects.filter(matches__in=[row.match for row in batch]),
            *("matches", "authority__country", "authority__name"),
        )
        self.topics = group_rows(
            DossierNeed.objects.filter(dossier__in=[row.dossier for row in batch]).order_by(
                "order"
            ),
            *("dossier", "theme__code", "theme__sdg", "theme__dac_code"),
        )
        self.numbers = numbers_of([row.pk for row in batch])

    def helping_cells(self, row, place):
        return sorted({cells[place] for cells in self.helping.get(row.match, [])})

    def topic_cells(self, row, place):
        return sorted({cells[place] for cells in self.topics.get(row.dossier, []) if cells[place]})


def group_rows(rows, key, *columns):
    """Return {key: [(column, …)]} of rows."""
    groups: dict[int, list] = defaultdict(list)
    for group, *cells in rows.values_list(key, *columns):
        groups[group].append(cells)
    return groups


def numbers_of(exchanges):
    """Count what the figures with a column count, an exchange: {exchange: {column: number}}."""
    today = timezone.localdate()
    totals: dict[Rows, dict[str, Any]] = defaultdict(dict)
    numbers: dict[int, dict[str, Any]] = defaultdict(dict)
    for figure in COUNTED:
        totals[figure.counts.rows][f"n_{figure.column}"] = figure.counts.aggregate()
    for rows, named in totals.items():
        counted = rows.query(today).filter(**{f"{rows.exchange}__in": exchanges})
        for row in counted.order_by().values(rows.exchange).annotate(**named):
            numbers[row[rows.exchange]] |= {name[2:]: row[name] for name in named}
    return numbers


def day_as_text(value):
    return value.isoformat() if value else ""


def figure_column(figure):
    """Return a figure's column: what it counts of one exchange, unless of few people."""

    def cell(row, facts):
        number = facts.numbers[row.pk].get(figure.column, 0)
        return None if figure.are_people and number < FEW else number

    return Column(
        figure.column, figure.column_words, cell, int | None if figure.are_people else int
    )


COUNTED = [figure for figure in FIGURES.values() if figure.column]
COLUMNS = [
    Column(
        "reference", _("The exchange, for example EX-2026-0007"), lambda row, facts: row.reference
    ),
    Column(
        "form",
        format_lazy(_("One of: {codes}"), codes=", ".join(EXCHANGE_FORMS)),
        lambda row, facts: row.form,
    ),
    Column(
        "status",
        _("Status (in English, for example running, completed, closed)"),
        lambda row, facts: row.status,
    ),
    Column(
        "first_day",
        _("First day, ISO 8601; the planned day if it has not started"),
        lambda row, facts: day_as_text(row.actual_start or row.planned_start),
    ),
    Column(
        "last_day",
        _("Last day, ISO 8601; the planned day if it has not ended"),
        lambda row, facts: day_as_text(row.actual_end or row.planned_end),
    ),
    Column(
        "country",
        _("Country of the applicant, ISO 3166-1 alpha-2"),
        lambda row, facts: row.dossier__authority__country,
    ),
    Column(
        "authority",
        _("The applicant"),
        lambda row, facts: row.dossier__authority__name,
    ),
    Column(
        "helping_countries",
        _("Countries of the experts, separated by spaces"),
        lambda row, facts: " ".join(facts.helping_cells(row, 0)),
    ),
    Column(
        "helping_authorities",
        _("Authorities of the experts, separated by semicolons"),
        lambda row, facts: "; ".join(facts.helping_cells(row, 1)),
    ),
    Column(
        "topics",
        _("Topics of the request, codes separated by spaces"),
        lambda row, facts: " ".join(cells[0] for cells in facts.topics.get(row.dossier, [])),
    ),
    Column(
        "sdg_targets",
        _("Their targets of the Sustainable Development Goals, as text: 16.10 is not 16.1"),
        lambda row, facts: " ".join(facts.topic_cells(row, 1)),
    ),
    Column(
        "dac_codes",
        _("Their purpose codes of the OECD's DAC, five digits"),
        lambda row, facts: " ".join(facts.topic_cells(row, 2)),
    ),
    *map(figure_column, COUNTED),
]


def read_exchanges(exchanges):
    """Return exchanges as the rows that `archive_lines` takes."""
    return exchanges.values_list(*READ, named=True)


def lines_of(batch):
    """Yield the cells of each exchange of `read`, in the order of COLUMNS."""
    facts = Facts(batch)
    for row in batch:
        yield [column.cell(row, facts) for column in COLUMNS]


def exchange_lines(asked):
    """Yield the bytes of the open data, a line at a time: all exchanges that are asked for."""
    yield csv_line([column.name for column in COLUMNS])
    rows = read_exchanges(asked.exchanges().filter(status__in=BEGUN).order_by("pk"))
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        for line in lines_of(batch):
            yield csv_line(["" if cell is None else safe_cell(cell) for cell in line])
