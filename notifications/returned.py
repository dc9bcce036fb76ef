"""Letters that came back: read from the mailbox of their return path, marked, and told to staff.

A report of delivery (RFC 3464) or a complaint (RFC 5965) carries what it speaks of, and so the
Message-ID of our letter. Nobody else's word marks an address: a report of a letter that we never
sent is left alone.
"""

import imaplib
import logging
import re
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from connect.sandbox import parse
from notifications.models import DeadAddress, Letter, UnreadMail
from notifications.outbox import Recipient, post

logger = logging.getLogger(__name__)

HEX = "[0-9a-f]"
OURS = re.compile(rf"<({HEX}{{8}}(?:-{HEX}{{4}}){{3}}-{HEX}{{12}})@connect>")
LARGEST = 1024 * 1024  # bytes of a message that are read: a report says all in its beginning
TIMEOUT = 30  # seconds
AT_ONCE = 200  # messages read by one run


@contextmanager
def mailbox(server):
    """Open the mailbox of `MAILBOX_URL`; raises OSError or imaplib's error where it cannot."""
    kind = imaplib.IMAP4_SSL if server.ssl else imaplib.IMAP4
    box = kind(server.host, server.port, timeout=TIMEOUT)
    try:
        box.login(server.user, server.password)
        box.select("INBOX")
        yield box
    finally:
        box.logout()


def read_returned(now):
    """Read what is new in the mailbox; return how many letters came back.

    A message is marked as read after what it says is kept: a job that dies reads it again, and
    keeps the same once more.
    """
    if settings.MAILBOX is None:
        return 0
    returned = 0
    with mailbox(settings.MAILBOX) as box:
        _ok, (found,) = box.uid("SEARCH", None, "UNSEEN")
        _ok, (validity,) = box.response("UIDVALIDITY")
        names = names_of(found.split(), validity or b"")
        for name, number in to_read(names)[:AT_ONCE]:
            _ok, data = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{LARGEST}>)")
            raw = next((part[1] for part in data if isinstance(part, tuple)), b"")
            try:
                found_in = spoken_of(raw)
            except ValidationError as refusal:
                if refusal.code == "time":
                    count_try(name, now)
                continue  # it stays unread, for the next run
            returned += keep(*found_in, now)
            box.uid("STORE", number, "+FLAGS", r"(\Seen)")
    return returned


def names_of(numbers, validity):
    """Name messages: the numbers of a mailbox hold as long as its UIDVALIDITY stays."""
    return {f"{validity.decode()}:{number.decode()}": number for number in numbers}


def to_read(names):
    """Leave out what was tried too often: it stays unread for staff, and fills no run."""
    over = UnreadMail.objects.filter(number__in=names, tries__gte=UnreadMail.TRIES)
    over = set(over.values_list("number", flat=True))
    return [(name, number) for name, number in names.items() if name not in over]


@transaction.atomic
def count_try(name, now):
    """Count that a message could not be read; after the last try tell staff where it lies."""
    unread, _new = UnreadMail.objects.select_for_update().get_or_create(
        number=name, defaults={"at": now}
    )
    unread.tries += 1
    unread.save(update_fields=["tries"])
    if unread.tries == UnreadMail.TRIES:
        post(
            "mail_unread",
            key=f"mail:{name}:unread",
            to=[Recipient(settings.CONTACT_EMAIL, "CONNECT")],
            mailbox=settings.RETURN_TO,
        )


@transaction.atomic
def keep(letter, why, now):
    """Mark the address of a letter that came back and tell staff; say whether it is new."""
    if letter is None:
        return False
    _dead, is_new = DeadAddress.objects.update_or_create(
        address=letter.address.lower(), defaults={"letter": letter, "why": why[:300], "at": now}
    )
    post(
        "letter_returned",
        key=f"letter:{letter.pk}:returned",
        to=[Recipient(settings.CONTACT_EMAIL, "CONNECT")],
        address=letter.address,
        about=letter.subject,
        error=why[:300],
    )
    return is_new


def spoken_of(raw):
    """Return (our letter, why it came back) of a report; (None, "") of any other message.

    Raises ValidationError for one that could not be read just now: nobody knows what it is.
    """
    try:
        (report,) = parse("mail", raw)
    except ValidationError as refusal:
        if refusal.code in ("busy", "time"):
            raise
        logger.warning("a message that came back is left unread: %s", refusal.code)
        return None, ""
    why = "complaint" if report["kind"] == "feedback-report" else ""
    if report["kind"] == "delivery-status" and report["failures"]:
        why = report["failures"][0]
    found = OURS.search(raw.decode("ascii", "replace"))
    if not why or not found:
        return None, ""
    return Letter.objects.filter(message_id=found[1]).first(), why
