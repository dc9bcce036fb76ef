"""The report of an exchange, from what is known: as a page here, as PDF in `report_paper`."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from applications.enums import Status
from connect.languages import label_with_value
from exchanges.enums import Criterion
from exchanges.evaluation import results_for
from exchanges.models import Measure
from registry import worldmap

MOST_PICTURES = 6


@dataclass(frozen=True)
class Milestone:
    day: date
    words: str
    is_past: bool


@dataclass(frozen=True)
class Bar:
    """A value of a measure's indicator, and its part of the largest, 0 to 1."""

    label: str
    value: Decimal
    share: float


@dataclass(frozen=True)
class Change:
    """What a measure was to change: before, as last reported, and the aim."""

    measure: Measure
    bars: list[Bar]


@dataclass(frozen=True)
class Report:
    sides: list[tuple[str, int]]  # how many of each side were there
    milestones: list[Milestone]
    curves: list[worldmap.Curve]
    measures: list[Measure]
    changes: list[Change]
    opinions: list
    judged: list[tuple[str, int]]  # criterion, 1 to 4
    pictures: list  # those that may be shown in public


def report_of(exchange, now, reader):
    """Return the content of an exchange's report for a reader, in a fixed number of queries."""
    sides = Counter(person.get_side_display() for person in exchange.participants.not_absent())
    measures = list(Measure.objects.of_exchange(exchange))
    return Report(
        sides=list(sides.items()),
        milestones=milestones_of(exchange, localdate(now)),
        curves=worldmap.draw_curves(expert_flows(exchange)),
        measures=measures,
        changes=[change for one in measures if (change := measure_change(one)).bars],
        opinions=results_for(exchange, reader, now),
        judged=[
            (str(label), exchange.judged[code])
            for code, label in Criterion.choices
            if code in exchange.judged
        ],
        pictures=list(exchange.pictures.for_public()[:MOST_PICTURES]),
    )


def expert_flows(exchange):
    """Return the lines of a map from where the experts work to those who asked."""
    asking = {exchange.dossier.authority.country.code}
    asking.update(exchange.dossier.partners.values_list("country", flat=True))
    helping = exchange.match.interests.values_list("authority__country", flat=True)
    pairs = {(source, target) for source in helping for target in asking if source != target}
    return [worldmap.Flow(source, target) for source, target in sorted(pairs)]


def milestones_of(exchange, today):
    """List the milestones, oldest first: those in the future as they are due."""
    dossier = exchange.dossier
    validated = dossier.events.filter(target=Status.VALIDATED).first()
    agreed = exchange.events.filter(verb="create").first()
    plan = getattr(exchange, "plan", None)
    dates = [
        (dossier.submitted_at, _("The application was submitted")),
        (validated and validated.at, _("The application was validated")),
        (agreed and agreed.at, _("Every side agreed")),
        (exchange.first_day, _("First day")),
        (exchange.last_day, _("Last day")),
        (plan and plan.approved_at, _("The action plan was approved")),
    ]
    for asked in exchange.follow_ups.all():
        words = _("Report after %d months") % asked.month
        if asked.is_expected_no_more:
            continue
        if asked.given_up_on:
            words = label_with_value(words, asked.no_report_words)
        dates.append((asked.answered_at or asked.due_on, words))
    for practice in exchange.practices.published():
        dates.append((practice.published_at, _("A good practice was published")))
    dated = [
        (localdate(moment) if hasattr(moment, "hour") else moment, words)
        for moment, words in dates
        if moment
    ]
    dated.sort(key=lambda one: one[0])
    return [Milestone(day, words, day <= today) for day, words in dated]


def measure_change(measure):
    """Return a measure's values with bars; without a counted one there are no bars."""
    reported = [report.value for report in measure.reports.all() if report.value is not None]
    values = [
        (_("Before"), measure.baseline),
        (_("Now"), reported[-1] if reported else None),
        (_("Target"), measure.target),
    ]
    known = [(label, value) for label, value in values if value is not None]
    most = max((abs(value) for _label, value in known), default=0)
    if len(known) < 2 or not most:
        return Change(measure, [])
    return Change(
        measure, [Bar(label, value, max(float(value / most), 0)) for label, value in known]
    )
