"""Letters that came back: read from the mailbox of their return path, marked, and told to staff.

A report of delivery (RFC 3464) or a complaint (RFC 5965) carries what it speaks of, and so the
Message-ID of our letter. Nobody else's word marks an address: a report of a letter that we never
sent is left alone. A mailbox that is full, or a filter that takes offence, is no dead address: it
rests for some days and is tried again; it is dead where there is nobody of that name, or when it
came back several times.
"""

import imaplib
import logging
import re
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from connect.mail import Recipient
from connect.sandbox import parse_file
from connect.schedule import every, process_one_by_one
from notifications.models import DeadAddress, Letter, UnreadMail
from notifications.outbox import post_letter
from notifications.sending import resend_letter

logger = logging.getLogger(__name__)

address_died = Signal()  # sender=DeadAddress; address, now: nobody reads what is sent to it

HEX = "[0-9a-f]"
OURS = re.compile(rf"<({HEX}{{8}}(?:-{HEX}{{4}}){{3}}-{HEX}{{12}})@connect>")
LARGEST = 1024 * 1024  # bytes of a message that are read: a report says all in its beginning
TIMEOUT = 30  # seconds
AT_ONCE = 200  # messages read by one run
COMPLAINT = "complaint"  # stands for a status
# RFC 3463: the recipient's address, and not that of the sender (5.1.7, 5.1.8).
GONE = re.compile(r"5\.1\.(?:[0-6]|10)$")
REST = timedelta(days=3)
SEVERAL = 3  # times after which nobody waits for an address any more
FORGOTTEN = timedelta(days=30)  # without trouble: what came back before counts no more


@contextmanager
def open_mailbox(server):
    """Open the mailbox of `MAILBOX_URL`; raises OSError or imaplib's error where it cannot."""
    kind = imaplib.IMAP4_SSL if server.ssl else imaplib.IMAP4
    box = kind(server.host, server.port, timeout=TIMEOUT)
    try:
        box.login(server.user, server.password)
        box.select("INBOX")
        yield box
    finally:
        box.logout()


@every(minutes=5, only_workers=True)
def read_returned_mail(now):
    """Read what is new in the mailbox; return how many letters came back.

    A message is marked as read after what it says is kept: a job that dies reads it again, and
    keeps the same once more.
    """
    if settings.MAILBOX is None:
        return 0
    returned = 0
    with open_mailbox(settings.MAILBOX) as box:
        _ok, (unseen,) = box.uid("SEARCH", None, "UNSEEN")
        _ok, (validity,) = box.response("UIDVALIDITY")
        names = name_messages(unseen.split(), validity or b"")

        def read(message):
            """Record what a message says; None where it is to be read again."""
            name, number = message
            _ok, data = box.uid("FETCH", number, f"(BODY.PEEK[]<0.{LARGEST}>)")
            raw = next((part[1] for part in data if isinstance(part, tuple)), b"")
            try:
                failure = find_returned_letter(raw)
            except ValidationError as refusal:
                if refusal.code == "time":
                    count_try(name, now)
                return None
            return record_failure(*failure, now)

        for message in messages_to_read(names)[:AT_ONCE]:
            results = process_one_by_one(read, [message])
            if not results:
                count_try(message[0], now)
            elif results[0] is not None:  # else it stays unread, for the next run
                returned += results[0]
                box.uid("STORE", message[1], "+FLAGS", r"(\Seen)")
    return returned


def name_messages(numbers, validity):
    """Return names of messages: numbers of a mailbox are valid with its UIDVALIDITY."""
    return {f"{validity.decode()}:{number.decode()}": number for number in numbers}


def messages_to_read(names):
    """Return the messages to read, without those tried too often, which stay unread for staff."""
    tried = UnreadMail.objects.filter(number__in=names, tries__gte=UnreadMail.TRIES)
    given_up = set(tried.values_list("number", flat=True))
    return [(name, number) for name, number in names.items() if name not in given_up]


@transaction.atomic
def count_try(name, now):
    """Count a failed try to read a message; after the last one notify staff."""
    unread, _new = UnreadMail.objects.select_for_update().get_or_create(
        number=name, defaults={"at": now}
    )
    unread.tries += 1
    unread.save(update_fields=["tries"])
    if unread.tries == UnreadMail.TRIES:
        post_letter(
            "mail_unread",
            key=f"mail:{name}:unread",
            to=[Recipient(settings.CONTACT_EMAIL, "CONNECT")],
            mailbox=settings.RETURN_TO,
        )


@transaction.atomic
def record_failure(letter, status, why, now):
    """Record a returned letter at its address and notify staff; return whether it is new.

    Where it may work again, its address rests, and gets the letter once more after that. What
    comes back while it rests is of the same trouble.
    """
    if letter is None:
        return False
    facts = {"letter": letter, "why": why[:300], "at": now}
    address, is_new = DeadAddress.objects.select_for_update(of=("self",)).get_or_create(
        address=letter.address.lower(), defaults=facts | {"failures": 0, "rests_until": now}
    )
    was_dead = address.rests_until is None
    is_gone = was_dead or status == COMPLAINT or GONE.match(status)
    if not is_gone and now < address.rests_until:
        resend_letter(letter, now, address.rests_until - now)
        return False
    if not was_dead:
        address.failures = 1 if now - address.at > FORGOTTEN else address.failures + 1
    is_dead = is_gone or address.failures >= SEVERAL
    address.rests_until = None if is_dead else now + REST
    address.letter, address.why, address.at = letter, why[:300], now
    address.save(update_fields=["letter", "why", "at", "failures", "rests_until"])
    post_letter(
        "letter_returned",
        key=f"letter:{letter.pk}:returned:{address.failures}",
        concerns=letter,
        to=[Recipient(settings.CONTACT_EMAIL, "CONNECT")],
        address=letter.address,
        about=letter.subject,
        error=why[:300],
        again_on="" if is_dead else timezone.localdate(address.rests_until).isoformat(),
        sent_again=not is_dead and resend_letter(letter, now, REST),
    )
    if is_dead and not was_dead:
        address_died.send(DeadAddress, address=address.address, now=now)
    return is_new or (is_dead and not was_dead)


def find_returned_letter(raw: bytes) -> tuple[Letter | None, str, str]:
    """Return (our letter, status, why it came back) of a message; (None, "", "") of any other.

    Raises ValidationError for one that could not be read just now: nobody knows what it is.
    """
    try:
        (message,) = parse_file("mail", raw)
    except ValidationError as refusal:
        if refusal.code in ("busy", "time"):
            raise
        logger.warning("a message that came back is left unread: %s", refusal.code)
        return None, "", ""
    failures = message["failures"]
    if message["kind"] == "feedback-report":
        failures = [(COMPLAINT, COMPLAINT)]
    match = OURS.search(message["text"]) or OURS.search(raw.decode("ascii", "replace"))
    if not failures or not match:
        return None, "", ""
    return Letter.objects.filter(message_id=match[1]).first(), *failures[0]
