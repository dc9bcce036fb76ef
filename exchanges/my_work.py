"""What of exchanges waits for a person: terms, days, reports, what is asked by link."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.people import is_followed_by
from connect.dates import ONE_DAY, day_after
from connect.languages import isolate
from connect.my_work import Task, describes_task_of, finds_tasks, finds_tasks_of
from connect.transitions import by_officer
from exchanges.days import OPEN as AWAITS_DAYS
from exchanges.diary import is_diary_open
from exchanges.enums import ExchangeStatus, IncidentKind, ObserverAnswer, Readiness, Side
from exchanges.evaluation import is_evaluation_open
from exchanges.models import (
    ActionPlan,
    Evaluation,
    Exchange,
    FollowUp,
    Incident,
    Observation,
    Participant,
)
from exchanges.models.agenda import OFF
from exchanges.permissions import AUTHOR, BEFORE_COMPLETED, FOLLOWED_IN, HELPER
from exchanges.readiness import item_due_on, list_items, list_missing_of_side
from exchanges.staff_steps import (
    has_budget_to_approve_again,
    has_days,
    name_staff_step,
    waits_for_staff,
)
from exchanges.terms import needs_signature, unsigned_sides
from registry.people import (
    associations_of_officer,
    is_association_officer,
    is_author,
    is_expert,
)

MOST_CHECKED = 3  # planned exchanges of a person that are looked at for what they lack
READS = ("exchange__dossier__authority", "exchange__match")


def exchange_task(what, exchange, path, until=None, *, asks=True):
    dossier = exchange.dossier
    about = f"{isolate(exchange.reference)} · {isolate(dossier.title)}"
    return Task(what, about, dossier.authority.place, path, until, asks, exchange.path)


@finds_tasks_of(is_expert)
def find_agreements_of_experts(user, now):
    return find_agreements(HELPER.rows(user), Side.OFFERING)  # as `signing_side`


@finds_tasks_of(is_author)
def find_agreements_of_towns(user, now):
    return find_agreements(AUTHOR.rows(user), Side.REQUESTING)


def find_agreements(theirs, side):
    """Yield the terms that a person's side has not signed, and the days that it is asked for.

    theirs: the condition of the exchanges in which they act for that side.
    """
    planned = Exchange.objects.filter(theirs, status__in=BEFORE_COMPLETED).with_list_details()
    prepared = []
    for exchange in planned.prefetch_related("terms__signatures", "proposed_days"):
        terms = list(exchange.terms.all())[-1:]
        if any(needs_signature(one, exchange) and side in unsigned_sides(one) for one in terms):
            what = _("Read and sign the terms of reference")
            yield exchange_task(what, exchange, f"{exchange.path}terms/")
        if exchange.status in AWAITS_DAYS:
            yield from find_days(exchange, side)
        if exchange.status == ExchangeStatus.PLANNED:
            prepared.append(exchange)
    yield from find_preparations(prepared, side)


def find_preparations(exchanges, side):
    """Yield the planned exchanges of whose checklist something waits for a side.

    The first ones alone are looked at for what they lack, which takes its time. The signature of
    terms that are written is a task of its own.
    """
    for place, exchange in enumerate(sorted(exchanges, key=lambda one: one.planned_start)):
        items = list_items(exchange) if place < MOST_CHECKED else None
        lacking = list_missing_of_side(items or [], side)
        if exchange.terms.all():
            lacking = [item for item in lacking if item.code != Readiness.TERMS]
        if items is None or lacking:
            until = min((one.due_on for one in lacking if one.due_on), default=None)
            what = _("Bring what the preparation checklist lacks")
            yield exchange_task(what, exchange, f"{exchange.path}#checklist", until)


def find_days(exchange, side):
    """Yield what a side is asked about the days of an exchange that is not planned yet."""
    path = f"{exchange.path}days/"
    waiting = [days for days in exchange.proposed_days.all() if days.closed_at is None]
    for days in waiting:
        if days.side != side:
            what = _("Agree to the dates proposed, or propose others")
            yield exchange_task(what, exchange, path, day_after(days.starts_on, -ONE_DAY))
    if not waiting and not has_days(exchange):
        yield exchange_task(_("Propose the days of the exchange"), exchange, path)


@finds_tasks_of(is_author)
def find_plans(user, now):
    """Yield the plans of measures that a town has to write, or for which nobody asks approval."""
    held = Exchange.objects.filter(AUTHOR.rows(user), status__in=FOLLOWED_IN).with_list_details()
    for exchange in held.select_related("plan").prefetch_related("plan__measures"):
        plan = getattr(exchange, "plan", None)
        path = f"{exchange.path}plan/"
        if plan is None or not plan.measures.all():
            yield exchange_task(_("Write the action plan"), exchange, path)
        elif plan.approved_at:
            continue
        elif plan.declined_at:
            what = _("Change the action plan: the legal representative did not approve it")
            yield exchange_task(what, exchange, path)
        elif plan.asked_at is None:
            what = _("Ask the legal representative to approve the action plan")
            yield exchange_task(what, exchange, path)


@finds_tasks_of(is_association_officer)
def find_observations(user, now):
    """Yield the items of agendas that an association is invited to observe."""
    asked = Observation.objects.filter(
        association__in=associations_of_officer(user),
        answer=ObserverAnswer.WAITING,
        session__cancelled_at=None,
        session__ends_at__gt=now,
    ).exclude(session__exchange__status__in=OFF)
    rows = asked.select_related("session__exchange__dossier__authority")
    for one in rows.order_by("session__starts_at"):
        exchange, day = one.session.exchange, timezone.localdate(one.session.starts_at)
        path = f"{exchange.path}agenda/"
        yield exchange_task(_("Say whether your association will observe"), exchange, path, day)


@finds_tasks
def find_exchanges_to_move(user, now):
    """Yield the exchanges whose next step is that of the officer who follows their application."""
    if not by_officer(user, None):
        return
    exchanges = Exchange.objects.filter(is_followed_by(user, "dossier__"), waits_for_staff(now))
    for exchange in exchanges.with_list_details():
        path = reverse("admin:exchanges_exchange_change", args=[exchange.pk])
        yield exchange_task(name_staff_step(exchange, now), exchange, path)


@finds_tasks
def find_incidents(user, now):
    """Yield the open incidents of an officer's exchanges, and those of harm that they may read."""
    if not by_officer(user, None):
        return
    open_ = Incident.objects.for_user(user).filter(closed_at=None)
    exchanges = Exchange.objects.filter(is_followed_by(user, "dossier__"))
    theirs = open_.filter(Q(exchange__in=exchanges) | Q(kind=IncidentKind.SAFEGUARDING))
    for one in theirs.select_related("exchange__dossier__authority").order_by("pk"):
        what = _("Read the incident, and close it with what was done")
        yield exchange_task(what, one.exchange, one.desk_path)


