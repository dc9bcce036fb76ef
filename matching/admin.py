"""What staff see of rankings and matches."""

from django.contrib import admin
from django.db.models import Case, Q, When

from applications.models import Dossier
from connect.admin import ReadOnly
from connect.desk_home import WhoseOfDossier
from connect.desk_lists import ArchiveFilter, ColumnExportMixin
from connect.exports import RowExportMixin
from connect.statuses import Kind
from matching import allocation_admin, desk_admin, outcome_admin, policy_admin  # noqa: F401
from matching.enums import MatchStatus
from matching.match_tables import MatchTable
from matching.models import Match, MatchRun
from registry.desk_search import TownSearchMixin

ENDED = [status for status in MatchStatus if status.kind == Kind.STOPPED]


class OfReadableDossiers(ReadOnly):
    """Rows of dossiers, without those of what a conflict of interest ties the reader to."""

    def get_queryset(self, request):
        mine = Dossier.objects.for_officer(request.user).order_by().values("pk")
        return super().get_queryset(request).filter(dossier__in=mine)


@admin.register(MatchRun)
class MatchRunAdmin(ColumnExportMixin, OfReadableDossiers):
    list_display = ["dossier", "state", "requested_at", "done_at", "admitted", "error"]
    list_filter = ["state"]
    list_select_related = ["dossier"]
    fields = ["dossier", "state", "requested_at", "done_at", "admitted", "error"]


@admin.register(Match)
class MatchAdmin(TownSearchMixin, RowExportMixin, OfReadableDossiers):
    closed = Q(status__in=ENDED)
    resource_classes = [MatchTable]
    change_form_template = "admin/matching/match.html"  # leads to where a proposal is withdrawn
    list_display = ["reference", "dossier", "status", "status_since", "answer_by"]
    # What waits comes first, and of it what has to be answered first.
    ordering = [Case(When(status=MatchStatus.PROPOSED, then=0), default=1), "answer_by", "pk"]
    list_filter = [ArchiveFilter, WhoseOfDossier, "status"]
    list_select_related = ["dossier"]
    fields = ["reference", "dossier", "interests", "status", "status_since", "answer_by", "note"]
    search_fields, towns = ["reference", "dossier__reference"], ("dossier__authority",)
