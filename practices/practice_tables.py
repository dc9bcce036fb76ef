"""Good practices as a table, as staff filtered them."""

from django.utils.translation import gettext_lazy as _
from import_export import fields

from connect.readable_tables import ReadableTable
from practices.models import Practice


class PracticeTable(ReadableTable):
    title = fields.Field(column_name="title")
    exchange = fields.Field("exchange__reference", "exchange")
    authority = fields.Field("exchange__dossier__authority__name", "authority")
    country = fields.Field("exchange__dossier__authority__country", "country")
    headings = {
        "title": _("title"),
        "exchange": _("exchange"),
        "authority": _("authority"),
        "country": _("country"),
        "status_since": _("since"),
        "published_at": _("published"),
    }

    class Meta:
        model = Practice
        fields = (
            *("title", "exchange", "authority", "country", "status", "status_since"),
            *("language", "published_at", "views"),
        )
        export_order = fields

    def dehydrate_title(self, practice):
        return str(practice)

    def filter_export(self, queryset, **kwargs):
        return queryset.with_list_details()
