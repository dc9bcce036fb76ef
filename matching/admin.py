"""What staff see of rankings and matches."""

from django.contrib import admin

from connect.admin import ReadOnly
from connect.exports import ExportsRows
from matching import allocation_admin, desk_admin, outcome_admin, policy_admin  # noqa: F401
from matching.match_tables import MatchTable
from matching.models import Match, MatchRun


@admin.register(MatchRun)
class MatchRunAdmin(ReadOnly):
    list_display = ["dossier", "state", "requested_at", "done_at", "admitted", "error"]
    list_filter = ["state"]
    list_select_related = ["dossier"]
    fields = ["dossier", "state", "requested_at", "done_at", "admitted", "error"]


@admin.register(Match)
class MatchAdmin(ExportsRows, ReadOnly):
    resource_classes = [MatchTable]
    list_display = ["reference", "dossier", "status", "status_since", "answer_by"]
    list_filter = ["status"]
    list_select_related = ["dossier"]
    fields = ["reference", "dossier", "interests", "status", "status_since", "answer_by", "note"]
    search_fields = ["reference", "dossier__reference"]
