"""Where an exchange or its action plan stands: who acts now, the next step and its day."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect.dates import day_after
from connect.standing import Standing
from connect.statuses import for_each_status
from connect.types import Words
from exchanges.enums import ExchangeStatus as Status
from exchanges.enums import Moment, Side, StopKind
from exchanges.evaluation import ASKED_AFTER, is_evaluation_open
from exchanges.models import ActionPlan, Exchange, Measure
from exchanges.permissions import FOLLOWED_IN
from exchanges.readiness import Item, list_missing_of_side
from exchanges.requirements import ANSWERED_BY
from exchanges.staff_steps import has_days

# Status: who has it, what comes next. The day of it is `next_day`.
STANDINGS: dict[str, tuple[Words, Words]] = for_each_status(
    Status,
    {
        Status.AGREED: (
            _("With both sides: agree on the dates."),
            _("Once they agree, the programme team plans it"),
        ),
        Status.PLANNED: (
            _("With both sides: prepare it."),
            _("The programme team marks it as ready"),
        ),
        Status.READY: (
            _("Each line of the preparation checklist is done or waived."),
            _("It begins"),
        ),
        Status.RUNNING: (_("It is taking place."), _("It ends")),
        Status.COMPLETED: (
            _("With those who took part: they answer the questionnaire."),
            _("The programme team evaluates it"),
        ),
        Status.EVALUATED: (
            _("With the applicant: it carries out its action plan."),
            _("The applicant reports after 6 months"),
        ),
        Status.FOLLOW_UP_6M: (
            _("With the applicant: it carries out its action plan."),
            _("The applicant reports after 12 months"),
        ),
        Status.FOLLOW_UP_12M: (
            _("Both reports are there, or their time is over."),
            _("The programme team closes it"),
        ),
        Status.POSTPONED: (
            _("With both sides: agree on new dates."),
            _("Once they agree, the programme team plans it"),
        ),
        Status.INTERRUPTED: (
            _("With the programme team."),
            _("It is resumed, or ends here"),
        ),
        Status.CLOSED: (_("Nothing more is asked of anybody."), ""),
        Status.CANCELLED: (_("Nothing more is asked of anybody."), ""),
    },
)


STOP_ASKED = {
    StopKind.POSTPONE: _("With the programme team: a side asked to postpone it."),
    StopKind.CANCEL: _("With the programme team: a side asked to cancel it."),
}
ANSWER_AHEAD = _("The programme team postpones or cancels it, or says why it goes on")
SIDES = (Side.REQUESTING, Side.OFFERING)
# The side that proposed days: who answers.
FIRST_DAYS = {
    Side.REQUESTING: _("With the experts: answer the dates that the applicant proposes."),
    Side.OFFERING: _("With the applicant: answer the dates that the experts propose."),
}
OTHER_DAYS = {
    Side.REQUESTING: _("With the experts: the applicant proposes dates other than those agreed."),
    Side.OFFERING: _("With the applicant: the experts propose dates other than those agreed."),
}


def next_day(exchange: Exchange):
    """Return the day by which the next step is due; None where none is set."""
    match exchange.status:
        case Status.PLANNED | Status.READY:
            return exchange.planned_start
        case Status.RUNNING:
            return exchange.planned_end
        case Status.EVALUATED | Status.FOLLOW_UP_6M:
            return next_report_day(exchange)
    return None


def next_report_day(exchange: Exchange):
    waiting = exchange.follow_ups.filter(answered_at=None, given_up_on=None)
    return waiting.order_by("month").values_list("due_on", flat=True).first()


def exchange_standing(exchange: Exchange, items: list[Item], now: datetime) -> Standing:
    """Return where an exchange is; items: those of its preparation, as `list_items` has them."""
    who, ahead = STANDINGS[exchange.status]
    if exchange.stop_asked:
        return Standing(STOP_ASKED[StopKind(exchange.stop_asked)], ANSWER_AHEAD)
    match exchange.status:
        case Status.AGREED | Status.POSTPONED:
            return days_standing(exchange)
        case Status.PLANNED if not any(list_missing_of_side(items, side) for side in SIDES):
            who = _("Both sides have prepared what is theirs.")
        case Status.READY if not all(item.holds for item in items):
            who = _(
                "With the programme team: lines of the preparation checklist are missing again."
            )
        case Status.COMPLETED:
            return completed_standing(exchange, now)
        case Status.EVALUATED | Status.FOLLOW_UP_6M:
            if not Measure.objects.of_exchange(exchange).exists():
                who = _("With the applicant: it writes its measures.")
    return Standing(who, ahead, next_day(exchange))


def days_standing(exchange: Exchange) -> Standing:
    """Return where the days of an exchange are that is not planned."""
    who, ahead = STANDINGS[exchange.status]
    if waiting := exchange.proposed_days.filter(closed_at=None).first():
        is_agreed = has_days(exchange)
        words = OTHER_DAYS if is_agreed else FIRST_DAYS
        return Standing(words[Side(waiting.side)], ahead)
    if has_days(exchange):
        return Standing(_("With the programme team: confirm the plan."), _("Both sides prepare it"))
    return Standing(who, ahead)


def completed_standing(exchange: Exchange, now: datetime) -> Standing:
    """Return who is asked of one that took place: its questionnaires leave a day later."""
    who, ahead = STANDINGS[Status.COMPLETED]
    today, last = timezone.localdate(now), exchange.last_day
    asked_on = last and day_after(last, timedelta(days=ASKED_AFTER["first"]))
    if asked_on and today < asked_on:
        ahead = _("Those who took part receive the questionnaire by e-mail")
        return Standing(_("It has taken place."), ahead, asked_on)
    if last and last < today - ANSWERED_BY:
        return Standing(_("With the programme team: it evaluates the exchange."))
    asked = exchange.evaluations.filter(moment=Moment.END).exclude(participant=None)
    if not any(is_evaluation_open(one, now) for one in asked.select_related("exchange")):
        who = _("No questionnaire waits for an answer.")
    return Standing(who, ahead)


def plan_standing(exchange: Exchange, plan: ActionPlan | None) -> Standing:
    """Return where the measures of an exchange are."""
    if exchange.status == Status.CLOSED:
        return Standing(_("Nothing more is asked of anybody."))
    report = _("The applicant reports on each measure")
    if plan and plan.approved_at:
        return Standing(
            _("With the applicant: it carries out its measures."), report, next_report_day(exchange)
        )
    if plan is None or not plan.measures.exists():
        if exchange.status not in FOLLOWED_IN:
            return Standing(_("The applicant writes its measures when the exchange is over."))
        return Standing(
            _("With the applicant: it writes its measures."),
            _("The legal representative approves the plan"),
        )
    if plan.asked_at and not plan.declined_at and (link := plan.valid_link):
        return Standing(_("With the legal representative."), _("They approve it"), link.last_day)
    return Standing(
        _("With the applicant: it asks the legal representative."),
        _("The legal representative approves the plan"),
    )
