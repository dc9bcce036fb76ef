"""Whether the mailbox where e-mails come back can be read."""

import imaplib

from django.conf import settings

from connect.doctor import Fault, examines, first_line
from notifications.returned import open_mailbox


@examines("mailbox")
def examine_mailbox():
    if settings.MAILBOX is None:
        return
    try:
        with open_mailbox(settings.MAILBOX) as box:
            box.uid("SEARCH", None, "UNSEEN")
    except (OSError, imaplib.IMAP4.error) as error:
        yield Fault(
            f"The mailbox at {settings.MAILBOX.host} cannot be read: {first_line(error)}",
            "Nobody learns of e-mails that come back, and we write to addresses that are dead.",
            "See that host, user and password in MAILBOX_URL are right (write @ as %40), and that"
            " it speaks IMAP.",
        )
