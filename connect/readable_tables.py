"""Exported tables for readers: headings and values in the reader's language, no codes."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import BooleanField, Model
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_countries import countries
from django_countries.fields import CountryField
from import_export import resources


def column_of(model: type[Model] | None, path: str) -> Any:
    """Return the column of a model that a path such as "dossier__title" leads to, or None."""
    column = None
    for name in path.split("__"):
        if model is None:
            return None
        try:
            column = model._meta.get_field(name)
        except FieldDoesNotExist:
            return None
        model = column.related_model
    return column


class ReadableTable(resources.ModelResource):
    """A table for export only; `headings` names columns by field where the model does not."""

    headings: dict[str, Any] = {}

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        chosen = self.get_export_fields(selected_fields)
        names = {id(field): name for name, field in self.fields.items()}
        return [self.heading(names[id(field)], field) for field in chosen]

    def heading(self, name: str, field: Any) -> str:
        if name in self.headings:
            return str(self.headings[name])
        column = column_of(self._meta.model, field.attribute or name)
        return str(column.verbose_name) if column else field.column_name

    @cached_property
    def columns(self) -> dict[int, Any]:
        """The column that each field stands for, found once for all rows, by the field's id."""
        model = self._meta.model
        return {
            id(field): column_of(model, field.attribute or "") for field in self.fields.values()
        }

    @cached_property
    def words(self) -> dict[int, dict[Any, Any]]:
        """The words of columns with choices, {value: words} each, by the field's id."""
        chosen = {key: column for key, column in self.columns.items() if column is not None}
        return {key: dict(getattr(column, "flatchoices", ())) for key, column in chosen.items()}

    def export_field(self, field: Any, instance: Model, **kwargs: Any) -> Any:
        value = super().export_field(field, instance, **kwargs)
        column = self.columns[id(field)]
        if value in (None, "") or column is None:
            return value
        if isinstance(column, CountryField):
            return countries.name(str(value))
        if isinstance(column, BooleanField):
            return _("yes") if str(value) in ("1", "True") else _("no")
        return str(words.get(value, value)) if (words := self.words[id(field)]) else value


def choice_labels(choices: Iterable[tuple[Any, Any]], values: Iterable[Any]) -> str:
    """Return the labels of several choices, as an exported cell holds them."""
    words = dict(choices)
    return "; ".join(str(words.get(value, value)) for value in values)
