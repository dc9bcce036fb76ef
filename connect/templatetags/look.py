"""Template tags: a status with its icon, links in a reader's words."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest
from django.template.context import Context
from django.templatetags.static import static
from django.urls import reverse, translate_url
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from connect import moved_on_forms
from connect.dates import hour_words, moment_words, period_words
from connect.languages import arrow as arrow_of_page
from connect.languages import comma as comma_between_names
from connect.languages import (
    from_left,
    is_right_to_left,
    isolate,
    join_names,
    label_with_value,
)
from connect.pages import NamedPage
from connect.pasted_values import format_telephone
from connect.statuses import Kind, StatusWords
from connect.types import Visitor, Words

register = template.Library()
OUR_ADDRESS = re.compile(rf"({re.escape(settings.SITE_URL)}/[^\s<>\"']*)")


@register.simple_tag
def instant(value: datetime) -> SafeString:
    """An instant in Brussels time; a script adds what the reader's own clock shows."""
    return format_html(
        '<time datetime="{}" data-here="{}">{}</time>',
        localtime(value).isoformat(timespec="seconds"),
        _("where you are: {instant}"),
        moment_words(value),
    )


register.filter("moment", moment_words)
register.filter("hour", hour_words)

# The days from the first to the last one, or a single day.
register.filter("until", period_words)


@register.filter
def as_ld_json(data: Any) -> SafeString:
    """Return structured data for search engines (schema.org): data, which no browser runs."""
    safe = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}
    text = json.dumps(data, ensure_ascii=False).translate(safe)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308


@register.filter("at")
def look_up(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Look up a key that a template has in a variable."""
    return mapping.get(key)


@register.simple_tag
def ask_for_files_again(form: BaseForm) -> str:
    """Add an error at the field of a chosen file that a refused page does not bring it back."""
    if form.errors:
        for name in form.files.keys() & form.fields.keys():
            if name not in form.errors:
                form.add_error(name, _("Choose the file again: it was not saved."))
    return ""


@register.filter
def direction(language: str) -> str:
    """Return the direction in which a language is written, as HTML names it."""
    return "rtl" if is_right_to_left(language) else "ltr"


# A name or a reference stands in its own direction within a line from right to left.
register.filter("isolated", isolate)


@register.simple_tag
def arrow() -> str:
    """Return the arrow from what was to what is, the way that the page is read."""
    return arrow_of_page()


@register.simple_tag(takes_context=True)
def here(context: Context, name: str) -> str:
    """Mark a link of the menu to a named page, where the reader is on it or below it."""
    request, address = context.get("request"), reverse(name)
    if request is None or not request.path.startswith(address):
        return ""
    return format_html(' aria-current="{}"', "page" if request.path == address else "true")


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg width="16" height="16" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def status(kind: str | StatusWords, label: Words = "") -> SafeString:
    """Show a status as a word with the icon of its kind (`connect.statuses`)."""
    kind, label = kind if isinstance(kind, StatusWords) else (Kind(kind), label)
    return format_html(
        '<span class="status status-{}">{}{}</span>', kind, icon(kind), capitalise_first(label)
    )


register.filter("join_names", join_names)


@register.simple_tag
def comma() -> str:
    """Return the comma between two names, as the reader's language writes it."""
    return comma_between_names()


@register.filter("capitalised")
def capitalise_first(words: Words) -> str:
    words = str(words)
    return words[:1].upper() + words[1:]


@register.filter
def with_colon(label: Words) -> str:
    """Return a label with a colon; a question keeps its own mark, a sentence gives up its point."""
    words = str(label).removesuffix(".")
    if words.endswith(("?", "؟", ":")):
        return words
    return label_with_value(words, "").rstrip(" ")


@register.simple_tag
def colon() -> str:
    """Return what stands between a label and its value, in the reader's language."""
    return label_with_value("", "")


@register.filter
def file_size(size: int) -> str:
    """A file's size as people say it: 340 kB, 1.4 MB; Django's own says “Kio” in French."""
    if size < 999_500:
        return _("%s kB") % number_format(max(round(size / 1000), 1))
    return _("%s MB") % number_format(round(Decimal(size) / 1_000_000, 1))


EXACT = ".15g"  # as many digits of a float as were ever meant: 1.1, not 1.100000000000000088


@register.filter
def amount(value: float | Decimal | str | None, places: int | None = None) -> str:
    """A number as its reader writes it: 6.5, and 1,200.

    Without zeros that say nothing, or with so many decimal places, rounded as in `floatformat`.
    """
    if value is None:
        return ""
    exact = exact_decimal(value)
    if places is not None:  # `number_format` alone would cut them off
        exact = round_half_up(value, places)
    plain = format(exact.normalize() or Decimal(0), "f")
    return number_format(plain, decimal_pos=places, force_grouping=True)


def exact_decimal(value: float | Decimal | str) -> Decimal:
    return Decimal(format(value, EXACT) if isinstance(value, float) else value)


def round_half_up(value: float | Decimal | str, places: int) -> Decimal:
    """Round as `amount` shows it, for what is added to a total that is shown beside it.

    >>> round_half_up(18.75, 1)
    Decimal('18.8')
    """
    return exact_decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@register.filter
def telephone(phone: object) -> str:
    """Return a telephone number as people write it, its extension in words."""
    return from_left(format_telephone(str(phone)))


@register.filter
def per_cent(share: float) -> int:
    """A share of 0 to 1 as whole per cent: 0.254 is 25."""
    return round(100 * share)


@register.filter("dialled")
def telephone_link(phone: object) -> str:
    """Return a telephone number as a link dials it (RFC 3966), without separators."""
    return re.sub(r"[^\d+*#,;]", "", str(phone))


@register.filter
def is_note_for(event: Any, user: Visitor) -> bool:
    """True if this reader is shown the note of an event: some are for the file alone."""
    return user.is_staff or not event.type.is_note_internal


@register.simple_tag(takes_context=True)
def turn_page(context: Context, page: NamedPage, number: int) -> str:
    """Return the query that shows another page of one list and keeps those of the others."""
    query = context["request"].GET.copy()
    query[page.name] = number
    return f"?{query.urlencode()}"


@register.filter
def in_language(request: HttpRequest | None, code: str) -> str:
    """Return the address of this page in another language."""
    if request is None:
        return f"/{code}/"
    return translate_url(request.get_full_path(), code)


@register.filter
def own_links(text: str) -> SafeString:
    """Make the addresses of our own site clickable, and no other: whoever writes may type one."""
    parts = OUR_ADDRESS.split(text)
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<a href="{0}" dir="ltr">{0}</a>', part) if number % 2 else part,)
            for number, part in enumerate(parts)
        ),
    )


@register.simple_tag(takes_context=True)
def unsaved_texts(context: Context) -> list[str]:
    """Return the texts of a form that this page could not save."""
    request = context.get("request")
    if request is None or request.method != "POST":
        return []
    return moved_on_forms.unsaved_texts(request)
