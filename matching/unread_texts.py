"""Texts that an encoder could not read: tried again after growing pauses, then by staff alone."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from matching.enums import RunState
from matching.models import UnreadText

WHOLE, SENTENCES = "whole", "sentences"  # what of an offer's text is read
PAUSES = [timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(days=1)]


def note_failure(offer_pk, what, error, now=None):
    """Note that a text could not be read; after the last pause it waits for staff."""
    now = now or timezone.now()
    rows = UnreadText.objects.select_for_update()
    row, _made = rows.get_or_create(
        offer_id=offer_pk, what=what, defaults={"since": now, "again_at": now}
    )
    row.tries += 1
    row.error = f"{type(error).__name__}: {error}"[:300]
    if row.tries > len(PAUSES):
        row.state = RunState.FAILED
    else:
        row.again_at = now + PAUSES[row.tries - 1]
    row.save()


def is_put_off(what, now=None):
    """Return the condition, on offers, that a text is not tried now."""
    later = Q(state=RunState.FAILED) | Q(again_at__gt=now or timezone.now())
    return Exists(UnreadText.objects.filter(later, offer=OuterRef("pk"), what=what))


def forget_failures(offers, what=""):
    """Forget that these offers could not be read: they were, or say something else now."""
    rows = UnreadText.objects.filter(offer__in=offers)
    (rows.filter(what=what) if what else rows).delete()


def retry_texts(rows):
    """Let texts be tried again, from the first pause on; return how many."""
    return rows.update(state=RunState.WAITING, tries=0, again_at=timezone.now())
