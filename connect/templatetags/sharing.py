"""What search engines, and sites where somebody shares an address, are told of a public page."""

import html
import textwrap
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.context import Context
from django.urls import translate_url
from django.utils.http import urlencode
from django.utils.safestring import SafeString

register = template.Library()
DESCRIPTION = 200  # characters that search engines show at most


@register.inclusion_tag("_share.html", takes_context=True)
def share(
    context: Context, title: object, description: object, picture: str = "", feed: str = ""
) -> dict[str, Any]:
    """Describe a public page; a page without it asks search engines to leave it out (base.html).

    description: a text, or what a template has escaped already.
    picture, feed: paths of a picture of the page (`connect.share_pictures`) and of its Atom feed.
    """
    words = html.unescape(description) if isinstance(description, SafeString) else str(description)
    address = canonical_address(context["request"])
    alternates = {code: translate_url(address, code) for code, _name in settings.LANGUAGES}
    return {
        "title": title,
        "description": textwrap.shorten(words, DESCRIPTION, placeholder=" …"),
        "address": address,
        "alternates": alternates.items(),
        "default": alternates[settings.LANGUAGE_CODE],
        "picture": settings.SITE_URL + picture if picture else "",
        "feed": settings.SITE_URL + feed if feed else "",
    }


def canonical_address(request: HttpRequest) -> str:
    """Return the one address of a page: filters and the order of a list make no new page."""
    page = request.GET.get("page", "")
    query = f"?{urlencode({'page': page})}" if page.isdecimal() and page != "1" else ""
    return f"{settings.SITE_URL}{request.path}{query}"
