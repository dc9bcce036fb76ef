"""E-mails to many: drafts, their preview, and to each reader their e-mail, once.

To whom, say the lists of apps (`mailing_readers`): a person once, whatever number of rows names
them. The e-mails are written by a worker, some at a time, each with a key of its own: run again, it
goes on.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from connect.languages import isolate, join_names
from connect.mail import Recipient
from connect.schedule import every, nudge_worker, process_one_by_one
from connect.transitions import by_officer
from connect.types import User
from notifications.letter_grammar import describe_faults, fill_text, names_of
from notifications.letter_text import NAMELESS, NOBODY, break_addresses, compose_letter
from notifications.mailing_models import Mailing, MailingState
from notifications.mailing_readers import (
    KIND,
    LISTS,
    Addressee,
    MailingList,
    Readers,
    find_readers,
    list_of,
)
from notifications.models import Letter
from notifications.outbox import cancel_letters, find_letters, post_letter

TEMPLATE = "to_many"
BATCH = 100  # written at once; the next ones leave a minute later: others need the mail server too
GRACE = timedelta(minutes=5)  # in which all of it can still be cancelled
MOST = 5000  # rows
LONGEST_SUBJECT, LONGEST_TEXT = 200, 5000


def begin_mailing(model: str, keys: list[int], *, actor: User, now: datetime) -> Mailing:
    """Begin a draft to the people of some rows of a list.

    Raises PermissionDenied for anybody but an officer, ValidationError for too many rows.
    """
    if not by_officer(actor, None) or model not in LISTS:
        raise PermissionDenied
    if len(keys) > MOST:
        raise ValidationError(_("Choose %d rows at most.") % MOST, code="many")
    return Mailing.objects.create(model=model, rows=keys, made_by=actor, made_at=now)


def lock_draft(mailing: Mailing, actor: User) -> Mailing:
    """Lock a draft of this officer's; ValidationError where it was sent already."""
    own = Mailing.objects.for_officer(actor).filter(made_by=actor)
    row = own.select_for_update(of=("self",)).filter(pk=mailing.pk).first()
    if row is None:
        raise PermissionDenied
    if row.state != MailingState.DRAFT:
        raise ValidationError(_("This e-mail has been sent already."), code="sent")
    return row


def check_text(listed: MailingList, subject: str, body: str) -> dict[str, str]:
    """Describe what is wrong with a subject or a text: {"subject" or "body": words}."""
    known, wrong = {"name", *listed.facts}, {}
    for name, text in (("subject", subject), ("body", body)):
        unknown = (names_of(text, "fact") | names_of(text, "if")) - known
        if unknown:
            names = ", ".join(f"{{{one}}}" for one in sorted(unknown))
            wrong[name] = _("This e-mail cannot fill in: %s") % names
        elif fault := describe_faults(text):
            wrong[name] = fault
        elif not text.strip():
            wrong[name] = _("Write a subject and a text.")
    if "name" in names_of(subject, "fact"):
        wrong["subject"] = _("No names in the subject: others can see it on a screen.")
    return wrong


@transaction.atomic
def save_draft(
    mailing: Mailing, texts: dict[str, dict[str, str]], is_optional: bool | None, *, actor: User
) -> Mailing:
    """Save what a draft says, {language: {"subject", "body"}}, and whether one may do without.

    Raises PermissionDenied, and ValidationError for no text at all or one that cannot be filled.
    """
    row = lock_draft(mailing, actor)
    for text in texts.values():
        if wrong := check_text(list_of(row), text["subject"], text["body"]):
            raise ValidationError(list(wrong.values()), code="text")
    if not texts:
        raise ValidationError(_("Write a subject and a text."), code="empty")
    row.texts, row.is_optional = texts, is_optional
    row.save(update_fields=["texts", "is_optional"])
    return row


@transaction.atomic
def discard_draft(mailing: Mailing, *, actor: User) -> None:
    lock_draft(mailing, actor).delete()


