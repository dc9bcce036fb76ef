"""Addresses, telephone numbers and names that a text shall not carry further."""

import re
from collections.abc import Iterable

from connect.characters import remove_disguise
from connect.pasted_values import MAILBOX
from connect.telephone_numbers import hide_numbers

MESSENGER = re.compile(r"\b(?:wa|t|m|signal)\.me/\S+", re.IGNORECASE)
SHORTEST_NAME = 3  # letters: a shorter one is a word of some language


def hide_contacts(text: str, hidden: str) -> str:
    """Return a text with `hidden` in place of what it reads as an address or telephone number."""
    plain = masked = remove_disguise(text)
    for pattern in (MAILBOX, MESSENGER):
        masked = pattern.sub(hidden, masked)
    masked = hide_numbers(masked, hidden)
    return text if masked == plain else masked


def hide_names(text: str, names: Iterable[str], hidden: str) -> str:
    """Return a text with `hidden` in place of these names, however they are spaced or capitalised.

    >>> hide_names("Ask efua  mensah, not Efuane.", ["Efua Mensah", "", "Al"], "[…]")
    'Ask […], not Efuane.'
    """
    parts = {tuple(name.split()) for name in names if len(name.strip()) >= SHORTEST_NAME}
    # The longest first: of a name that holds another, nothing is left.
    for words in sorted(parts, key=lambda one: -len("".join(one))):
        shape = r"\s+".join(map(re.escape, words))
        text = re.sub(rf"(?<!\w){shape}(?!\w)", hidden, text, flags=re.IGNORECASE)
    return text
