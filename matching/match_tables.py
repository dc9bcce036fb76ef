"""Matches as a table, as staff filtered them."""

from import_export import fields, resources

from matching.models import Match


class MatchTable(resources.ModelResource):
    dossier = fields.Field("dossier__reference", "dossier")
    status_words = fields.Field("get_status_display", "status in words")

    class Meta:
        model = Match
        fields = ("reference", "dossier", "status", "status_words", "status_since", "answer_by")
        export_order = fields

    def filter_export(self, queryset, **kwargs):
        return queryset.select_related("dossier")
