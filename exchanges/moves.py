"""Exchanges that begin and end by their dates."""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Case, Q, When
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from connect.schedule import every
from connect.transitions import TransitionRefused
from exchanges.enums import ExchangeStatus, Visa
from exchanges.models import Exchange, Participant
from exchanges.transitions import exchange_machine

logger = logging.getLogger(__name__)
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
    today, moved = timezone.localdate(now), 0
    due = [
        ("start", Exchange.objects.filter(status=ExchangeStatus.READY, planned_start__lte=today)),
        (
            "complete",
            Exchange.objects.filter(status=ExchangeStatus.RUNNING, planned_end__lt=today),
        ),
    ]
    for verb, exchanges in due:
        for exchange in exchanges.order_by("pk"):
            try:
                with transaction.atomic():
                    exchange_machine.advance(exchange, verb, actor=None, now=now)
            except TransitionRefused:
                continue  # staff were quicker
            except IntegrityError:  # one of before a constraint: it stops no other
                logger.exception("exchange %d: %s failed", exchange.pk, verb)
                continue
            moved += 1
    delete_contacts(today)
    return moved


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
    over = participants_with_contacts().filter(not_needed_since__lt=today - CONTACTS_KEPT)
    return over.update(emergency_contact="", visa=Visa.UNKNOWN)
