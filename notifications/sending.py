"""Sends the letters that are due, each once, and tries again what could not leave."""

import logging
import smtplib
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.template.loader import render_to_string
from django.utils import timezone

from connect.celery import URGENT
from connect.link_keys import hide_link_keys
from connect.mail import Recipient
from connect.schedule import every, nudge_worker
from notifications import pauses
from notifications.letter_text import add_links, compose_letter, letter_title, pause_address
from notifications.models import MAX_TRIES, Hold, Letter, LetterQuerySet, Priority
from notifications.outbox import TELLS_BY_ITSELF, plain_facts, post_letter
from notifications.recounts import recount_facts

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)  # longer than any mail server takes to answer for one letter
URGENT_LEASE = timedelta(minutes=1)  # for one letter: a code is worth nothing after ten minutes
# Doubled with each try; a code has to be tried again while it is worth something.
WAIT_AFTER_FAILURE = timedelta(minutes=2)
URGENT_WAIT_AFTER_FAILURE = timedelta(seconds=5)
LONGEST_WAIT = timedelta(days=1)
SECRET_FOR = timedelta(hours=1)  # a code or a link to sign in with is worth nothing afterwards


@receiver(post_save, sender=Letter)
def nudge_sender(instance: Letter, created: bool, **rest: Any) -> None:
    """Wake a worker for a waiting letter; beat would find it anyway."""
    if created:
        is_urgent = instance.priority == Priority.URGENT
        nudge_worker(send_urgent_letters if is_urgent else send_waiting_letters)


@every(seconds=20, only_workers=True)
def send_waiting_letters(now: datetime, limit: int = 200) -> int:
    """Send the letters due at `now`, the least tried first; return how many went.

    A letter that cannot be written or sent stays for a later run and holds back no other. Urgent
    ones have a worker of their own (`send_urgent_letters`); should it be away, they leave before
    each of the others here.
    """
    with get_connection() as connection:
        sent = send_urgent_one_by_one(connection, now)
        for letter in claim_letters(now, limit):
            sent += try_to_send_letter(letter, connection, now)
            sent += send_urgent_one_by_one(connection, now)
    if sent:
        logger.info("letters: %d sent", sent)
    return sent


@every(seconds=5, worker=URGENT, only_workers=True)
def send_urgent_letters(now: datetime) -> int:
    """Send the letters that somebody waits for; return how many went."""
    if not Letter.objects.due(now).filter(priority=Priority.URGENT).exists():
        return 0  # asked every few seconds: the mail server is not
    with get_connection() as connection:
        return send_urgent_one_by_one(connection, now)


def send_urgent_one_by_one(connection: BaseEmailBackend, now: datetime) -> int:
    """Send urgent letters one by one, those too that are written meanwhile."""
    sent = 0
    while letters := claim_letters(at := max(now, timezone.now()), 1, Priority.URGENT):
        sent += try_to_send_letter(letters[0], connection, at)
    return sent


def try_to_send_letter(letter: Letter, connection: BaseEmailBackend, now: datetime) -> bool:
    """Send a letter, or record why it could not be sent; return whether it was."""
    if not renew_lease(letter, max(now, timezone.now())):
        return False
    try:
        if has_lost_link(letter, now):
            Letter.objects.filter(pk=letter.pk).cancel(now)  # or it is somebody else's since
            return False
        if letter.opens and not letter.opens.is_valid(now):
            remove_link(letter)
        if not recount_letter(letter, now):
            return False
        send_letter(letter, connection)
    except Exception as error:
        why = type(error).__name__
        # What a server answers names the address: logs hold ids, not people. It may also hold what
        # it was given.
        is_answer = isinstance(error, smtplib.SMTPException)
        is_logged = not (letter.is_secret or is_answer)
        logger.error("letter %d could not be sent: %s", letter.pk, why, exc_info=is_logged)
        if not letter.is_secret:
            why = hide_link_keys(f"{why}: {error}")
        letter.last_error = why[:300]
        letter.leased_until = now + wait_after_failure(letter.tries, letter.priority)
        letter.save(update_fields=["last_error", "leased_until"])
        if letter.tries >= MAX_TRIES:
            report_given_up(letter)
        if isinstance(error, smtplib.SMTPServerDisconnected):
            connection.close()
        return False
    return True


def wait_after_failure(tries: int, priority: int) -> timedelta:
    """Return how long a letter waits that was tried so often in vain."""
    first = URGENT_WAIT_AFTER_FAILURE if priority == Priority.URGENT else WAIT_AFTER_FAILURE
    return min(first * 2**tries, LONGEST_WAIT)


def has_lost_link(letter: Letter, now: datetime) -> bool:
    """True if a letter's link no longer works and it says nothing without it."""
    if letter.opens is None or letter.opens.is_valid(now):
        return False
    return not (letter.template.startswith(TELLS_BY_ITSELF) and letter.opens.has_holder)


