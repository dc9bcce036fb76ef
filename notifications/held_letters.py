"""Letters that are held: read, edited, released or dropped by an officer, each on record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connect.stale_forms import COLLISION
from connect.types import User, Words
from notifications import bursts
from notifications.hold_rules import may_review
from notifications.letter_text import compose_letter
from notifications.models import Hold, Letter, LetterQuerySet

LONGEST_BODY = 20_000


def read_letter(letter: Letter) -> tuple[str, str]:
    """Return subject and body as the reader will have them, its links hidden."""
    return (letter.subject, letter.body) if letter.body else compose_letter(letter)


def lock_held(letters: LetterQuerySet, actor: User, now: datetime) -> list[Letter]:
    """Lock those of these letters that are held; raises PermissionDenied for who may not."""
    if not may_review(actor):
        raise PermissionDenied
    held = letters.held(now).select_for_update(of=("self",)).order_by("pk")
    return list(held.defer("secret"))


def record_review(letters: Iterable[Letter], actor: User, words: Words) -> None:
    """Record what was done with letters, in the history of each."""
    LogEntry.objects.log_actions(actor.pk, letters, CHANGE, change_message=str(words))


@transaction.atomic
def release_letters(letters: LetterQuerySet, *, actor: User, now: datetime) -> int:
    """Let held letters leave now; return how many."""
    held = lock_held(letters, actor, now)
    for letter in held:
        letter.hold, letter.not_before = Hold.NONE, now
    Letter.objects.bulk_update(held, ["hold", "not_before"])
    record_review(held, actor, _("Released"))
    return len(held)


@transaction.atomic
def drop_letters(letters: LetterQuerySet, reason: str, *, actor: User, now: datetime) -> int:
    """Cancel held letters for a reason, which stays on record; return how many.

    What only waited for them to leave is cancelled too (`bursts`).
    """
    if not reason.strip():
        raise ValidationError(_("Give the reason: it stays on record."), code="reason")
    held = lock_held(letters, actor, now)
    dropped = [one.pk for one in held]
    Letter.objects.filter(pk__in=dropped).cancel(now)
    bursts.discard_with(dropped, now)
    record_review(held, actor, gettext("Discarded: %s") % reason.strip()[:300])
    return len(held)


def digest_text(subject: str, body: str) -> str:
    """Return a short digest of what an e-mail says."""
    return sha256(f"{subject}\n{body}".encode()).hexdigest()[:20]


@transaction.atomic
def edit_letter(
    letter: Letter, subject: str, body: str, *, actor: User, now: datetime, seen: str = ""
) -> Letter:
    """Save what one held letter says, in place of the text of its kind.

    seen: the digest of the text that was edited. Raises ValidationError where it is not held any
    more, says something else by now, says nothing, or has lost its link.
    """
    (held,) = lock_held(Letter.objects.filter(pk=letter.pk), actor, now) or (None,)
    if held is None:
        raise ValidationError(_("This e-mail is not held any more."), code="gone")
    saved = read_letter(held)
    if seen and seen != digest_text(*saved):
        raise ValidationError(COLLISION % {"saved": "\n".join(saved)}, code="collision")
    subject, body = " ".join(subject.split()), body.replace("\r\n", "\n").strip()
    if not subject or not body:
        raise ValidationError(_("Write a subject and a text."), code="empty")
    if len(subject) > 300 or len(body) > LONGEST_BODY:
        raise ValidationError(_("The subject or the text is too long."), code="long")
    link = held.masked_link
    if link and link not in body:
        message = _("The text has lost the link of its reader: %s. Restore it.")
        raise ValidationError(message % link, code="link")
    held.subject, held.body = subject, f"{body}\n"
    held.save(update_fields=["subject", "body"])
    record_review([held], actor, _("Edited"))
    return held
