"""Exchanges that begin and end by their dates."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from connect.clockwork import by_the_clock
from connect.transitions import TransitionRefused
from exchanges.enums import ExchangeStatus, Visa
from exchanges.models import Exchange, Participant
from exchanges.transitions import BEFORE_COMPLETED, life

CONTACTS_KEPT = timedelta(days=30)


@by_the_clock
def move_by_dates(now):
    """Start those ready whose first day has come, complete those whose last has passed."""
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
                    life.advance(exchange, verb, actor=None, now=now)
            except TransitionRefused:
                continue  # staff were quicker
            moved += 1
    forget_contacts(today)
    return moved


def with_contacts():
    """Give those of whom it is known whom to call in an emergency, or whether they need a visa."""
    held = ~Q(emergency_contact="") | ~Q(visa=Visa.UNKNOWN)
    return Participant.objects.filter(
        held, exchange__status__in=set(ExchangeStatus) - BEFORE_COMPLETED
    )


def forget_contacts(today):
    """Delete whom to call in an emergency thirty days after an exchange (domain.md 14)."""
    over = with_contacts().filter(exchange__actual_end__lt=today - CONTACTS_KEPT)
    return over.update(emergency_contact="", visa=Visa.UNKNOWN)
