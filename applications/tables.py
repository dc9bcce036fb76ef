"""The dossiers as a table, as staff filtered them: no text that was typed for a reader."""

from import_export import fields, resources

from applications.enums import Status
from applications.models import Dossier


class DossierTable(resources.ModelResource):
    authority = fields.Field("authority__name", "authority")
    country = fields.Field("authority__country", "country")
    call = fields.Field("call__title", "call")
    status_words = fields.Field(column_name="status in words")
    officer = fields.Field("case_officer__name", "case officer")
    forms = fields.Field(column_name="forms")
    topics = fields.Field(column_name="topics")

    class Meta:
        model = Dossier
        fields = (
            *("reference", "title", "authority", "country", "call", "status", "status_words"),
            *("status_since", "submitted_at", "officer", "forms", "topics"),
        )
        export_order = fields

    def dehydrate_status_words(self, dossier):
        return str(Status(dossier.status).label)

    def dehydrate_forms(self, dossier):
        return " ".join(dossier.forms)

    def dehydrate_topics(self, dossier):
        return " ".join(need.theme.code for need in dossier.needs.all())

    def filter_export(self, queryset, **kwargs):
        # The list reads a few columns only; the table reads more.
        details = queryset.defer(None).select_related("authority", "call", "case_officer")
        return details.prefetch_related("needs__theme")
