"""The filters of a list in the admin: those that it shows, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse

from connect.list_order import AlphabeticalList

# What Django's filters of a column, and the days of a list, add to its name in an address.
ENDS = ["", "__exact", "__in", "__isnull", "__gte", "__lt", "__id__exact", "__id__in"]
OF_DAYS = ["__year", "__month", "__day", "__gte", "__lt"]


class ListAdmin(admin.ModelAdmin):
    """An admin list that is filtered by what it shows as its filters: base of all our lists.

    Django filters by any column that an address names. With one that nobody may read, as a hash of
    a password, whoever may open the list finds its value letter by letter.
    """

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AlphabeticalList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in self.names_of_filters(request)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Show refused values in their form alone: the rest of the page shows the saved row.

        Django's form leaves typed values on the row, and the page would show them as saved.
        """
        if obj is not None and request.method == "POST":
            saved = self.get_queryset(request).filter(pk=obj.pk).first() or obj
            context["adminform"].form.instance = saved
            context |= {"original": saved, "subtitle": str(saved)}
            obj = saved
        return super().render_change_form(request, context, add, change, form_url, obj)

    def names_of_filters(self, request: HttpRequest | None) -> Iterator[str]:
        """Yield the names that the filters of the list have in an address."""
        filters = self.get_list_filter(request) if request else self.list_filter
        for one in filters:
            if isinstance(one, type) and issubclass(one, admin.SimpleListFilter):
                yield one.parameter_name or ""
            else:
                path = one[0] if isinstance(one, (list, tuple)) else one
                yield from (f"{path}{end}" for end in ENDS)
        if self.date_hierarchy:
            yield from (f"{self.date_hierarchy}{end}" for end in OF_DAYS)
