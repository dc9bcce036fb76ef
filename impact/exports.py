"""The figures for those who reckon on: CSV, XLSX, a PDF report."""

import csv
import io
from pathlib import Path

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from django_countries import countries
from openpyxl import Workbook

from connect.documents import render_pdf
from connect.exports import NATIVE, safe_cell, set_widths
from connect.languages import current_language, is_right_to_left
from connect.templatetags.look import amount

REPORT = Path(__file__).with_name("report.typ")


def for_staff():
    return _("Exact figures, for staff only: do not publish them.")


def figure_rows(impact, is_exact):
    """Yield every figure and every row of every table, as lines of text."""
    if is_exact:
        yield [for_staff()]
    yield [_("Figure"), _("Value"), _("Unit"), _("What it counts")]
    for figure in impact.figures:
        value = "" if figure.value is None else figure.value
        if figure.is_at_least:  # no other number than on the page
            value = _("at least %s") % amount(value)
        yield [str(figure.label), value, figure.unit, describe_figure(figure)]
    for one in impact.tables:
        yield []
        yield [str(one.label), pgettext("how many", "Number"), "", describe_figure(one)]
        for row in one.rows:
            yield [row.label, _("fewer than five") if row.count is None else row.count]
    yield []
    yield [pgettext("year or country", "From"), pgettext("year or country", "To"), _("Exchanges")]
    for flow in impact.flows:
        yield [countries.name(flow.source), countries.name(flow.target), flow.count]


def describe_figure(one):
    """Describe what a figure or table counts, and why it is hidden or inexact."""
    return f"{one.words} {one.note}".strip()


def value_in_words(figure):
    """Return a figure's number with its unit, and whether there may be more."""
    if figure.value is None:
        return "—"
    value = f"{amount(figure.value)} {figure.unit}".strip()
    return _("at least %s") % value if figure.is_at_least else value


def as_csv(impact, is_exact=False):
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerows([safe_cell(cell) for cell in row] for row in figure_rows(impact, is_exact))
    return ("\ufeff" + written.getvalue()).encode()


def as_xlsx(impact, is_exact=False):
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Impact")[:31])
    sheet.sheet_view.rightToLeft = is_right_to_left(current_language())
    rows = list(figure_rows(impact, is_exact))
    set_widths(sheet, rows[0])
    for row in rows:
        sheet.append([cell if isinstance(cell, NATIVE) else safe_cell(cell) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def as_pdf(impact, chosen, now, is_exact=False):
    """Return the donor's report as PDF: every figure with what it counts, every table with bars."""
    data = {
        "lang": get_language()[:2],
        "title": _("CONNECT: results and impact"),
        "chosen": " · ".join([chosen or _("All exchanges"), *([for_staff()] if is_exact else [])]),
        "day": date_format(timezone.localtime(now), "DATE_FORMAT"),
        "flows_title": _("Between countries"),
        "sections": [
            {
                "title": str(section.title),
                "figures": [
                    {
                        "label": str(figure.label),
                        "value": value_in_words(figure),
                        "words": describe_figure(figure),
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
    return render_pdf(REPORT, data)
