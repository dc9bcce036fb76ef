"""Letters that nobody has to get: paused by one click, in the letter or in one's account.

The header of RFC 8058 lets a mail program pause them by a POST of its own; reading the page of
the link changes nothing.
"""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from connect import links
from notifications.models import DeadAddress, Letter, Pause

OPTIONAL = {
    "alerts": _("New requests that match a search of yours"),
    "calls": _("Calls that open and close"),
    "programme": _("Invitations and news from the programme team"),
    "together": _("Applications in which others ask you to take part"),
    "work": _("What waits for you, on Monday mornings"),
}
# The kind of a letter; whoever writes to many says of each e-mail whether it is one.
KIND_OF_LETTER = {
    "call_closing": "calls",
    "call_open": "calls",
    "co_applicant_asked": "together",
    "co_applicant_removed": "together",
    "co_applicant_state": "together",
    "contributor_again": "together",
    "contributor_asked": "together",
    "opportunity_alert": "alerts",
    "opportunity_closing": "alerts",
    "weekly_work": "work",
}
PURPOSE, PAGE = "notifications.pause", "/letters/pause/{}/"
links.WORDS[PURPOSE] = _("a page to pause e-mails")
OPEN_FOR = timedelta(days=366)  # from the last letter on


def pause_key(letter, now=None):
    """Return the key of the page where the reader of a letter pauses its kind."""
    now = now or timezone.now()
    link = links.get_or_create_link(
        PURPOSE, letter.optional, letter, expires_at=now + OPEN_FOR, now=now
    )
    return link.key


def find_pause(key, now):
    """Return (address, kind) of a page's key; None for one that never was, or is over."""
    link = links.find_link(key, PURPOSE)
    if link is None or not link.is_valid(now) or link.about not in OPTIONAL:
        return None
    return link.address, link.about


def is_paused(address, kind, now):
    """True if an address wants no more of an optional kind, or letters to it come back."""
    if not kind:
        return False
    address = address.lower()
    return (
        Pause.objects.filter(address=address, kind=kind).exists()
        or DeadAddress.objects.failing(now).filter(address=address).exists()
    )


def pause_kind(address, kind, now):
    """Pause a kind of letter for an address and cancel those that wait."""
    Pause.objects.get_or_create(address=address.lower(), kind=kind, defaults={"at": now})
    cancel_kind(address, kind, now)


def cancel_kind(address, kind, now):
    """Cancel the letters of a kind to an address that wait."""
    waiting = Letter.objects.unsent().filter(address__iexact=address, optional=kind)
    waiting.cancel(now)


def resume_kind(address, kind):
    Pause.objects.filter(address=address.lower(), kind=kind).delete()
