"""What of exchanges waits on the desk's home, and the days to come."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Call
from connect.desk_home import (
    DeskQueue,
    Moment,
    add_queues,
    waits_longer_than,
    week_source,
)
from connect.languages import join_names
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange, FollowUp, Incident, Session
from exchanges.models.agenda import OFF
from exchanges.models.incidents import TOLD_WITHIN
from exchanges.permissions import BEFORE_COMPLETED, FOLLOWED_IN
from exchanges.spending import ALERT, FULL, calls_to_watch
from exchanges.staff_steps import has_budget_to_approve, is_step_late, waits_for_staff

INCIDENT_DAYS = TOLD_WITHIN.days
BUDGET_DAYS = 7
PAUSED = OFF | {ExchangeStatus.INTERRUPTED}  # nothing takes place on the days that are written


def exchanges_with_budgets(user):
    return Exchange.objects.for_user(user).filter(has_budget_to_approve())


def exchanges_to_move(user):
    return Exchange.objects.for_user(user).filter(waits_for_staff(timezone.now()))


def open_incidents(user):
    return Incident.objects.for_user(user).filter(closed_at=None)


add_queues(
    DeskQueue(
        order=90,
        words=_("exchanges with a budget to approve"),
        model=Exchange,
        query={"budget": "waits"},
        rows=exchanges_with_budgets,
        since="status_since",
        overdue=waits_longer_than("status_since", BUDGET_DAYS),
        dossier="dossier__",
    ),
    DeskQueue(
        order=88,
        words=_("exchanges waiting for the programme team"),
        model=Exchange,
        query={"step": "waits"},
        rows=exchanges_to_move,
        since="status_since",
        overdue=is_step_late,
        dossier="dossier__",
    ),
    DeskQueue(
        order=130,
        words=_("incidents that nobody has closed"),
        model=Incident,
        query={"archive": "open"},
        rows=open_incidents,
        since="reported_at",
        overdue=waits_longer_than("reported_at", INCIDENT_DAYS),
    ),
)


add_queues(
    DeskQueue(
        order=92,
        words=_("calls with nothing left of their budget"),
        model=Call,
        query={},
        rows=lambda user: calls_to_watch(FULL),
        page="admin:exchanges_budget_overview",
    ),
    DeskQueue(
        order=94,
        words=_("calls with a fifth of their budget left, or less"),
        model=Call,
        query={},
        rows=lambda user: calls_to_watch(ALERT, below=FULL),
        page="admin:exchanges_budget_overview",
    ),
)


def exchange_address(exchange):
    return reverse("admin:exchanges_exchange_change", args=[exchange.pk])


@week_source
def find_exchanges_that_start(user, scoped, first, last):
    rows = Exchange.objects.for_user(user).filter(
        scoped("dossier__"), planned_start__range=(first, last)
    )
    for one in rows.filter(status__in=BEFORE_COMPLETED - PAUSED).with_list_details():
        about = join_names([one.reference, str(one.dossier.authority)])
        words = _("The exchange starts: %s") % about
        assert one.planned_start  # in the range that was asked for
        yield Moment(one.planned_start, words, exchange_address(one))


@week_source
def find_agenda_items(user, scoped, first, last):
    rows = Session.objects.not_cancelled().filter(
        scoped("exchange__dossier__"),
        starts_at__date__range=(first, last),
        exchange__in=Exchange.objects.for_user(user).exclude(status__in=PAUSED).order_by(),
    )
    for one in rows.select_related("exchange"):
        words = f"{one.exchange.reference}: {one.title}"
        day = timezone.localdate(one.starts_at)
        yield Moment(day, words, reverse("exchange-agenda", args=[one.exchange.reference]))


@week_source
def find_reports_due(user, scoped, first, last):
    rows = FollowUp.objects.filter(
        scoped("exchange__dossier__"),
        due_on__range=(first, last),
        answered_at=None,
        given_up_on=None,
        exchange__in=Exchange.objects.for_user(user).filter(status__in=FOLLOWED_IN).order_by(),
    )
    for one in rows.select_related("exchange__dossier__authority"):
        about = join_names([one.exchange.reference, str(one.exchange.dossier.authority)])
        yield Moment(one.due_on, _("Report due: %s") % about, exchange_address(one.exchange))
