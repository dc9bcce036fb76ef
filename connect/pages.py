"""Lists a page at a time; several lists of one page turn each by its own name."""

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 25


class NamedPage(Page):
    """A page of a list, with the name by which an address turns it."""

    name: str


def paginate(
    request: HttpRequest,
    rows: QuerySet[Any] | list[Any],
    name: str = "page",
    count: int | None = None,
) -> NamedPage:
    """Return the page of `rows` that `?<name>=` asks for: the nearest one that exists.

    count: how many rows there are, if that is known already.
    """
    paginator = Paginator(rows, PER_PAGE)
    if count is not None:
        paginator.count = count
    page = cast(NamedPage, paginator.get_page(request.GET.get(name)))
    page.name = name  # `_pages.html` links to the same list's other pages
    return page