def choose_language(mailing: Mailing, language: str) -> str:
    """Return in which of its languages an e-mail is read: the reader's, English, or the first."""
    if language in mailing.texts:
        return language
    return "en" if "en" in mailing.texts else next(iter(mailing.texts))


def fill_mailing(mailing: Mailing, one: Addressee) -> dict[str, Any]:
    """Return the facts of the e-mail to one reader: its subject and text, filled."""
    language = choose_language(mailing, one.language)
    text = mailing.texts[language]
    with translation.override(language):
        facts = dict.fromkeys(list_of(mailing).facts, "")
        facts |= {name: join_names(map(isolate, some)) for name, some in one.facts.items()}
        facts["name"] = isolate(one.reader.name) if one.reader.name else NOBODY
        facts = {name: break_addresses(value) for name, value in facts.items()}
        filled = {name: NAMELESS.sub("", fill_text(text[name], facts)) for name in text}
    content = {"heading": filled["subject"], "message": filled["body"], "why": list_of(mailing).why}
    # By which it is hidden from who may not read of the file, and found when somebody is erased.
    files = one.facts.get("reference", [])
    if len(files) == 1:
        return content | {"reference": files[0]}
    return content | ({"references": files} if files else {})


def recipient_of(mailing: Mailing, one: Addressee) -> Recipient:
    """Return a reader as the language of the text is theirs: it is written in that as a whole."""
    return Recipient(one.address, one.reader.name, choose_language(mailing, one.language))


def preview_readers(mailing: Mailing, readers: Readers, most: int = 5) -> list[Letter]:
    """Return some letters as their readers will have them: first one of each language."""
    by_language: dict[str, Addressee] = {}
    for one in readers.to:
        by_language.setdefault(choose_language(mailing, one.language), one)
    first = list(by_language.values())
    chosen = [*first, *(one for one in readers.to if one not in first)][:most]
    return [draft_letter(mailing, one) for one in chosen]


def draft_letter(mailing: Mailing, one: Addressee) -> Letter:
    """Return a letter that is not posted, with its subject and body."""
    to = recipient_of(mailing, one)
    with translation.override(to.language):
        facts = {
            name: value if isinstance(value, list) else str(value)
            for name, value in fill_mailing(mailing, one).items()
        }
    letter = Letter(
        template=TEMPLATE,
        address=to.address,
        name=to.name,
        language=to.language,
        context=facts,
        optional=KIND if mailing.is_optional else "",
    )
    letter.subject, letter.body = compose_letter(letter)
    return letter


def digest_mailing(mailing: Mailing, readers: Readers) -> str:
    """Return a short digest of what an e-mail says, and to whom."""
    content = [mailing.texts, mailing.is_optional, [one.address for one in readers.to]]
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:20]


@transaction.atomic
def send_test(mailing: Mailing, *, actor: User, now: datetime) -> int:
    """Send the writer each language's text, as one of its readers would have it; count them."""
    row = lock_draft(mailing, actor)
    readers = find_readers(row, now)
    sent = 0
    for letter in preview_readers(row, readers, most=len(row.texts)):
        print_of = sha256(f"{letter.subject}{letter.body}".encode()).hexdigest()[:12]
        sent += post_letter(
            TEMPLATE,
            key=f"mailing:{row.pk}:test:{print_of}",
            concerns=row,
            to=[Recipient(actor.email, actor.name, letter.language)],
            is_urgent=True,
            now=now,
            **letter.context,
        )
    return sent


