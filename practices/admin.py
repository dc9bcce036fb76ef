"""Good practices in the admin: a list; the steps are on the page of each practice."""

from typing import cast

from django.contrib import admin
from django.db.models import Case, Q, When
from django.shortcuts import get_object_or_404, redirect
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from connect.admin import StatusFilter
from connect.desk_home import WhoseFilter
from connect.desk_lists import ArchiveFilter
from connect.exports import RowExportMixin
from connect.list_filters import ListAdmin
from connect.posted_values import as_number
from connect.templatetags.look import status as status_tag
from practices.enums import PracticeStatus
from practices.models import Practice, PracticeQuerySet
from practices.practice_tables import PracticeTable
from registry.desk_search import TownSearchMixin


class WhoseOfPractice(WhoseFilter):
    path = "exchange__dossier__"


@admin.register(Practice)
class PracticeAdmin(TownSearchMixin, RowExportMixin, ListAdmin):
    resource_classes = [PracticeTable]
    list_display = ["title", "status_badge", "status_since", "language"]
    list_display_links = None
    # Tasks come first, the one that has waited longest before the others.
    ordering = [
        Case(
            When(status=PracticeStatus.REVIEW, then=0),
            When(status=PracticeStatus.APPROVED, then=1),
            default=2,
        ),
        "status_since",
        "pk",
    ]
    closed = Q(status=PracticeStatus.ARCHIVED)
    list_filter = [ArchiveFilter, WhoseOfPractice, ("status", StatusFilter), "language"]
    statuses = [status for status in PracticeStatus if status != PracticeStatus.REMOVED]
    search_fields = ["texts__title__unaccent", "exchange__reference"]
    towns = ("exchange__dossier__authority",)
    list_per_page = 25

    def get_queryset(self, request):
        own = cast(PracticeQuerySet, super().get_queryset(request)).for_user(request.user)
        return own.with_list_details()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        practice = get_object_or_404(self.get_queryset(request), pk=as_number(object_id))
        return redirect(practice)

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=_("title"))
    def title(self, practice):
        words = '<a href="{}">{}</a><br><span class="hint">{} · {}</span>'
        exchange = practice.exchange
        return format_html(
            words,
            practice.get_absolute_url(),
            practice,
            exchange.reference,
            practice.authority.place,
        )

    @admin.display(description=_("status"), ordering="status")
    def status_badge(self, practice):
        return status_tag(practice.get_status_kind(), practice.get_status_display())
