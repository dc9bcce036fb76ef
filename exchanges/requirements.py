"""What an exchange still lacks before one of its transitions (domain.md 4)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from operator import attrgetter

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from connect.dates import day_after, months_after
from connect.transitions import Check, Details, Lacking, has_note
from connect.types import Words
from exchanges.enums import Criterion, ExchangeStatus, Moment
from exchanges.models import ActionPlan, Exchange, FollowUp
from exchanges.readiness import list_missing


def missing_from_plan(exchange: Exchange, details: Details, now: datetime) -> Lacking:
    return [
        label
        for label, value in (
            (_("the first day"), exchange.planned_start),
            (_("the last day"), exchange.planned_end),
            (_("the place"), exchange.place),
        )
        if not value
    ]


def missing_readiness(exchange: Exchange, details: Details, now: datetime) -> Lacking:
    return list_missing(exchange)


def missing_or_past_plan(exchange: Exchange, details: Details, now: datetime) -> Lacking:
    lacking, last = missing_from_plan(exchange, details, now), exchange.planned_end
    if lacking or has_note(details) or last is None or last >= exchange.local_day(now):
        return lacking
    return [_("dates in the future, or the reason why it is planned afterwards")]


def missing_or_same_days(exchange: Exchange, details: Details, now: datetime) -> Lacking:
    """List what lacks to resume a postponed exchange: new days, or the reason to keep them."""
    lacking = missing_or_past_plan(exchange, details, now)
    if exchange.status != ExchangeStatus.POSTPONED or lacking or has_note(details):
        return lacking
    put_off = exchange.events.filter(verb="postpone").last()
    if put_off and put_off_days(exchange).items() <= put_off.details.items():
        return [_("dates other than those postponed, or the reason to keep them")]
    return []


def put_off_days(exchange: Exchange) -> dict[str, str]:
    """Return the planned days for an event of the timeline."""
    days = {"put_off_first": exchange.planned_start, "put_off_last": exchange.planned_end}
    return {name: day.isoformat() for name, day in days.items() if day}


def too_early(day_of: Callable[[Exchange], date | None], what: Words) -> Check:
    """Return a check that a step is not taken before its day; staff may, with a reason.

    day_of: gives the day of an exchange, or None.
    """

    def missing(exchange: Exchange, details: Details, now: datetime) -> Lacking:
        day = day_of(exchange)
        if not day or day <= exchange.local_day(now) or has_note(details):
            return []
        return [what % date_format(day, "DATE_FORMAT")]

    return missing


def missing_days_to_come(exchange: Exchange, details: Details, now: datetime) -> Lacking:
    """List what lacks to go on: a last day to come, else the clock completes it at once."""
    last = exchange.planned_end
    return [] if last and last >= exchange.local_day(now) else [DAYS_TO_COME]


def missing_end(exchange: Exchange, details: Details, now: datetime) -> Lacking:
    """List what lacks to complete an exchange: its last day, or the reason to end earlier.

    Of one that is interrupted staff say which day was the last: the planned one never came.
    """
    lacking = ends_early(exchange, details, now)
    broken = exchange.events.filter(verb="interrupt").last()
    if exchange.status == ExchangeStatus.INTERRUPTED and not exchange.actual_end and broken:
        day = date_format(exchange.local_day(broken.at), "DATE_FORMAT")
        lacking.append(_("the actual last day in the plan: it was interrupted on %s") % day)
    return lacking


def followed_from(exchange: Exchange, month: int) -> date | None:
    """Return the day from which an exchange is followed up, and its reports are asked for."""
    last = exchange.last_day
    return last and day_after(months_after(last, month), -REPORTED_AHEAD)


def missing_report(month: int) -> Check:
    """Return a check that a follow-up ends in its time, with or without the report.

    With a reason staff may before; what has not come then is said never to have come.
    """
    lacking_time = too_early(partial(followed_from, month=month), ITS_TIME)

    def missing(exchange: Exchange, details: Details, now: datetime) -> Lacking:
        lacking = lacking_time(exchange, details, now)
        if not lacking and not has_note(details) and waits_for_report(exchange, month).exists():
            return [REPORT]
        return lacking

    return missing


def waits_for_report(exchange: Exchange, month: int) -> QuerySet[FollowUp]:
    """Return the follow-up that still waits for its report."""
    return exchange.follow_ups.filter(month=month, answered_at=None, given_up_on=None)


ends_early = too_early(
    attrgetter("planned_end"), _("its last day, %s, or the reason to end earlier")
)
DAYS_TO_COME = _("a planned last day that is still to come: change it in the plan")
REPORTED_AHEAD = FollowUp.AHEAD
ITS_TIME = _("the time of its follow-up, from %s, or the reason to do it earlier")
REPORT = _("the applicant's report, or the reason why it will never come")


def missing_judgement(exchange: Exchange, details: Details, now: datetime) -> Lacking:
    """List what lacks for the evaluation: scores, with evidence."""
    lacking: Lacking = [
        label for code, label in Criterion.choices if details.get(code) not in range(1, 5)
    ]
    if not has_note(details):
        lacking.append(_("the evidence"))
    return lacking


def missing_settlement(exchange: Exchange, details: Details, now: datetime) -> Lacking:
    """List what is unsettled before an exchange is evaluated (domain.md 4); staff may all the same.

    The questionnaires are closed once half have answered, or after three weeks.
    """
    if details.get("all_the_same"):
        return []
    lacking: Lacking = []
    asked = exchange.evaluations.filter(moment=Moment.END)
    answered = asked.filter(answered_at__isnull=False).count()
    is_late = exchange.last_day and localdate(now) > day_after(exchange.last_day, ANSWERED_BY)
    if 2 * answered < asked.count() and not is_late:
        lacking.append(_("answers of half of those asked"))
    if not ActionPlan.objects.filter(exchange=exchange, approved_at__isnull=False).exists():
        lacking.append(_("the action plan, approved"))
    if exchange.budget.filter(spent=None).exists():
        lacking.append(_("what was spent, on every line of the budget"))
    return lacking


ANSWERED_BY = timedelta(days=21)  # after the last day
