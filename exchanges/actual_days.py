"""The days on which an exchange took place, corrected by staff once it is over."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from connect.dates import months_after
from connect.transitions import record_event
from exchanges.days import list_changes
from exchanges.evaluation import MOMENTS
from exchanges.locking import lock_exchange


@transaction.atomic
def correct_actual_days(exchange, first, last, *, note, internal="", actor, now=None):
    """Correct the days on which an exchange took place, and the days that follow from them.

    internal: what the programme team alone reads.
    Raises PermissionDenied for anybody but an officer, before it is over, and once it is closed;
    ValidationError without a reason, and for days that are still to come or none others.
    """
    now = now or timezone.now()
    exchange = lock_exchange(exchange, "correct", actor)
    if last < first:
        message = _("An exchange cannot end before it starts.")
        raise ValidationError({"actual_end": message}, code="order")
    if last > exchange.local_day(now):
        raise ValidationError({"actual_end": _("This date is in the future.")}, code="future")
    if not note.strip():
        raise ValidationError({"note": _("Give a reason: both sides read it.")}, code="reason")
    before = type(exchange)(actual_start=exchange.actual_start, actual_end=exchange.actual_end)
    exchange.actual_start, exchange.actual_end = first, last
    changes = list_changes(before, exchange, ("actual_start", "actual_end"))
    if not changes:
        raise ValidationError(_("These are the days that are recorded already."), code="same")
    exchange.save(update_fields=["actual_start", "actual_end"])
    exchange.participants.filter(days__gt=exchange.most_days).update(days=exchange.most_days)
    move_due_days(exchange, before.actual_end)
    details = {"plan": changes, "note": note, "internal": internal}
    record_event(exchange, "correct_days", actor=actor, now=now, details=details)
    return exchange


def move_due_days(exchange, former):
    """Move the days from which reports and answers are due, where none has come, with the end."""
    for follow_up in exchange.follow_ups.filter(answered_at=None, given_up_on=None):
        follow_up.due_on = months_after(exchange.actual_end, follow_up.month)
        follow_up.save(update_fields=["due_on"])
    for moment, months in MOMENTS.items() if former else ():
        # Who was named late is asked later than the others: that stays.
        exchange.evaluations.filter(
            moment=moment, answered_at=None, due_on=months_after(former, months)
        ).update(due_on=months_after(exchange.actual_end, months))
