"""Exchanges in the staff's room: dates and readiness to fill in, steps to take."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.http import HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.notices import call_group
from connect.admin import CountryColumnMixin, CountryPlace, NoAddOrDelete
from connect.desk_home import WhoseOfDossier
from connect.desk_lists import ArchiveFilter, ColumnExportMixin, NextRowMixin
from connect.exports import RowExportMixin
from connect.fields import OVERRIDES
from connect.languages import isolate
from connect.list_filters import ListAdmin
from connect.moved_on_forms import refuse_post
from connect.posted_values import as_number, posted_text, typed_for
from connect.restricted import record_reading
from connect.step_forms import describe_last_step, open_step_forms
from connect.templatetags.look import amount
from connect.transitions import TransitionRefused
from exchanges import budget_admin  # noqa: F401 - a page of the desk
from exchanges.actual_days import correct_actual_days
from exchanges.days import save_plan
from exchanges.enums import ExchangeStatus
from exchanges.forms.actual_days_forms import ActualDaysForm
from exchanges.forms.exchange_step_forms import STEP_FORMS
from exchanges.forms.plan_forms import PlanForm
from exchanges.incidents import close_incident, readings_of
from exchanges.models import Exchange, Incident, PerDiem, Rate
from exchanges.models.exchanges import ENDED
from exchanges.permissions import BEFORE_COMPLETED, FOLLOWED_IN
from exchanges.rate_tables import ExchangeTable, PerDiemTable, RateTable
from exchanges.readiness import list_items
from exchanges.requirements import put_off_days
from exchanges.staff_steps import (
    has_budget_to_approve,
    has_newly_agreed_days,
    waits_for_staff,
)
from exchanges.standing import exchange_standing
from exchanges.transitions import exchange_machine
from notifications.hold_rules import describe_holds
from notifications.mailing_admin import MailingActionMixin
from notifications.pause_admin import ReminderPausesMixin
from registry.desk_search import TownSearchMixin
from registry.table_admin import SharedAdmin, TableImportMixin


class BudgetFilter(admin.SimpleListFilter):
    title, parameter_name = _("budget"), "budget"

    def lookups(self, request, model_admin):
        return [("waits", _("to approve"))]

    def queryset(self, request, queryset):
        return queryset.filter(has_budget_to_approve()) if self.value() else queryset


class StepFilter(admin.SimpleListFilter):
    title, parameter_name = _("next step"), "step"

    def lookups(self, request, model_admin):
        return [("waits", _("of the programme team"))]

    def queryset(self, request, queryset):
        return queryset.filter(waits_for_staff(timezone.now())) if self.value() else queryset


def order_day(edge):
    """Return the day to order by: the actual or planned one, none of what has no new days."""
    is_postponed = Q(status=ExchangeStatus.POSTPONED) & ~has_newly_agreed_days()
    planned = Case(When(is_postponed, then=None), default=F(f"planned_{edge}"))
    return Coalesce(f"actual_{edge}", planned)


@admin.register(Exchange)
class ExchangeAdmin(
    TownSearchMixin,
    MailingActionMixin,
    ReminderPausesMixin,
    RowExportMixin,
    NextRowMixin,
    NoAddOrDelete,
):
    resource_classes = [ExchangeTable]
    list_display = [
        *("reference", "dossier", "where", "form", "status", "first_day", "last_day"),
        "officer",
    ]
    closed = Q(status__in=ENDED)
    list_filter = [
        ArchiveFilter,
        BudgetFilter,
        StepFilter,
        WhoseOfDossier,
        "status",
        "form",
        ("dossier__case_officer", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["dossier__authority", "dossier__case_officer"]
    # What is going on comes first, and of it what is next.
    ordering = [
        Case(When(status__in=ENDED, then=1), default=0),
        order_day("start").asc(nulls_last=True),
        "pk",
    ]
    actions = ["write_to_them"]
    search_fields = ["reference", "dossier__reference", "dossier__title__unaccent"]
    towns = ("dossier__authority",)

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("proposed_days")

    @admin.display(description=_("first day"), ordering=order_day("start"))
    def first_day(self, exchange):
        return exchange.first_day

    @admin.display(description=_("last day"), ordering=order_day("end"))
    def last_day(self, exchange):
        return exchange.last_day

    @admin.display(description=_("local authority"), ordering="dossier__authority__name")
    def where(self, exchange):
        return exchange.dossier.authority.place

    @admin.display(description=_("case officer"), ordering="dossier__case_officer__name")
    def officer(self, exchange):
        return exchange.dossier.active_officer or "—"

    def get_urls(self):
        step = self.admin_site.admin_view(self.take_step)
        return [
            path("<int:pk>/step/<str:verb>/", step, name="exchanges_exchange_step"),
            *super().get_urls(),
        ]

    def get_exchange(self, request, pk):
        exchange = get_object_or_404(
            self.get_queryset(request).select_related("dossier__authority"), pk=pk
        )
        if not self.has_change_permission(request, exchange):
            raise PermissionDenied
        return exchange

    get_file = get_exchange

    def change_view(self, request, object_id, form_url="", extra_context=None):
        exchange = self.get_exchange(request, as_number(object_id))
        form = self.plan_form(exchange, request.POST or None)
        if form and request.method == "POST" and form.is_valid():
            save_plan(form, exchange, actor=request.user)
            self.message_user(request, _("The plan has been saved."), messages.SUCCESS)
            if not any(
                getattr(asked, "is_begun", False)
                for *_step, asked in self.open_forms(request, exchange)
            ):
                return redirect("admin:exchanges_exchange_change", exchange.pk)
        days = self.days_form(exchange, request.POST if "days-note" in request.POST else None)
        if days and days.is_valid() and self.correct_days(request, exchange, days):
            return redirect("admin:exchanges_exchange_change", exchange.pk)
        return self.render_page(request, exchange, form, days=days)

    def open_forms(self, request, exchange, bound=None):
        """Return (verb, label, form or None) of each step this officer may take now.

        All stand in one form with the plan: what was typed stays when another button is pressed.
        """
        return open_step_forms(
            exchange_machine,
            exchange,
            request.user,
            STEP_FORMS.get,
            request.POST,
            bound,
            fills={"get_ready", *STEP_FORMS},  # by the plan, or by the reason that a form asks for
            held=describe_holds(call_group(exchange.dossier)),
        )

    def days_form(self, exchange, typed=None):
        """Return the form that corrects the days on which it took place, or None."""
        days = {name: getattr(exchange, name) for name in ("actual_start", "actual_end")}
        is_over = exchange.status in FOLLOWED_IN
        return ActualDaysForm(typed, prefix="days", initial=days) if is_over else None

    def correct_days(self, request, exchange, form):
        """Correct the days as typed; return whether they are, else the form says why."""
        typed = form.cleaned_data
        first, last = typed["actual_start"], typed["actual_end"]
        notes = {name: typed[name] for name in ("note", "internal")}
        try:
            correct_actual_days(exchange, first, last, **notes, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            return False
        self.message_user(request, _("The days have been corrected."), messages.SUCCESS)
        return True

    def plan_form(self, exchange, typed=None):
        """Return the form of the plan, or None once nothing of it can change."""
        is_open = exchange.status in BEFORE_COMPLETED
        return PlanForm(typed, instance=exchange) if is_open else None

    def render_page(self, request, exchange, plan, bound=None, days=None):
        if days is None or not days.is_bound:
            days = self.days_form(exchange)
            if days:
                days.initial |= typed_for(days, request.POST)
        if plan and plan.is_bound:  # what was refused stays in its form alone
            exchange = self.get_exchange(request, exchange.pk)
        items = list_items(exchange) if exchange.status in BEFORE_COMPLETED else []
        context = self.admin_site.each_context(request) | {
            "title": f"{isolate(exchange.reference)} · {isolate(exchange.dossier.title)}",
            "opts": self.opts,
            "exchange": exchange,
            "standing": exchange_standing(exchange, items, timezone.now()),
            "neighbours": self.find_neighbours(request, exchange.pk),
            "todo": [],
            "plan": plan,
            "days": days,
            "steps": self.open_forms(request, exchange, bound),
            "refused": bound and bound[1],
            "readiness": items,
            "events": exchange.events.select_related("actor"),
        }
        return TemplateResponse(request, "admin/exchanges/exchange.html", context)

    def take_step(self, request, pk, verb):
        exchange = self.get_exchange(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if verb not in exchange_machine.transitions:
            raise PermissionDenied
        form = None
        if verb in STEP_FORMS:
            is_named = any(name.startswith(f"{verb}-") for name in request.POST)
            form = STEP_FORMS[verb](request.POST, prefix=verb if is_named else None)
        # With the plan as it stands on the page: it is saved with whichever button is pressed.
        plan = self.plan_form(exchange, request.POST if "mode" in request.POST else None)
        if plan is not None:
            plan.may_empty = verb in ("postpone", "cancel")
        is_changed = plan is not None and plan.is_bound and plan.has_changed()
        is_plan_wrong = is_changed and not plan.is_valid()
        if is_plan_wrong or (form is not None and not form.is_valid()):
            return self.render_page(request, exchange, plan, bound=(verb, form))
        if is_changed:
            save_plan(plan, exchange, actor=request.user)
            self.message_user(request, _("The plan has been saved."), messages.SUCCESS)
            exchange.refresh_from_db()
        try:
            typed = form.cleaned_data if form else {}
            if verb == "postpone":  # against which the new days are compared
                typed = typed | put_off_days(exchange)
            exchange = exchange_machine.advance(exchange, verb, actor=request.user, **typed)
        except TransitionRefused as refusal:
            if refusal.code == "moved_on":
                refuse_post(request, refusal.message, saved=PlanForm.base_fields)
            else:  # the page has what was typed
                if form is None:
                    self.message_user(request, refusal.message, messages.ERROR)
                else:
                    form.add_error(None, refusal)
                return self.render_page(
                    request, exchange, self.plan_form(exchange), bound=(verb, form)
                )
        else:
            self.message_user(request, describe_last_step(exchange), messages.SUCCESS)
        return redirect("admin:exchanges_exchange_change", exchange.pk)


class DatedListAdmin(TableImportMixin, SharedAdmin):
    """A dated list that budgets are read with: whoever corrects a row may delete a wrong one."""

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


@admin.register(Rate)
class RateAdmin(DatedListAdmin):
    """Rates by month. A line keeps the rate of its day: a change here changes no line."""

    resource_classes = [RateTable]
    formfield_overrides = OVERRIDES
    list_display = ["currency", "from_on", "units", "source"]
    list_filter = ["currency"]
    date_hierarchy = "from_on"

    @admin.display(description=_("units for one euro"), ordering="per_euro")
    def units(self, rate):
        return amount(rate.per_euro)


@admin.register(PerDiem)
class PerDiemAdmin(CountryColumnMixin, DatedListAdmin):
    """The most that a night may cost, by country and list."""

    resource_classes = [PerDiemTable]
    formfield_overrides = OVERRIDES
    ordering = [CountryPlace(), "-from_on"]
    list_display = ["country_name", "from_on", "ceiling", "lodging_share", "meals_share", "source"]
    search_fields = ["country"]
    date_hierarchy = "from_on"


@admin.register(Incident)
class IncidentAdmin(TownSearchMixin, ColumnExportMixin, ListAdmin):
    """What went wrong: read and closed by officers; what harmed people, by those named for it."""

    empty_words = _(
        "No incident is open. Those who take part report one on the page of their exchange; it "
        "stays here until it is closed."
    )

    list_display = ["exchange", "happened_on", "kind", "severity", "reported_at", "closed_at"]
    # What is open comes first, and of it what was reported first.
    ordering = [F("closed_at").asc(nulls_first=True), "reported_at", "pk"]
    closed = Q(closed_at__isnull=False)
    list_filter = [ArchiveFilter, "severity", "kind"]
    list_select_related = ["exchange"]
    search_fields, towns = ["exchange__reference"], ("exchange__dossier__authority",)

    def get_queryset(self, request):
        return super().get_queryset(request) & Incident.objects.for_user(request.user)

    def has_add_permission(self, request):
        return False  # it is reported from the exchange's page

    def has_delete_permission(self, request, obj=None):
        return False

    def change_view(self, request, object_id, form_url="", extra_context=None):
        incident = get_object_or_404(
            self.get_queryset(request).select_related("exchange", "reported_by"),
            pk=as_number(object_id),
        )
        if request.method == "POST":
            try:
                done = posted_text(request, "done", 3000)
                close_incident(incident, done, actor=request.user)
            except ValidationError as refusal:  # the page has what was typed
                self.message_user(request, refusal.message, messages.ERROR)
                incident.refresh_from_db()
            else:
                self.message_user(request, _("The incident has been closed."), messages.SUCCESS)
                return redirect("admin:exchanges_incident_change", incident.pk)
        record_reading(request, incident, "account, done")
        context = self.admin_site.each_context(request) | {
            "title": str(incident),
            "opts": self.opts,
            "incident": incident,
            "readings": readings_of(incident),
            "done": request.POST.get("done", incident.done),
        }
        return TemplateResponse(request, "admin/exchanges/incident.html", context)
