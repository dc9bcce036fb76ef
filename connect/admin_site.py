"""The admin: Django's own, whose sign-in is everybody's sign-in."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Func, IntegerField, Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
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
from connect.desk_home import QUEUES, SCOPES, DeskQueue, Tile, count_queue, find_week, read_scope
from connect.desk_menu import build_menu, list_address
from connect.desk_search import KINDS, Query, search_kinds
from connect.double_posts import adds_once
from connect.exports import RowExportMixin, count_written_rows
from connect.files import download_response
from connect.languages import own_names
from connect.list_filters import ListAdmin
from connect.models import AuditCheck, Export, ExportState
from connect.pages import paginate, redirect_back
from connect.posted_values import posted_number
from connect.saved_filters import remove_filter, save_filter
from connect.types import SignedInRequest

LIBRARIES = ("django.", "allauth.")
# Django's own titles, translated anew in our catalogues: its French puts “de” before any of our
# words ("de adhésion").
TITLES = (_("Add %s"), _("Change %s"), _("View %s"))


class AdminSite(admin.AdminSite):
    site_header = site_title = "CONNECT"
    index_title = _("To do")
    enable_nav_sidebar = False  # ours is by task: connect/desk_menu.py

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Register only our own models: a library's lists would bypass our rules.

        Rights, sign-in addresses, sessions and second factors have pages of their own. And only
        lists that are filtered by what they show.
        """
        several = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        ours = [one for one in several if not one.__module__.startswith(LIBRARIES)]
        if ours and not (admin_class and issubclass(admin_class, ListAdmin)):
            raise TypeError(f"{admin_class} is no ListAdmin")
        super().register(ours, admin_class, **options)

    def get_urls(self) -> list[Any]:
        return [
            path("find/", self.admin_view(self.find_page), name="find"),
            path("filters/", self.admin_view(self.post_filter), name="filters"),
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
        def guarded_view(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # Its addresses carry no language. The page is rendered after the view, and the next
            # request begins with its own.
            translation.activate(request.user.language)
            adds = (request.resolver_match.url_name or "").endswith("_add")
            return (once if adds else view)(request, *args, **kwargs)

        return super().admin_view(guarded_view, cacheable)

    def each_context(  # type: ignore[override]  # who asks has signed in
        self, request: SignedInRequest
    ) -> dict[str, Any]:
        """Add the navigation to what every page of the desk reads."""
        menu = partial(build_menu, request, partial(self.may_view, request))
        return super().each_context(request) | {"menu": menu}

    def index(  # type: ignore[override]  # who asks has signed in
        self, request: SignedInRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        """Show what waits, for whom and until when, before the lists."""
        scope, now = read_scope(request), timezone.now()
        visible = [one for one in QUEUES if self.may_view(request, one.model)]
        tiles = [
            count_queue(one, request.user, scope, now, self.queue_address(one))
            for one in sorted(visible, key=lambda one: one.order)
        ]
        failed = sum(queue.failed().count() for queue in queues.QUEUES)
        tiles.append(Tile(_("background jobs that failed"), failed, reverse("admin:work"), failed))
        waiting = [tile for tile in tiles if tile.count]
        context = {
            "waiting": sorted(waiting, key=lambda tile: not tile.overdue),
            "quiet": [tile.words for tile in tiles if not tile.count],
            "whose": scope,
            "scopes": SCOPES.items(),
            "week": find_week(request.user, scope, timezone.localdate()),
            "today": timezone.localdate(),
        }
        return super().index(request, context | (extra_context or {}))

    def queue_address(self, queue: DeskQueue) -> str:
        return reverse(queue.page) if queue.page else list_address(queue.model)

    def may_view(self, request: HttpRequest, model: type[Model]) -> bool:
        """True if this officer may open the list of these rows."""
        listed = self._registry.get(model)
        return listed is not None and listed.has_view_permission(request)

    def find_page(self, request: SignedInRequest) -> HttpResponse:
        """Find anything: the first of each kind, or all of the one that the address names."""
        asked = Query.from_typed(request.GET.get("q", ""))
        ordered = sorted(KINDS.values(), key=lambda kind: kind.order)
        kinds = [kind for kind in ordered if self.may_view(request, kind.model)]
        chosen = next((kind for kind in kinds if kind.code == request.GET.get("kind")), None)
        context = self.each_context(request) | {
            "title": _("Search"),
            "asked": asked,
            "lists": [(kind.name, list_address(kind.model)) for kind in kinds],
            "chosen": chosen,
            "groups": [],
        }
        if chosen and not asked.is_too_short:
            page = paginate(request, chosen.find(request.user, asked))
            context |= {"page": page, "hits": [chosen.describe(row) for row in page.object_list]}
        elif not asked.is_too_short:
            context["groups"] = search_kinds(request.user, asked, kinds)
        return TemplateResponse(request, "admin/find.html", context)

    def post_filter(self, request: SignedInRequest) -> HttpResponse:
        """Save a list's filter under a name, or remove one; only a POST does."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if "remove" in request.POST:
            if remove_filter(request.user, posted_number(request, "remove")):
                messages.success(request, _("The saved filter has been removed."))
            return redirect_back(request, "admin:index")
        try:
            model = apps.get_model(request.POST.get("model", ""))
        except (LookupError, ValueError):
            raise Http404 from None
        if not self.may_view(request, model):
            raise PermissionDenied
        name, query = request.POST.get("name", ""), request.POST.get("query", "")
        try:
            saved = save_filter(request.user, model._meta.label_lower, name, query)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            words = _("The filter has been saved as “%s”.") % saved.name
            messages.success(request, words)
        return redirect_back(request, "admin:index")

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
        """Serve an export to the officer who asked for it, while they may read all its rows."""
        export = get_object_or_404(Export.objects.exclude(file=""), pk=pk, asked_by=request.user)
        listed = self._registry[apps.get_model(export.model)]
        if not (isinstance(listed, RowExportMixin) and listed.has_export_permission(request)):
            raise PermissionDenied
        asked = listed.model._default_manager.filter(pk__in=export.rows)
        readable = listed.get_queryset(request).filter(pk__in=export.rows)
        if set(asked.values_list("pk", flat=True)) - set(readable.values_list("pk", flat=True)):
            words = _("Some rows of this export are no longer in your list: export it again.")
            messages.error(request, words)
            return redirect("admin:exports")
        return download_response(export.file, export.name)

    def queues_page(self, request: SignedInRequest) -> HttpResponse:
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
