"""What of exchanges waits for a person: terms, days, reports, what is asked by link."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect.languages import isolate
from connect.my_work import Task, describes_task_of, finds_tasks
from exchanges.days import OPEN as AWAITS_DAYS
from exchanges.diary import is_diary_open
from exchanges.enums import ExchangeStatus, Part, Readiness, Side
from exchanges.evaluation import is_evaluation_open
from exchanges.models import ActionPlan, Evaluation, Exchange, FollowUp, Participant
from exchanges.permissions import AUTHOR, BEFORE_COMPLETED, FOLLOWED_IN, HELPER
from exchanges.readiness import item_due_on
from exchanges.terms import unsigned_sides

READS = ("exchange__dossier__authority", "exchange__match")


def exchange_task(what, exchange, path, until=None, *, asks=True):
    dossier = exchange.dossier
    about = f"{exchange.reference} · {isolate(dossier.title)}"
    return Task(what, about, dossier.authority.place, path, until, asks, exchange.path)


@finds_tasks
def find_agreements(user, now):
    """Yield the terms that a person's side has not signed, and the days that it is asked for."""
    planned = Exchange.objects.filter(status__in=BEFORE_COMPLETED).with_list_details()
    for tie, side in ((HELPER, Side.OFFERING), (AUTHOR, Side.REQUESTING)):  # as `signing_side`
        own = planned.filter(tie.rows(user)).prefetch_related("terms__signatures", "proposed_days")
        for exchange in own:
            terms, waived = list(exchange.terms.all()), exchange.is_waived(Readiness.TERMS)
            if terms and not waived and side in unsigned_sides(terms[-1]):
                what = _("Read and sign the terms of reference")
                yield exchange_task(what, exchange, f"{exchange.path}terms/")
            for days in exchange.proposed_days.all():
                is_asked = days.closed_at is None and days.side != side
                if is_asked and exchange.status in AWAITS_DAYS:
                    what = _("Agree to the days proposed, or propose others")
                    yield exchange_task(what, exchange, f"{exchange.path}days/", days.starts_on)


@finds_tasks
def find_reports(user, now):
    """Yield the reports after 6 and 12 months that a town may send already, one an exchange."""
    held = Exchange.objects.filter(AUTHOR.rows(user), status__in=FOLLOWED_IN)
    asked = FollowUp.objects.filter(exchange__in=held, answered_at=None, given_up_on=None)
    first: dict[int, FollowUp] = {}
    for one in asked.select_related("exchange__dossier__authority").order_by("month"):
        first.setdefault(one.exchange_id, one)
    for one in first.values():
        if one.opens_on <= timezone.localdate(now):
            path = f"{one.exchange.path}report/{one.month}/"
            yield exchange_task(_("Report on the measures"), one.exchange, path, one.due_on)


@describes_task_of(Participant, *READS, "user", "pictured")
def describe_part(person, link, user, now):
    """Say what a participant's own page asks first; it can be opened when it asks nothing, too."""
    exchange = person.exchange
    is_asked = exchange.status in BEFORE_COMPLETED and not exchange.is_waived(Readiness.CONDUCT)
    if is_asked and not person.has_signed_conduct:
        what = _("Sign the code of conduct")
        until = item_due_on(exchange, Readiness.CONDUCT)
        return exchange_task(what, exchange, link.path, until)
    if any(one.agrees is None for one in person.pictured.all()):
        what = _("Say whether the public may see pictures of you")
        return exchange_task(what, exchange, link.path)
    if person.part == Part.INTERN and is_diary_open(exchange, now):
        what = _("Write your diary")
        return exchange_task(what, exchange, f"{link.path}diary/", exchange.last_day)
    what = _("Your page: agenda, emergency contact, messages")
    return exchange_task(what, exchange, link.path, asks=False)


@describes_task_of(Evaluation, *READS, "participant__user")
def describe_questionnaire(one, link, user, now):
    if not is_evaluation_open(one, now):
        return None
    return exchange_task(_("Answer the questionnaire"), one.exchange, link.path, link.last_day)


@describes_task_of(ActionPlan, *READS)
def describe_plan(plan, link, user, now):
    is_answered = plan.asked_at is None or plan.approved_at or plan.declined_at
    if is_answered or plan.exchange.status == ExchangeStatus.CLOSED:
        return exchange_task(_("The action plan"), plan.exchange, link.path, asks=False)
    return exchange_task(_("Approve the action plan"), plan.exchange, link.path, link.last_day)
