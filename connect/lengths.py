"""Texts that are too short to be sent: described with their length and the least one."""

from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from connect.types import Words


def length_warning(text: str, least: int) -> str:
    """Describe how long a text is and must be before it is sent; "" for an empty or long one.

    >>> length_warning("Two trucks.", 100)
    '11 characters so far: at least 100 are needed'
    """
    length = len(text.strip())
    if not 0 < length < least:
        return ""
    return ngettext(
        "%(length)d character so far: at least %(least)d are needed",
        "%(length)d characters so far: at least %(least)d are needed",
        length,
    ) % {"length": length, "least": least}


def labelled_length_warning(label: Words, words: str) -> str:
    """Describe which saved text is too short."""
    return _("“%(label)s” has %(words)s.") % {"label": capfirst(str(label)), "words": words}


def link_to_field(address: str, name: str, words: Words) -> str:
    """Return a sentence about a saved answer that leads back to its field.

    >>> link_to_field("/problem/", "summary", "“Summary” has 3 characters so far.")
    '<a href="/problem/#id_summary">“Summary” has 3 characters so far.</a>'
    """
    return link_to_page(f"{address}#id_{name}", words)


def link_to_page(address: str, words: Words) -> str:
    return format_html('<a href="{}">{}</a>', address, words)


def missing_length(label: Words, text: str, least: int) -> str:
    """Describe what a text lacks of its least length; "" for one that is long enough."""
    if words := length_warning(text, least):
        return f"{label} ({words})"
    return "" if text.strip() else str(label)
