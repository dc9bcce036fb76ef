"""Keys that come from the environment. Imports no Django: the settings read this."""

import base64
import binascii


def parse_keys(text: str) -> list[bytes] | None:
    """Return keys of 32 bytes, written in URL-safe base64 and separated by commas; None if wrong.

    >>> parse_keys(""), parse_keys("short")
    ([], None)
    """
    try:
        keys = [base64.urlsafe_b64decode(word.strip()) for word in text.split(",") if word.strip()]
    except (binascii.Error, ValueError):
        return None
    return keys if all(len(key) == 32 for key in keys) else None
