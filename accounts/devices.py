"""Devices from which somebody has signed in before: strangers' tries do not lock these out.

A signed cookie tells so ("device cookies" of OWASP). It opens nothing by itself, and is void once
its person's password changes.
"""

import secrets

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "accounts.devices"
LASTS = 180 * 24 * 3600  # seconds
MOST = 5  # people of one device: the last ones


def device_print(user):
    return salted_hmac(SALT, f"{user.pk} {user.password}", algorithm="sha256").hexdigest()[:32]


def known_devices(request):
    """Return what this device's cookie holds; nothing for none, a forged or an old one."""
    try:
        value = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
        return signing.loads(value, salt=SALT, max_age=LASTS)
    except signing.BadSignature:
        return {}


def current_device(request, user):
    """Name the device of this request, if this person has signed in from it; else None."""
    known = known_devices(request)
    own = device_print(user)
    if any(constant_time_compare(own, one) for one in known.get("of", ())):
        return known["id"]
    return None


def remember_device(request, response, user):
    """Remember the device of this request as one of this person's."""
    known, own = known_devices(request), device_print(user)
    others = [one for one in known.get("of", ()) if one != own]
    value = {"id": known.get("id") or secrets.token_urlsafe(16), "of": [*others, own][-MOST:]}
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(value, salt=SALT),
        max_age=LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
