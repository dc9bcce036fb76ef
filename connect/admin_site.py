"""The admin: Django's own, whose sign-in is everybody's sign-in."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Func, IntegerField, Model
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from connect import queues
from connect.double_posts import adds_once
from connect.exports import ExportsRows, count_written_rows
from connect.files import download_response
from connect.languages import own_names
from connect.models import AuditCheck, Export, ExportState
from connect.pages import redirect_back
from connect.types import SignedInRequest

LIBRARIES = ("django.", "allauth.")
# Django's own titles, translated anew in our catalogues: its French puts “de” before any of our
# words ("de adhésion").
TITLES = (_("Add %s"), _("Change %s"), _("View %s"))


class AdminSite(admin.AdminSite):
    site_header = site_title = "CONNECT"
    index_title = _("Programme desk")

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Register only our own models: a library's lists would bypass our rules.

        Rights, sign-in addresses, sessions and second factors have pages of their own.
        """
        several = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [one for one in several if not one.__module__.startswith(LIBRARIES)]
        super().register(ours, admin_class, **options)

    def get_urls(self) -> list[Any]:
        return [
            path("work/", self.admin_view(self.queues_page), name="work"),
            path("language/", self.admin_view(self.change_language), name="language"),
            path("exports/", self.admin_view(self.exports_page), name="exports"),
            path("exports/<int:pk>/", self.admin_view(self.export), name="export"),
            *super().get_urls(),
        ]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Wrap an admin view: for staff only, in their language, and additions are made once."""
        once = adds_once(view)

        @functools.wraps(view)
        def guarded(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # Its addresses carry no language. The page is rendered after the view, and the next
            # request begins with its own.
            translation.activate(request.user.language)
            adds = (request.resolver_match.url_name or "").endswith("_add")
            return (once if adds else view)(request, *args, **kwargs)

        return super().admin_view(guarded, cacheable)

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show the counts of what waits (`count_waiting`) before the lists."""
        asked = [one for one in self._registry.values() if hasattr(one, "count_waiting")]
        waiting = [
            (words, count, f"{reverse(self.changelist_name(one))}?{query}")
            for one in asked
            if one.has_view_permission(request)
            for words, count, query in one.count_waiting(request)
            if count
        ]
        return super().index(request, {"waiting": waiting} | (extra_context or {}))

    def changelist_name(self, model_admin: admin.ModelAdmin) -> str:
        opts = model_admin.model._meta
        return f"admin:{opts.app_label}_{opts.model_name}_changelist"

    def exports_page(self, request: SignedInRequest) -> HttpResponse:
        """Show this officer's exports and how far each is written."""
        own: list[Any] = list(
            Export.objects.filter(asked_by=request.user)
            .defer("rows")
            .annotate(count=Func("rows", function="cardinality", output_field=IntegerField()))
        )
        for export in own:
            export.written = count_written_rows(export)
        context = self.each_context(request) | {
            "title": _("Exports"),
            "exports": own,
            "waits": any(export.state == ExportState.WAITING for export in own),
        }
        return TemplateResponse(request, "admin/exports.html", context)

    @method_decorator(reauthentication_required)
    def export(self, request: SignedInRequest, pk: int) -> HttpResponseBase:
        """Serve an export to the officer who asked for it, while they may read that list."""
        export = get_object_or_404(Export.objects.exclude(file=""), pk=pk, asked_by=request.user)
        listed = self._registry[apps.get_model(export.model)]
        if not (isinstance(listed, ExportsRows) and listed.has_export_permission(request)):
            raise PermissionDenied
        return download_response(export.file, export.name)

    def queues_page(self, request: HttpRequest) -> HttpResponse:
        """Show what waits for the workers; a POST tries again what failed."""
        if request.method == "POST":
            again = queues.retry_failed(request.POST.get("queue", ""))
            words = ngettext("%d is tried again.", "%d are tried again.", again) % again
            messages.success(request, words)
            return redirect("admin:work")
        now = timezone.now()
        context = self.each_context(request) | {
            "title": _("Background jobs"),
            "statuses": queues.queue_statuses(),
            "seen": queues.last_sign_of_life(),
            "is_silent": queues.is_silent(now),
            "urgent_is_silent": queues.is_silent(now, queues.URGENT),
            "asked": queues.count_nudges(),
            "check": AuditCheck.objects.first(),
        }
        return TemplateResponse(request, "admin/work.html", context)

    def change_language(self, request: SignedInRequest) -> HttpResponse:
        """Change the language of the desk, which is that of the officer's account."""
        code = request.POST.get("language", "")
        if code in dict(own_names()):
            request.user.language = code
            request.user.save(update_fields=["language"])
        return redirect_back(request, "admin:index")

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the site's sign-in, which limits failures and asks for the second factor."""
        if request.user.is_authenticated:
            return redirect("my")
        return redirect(
            f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}"
        )
