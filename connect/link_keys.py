"""The pattern of link keys, by which logs leave them out."""

import re

# A link's key (see `links`), the one by which a password is reset or an address confirmed, and the
# one by which a translation comes back.
KEYS = re.compile(
    r"[0-9a-f]{32}\.[A-Za-z0-9_-]{43}|(?<=/reset/key/)[^/\s]+|(?<=/confirm-email/)[^/\s]+"
    r"|(?<=/translations/)[^/\s]+"
)


def hide_link_keys(text: str) -> str:
    """Hide the keys of links in a text.

    >>> hide_link_keys("GET /fr/account/password/reset/key/1-abc-def/")
    'GET /fr/account/password/reset/key/•••/'
    """
    return KEYS.sub("•••", text)
