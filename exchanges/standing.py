"""Who has an exchange, or its action plan, now; what comes next and by which day."""

from django.utils.translation import gettext_lazy as _

from connect.standing import Standing
from connect.statuses import for_each_status
from connect.types import Words
from exchanges.enums import ExchangeStatus as Status
from exchanges.models import ActionPlan, Exchange, Measure
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


def exchange_standing(exchange: Exchange) -> Standing:
    who, ahead = STANDINGS[exchange.status]
    carries_out = exchange.status in {Status.EVALUATED, Status.FOLLOW_UP_6M}
    if carries_out and not Measure.objects.of_exchange(exchange).exists():
        who = _("With the applicant: it writes its measures.")
    if exchange.status in {Status.AGREED, Status.POSTPONED} and has_days(exchange):
        who = _("With the programme team: confirm the plan.")
        ahead = _("Both sides prepare it")
    return Standing(who, ahead, next_day(exchange))


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
