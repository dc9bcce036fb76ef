"""The figures for those who reckon on: CSV, XLSX, a PDF report, and all exchanges as open data."""

import csv
import io
from pathlib import Path

from django.db.models import Count, Prefetch, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django_countries import countries
from openpyxl import Workbook

from connect.documents import pdf
from connect.exports import csv_line, safe
from exchanges.models import Measure, Participant
from exchanges.permissions import BEGUN
from impact.figures.shape import FEW
from matching.models import Interest

REPORT = Path(__file__).with_name("report.typ")
BATCH = 500

# Column of the open data: what it says. Never the name of a person.
DICTIONARY = {
    "reference": "The exchange, as in EX-2026-0007",
    "form": "expert_mission, internship, round_table or study_visit",
    "status": "Where it stands (domain words, as in running, completed, closed)",
    "first_day": "First day, ISO 8601; planned where it has not begun",
    "last_day": "Last day, ISO 8601; planned where it is not over",
    "country": "Country of the town that asked, ISO 3166-1 alpha-2",
    "authority": "The town that asked",
    "helping_countries": "Countries of the colleagues who helped, separated by spaces",
    "helping_authorities": "Authorities of the colleagues who helped, separated by semicolons",
    "topics": "Topics of the request, codes separated by spaces",
    "sdg_targets": "Their targets of the Sustainable Development Goals, as text: 16.10 is not 16.1",
    "dac_codes": "Their purpose codes of the OECD's DAC, five digits",
    "participants": "People who took part; empty where fewer than five",
    "measures": "Measures of the town's action plan",
    "measures_done": "Of them done, as last reported",
}


def rows_of(impact):
    """Yield every figure and every row of every table, as lines of text."""
    yield [_("Figure"), _("Value"), _("Unit"), _("What it counts")]
    for figure in impact.figures:
        value = "" if figure.value is None else figure.value
        yield [str(figure.label), value, figure.unit, str(figure.words)]
    for one in impact.tables:
        yield []
        yield [str(one.label), _("Number"), "", str(one.words)]
        for row in one.rows:
            yield [row.label, _("fewer than five") if row.count is None else row.count]
    yield []
    yield [_("From"), _("To"), _("Exchanges")]
    for flow in impact.flows:
        yield [countries.name(flow.source), countries.name(flow.target), flow.count]


def as_csv(impact):
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerows([safe(cell) for cell in row] for row in rows_of(impact))
    return ("\ufeff" + written.getvalue()).encode()


def as_xlsx(impact):
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Impact")[:31])
    for row in rows_of(impact):
        sheet.append([cell if isinstance(cell, int | float) else safe(cell) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def as_pdf(impact, chosen, now):
    """Give the donor's report: every figure with what it counts, every table with its bars."""
    data = {
        "lang": get_language()[:2],
        "title": _("CONNECT: what it comes to"),
        "chosen": chosen or _("All exchanges"),
        "day": date_format(timezone.localtime(now), "DATE_FORMAT"),
        "flows_title": _("From country to country"),
        "sections": [
            {
                "title": str(section.title),
                "figures": [
                    {
                        "label": str(figure.label),
                        "value": "—"
                        if figure.value is None
                        else f"{figure.value} {figure.unit}".strip(),
                        "words": str(figure.words),
                    }
                    for figure in section.figures
                ],
                "tables": [
                    {
                        "label": str(one.label),
                        "rows": [
                            {
                                "label": row.label,
                                "count": "<5" if row.count is None else str(row.count),
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
            [countries.name(flow.source), countries.name(flow.target), str(flow.count)]
            for flow in impact.flows[:40]
        ],
    }
    return pdf(REPORT, data)


def with_details(exchanges):
    """Read with exchanges all that a line of the open data says."""
    helping = Interest.objects.select_related("authority")
    return (
        exchanges.select_related("dossier__authority")
        .only(
            *("reference", "form", "status", "match", "planned_start", "planned_end"),
            *("actual_start", "actual_end", "dossier__authority__name"),
            "dossier__authority__country",
        )
        .prefetch_related(Prefetch("match__interests", queryset=helping), "dossier__needs__theme")
    )


def exchange_lines(asked):
    """Yield the bytes of the open data, a line at a time: all exchanges that are asked for."""
    yield csv_line(list(DICTIONARY))
    rows = with_details(asked.exchanges().filter(status__in=BEGUN)).order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        last = batch[-1].pk
        counts = counted(batch)
        for exchange in batch:
            yield csv_line([safe(cell) for cell in line_of(exchange, counts)])


def counted(exchanges):
    """Count what belongs to exchanges: {pk: people}, and {pk: (measures, done)}."""
    people = (
        Participant.objects.filter(exchange__in=exchanges)
        .there()
        .values_list("exchange")
        .order_by()
        .annotate(n=Count("pk"))
    )
    measures = (
        Measure.objects.filter(plan__exchange__in=exchanges)
        .values_list("plan__exchange")
        .order_by()
        .annotate(n=Count("pk"), done=Count("pk", filter=Q(status="done")))
    )
    return dict(people), {pk: (n, done) for pk, n, done in measures}


def line_of(exchange, counts):
    """Give the cells of one exchange, in the order of DICTIONARY."""
    people, measures = counts
    helping = [interest.authority for interest in exchange.match.interests.all()]
    themes = [need.theme for need in exchange.dossier.needs.all()]
    first, last = exchange.first_day, exchange.last_day
    all_measures, done = measures.get(exchange.pk, (0, 0))
    taking_part = people.get(exchange.pk, 0)
    return [
        exchange.reference,
        exchange.form,
        exchange.status,
        first.isoformat() if first else "",
        last.isoformat() if last else "",
        exchange.dossier.authority.country.code,
        exchange.dossier.authority.name,
        " ".join(sorted({authority.country.code for authority in helping})),
        "; ".join(sorted({authority.name for authority in helping})),
        " ".join(theme.code for theme in themes),
        " ".join(sorted({theme.sdg for theme in themes if theme.sdg})),
        " ".join(sorted({theme.dac_code for theme in themes if theme.dac_code})),
        taking_part if taking_part >= FEW else "",
        all_measures,
        done,
    ]
