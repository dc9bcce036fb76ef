"""The officers' list of dossiers: its columns, filters and order."""

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Case, When
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from applications.dossier_filters import WorkQueueFilter
from applications.enums import FINAL, UNSENT, Status
from connect.admin import StatusFilter
from connect.desk_home import WhoseFilter
from connect.desk_lists import ArchiveFilter
from connect.list_order import AlphabeticalList
from connect.templatetags.look import status as status_tag

LISTED = (
    *("reference", "title", "status", "status_since"),
    *("authority__name", "authority__country", "case_officer__name"),
)


class DossierList(AlphabeticalList):
    """A list that reads a few of a dossier's many columns."""

    def get_queryset(self, request, exclude_parameters=None):
        return super().get_queryset(request, exclude_parameters).only(*LISTED)


class DossierColumns(admin.ModelAdmin):
    """The columns of the list; `LISTED` names what they read."""

    list_display = ["reference", "file_link", "status_badge", "days_in_status", "officer"]
    list_display_links = None
    list_filter = [
        ArchiveFilter,
        WorkQueueFilter,
        WhoseFilter,
        ("status", StatusFilter),
        "call",
        ("case_officer", admin.RelatedOnlyFieldListFilter),
    ]
    list_per_page = 25  # as every list of the site
    list_select_related = ["authority", "case_officer"]
    search_fields = ["reference", "title__unaccent", "authority__name__unaccent"]
    statuses = [status for status in Status if status not in UNSENT]
    # What is still to be done comes first, and of it who has waited longest.
    ordering = [Case(When(status__in=FINAL, then=1), default=0), "status_since", "pk"]

    def get_changelist(self, request, **kwargs):
        return DossierList

    def action_checkbox(self, dossier):
        # As Django's own, without a widget's template for each row: a seventh of the page's time.
        return format_html(
            '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}">',
            ACTION_CHECKBOX_NAME,
            dossier.pk,
            dossier.reference,
        )

    @admin.display(description=_("file"))
    def file_link(self, dossier):
        words = '<a href="{}">{}</a><br><span class="hint">{}</span>'
        return format_html(words, dossier.get_desk_url(), dossier.heading, dossier.authority.place)

    @admin.display(description=_("status"), ordering="status")
    def status_badge(self, dossier):
        return status_tag(dossier.get_status_kind(), dossier.get_status_display())

    @admin.display(description=_("case officer"), ordering="case_officer__name")
    def officer(self, dossier):
        return dossier.active_officer or "—"

    @admin.display(description=_("days in this status"), ordering="-status_since")
    def days_in_status(self, dossier):
        return (timezone.now() - dossier.status_since).days
