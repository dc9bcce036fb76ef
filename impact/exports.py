"""The figures for those who reckon on: CSV, XLSX, a PDF report, and all exchanges as open data."""

import csv
import io
from pathlib import Path

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django_countries import countries
from openpyxl import Workbook

from applications.models import DossierNeed
from connect.anonymity import FEW
from connect.documents import pdf
from connect.exports import NATIVE, csv_line, safe
from connect.templatetags.look import amount
from exchanges.models import Measure, Participant
from exchanges.permissions import BEGUN
from matching.models import Interest

REPORT = Path(__file__).with_name("report.typ")
BATCH = 500

# Column of the open data: what it says. Never the name of a person.
DICTIONARY = {
    "reference": gettext_lazy("The exchange, as in EX-2026-0007"),
    "form": gettext_lazy("expert_mission, internship, round_table or study_visit"),
    "status": gettext_lazy("Where it stands (domain words, as in running, completed, closed)"),
    "first_day": gettext_lazy("First day, ISO 8601; planned where it has not begun"),
    "last_day": gettext_lazy("Last day, ISO 8601; planned where it is not over"),
    "country": gettext_lazy("Country of the town that asked, ISO 3166-1 alpha-2"),
    "authority": gettext_lazy("The town that asked"),
    "helping_countries": gettext_lazy(
        "Countries of the colleagues who helped, separated by spaces"
    ),
    "helping_authorities": gettext_lazy(
        "Authorities of the colleagues who helped, separated by semicolons"
    ),
    "topics": gettext_lazy("Topics of the request, codes separated by spaces"),
    "sdg_targets": gettext_lazy(
        "Their targets of the Sustainable Development Goals, as text: 16.10 is not 16.1"
    ),
    "dac_codes": gettext_lazy("Their purpose codes of the OECD's DAC, five digits"),
    "participants": gettext_lazy("People who took part; empty where fewer than five"),
    "measures": gettext_lazy("Measures of the town's action plan"),
    "measures_done": gettext_lazy("Of them done, as last reported"),
}


def for_staff():
    return _("Exact figures, for staff only: do not publish them.")


def rows_of(impact, is_exact):
    """Yield every figure and every row of every table, as lines of text."""
    if is_exact:
        yield [for_staff()]
    yield [_("Figure"), _("Value"), _("Unit"), _("What it counts")]
    for figure in impact.figures:
        value = "" if figure.value is None else figure.value
        yield [str(figure.label), value, figure.unit, in_words(figure)]
    for one in impact.tables:
        yield []
        yield [str(one.label), _("Number"), "", in_words(one)]
        for row in one.rows:
            yield [row.label, _("fewer than five") if row.count is None else row.count]
    yield []
    yield [_("From"), _("To"), _("Exchanges")]
    for flow in impact.flows:
        yield [countries.name(flow.source), countries.name(flow.target), flow.count]


def in_words(one):
    """Say what a figure or table counts, and why it is not told or not exactly."""
    return f"{one.words} {one.note}".strip()


def value_in_words(figure):
    """Write a figure's number with its unit, and whether there may be more."""
    if figure.value is None:
        return "—"
    value = f"{amount(figure.value)} {figure.unit}".strip()
    return _("at least %s") % value if figure.is_at_least else value


def as_csv(impact, is_exact=False):
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerows([safe(cell) for cell in row] for row in rows_of(impact, is_exact))
    return ("\ufeff" + written.getvalue()).encode()


def as_xlsx(impact, is_exact=False):
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Impact")[:31])
    for row in rows_of(impact, is_exact):
        sheet.append([cell if isinstance(cell, NATIVE) else safe(cell) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def as_pdf(impact, chosen, now, is_exact=False):
    """Give the donor's report: every figure with what it counts, every table with its bars."""
    data = {
        "lang": get_language()[:2],
        "title": _("CONNECT: what it comes to"),
        "chosen": " · ".join([chosen or _("All exchanges"), *([for_staff()] if is_exact else [])]),
        "day": date_format(timezone.localtime(now), "DATE_FORMAT"),
        "flows_title": _("From country to country"),
        "sections": [
            {
                "title": str(section.title),
                "figures": [
                    {
                        "label": str(figure.label),
                        "value": value_in_words(figure),
                        "words": in_words(figure),
                    }
                    for figure in section.figures
                ],
                "tables": [
                    {
                        "label": str(one.label),
                        "words": str(one.note),
                        "rows": [
                            {
                                "label": row.label,
                                "count": "<5" if row.count is None else amount(row.count),
                                "share": row.share,
                            }
                            for row in one.rows
                        ],
                    }
                    for one in section.tables
                ],
            }
            for section in impact.sections
        ],
        "flows": [
            [countries.name(flow.source), countries.name(flow.target), amount(flow.count)]
            for flow in impact.flows[:40]
        ],
    }
    return pdf(REPORT, data)


# Read as plain rows: a million lines of model instances would wait for the garbage collector.
COLUMNS = (
    *("pk", "reference", "form", "status", "match", "dossier", "planned_start", "planned_end"),
    *("actual_start", "actual_end", "dossier__authority__name", "dossier__authority__country"),
)


def read(exchanges):
    """Give exchanges as the rows that `lines_of` takes."""
    return exchanges.values_list(*COLUMNS, named=True)


def exchange_lines(asked):
    """Yield the bytes of the open data, a line at a time: all exchanges that are asked for."""
    yield csv_line(list(DICTIONARY))
    rows = read(asked.exchanges().filter(status__in=BEGUN).order_by("pk"))
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        for line in lines_of(batch):
            yield csv_line([safe(cell) for cell in line])


def lines_of(batch):
    """Yield the cells of each exchange of `read`, in the order of DICTIONARY: five queries."""
    exchanges = [row.pk for row in batch]
    people = Participant.objects.filter(exchange__in=exchanges).there()
    people = dict(people.values_list("exchange").order_by().annotate(n=Count("pk")))
    measures = (
        Measure.objects.filter(plan__exchange__in=exchanges)
        .values_list("plan__exchange")
        .order_by()
        .annotate(n=Count("pk"), done=Count("pk", filter=Q(status="done")))
    )
    measures = {pk: (n, done) for pk, n, done in measures}
    helping = grouped(
        Interest.objects.filter(matches__in=[row.match for row in batch]),
        *("matches", "authority__country", "authority__name"),
    )
    topics = grouped(
        DossierNeed.objects.filter(dossier__in=[row.dossier for row in batch]).order_by("order"),
        *("dossier", "theme__code", "theme__sdg", "theme__dac_code"),
    )
    for row in batch:
        first = row.actual_start or row.planned_start
        last = row.actual_end or row.planned_end
        there, themes = helping.get(row.match, []), topics.get(row.dossier, [])
        taking_part = people.get(row.pk, 0)
        yield [
            row.reference,
            row.form,
            row.status,
            first.isoformat() if first else "",
            last.isoformat() if last else "",
            row.dossier__authority__country,
            row.dossier__authority__name,
            " ".join(sorted({country for country, _name in there})),
            "; ".join(sorted({name for _country, name in there})),
            " ".join(code for code, _sdg, _dac in themes),
            " ".join(sorted({sdg for _code, sdg, _dac in themes if sdg})),
            " ".join(sorted({dac for _code, _sdg, dac in themes if dac})),
            taking_part if taking_part >= FEW else "",
            *measures.get(row.pk, (0, 0)),
        ]


def grouped(rows, key, *columns):
    """Give {key: [(column, …)]} of rows."""
    found: dict[int, list] = {}
    for of, *cells in rows.values_list(key, *columns):
        found.setdefault(of, []).append(cells)
    return found
