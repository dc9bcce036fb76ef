"""The order of a list in the admin: letters with accents stand beside those without."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import NotRelationField, get_fields_from_path
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.db.models import CharField, F, Func, Model, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest


class AlphabeticalList(ChangeList):
    """A list whose texts are sorted without their accents: the database may sort by bytes, which
    puts Évora after Zwolle."""

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[Any]:
        parts = super().get_ordering(request, queryset)
        return [one for part in parts for one in sort_by_letters(self.model, part)]


def sort_by_letters(model: type[Model], part: Any) -> list[Any]:
    """Return what sorts by a column of text: its letters, then as it is written."""
    if not isinstance(part, str) or not is_text(model, path := part.lstrip("-")):
        return [part]
    letters = Lower(Func(F(path), function="unaccent"))
    return [letters.desc() if part.startswith("-") else letters.asc(), part]


def is_text(model: type[Model], path: str) -> bool:
    """True for a column that people write, not for a code of one of some choices."""
    try:
        column = get_fields_from_path(model, path)[-1]
    except (FieldDoesNotExist, NotRelationField):
        return False
    return isinstance(column, CharField) and not column.flatchoices
