"""Lists of the desk: they open on what is alive, and lead from one of their rows to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import label_for_field, lookup_field
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import SuspiciousOperation
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from connect.exports import RowExportMixin
from connect.list_filters import ListAdmin
from connect.readable_tables import ReadableTable
from connect.types import Words

OPEN, CLOSED, ALL = "open", "closed", "all"
KEPT_LISTS = "desk_lists"  # in the session: {model: the query of its list}


class ArchiveFilter(admin.SimpleListFilter):
    """A list opens on its open rows; a link leads to the closed ones.

    `closed` of its admin is the condition of the archive. A search, or a filter by status,
    looks through both.
    """

    title, parameter_name = _("archive"), "archive"

    def __init__(
        self,
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
    ) -> None:
        self.closed: Q = model_admin.closed  # type: ignore[attr-defined]  # of lists with this filter
        names = request.GET.keys()
        self.is_asked_for = bool(request.GET.get(SEARCH_VAR)) or any(
            name.startswith(("status", "closed_at")) for name in names
        )
        super().__init__(request, params, model, model_admin)

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, Words]]:
        return [(OPEN, _("Open")), (CLOSED, _("Closed")), (ALL, _("Open and closed"))]

    @property
    def selection(self) -> str:
        """What the list shows: the choice in its address, else its default."""
        chosen = self.value()
        if chosen in (OPEN, CLOSED, ALL):
            return str(chosen)
        return ALL if self.is_asked_for else OPEN

    def choices(self, changelist: Any) -> Iterator[Any]:
        for code, words in self.lookup_choices:
            yield {
                "selected": code == self.selection,
                "query_string": changelist.get_query_string({self.parameter_name: code}),
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        # What was chosen for an action of the list may be closed since.
        if self.selection == ALL or "_selected_action" in request.POST:
            return queryset
        if self.selection == CLOSED:
            return queryset.filter(self.closed)
        return queryset.exclude(self.closed)


@dataclass(frozen=True)
class Neighbours:
    """Where a row stands in the list that an officer opened last, and the rows beside it."""

    place: int
    count: int
    before: Any
    after: Any
    list_query: str


class NextRowMixin(ListAdmin):
    """An admin whose page of a row leads to the next one, in the filter and order of its list."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        lists = request.session.get(KEPT_LISTS, {})
        query = request.GET.urlencode()
        if request.method == "GET" and lists.get(self.opts.label_lower, "") != query:
            request.session[KEPT_LISTS] = lists | {self.opts.label_lower: query}
        return super().changelist_view(request, extra_context)

    def find_neighbours(self, request: HttpRequest, pk: Any) -> Neighbours | None:
        """Find the rows beside one in the list opened last; None where it is not in that list."""
        query = request.session.get(KEPT_LISTS, {}).get(self.opts.label_lower, "")
        keys = self.list_keys(request, query)
        if pk not in keys:
            return None
        at = keys.index(pk)
        return Neighbours(
            place=at + 1,
            count=len(keys),
            before=keys[at - 1] if at else None,
            after=keys[at + 1] if at + 1 < len(keys) else None,
            list_query=query,
        )

    def list_keys(self, request: HttpRequest, query: str) -> list[Any]:
        """Return the keys of a list's rows, as a query of its address filters and sorts them."""
        asked = request.GET
        try:
            request.GET = QueryDict(query)
            rows = self.get_changelist_instance(request).queryset
            return list(rows.values_list("pk", flat=True))
        except (IncorrectLookupParameters, SuspiciousOperation):  # of a list that has changed since
            return []
        finally:
            request.GET = asked


class ListTable(ReadableTable):
    """The table of a list with its own columns, as they are read there."""

    model_admin: admin.ModelAdmin[Any]

    @property
    def names(self) -> list[str]:
        return [name for name in self.model_admin.list_display if isinstance(name, str)]

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        model = self.model_admin.model
        labels = [str(label_for_field(name, model, self.model_admin)) for name in self.names]
        return [capfirst(label) for label in labels]

    def filter_export(self, queryset: Any, **kwargs: Any) -> Any:
        prepare = getattr(self.model_admin, "with_list_columns", None)
        rows = prepare(queryset) if prepare else queryset
        related = self.model_admin.list_select_related
        return rows.select_related(*related) if isinstance(related, list) else rows

    def export_resource(self, instance: Any, **kwargs: Any) -> list[Any]:
        return [self.read_cell(name, instance) for name in self.names]

    def read_cell(self, name: str, row: Any) -> Any:
        """Return what a column of the list says of a row."""
        field, _attribute, value = lookup_field(name, row, self.model_admin)
        if field is not None and getattr(field, "flatchoices", None):
            return str(dict(field.flatchoices).get(value, value))
        if value is None:
            return ""
        if isinstance(value, bool):
            return str(_("Yes") if value else _("No"))
        if isinstance(value, SafeString):
            return " ".join(unescape(strip_tags(value)).split())
        if isinstance(value, datetime):  # a spreadsheet knows no time zones
            return timezone.make_naive(value).replace(second=0, microsecond=0)
        return value


class ColumnExportMixin(RowExportMixin):
    """An admin list that is exported with its own columns, as CSV or for a spreadsheet.

    `with_list_columns(rows)` of its admin adds what its columns need beside the rows' own.
    """

    def __init__(self, model: type[Model], admin_site: admin.AdminSite) -> None:
        meta = type("Meta", (), {"model": model, "fields": ()})
        table = type("Table", (ListTable,), {"Meta": meta, "model_admin": self})
        self.resource_classes = [table]
        super().__init__(model, admin_site)
