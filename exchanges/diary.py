"""The diary of an internship or the like: written by link each day, then made a report."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from connect.dates import day_after
from connect.stale_forms import COLLISION
from exchanges.enums import ExchangeStatus
from exchanges.locking import lock_exchange
from exchanges.models import DiaryEntry
from notifications.outbox import post_letter
from registry.exchange_forms import DIARY_PARTS

OPEN_FOR = timedelta(days=30)  # after the last day
WRITTEN_IN = {ExchangeStatus.RUNNING, ExchangeStatus.INTERRUPTED, ExchangeStatus.COMPLETED}


def diary_writers(exchange):
    people = exchange.participants.not_absent().filter(part__in=DIARY_PARTS)
    return people.select_related("user")


def request_diary(exchange):
    """Send each who writes a diary its link: the exchange has begun, perhaps anew."""
    starts = exchange.events.filter(verb="start").count()
    again = f":{starts}" if starts > 1 else ""
    for person in diary_writers(exchange):
        if person.email:
            post_letter(
                "diary_asked",
                key=f"exchange:{exchange.pk}:diary:{person.pk}{again}",
                concerns=exchange,
                to=[person.recipient],
                path=f"{person.PAGE}diary/",
                opens=person,
                reference=exchange.reference,
                title=exchange.dossier.title,
            )


def is_diary_open(exchange, now):
    last = exchange.last_day
    return exchange.status in WRITTEN_IN and (
        last is None or timezone.localdate(now) <= day_after(last, OPEN_FOR)
    )


@transaction.atomic
def write_entry(participant, words, *, now=None):
    """Save {"day", "did", "learnt", "takes_home"}; a second entry of a day replaces the first.

    Raises PermissionDenied for anybody who writes none, ValidationError once the diary is closed.
    """
    now = now or timezone.now()
    if not diary_writers(participant.exchange).filter(pk=participant.pk).exists():
        raise PermissionDenied
    if not is_diary_open(participant.exchange, now):
        raise ValidationError(_("This diary is closed."), code="closed")
    entry, _new = DiaryEntry.objects.update_or_create(
        participant=participant,
        day=words["day"],
        defaults={name: words[name] for name in ("did", "learnt", "takes_home")}
        | {"changed_at": now},
    )
    return entry


@transaction.atomic
def remark_on_entry(entry, words, *, actor, seen=None):
    """Save a colleague's remark on a day; it replaces the one that was `seen`.

    Raises ValidationError where another colleague has written one meanwhile.
    """
    lock_exchange(entry.participant.exchange, "record", actor)
    entry = DiaryEntry.objects.get(pk=entry.pk)
    if seen is not None and seen != entry.remark_digest and words != entry.remark:
        raise ValidationError(COLLISION % {"saved": entry.remark or "—"}, code="collision")
    entry.remark, entry.remark_by = words, actor.name if words else ""
    entry.save(update_fields=["remark", "remark_by"])
