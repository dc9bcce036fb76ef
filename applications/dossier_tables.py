"""Calls and dossiers as tables, as staff filtered them: no text that was typed for a reader."""

from django.db.models import Count, Q
from import_export import fields, resources

from applications.enums import UNSENT, Status
from applications.models import Call, Dossier


class CallTable(resources.ModelResource):
    forms = fields.Field(column_name="forms")
    countries = fields.Field(column_name="countries")
    dossiers = fields.Field(column_name="dossiers sent")

    class Meta:
        model = Call
        fields = (
            *("slug", "title", "opens_at", "closes_at", "budget", "threshold", "quorum"),
            *("meeting_on", "forms", "countries", "dossiers"),
        )
        export_order = fields

    def dehydrate_forms(self, call):
        return " ".join(call.forms)

    def dehydrate_countries(self, call):
        return " ".join(country.code for country in call.countries)

    def dehydrate_dossiers(self, call):
        return call.sent

    def filter_export(self, queryset, **kwargs):
        sent = Count("dossiers", filter=~Q(dossiers__status__in=UNSENT))
        return queryset.annotate(sent=sent)


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
