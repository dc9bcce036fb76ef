"""The page of the desk that shows all there is of a person or an authority."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from connect.admin_site import AdminSite
from connect.desk_menu import list_address
from connect.desk_search import Listed
from connect.gathering import Gatherer, gather_all
from connect.types import SignedInRequest, Words


def get_viewable_or_403(
    model_admin: admin.ModelAdmin[Any], request: SignedInRequest, pk: int
) -> Any:
    """Return the row that a page is about, of those that this officer may look at."""
    row = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    if not model_admin.has_view_permission(request, row):
        raise PermissionDenied
    return row


def render_about_page(
    model_admin: admin.ModelAdmin[Any],
    request: SignedInRequest,
    about: Any,
    gatherers: list[Gatherer],
    *,
    facts: Sequence[tuple[Words, Any]],
    links: Sequence[tuple[Words, str]],
    more: Sequence[Listed] = (),
) -> TemplateResponse:
    """Render what each app gathers of a row, beside those of its key facts that it has."""
    site = model_admin.admin_site
    assert isinstance(site, AdminSite)  # ours is the only one
    lists = gather_all(gatherers, about, request.user, lambda model: site.may_view(request, model))
    context = site.each_context(request) | {
        "title": str(about),
        "opts": model_admin.opts,
        "list_address": list_address(model_admin.model),
        "facts": [(term, value) for term, value in facts if value],
        "links": links,
        "lists": [*lists, *(one for one in more if one.count)],
    }
    return TemplateResponse(request, "admin/about.html", context)
