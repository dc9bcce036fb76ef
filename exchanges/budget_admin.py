"""The programme's budget on the desk: its lines as a list to export, and what calls have left."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from import_export import fields
from import_export.widgets import DecimalWidget, IntegerWidget

from applications.models import Call
from connect.admin import ReadOnly
from connect.exports import RowExportMixin
from connect.posted_values import as_number
from connect.readable_tables import ReadableTable
from connect.templatetags.look import amount
from exchanges import spending
from exchanges.enums import BudgetCategory
from exchanges.models import BudgetLine
from exchanges.spending import FIGURES
from registry.desk_search import TownSearchMixin

NO_DAY = NO_COUNTRY = "none"  # of an exchange without days yet, or without a host
RELATED = (
    *("exchange__dossier__call", "exchange__dossier__authority"),
    *("exchange__match", "approved_by"),
)


def name_host(code):
    return str(countries.name(code or "")) or "—"


def as_euros(value):
    return "—" if value is None else amount(value, 2)


class ByCall(admin.SimpleListFilter):
    title, parameter_name = _("call"), "call"

    def lookups(self, request, model_admin):
        calls = Call.objects.filter(dossiers__exchanges__budget__isnull=False).distinct()
        return [(str(call.pk), str(call)) for call in calls]

    def queryset(self, request, queryset):
        call = as_number(self.value() or "")
        return queryset.filter(exchange__dossier__call=call) if self.value() else queryset


class ByYear(admin.SimpleListFilter):
    title, parameter_name = _("year of the exchange"), "year"

    def lookups(self, request, model_admin):
        lines = model_admin.get_queryset(request).order_by()
        years = lines.exclude(year=None).values_list("year", flat=True).distinct()
        return [*((str(one), str(one)) for one in sorted(years)), (NO_DAY, _("no date yet"))]

    def queryset(self, request, queryset):
        if self.value() == NO_DAY:
            return queryset.filter(year=None)
        year = as_number(self.value() or "")
        return queryset.filter(year=year) if self.value() else queryset


class ByCountry(admin.SimpleListFilter):
    title, parameter_name = _("host country"), "host"

    def lookups(self, request, model_admin):
        lines = model_admin.get_queryset(request).order_by()
        codes = lines.values_list("country", flat=True).distinct()
        named = [(code or NO_COUNTRY, name_host(code)) for code in codes]
        return sorted(set(named), key=lambda one: one[1])

    def queryset(self, request, queryset):
        if self.value() == NO_COUNTRY:
            return queryset.filter(Q(country=None) | Q(country=""))
        return queryset.filter(country=self.value()) if self.value() else queryset


class ByFigure(admin.SimpleListFilter):
    """The lines that make up a figure of the budget page."""

    title, parameter_name = _("amounts"), "of"

    def lookups(self, request, model_admin):
        return [*FIGURES.items(), ("unknown", _("without a rate"))]

    def queryset(self, request, queryset):
        if self.value() == "unknown":
            return queryset.exclude(spending.HAS_RATE).exclude(spending.IS_CANCELLED)
        if self.value() in FIGURES:
            return queryset.filter(**{f"{self.value()}_euros__gt": 0})
        return queryset


class BudgetLineTable(ReadableTable):
    """The lines for the accountant: euros as numbers, beside the amounts in their currency."""

    reference = fields.Field("exchange__reference", "reference")
    call = fields.Field("exchange__dossier__call", "call")
    year = fields.Field("year", "year", widget=IntegerWidget())
    host = fields.Field(column_name="host")
    planned = fields.Field("planned_amount", "planned", widget=DecimalWidget())
    planned_euros = fields.Field("planned_euros", "planned_euros", widget=DecimalWidget())
    committed_euros = fields.Field("committed_euros", "committed_euros", widget=DecimalWidget())
    spent_euros = fields.Field("spent_euros", "spent_euros", widget=DecimalWidget())
    forecast_euros = fields.Field("forecast_euros", "forecast_euros", widget=DecimalWidget())
    approver = fields.Field("approved_by__name", "approver")
    headings = {
        "reference": _("exchange"),
        "call": _("call"),
        "year": _("year of the exchange"),
        "host": _("host country"),
        "planned": FIGURES["planned"],
        "approved": _("approved amount"),
        "per_euro": _("units for one euro"),
        "rate_on": _("rate of"),
        "planned_euros": _("planned, in euros"),
        "committed_euros": _("committed, in euros"),
        "spent_euros": _("spent, in euros"),
        "forecast_euros": _("forecast, in euros"),
        "approver": _("approved by"),
    }

    class Meta:
        model = BudgetLine
        fields = (
            *("reference", "call", "year", "host", "category", "label", "quantity", "unit"),
            *("unit_cost", "currency", "planned", "approved", "spent", "per_euro", "rate_on"),
            *("planned_euros", "committed_euros", "spent_euros", "forecast_euros", "approver"),
        )
        export_order = fields

    def dehydrate_host(self, line):
        return str(countries.name(line.country or ""))

    def dehydrate_call(self, line):
        return str(line.exchange.dossier.call)

    def filter_export(self, queryset, **kwargs):
        return spending.with_euros(queryset).select_related(*RELATED)


@admin.register(BudgetLine)
class BudgetLineAdmin(TownSearchMixin, RowExportMixin, ReadOnly):
    """What the programme pays, line by line; each is written on the page of its exchange."""

    resource_classes = [BudgetLineTable]
    import_export_change_list_template = "admin/exchanges/budget_lines.html"
    list_display = [
        *("exchange_link", "label", "category", "host_country"),
        *("planned_in_euros", "committed_in_euros", "spent_in_euros", "forecast_in_euros"),
    ]
    list_display_links = None
    list_filter = [ByFigure, ByCall, ByYear, ByCountry, "category"]
    list_select_related = list(RELATED)
    search_fields = ["exchange__reference", "label__unaccent"]
    towns = ("exchange__dossier__authority",)
    ordering = ["exchange__reference", "pk"]

    def get_queryset(self, request):
        own = spending.lines_of_programme(request.user).values("pk")
        return spending.with_euros(super().get_queryset(request).filter(pk__in=own))

    @admin.display(description=_("exchange"), ordering="exchange__reference")
    def exchange_link(self, line):
        address = reverse("exchange-budget", args=[line.exchange.reference])
        return format_html('<a href="{}">{}</a>', address, line.exchange.reference)

    @admin.display(description=_("host country"))
    def host_country(self, line):
        return name_host(line.country)

    @admin.display(description=FIGURES["planned"], ordering="planned_euros")
    def planned_in_euros(self, line):
        return as_euros(line.planned_euros)

    @admin.display(description=FIGURES["committed"], ordering="committed_euros")
    def committed_in_euros(self, line):
        return as_euros(line.committed_euros)

    @admin.display(description=FIGURES["spent"], ordering="spent_euros")
    def spent_in_euros(self, line):
        return as_euros(line.spent_euros)

    @admin.display(description=FIGURES["forecast"], ordering="forecast_euros")
    def forecast_in_euros(self, line):
        return as_euros(line.forecast_euros)

    def get_urls(self):
        page = self.admin_site.admin_view(self.overview_page)
        return [path("overview/", page, name="exchanges_budget_overview"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        line = get_object_or_404(self.get_queryset(request), pk=as_number(object_id))
        return redirect("exchange-budget", line.exchange.reference)

    def changelist_view(self, request, extra_context=None):
        response = super().changelist_view(request, extra_context)
        context = getattr(response, "context_data", None) or {}
        if "cl" in context:
            sums = spending.sum_figures(context["cl"].queryset)
            context["sums"] = [(words, sums[name]) for name, words in FIGURES.items()]
        return response

    def overview_page(self, request):
        """Show what calls planned, committed, spent and have left; each figure opens its lines."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = as_number(request.GET.get("call", ""))
        chosen = Call.objects.filter(pk=asked).first() if asked else None
        calls = Call.objects.filter(pk=chosen.pk) if chosen else Call.objects.all()
        lines = self.get_queryset(request)
        if chosen:
            lines = lines.filter(exchange__dossier__call=chosen)
        own = {"call": chosen.pk} if chosen else {}
        context = self.admin_site.each_context(request) | {
            "title": _("Budget"),
            "opts": self.opts,
            "chosen": chosen,
            "calls": [
                (one, self.list_cells(one.figures, {"call": one.call.pk}))
                for one in spending.list_calls(request.user, calls)
            ],
            "tables": list(self.list_tables(lines, own)),
            "totals": self.list_cells(spending.sum_figures(lines), own),
            "figures": FIGURES.values(),
            "unknown": spending.list_without_rate(lines),
            "unknown_address": self.list_address(own | {"of": "unknown"}),
            "lines_address": self.list_address(own),
            "export_address": f"{reverse('admin:exchanges_budgetline_export')}?{urlencode(own)}",
        }
        return TemplateResponse(request, "admin/exchanges/budget.html", context)

    def list_tables(self, lines, own):
        """Yield (heading, what its rows are, [(name, cells)]) by year, category and country."""
        by_year = [
            (row["year"] or _("no date yet"), row, {"year": row["year"] or NO_DAY})
            for row in spending.group_figures(lines, "year")
        ]
        by_category = [
            (BudgetCategory(row["category"]).label, row, {"category__exact": row["category"]})
            for row in spending.group_figures(lines, "category")
        ]
        by_country = [
            (name_host(row["country"]), row, {"host": row["country"] or NO_COUNTRY})
            for row in spending.group_figures(lines, "country")
        ]
        for words, column, rows in (
            (_("By year of the exchange"), _("Year"), by_year),
            (_("By type of cost"), _("Type of cost"), by_category),
            (_("By host country"), _("Country"), sorted(by_country, key=lambda one: one[0])),
        ):
            cells = [(name, self.list_cells(row, own | query)) for name, row, query in rows]
            yield words, column, cells

    def list_cells(self, figures, query):
        """List (euros, the list of the lines that make them up) of each figure."""
        return [(figures[name], self.list_address(query | {"of": name})) for name in FIGURES]

    def list_address(self, query):
        return f"{reverse('admin:exchanges_budgetline_changelist')}?{urlencode(query)}"
