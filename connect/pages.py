"""Lists a page at a time, several lists of one page each by its own name; and the way back."""

from typing import Any, cast

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

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


def redirect_back(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """Redirect to the page of ours that a form names as `next`, or else to this one."""
    back = request.POST.get("next") or request.GET.get("next", "")
    is_ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours else otherwise)
