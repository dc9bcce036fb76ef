"""The audit in the admin: who read what, the seals, and all of it as a table to export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin
from django.contrib.admin import widgets
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db.models import ForeignKey, Func, IntegerField, ManyToManyField, Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from import_export import fields

from connect import archive, seals
from connect.countries import countries_by_name
from connect.exports import RowExportMixin
from connect.list_filters import ListAdmin
from connect.models import Reading, Seal
from connect.pasted_values import DayField
from connect.posted_values import as_number, posted_text
from connect.readable_tables import ReadableTable
from connect.types import SignedInRequest, Words

MOST_REASON = 300  # characters of the reason of an action
LACKS_REASON = _("Give the reason: the person reads it in the e-mail.")
TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/jsonl; charset=utf-8"}


class NumericLookupMixin(widgets.AutocompleteMixin):
    """An admin field that shows the chosen row: Django's asks the database for any text."""

    def optgroups(
        self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None
    ) -> list[Any]:
        numbers = [one for one in value if as_number(str(one))]
        return super().optgroups(name, numbers, attr)


class SearchOne(NumericLookupMixin, widgets.AutocompleteSelect):
    pass


class SearchMany(NumericLookupMixin, widgets.AutocompleteSelectMultiple):
    pass


class SafeAutocompleteMixin(ListAdmin):
    """Adds `autocomplete_fields` that refuse nonsense without a server error."""

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        return super().formfield_for_foreignkey(
            db_field, request, **self.widget_for(SearchOne, db_field, request, kwargs)
        )

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        return super().formfield_for_manytomany(
            db_field, request, **self.widget_for(SearchMany, db_field, request, kwargs)
        )

    def widget_for(
        self,
        widget: type[SearchOne | SearchMany],
        db_field: ForeignKey[Any, Any] | ManyToManyField[Any, Any],
        request: HttpRequest,
        kwargs: dict[str, Any],
    ) -> dict[str, Any]:
        if db_field.name not in self.get_autocomplete_fields(request):
            return kwargs
        return {"widget": widget(db_field, self.admin_site, using=kwargs.get("using"))} | kwargs


class ConfirmedActionsMixin(ListAdmin):
    """Adds actions of a list that are done after a question, for what cannot be undone."""

    def ask_first(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        *,
        question: Words,
        button: Words,
        reason: Words = "",
        why_not: Callable[[Any], Words] | None = None,
    ) -> TemplateResponse | None:
        """Return the page with the question and a preview, None once its button was pressed.

        reason: the label of a text that is asked for with it (`given_reason`), if any.
        why_not: says of a row why it will stay as it is, "" where the action changes it.
        """
        is_answered = "sure" in request.POST
        refusal = refuse_reason(request) if is_answered and reason else ""
        if is_answered and not refusal:
            return None
        context = {
            "title": question,
            "opts": self.opts,
            "rows": [(row, why_not(row) if why_not else "") for row in queryset],
            "action": request.POST["action"],
            "button": button,
            "reason": reason,
            "typed": request.POST.get("reason", ""),
            "refusal": refusal,
            "back": request.get_full_path(),
        }
        context |= self.admin_site.each_context(request)
        return TemplateResponse(request, "admin/ask_first.html", context)


def given_reason(request: HttpRequest) -> str:
    """Return what was typed as the reason of an action."""
    return posted_text(request, "reason", MOST_REASON).strip()


def refuse_reason(request: HttpRequest) -> Words:
    """Describe why the reason of an action cannot be sent as it was typed; "" where it can."""
    try:
        return "" if given_reason(request) else LACKS_REASON
    except ValidationError as refusal:
        return refusal.message


