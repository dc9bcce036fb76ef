"""The dated lists that budgets are read with, as tables that staff bring in and take out."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from import_export import fields

from connect.currencies import code_within, read_currency
from connect.readable_tables import ReadableTable
from exchanges.models import Exchange, PerDiem, Rate
from registry.registry_tables import TABLES
from registry.table_cells import Line
from registry.table_rows import Table


class ExchangeTable(ReadableTable):
    """Exchanges, for export only, without typed texts."""

    dossier = fields.Field("dossier__reference", "dossier")
    authority = fields.Field("dossier__authority__name", "authority")
    country = fields.Field("dossier__authority__country", "country")
    headings = {
        "dossier": _("application"),
        "authority": _("authority"),
        "country": _("country"),
    }

    class Meta:
        model = Exchange
        fields = (
            *("reference", "dossier", "authority", "country", "form", "status"),
            *("planned_start", "planned_end", "actual_start", "actual_end", "mode"),
        )
        export_order = fields

    def dehydrate_planned_start(self, exchange):
        return None if exchange.is_postponed else exchange.planned_start

    def dehydrate_planned_end(self, exchange):
        return None if exchange.is_postponed else exchange.planned_end

    def filter_export(self, queryset, **kwargs):
        return queryset.select_related("dossier__authority").prefetch_related("proposed_days")


class CurrencyCode(Line):
    """A currency by its three letters, small ones too; of a sign or a name it is asked."""

    def clean(self, value, row=None, **kwargs):
        typed = super().clean(value, row, **kwargs)
        if code := code_within(typed):
            return code
        try:
            read_currency(typed)
        except ValidationError as refusal:
            if refusal.code == "unclear":
                raise ValueError(refusal.messages[0]) from None
        return typed


class RateTable(Table):
    """A month's rates: currency, from_on, per_euro, and the source they were read in."""

    needs = ("currency", "from_on", "per_euro")
    currency = fields.Field("currency", "currency", widget=CurrencyCode())

    class Meta:
        model = Rate
        import_id_fields = ["currency", "from_on"]
        fields = ("currency", "from_on", "per_euro", "source")
        clean_model_instances = skip_unchanged = report_skipped = True


class PerDiemTable(Table):
    """A list of ceilings in euros a night: country, from_on, ceiling, and their source.

    If the list says so, also the percent less where lodging or meals are given.
    """

    needs = ("country", "from_on", "ceiling")

    class Meta:
        model = PerDiem
        import_id_fields = ["country", "from_on"]
        fields = ("country", "from_on", "ceiling", "lodging_share", "meals_share", "source")
        clean_model_instances = skip_unchanged = report_skipped = True


TABLES |= {"rates": RateTable, "ceilings": PerDiemTable}
