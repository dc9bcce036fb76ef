"""Letters that nobody has to get: paused by one click, in the letter or in one's account.

The header of RFC 8058 lets a mail program pause them by a POST of its own; reading the page of
the link changes nothing.
"""

from django.core import signing
from django.utils.translation import gettext_lazy as _

from notifications.models import DeadAddress, Letter, Pause

OPTIONAL = {
    "alerts": _("New requests that fit a search of yours"),
    "calls": _("Calls that open and close"),
}
SALT = "notifications.pause"


def path_of(address, kind):
    """Give the page, without language, where this address pauses letters of a kind."""
    return f"/letters/pause/{signing.Signer(salt=SALT).sign_object([address, kind])}/"


def of_token(token):
    """Return (address, kind) of a page's token; None for one that never was."""
    try:
        address, kind = signing.Signer(salt=SALT).unsign_object(token)
    except (signing.BadSignature, ValueError):
        return None
    return (address, kind) if kind in OPTIONAL else None


def is_paused(address, kind):
    """True if an address wants no more of an optional kind, or letters to it came back."""
    if not kind:
        return False
    address = address.lower()
    return (
        Pause.objects.filter(address=address, kind=kind).exists()
        or DeadAddress.objects.filter(address=address).exists()
    )


def pause(address, kind, now):
    """Send no more letters of this kind to an address; those that wait are cancelled."""
    Pause.objects.get_or_create(address=address.lower(), kind=kind, defaults={"at": now})
    waiting = Letter.objects.unsent().filter(address__iexact=address, optional=kind)
    waiting.cancel(now)


def resume(address, kind):
    Pause.objects.filter(address=address.lower(), kind=kind).delete()
