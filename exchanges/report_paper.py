"""The report of an exchange as PDF, set from what `report` knows of it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from connect.languages import join_names, label_with_value
from connect.pictures import remove_metadata
from connect.templatetags.look import amount
from exchanges.models import Session
from exchanges.papers import agenda_days, day_of, set_paper
from exchanges.report import report_of
from registry import worldmap

PAPER_PICTURE = (640, 640)  # pixels


def report_pdf(exchange, now, reader):
    """The report of an exchange: map, people, agenda, before and after, measures, opinions."""
    report = report_of(exchange, now, reader)
    sections: list[tuple] = []
    if report.curves:
        sections.append((_("Route"), [], {"map": map_of(report.curves)}))
    sections.append((_("Participants"), [label_with_value(*side) for side in report.sides]))
    sections.append(
        (
            _("Timeline"),
            [
                label_with_value(day_of(one.day), one.words)
                for one in report.milestones
                if one.is_past
            ],
        )
    )
    sections += agenda_days(Session.objects.held_in(exchange, now))
    for change in report.changes:
        bars = [bar_of(bar.label, amount(bar.value), bar.share) for bar in change.bars]
        words = f"{change.measure.indicator} ({change.measure.unit})"
        sections.append(
            (label_with_value(_("Before and after"), change.measure.title), [words], {"bars": bars})
        )
    for measure in report.measures:
        lines = [
            join_names([measure.get_status_display(), f"{measure.progress} %"]),
            measure.description,
        ]
        lines += [report_line(one, measure.unit) for one in measure.reports.all()]
        sections.append((label_with_value(_("Measure"), measure.title), lines))
    for moment in report.opinions:
        heading = join_names([_("What participants think"), str(moment.label)])
        bars = [
            bar_of(row.question.words, f"{amount(row.mean, 1)} ({row.count})", row.share)
            for row in moment.rated_questions
        ]
        if bars:
            sections.append((heading, [], {"bars": bars}))
    if report.judged:
        bars = [bar_of(criterion, f"{score} / 4", score / 4) for criterion, score in report.judged]
        sections.append((_("Evaluation by the programme"), [], {"bars": bars}))
    if report.pictures:
        photos = [photo_of(picture) for picture in report.pictures]
        sections.append((_("Pictures"), [], {"photos": photos}))
    return set_paper(
        exchange, _("Report of the exchange"), now=now, lead=exchange.summary, sections=sections
    )


def report_line(report, unit):
    """Describe in a line what was reported of a measure, and when."""
    words = join_names([report.get_status_display(), f"{report.progress} %"])
    if report.value is not None:
        words += f", {amount(report.value)} {unit}"
    if report.comment:
        words = label_with_value(words, report.comment)
    return label_with_value(day_of(timezone.localdate(report.at)), words)


def bar_of(label, value, share):
    return {"label": str(label), "value": str(value), "share": share}


def map_of(curves):
    """Draw the world's dots and the curves of an exchange, as SVG."""
    drawn = "".join(
        f'<path d="{curve.path}" fill="none" stroke="#0b6152" stroke-width="3"/>'
        f'<circle cx="{curve.source[0]:.0f}" cy="{curve.source[1]:.0f}" r="5" fill="#c9762b"/>'
        f'<circle cx="{curve.target[0]:.0f}" cy="{curve.target[1]:.0f}" r="6" fill="#0b6152"/>'
        for curve in curves
    )
    return worldmap.as_svg(drawn)


def photo_of(picture):
    """Return a picture for a paper: its bytes, smaller, what can be seen, and who took it."""
    with picture.file.open("rb") as kept:
        drawn = remove_metadata(kept, "JPEG", within=PAPER_PICTURE, quality=80)
    return {"bytes": list(drawn.read()), "alt": picture.alt, "credit": picture.credit}
