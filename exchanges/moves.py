"""Exchanges that begin and end by their dates."""

from datetime import timedelta

from django.db.models import Case, Q, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from connect.schedule import every, process_one_by_one
from connect.transitions import TransitionRefused
from exchanges.enums import ExchangeStatus, Visa
from exchanges.models import Exchange, Participant
from exchanges.transitions import exchange_machine

CONTACTS_KEPT = timedelta(days=30)
AHEAD = {  # of whom we may still have to call somebody, or soon
    ExchangeStatus.AGREED,
    ExchangeStatus.PLANNED,
    ExchangeStatus.READY,
    ExchangeStatus.RUNNING,
}


@every(minutes=10)
def move_by_dates(now):
    """Start exchanges whose first day has come, complete those whose last has passed."""
    today = timezone.localdate(now)
    # In the east of Brussels it may be tomorrow already, in the west still yesterday.
    ready = Exchange.objects.filter(
        status=ExchangeStatus.READY, planned_start__lte=today + timedelta(days=1)
    )
    running = Exchange.objects.filter(status=ExchangeStatus.RUNNING, planned_end__lte=today)
    moved = move_each(ready, "start", now, has_begun) + move_each(running, "complete", now, is_over)
    delete_contacts(today)
    return moved


def has_begun(exchange, now):
    """True if the planned first day has come where the exchange takes place."""
    return exchange.planned_start <= exchange.local_day(now)


def is_over(exchange, now):
    """True if the planned last day has passed where the exchange takes place."""
    return exchange.planned_end < exchange.local_day(now)


def move_each(exchanges, verb, now, is_due):
    """Take a step of each of these exchanges for which it is due there; return how many."""

    def move(exchange):
        if not is_due(exchange, now):
            return 0
        try:
            exchange_machine.advance(exchange, verb, actor=None, now=now)
        except TransitionRefused:
            return 0  # staff were quicker
        return 1

    rows = exchanges.select_related("dossier__authority").order_by("pk")
    return sum(process_one_by_one(move, rows))


def participants_with_contacts():
    """Return participants with an emergency contact or an answer about a visa.

    Each with the day from which it is needed no more: the last one of their exchange, be it
    postponed or interrupted since, or the day on which it was cancelled.
    """
    held = ~Q(emergency_contact="") | ~Q(visa=Visa.UNKNOWN)
    since = TruncDate("exchange__status_since")
    last = Coalesce("exchange__actual_end", "exchange__planned_end", since)
    cancelled = When(exchange__status=ExchangeStatus.CANCELLED, then=since)
    people = Participant.objects.annotate(not_needed_since=Case(cancelled, default=last))
    return people.filter(held).exclude(exchange__status__in=AHEAD)


def delete_contacts(today):
    """Delete emergency contacts thirty days after an exchange (domain.md 14)."""
    outdated = participants_with_contacts().filter(not_needed_since__lt=today - CONTACTS_KEPT)
    return outdated.update(emergency_contact="", visa=Visa.UNKNOWN)