def remove_link(letter: Letter) -> None:
    """Remove the link of an unsent letter; its text is composed again."""
    letter.opens, letter.path, letter.body = None, "", ""
    letter.save(update_fields=["opens", "path", "body"])


def recount_letter(letter: Letter, now: datetime) -> bool:
    """Give an unsent letter the facts of now; cancel it and return False where it has none."""
    facts = recount_facts(letter, now)
    if facts is None:
        Letter.objects.filter(pk=letter.pk).cancel(now)
        return False
    if facts := plain_facts(letter.language, facts):
        letter.context |= facts
        letter.save(update_fields=["context"])
    return True


@every(minutes=5, is_foreseen=False)
def erase_secrets(now: datetime) -> int:
    """Cancel the secret letters that did not leave in time, and erase them; return how many."""
    expired = Letter.objects.filter(is_secret=True, created_at__lte=now - SECRET_FOR)
    return expired.cancel(now)


def retry_letters(letters: LetterQuerySet) -> int:
    """Retry failed letters, and those that wait for their next try, first; return how many.

    None that is held: to let it leave is to release it (`held_letters`).
    """
    ours = letters.unsent().exclude(hold=Hold.REVIEW).exclude(hold=Hold.HOURS, tries=0)
    return ours.update(tries=0, leased_until=None, not_before=timezone.now())


def resend_letter(letter: Letter, now: datetime, after: timedelta) -> bool:
    """Send a returned letter once more, after that time; return whether it will be.

    Not one with a code, whose time is over by then, nor one that its reader can do without.
    """
    if letter.is_secret or letter.optional:
        return False
    sent = Letter.objects.filter(pk=letter.pk).exclude(sent_at=None)
    again = {"sent_at": None, "tries": 0, "leased_until": None, "not_before": now + after}
    # It waits for its reader's mailbox now: it has left once, and is held no more.
    return bool(sent.update(hold=Hold.NONE, **again))


def report_given_up(letter: Letter) -> None:
    """Notify staff of a failed letter; not of a failed notice of one."""
    Letter.objects.filter(pk=letter.pk).update(secret="")
    if letter.template != "letter_given_up":
        post_letter(
            "letter_given_up",
            key=f"letter:{letter.pk}:given-up",
            concerns=letter,
            to=[Recipient(settings.CONTACT_EMAIL, "CONNECT")],
            address=letter.address,
            about=partial(letter_title, letter),
            error=letter.last_error,
        )


@transaction.atomic
def claim_letters(now: datetime, limit: int, priority: int = Priority.ORDINARY) -> list[Letter]:
    """Lease due letters to this worker: no other sends them, and no row stays locked."""
    due = Letter.objects.due(now).filter(priority=priority).order_by("-priority", "tries", "pk")
    letters = list(due.select_for_update(skip_locked=True)[:limit])
    for letter in letters:
        letter.tries += 1
        letter.leased_until, letter.last_error = lease_end(letter, now), ""
    Letter.objects.bulk_update(letters, ["tries", "leased_until", "last_error"])
    return letters


def renew_lease(letter: Letter, now: datetime) -> bool:
    """Lease a letter anew as its turn comes; return whether it is still this worker's to send.

    A batch may wait for its mail server longer than it is leased. Meanwhile a letter may have been
    cancelled, or another worker may have taken it.
    """
    claimed = Letter.objects.unsent().filter(pk=letter.pk, leased_until=letter.leased_until)
    letter.leased_until = lease_end(letter, now)
    return bool(claimed.update(leased_until=letter.leased_until))


def lease_end(letter: Letter, now: datetime) -> datetime:
    return now + (URGENT_LEASE if letter.priority == Priority.URGENT else LEASE)


def send_letter(letter: Letter, connection: BaseEmailBackend) -> None:
    """Compose the letter in its reader's language, save the text, and send it.

    The Message-ID is the letter's own: should a server take it and its answer be lost,
    the second copy is recognised as the same message.
    """
    if not letter.body:
        letter.subject, letter.body = compose_letter(letter)
        letter.save(update_fields=["subject", "body"])
    headers = {
        "Message-ID": f"<{letter.message_id}@connect>",
        "Auto-Submitted": "auto-generated",
        "From": settings.DEFAULT_FROM_EMAIL,
    }
    address = ""
    if letter.optional:  # RFC 8058
        address = pause_address(letter, pauses.pause_key(letter))
        headers["List-Unsubscribe"] = f"<{address}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        letter.subject,
        add_links(letter, address),
        from_email=settings.RETURN_TO or None,  # the return path; readers see From
        to=[letter.address],
        headers=headers,
        connection=connection,
    )
    message.attach_alternative(
        render_to_string("letters/letter.html", {"letter": letter, "text": message.body}),
        "text/html",
    )
    if calendar := letter.context.get("calendar"):
        message.attach("agenda.ics", calendar, "text/calendar")
    message.send()
    letter.sent_at, letter.secret = timezone.now(), ""
    letter.save(update_fields=["sent_at", "secret"])
