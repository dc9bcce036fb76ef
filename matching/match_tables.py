"""Matches as a table, as staff filtered them."""

from django.utils.translation import gettext_lazy as _
from import_export import fields

from connect.readable_tables import ReadableTable
from matching.models import Match


class MatchTable(ReadableTable):
    dossier = fields.Field("dossier__reference", "dossier")
    headings = {"dossier": _("application")}

    class Meta:
        model = Match
        fields = ("reference", "dossier", "status", "status_since", "answer_by")
        export_order = fields

    def filter_export(self, queryset, **kwargs):
        return queryset.select_related("dossier")