@finds_tasks
def find_budgets(user, now):
    """Yield the approved budgets that have new or other lines, for the officer who follows them."""
    if not by_officer(user, None):
        return
    exchanges = Exchange.objects.filter(is_followed_by(user, "dossier__"))
    for exchange in exchanges.filter(has_budget_to_approve_again()).with_list_details():
        what = _("Approve the budget lines that are new or have changed")
        yield exchange_task(what, exchange, f"{exchange.path}budget/")


@finds_tasks_of(is_author)
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
    """Describe what a participant's own page asks first; it opens when it asks nothing, too."""
    exchange = person.exchange
    is_waived = exchange.is_waived(Readiness.CONDUCT, str(person.pk))
    is_asked = exchange.status in BEFORE_COMPLETED and not is_waived
    if is_asked and not person.has_signed_conduct:
        what = _("Sign the code of conduct")
        until = item_due_on(exchange, Readiness.CONDUCT)
        return exchange_task(what, exchange, link.path, until)
    if any(one.agrees is None for one in person.pictured.all()):
        what = _("Say whether the public may see pictures of you")
        return exchange_task(what, exchange, link.path)
    if person.writes_diary and is_diary_open(exchange, now):
        what = _("Write your diary")
        return exchange_task(what, exchange, f"{link.path}diary/", exchange.last_day)
    if exchange.status == ExchangeStatus.CANCELLED:
        what = _("Your page of the cancelled exchange")
        return exchange_task(what, exchange, link.path, asks=False)
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