@transaction.atomic
def send_mailing(mailing: Mailing, *, seen: str, actor: User, now: datetime) -> Mailing:
    """Have a draft written to all; a worker does, and the e-mails leave after some minutes.

    seen: the digest of what its writer saw. Raises PermissionDenied, and ValidationError where it
    was sent already, says or reaches others since, nobody, or its reason was not chosen.
    """
    row = lock_draft(mailing, actor)
    if not row.texts:
        raise ValidationError(_("Write a subject and a text."), code="empty")
    if row.is_optional is None:
        raise ValidationError(_("Choose why you write: it decides who is left out."), code="why")
    readers = find_readers(row, now)
    if not readers.to:
        raise ValidationError(_("Nobody is left to write to."), code="nobody")
    if seen != digest_mailing(row, readers):
        message = _("The text or its readers have changed: look at the preview again, then send.")
        raise ValidationError(message, code="changed")
    row.state, row.sent_at, row.number = MailingState.WRITING, now, len(readers.to)
    row.save(update_fields=["state", "sent_at", "number"])
    nudge_worker(write_mailings)
    return row


@transaction.atomic
def cancel_mailing(mailing: Mailing, *, actor: User, now: datetime) -> int:
    """Cancel what has not left of an e-mail that was sent; return how many will not have it."""
    if not by_officer(actor, None):
        raise PermissionDenied
    row = Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)
    if row.state not in (MailingState.WRITING, MailingState.DONE):
        return 0
    if row.state == MailingState.DONE and not count_progress(row).waiting:
        return 0  # all have left: nothing is cancelled
    cancel_letters(f"mailing:{row.pk}", now=now)
    sent = count_progress(row).sent
    if sent < (row.number or 0):
        row.state = MailingState.CANCELLED
        row.save(update_fields=["state"])
    return max((row.number or 0) - sent, 0)


class Progress(NamedTuple):
    """How many of the e-mails are written, have left, wait, were given up and were cancelled."""

    written: int
    sent: int
    waiting: int
    failed: int
    cancelled: int


def count_progress(mailing: Mailing) -> Progress:
    letters = find_letters(f"mailing:{mailing.pk}")
    letters = letters.exclude(key__startswith=f"mailing:{mailing.pk}:test:")
    failed, waiting = letters.failed().count(), letters.unsent().count()
    sent = letters.exclude(sent_at=None).count()
    cancelled = letters.exclude(cancelled_at=None).filter(sent_at=None).count()
    return Progress(letters.count(), sent, waiting - failed, failed, cancelled)


@every(seconds=30, only_workers=True)
def write_mailings(now: datetime) -> int:
    """Write the next e-mails of each that was sent to many; return how many were written."""

    def write(mailing: Mailing) -> int:
        return write_batch(mailing, now)

    waiting = Mailing.objects.filter(state=MailingState.WRITING).order_by("sent_at", "pk")
    written = sum(process_one_by_one(write, waiting))
    if written:
        nudge_worker(write_mailings)  # until nobody is left
    return written


def write_batch(mailing: Mailing, now: datetime) -> int:
    """Write to the next readers, by address; all of them have theirs once none is left."""
    row = Mailing.objects.select_for_update(of=("self",)).get(pk=mailing.pk)
    if row.state != MailingState.WRITING:  # cancelled, or another job was first
        return 0
    if row.made_by is None or not row.made_by.is_active:  # nobody answers for the rest
        row.state = MailingState.CANCELLED
        row.save(update_fields=["state"])
        return 0
    assert row.sent_at is not None
    remaining = [one for one in find_readers(row, now).to if one.address > row.reached]
    before = count_progress(row).written
    leaves_at = row.sent_at + GRACE + timedelta(minutes=before // BATCH)
    for one in remaining[:BATCH]:
        post_letter(
            TEMPLATE,
            key=f"mailing:{row.pk}",
            concerns=row,
            to=[recipient_of(row, one)],
            optional=KIND if row.is_optional else "",
            not_before=leaves_at,
            now=now,
            **fill_mailing(row, one),
        )
    if remaining[:BATCH]:
        row.reached = remaining[:BATCH][-1].address
    if not remaining[BATCH:]:
        row.state = MailingState.DONE
        row.number = count_progress(row).written  # some left, or paused such e-mails, meanwhile
    row.save(update_fields=["reached", "state", "number"])
    return len(remaining[:BATCH])
