"""Calls and dossiers as tables, as staff filtered them: no text that was typed for a reader."""

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from import_export import fields

from applications.enums import UNSENT
from applications.models import Call, Dossier
from connect.readable_tables import ReadableTable, choice_labels
from registry.exchange_forms import exchange_form_choices


class CallTable(ReadableTable):
    forms = fields.Field(column_name="forms")
    countries = fields.Field(column_name="countries")
    dossiers = fields.Field(column_name="dossiers sent")
    headings = {
        "forms": _("forms of exchange"),
        "countries": _("countries"),
        "dossiers": _("applications submitted"),
    }

    class Meta:
        model = Call
        fields = (
            *("slug", "title", "opens_at", "closes_at", "budget", "threshold", "quorum"),
            *("meeting_on", "forms", "countries", "dossiers"),
        )
        export_order = fields

    def dehydrate_forms(self, call):
        return choice_labels(exchange_form_choices(), call.forms)

    def dehydrate_countries(self, call):
        return "; ".join(country.name for country in call.countries_by_name)

    def dehydrate_dossiers(self, call):
        return call.sent

    def filter_export(self, queryset, **kwargs):
        sent = Count("dossiers", filter=~Q(dossiers__status__in=UNSENT))
        return queryset.annotate(sent=sent)


class DossierTable(ReadableTable):
    authority = fields.Field("authority__name", "authority")
    country = fields.Field("authority__country", "country")
    call = fields.Field("call__title", "call")
    officer = fields.Field("case_officer__name", "case officer")
    forms = fields.Field(column_name="forms")
    topics = fields.Field(column_name="topics")
    headings = {
        "authority": _("authority"),
        "country": _("country"),
        "call": _("call"),
        "officer": _("case officer"),
        "forms": _("forms of exchange"),
        "topics": _("topics"),
    }

    class Meta:
        model = Dossier
        fields = (
            *("reference", "title", "authority", "country", "call", "status"),
            *("status_since", "submitted_at", "officer", "forms", "topics"),
        )
        export_order = fields

    def dehydrate_forms(self, dossier):
        return choice_labels(exchange_form_choices(), dossier.forms)

    def dehydrate_topics(self, dossier):
        return "; ".join(str(need.theme) for need in dossier.needs.all())

    def filter_export(self, queryset, **kwargs):
        # The list reads a few columns only; the table reads more.
        details = queryset.defer(None).select_related("authority", "call", "case_officer")
        return details.prefetch_related("needs__theme")