class NoAddOrDelete(ListAdmin):
    """An admin of rows that staff neither add nor delete by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnly(NoAddOrDelete):
    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


PARTS = {  # what was read or done that is no column
    "held": _("what is held"),
    "copy": _("a copy asked for"),
    "erase": _("an erasure begun"),
    "keep": _("an erasure stopped"),
    "all": _("everything"),
    "cv": _("curriculum vitae"),
}


def describe_reading(model: Any, part: str) -> str:
    """Describe what of a row was read: its columns, or what was done with it."""
    word, _space, _rest = part.partition(" ")
    if word in PARTS:
        return str(PARTS[word])
    with suppress(FieldDoesNotExist, AttributeError):
        return str(model._meta.get_field(part).verbose_name)
    with suppress(FieldDoesNotExist, AttributeError, KeyError):  # a file, by its kind
        return str(dict(model._meta.get_field("kind").flatchoices)[part])
    return part.replace("_", " ")


def parts_in_words(reading: Reading) -> str:
    """Describe all that was read of a row."""
    model = reading.read_model
    return ", ".join(describe_reading(model, part) for part in reading.part.split(", "))


class CountryPlace(Func):
    """The place of a row's country in the order of names of its reader's language."""

    output_field = IntegerField()

    def __init__(self) -> None:
        super().__init__("country")

    def as_sql(
        self, compiler: Any, connection: Any, *parts: Any, **extra: Any
    ) -> tuple[str, tuple[Any, ...]]:
        codes = [code for code, _name in countries_by_name()]
        column, values = compiler.compile(self.source_expressions[0])
        return f"array_position(%s::varchar[], {column})", (codes, *values)


class CountryColumnMixin(ListAdmin):
    """Adds a column `country_name` to a list, sorted as its reader reads it: not by a code."""

    @admin.display(description=_("country"), ordering=CountryPlace())
    def country_name(self, row: Any) -> str:
        return str(row.country.name)


class StatusFilter(admin.ChoicesFieldListFilter):
    """The statuses that a list can hold, and no other: `statuses` of its admin names them."""

    def choices(self, changelist: Any) -> Any:
        held = set(changelist.model_admin.statuses)
        labels = {str(label) for value, label in self.field.flatchoices if value not in held}
        return [one for one in super().choices(changelist) if str(one["display"]) not in labels]


class ModelFilter(admin.SimpleListFilter):
    title, parameter_name = _("what it is about"), "model"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        names = Reading.objects.order_by("model").values_list("model", flat=True).distinct()
        return [(name, Reading(model=name).model_name) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(model=self.value()) if self.value() else queryset


class ReadingTable(ReadableTable):
    reader = fields.Field("reader__email", "reader")
    about = fields.Field(column_name="about")
    what = fields.Field(column_name="what")
    headings = {
        "reader": _("reader"),
        "about": _("what it is about"),
        "what": _("what was read"),
    }

    class Meta:
        model = Reading
        fields = ("at", "reader", "about", "row", "what", "page")
        export_order = fields

    def dehydrate_about(self, reading: Reading) -> str:
        return reading.model_name

    def dehydrate_what(self, reading: Reading) -> str:
        return parts_in_words(reading)

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        return queryset.select_related("reader")


@admin.register(Reading)
class ReadingAdmin(RowExportMixin, ReadOnly):
    """The log of readings: who read restricted columns and files."""

    resource_classes = [ReadingTable]
    list_display = ["at", "reader_name", "subject", "parts"]
    fields = ["at", "reader_name", "subject", "parts"]
    list_filter = [ModelFilter]
    list_select_related = ["reader"]
    search_fields = ["reader__name__unaccent", "reader__email"]
    date_hierarchy = "at"

    @admin.display(description=_("reader"), ordering="reader__name")
    def reader_name(self, reading: Reading) -> Any:
        return reading.reader or _("whoever had the link of an e-mail")

    @admin.display(description=_("what it is about"))
    def subject(self, reading: Reading) -> Any:
        return str(reading)

    @admin.display(description=_("what was read"))
    def parts(self, reading: Reading) -> str:
        return parts_in_words(reading)


class Period(forms.Form):
    """The first and last day of an export."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("Until"), required=False)
    format = forms.ChoiceField(
        label=_("Format"), choices=[("csv", "CSV"), ("jsonl", _("JSON, one object per line"))]
    )


@admin.register(Seal)
class SealAdmin(ReadOnly):
    """The chain of seals; who has the permission exports what they seal."""

    list_display = ["number", "at", "count", "digest"]
    fields = ["number", "at", "count", "previous", "digest", "key", "signature"]

    def get_urls(self) -> list[URLPattern]:
        export = self.admin_site.admin_view(self.export)
        return [path("export/", export, name="connect_seal_export"), *super().get_urls()]

    @method_decorator(reauthentication_required(allow_get=True))
    def export(self, request: SignedInRequest) -> HttpResponseBase:
        """Export timelines and readings of a period; by POST, since it is much data."""
        if not request.user.has_perm("connect.export_audit"):
            raise PermissionDenied
        form = Period(request.POST or None)
        if form.is_valid():
            chosen = form.cleaned_data
            last = seals.newest_seal()
            Reading.objects.create(
                at=timezone.now(),
                reader=request.user,
                model=Seal._meta.label_lower,
                row=last.number if last else 0,
                part=f"all, {chosen['since'] or ''} – {chosen['until'] or ''}",
                page=request.resolver_match.view_name,
            )
            rows = archive.export_trail(chosen["since"], chosen["until"])
            response = StreamingHttpResponse(
                archive.format_export(rows, chosen["format"]), content_type=TYPES[chosen["format"]]
            )
            response["Content-Disposition"] = f"attachment; filename=audit.{chosen['format']}"
            return response
        context = self.admin_site.each_context(request) | {
            "title": _("Export of the audit trail"),
            "opts": self.opts,
            "form": form,
            "seal": seals.newest_seal(),
        }
        return TemplateResponse(request, "admin/connect/export.html", context)
