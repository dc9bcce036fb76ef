"""Which field of a form reads what people type for a column: the same on every page."""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.db import models

from connect.numbers import QuantityField, WholeField
from connect.pasted_values import DayField, LineField, MailboxField, PageField

Kind = TypeVar("Kind", bound=forms.Field)
FIELDS = {
    models.IntegerField: WholeField,
    models.DecimalField: QuantityField,
    models.DateField: DayField,
    models.EmailField: MailboxField,
    models.URLField: PageField,
    models.SlugField: forms.SlugField,
    models.CharField: LineField,  # the last: those above are kinds of it
}
BLANK: list[Any] = [("", "—")]  # the empty choice of a list
# The same for an admin class: its own boxes for numbers would leave out what they cannot read.
OVERRIDES = {
    column: {"form_class": made}
    | ({"widget": made.widget} if made in (WholeField, QuantityField, DayField) else {})
    for column, made in FIELDS.items()
}


def formfield(column: models.Field[Any, Any], **kwargs: Any) -> forms.Field | None:
    """Make the form's field of a model's column: `formfield_callback` of a ModelForm."""
    for kind, made in FIELDS.items():
        if (
            isinstance(column, kind)
            and not (column.choices or isinstance(column, models.DateTimeField))
            and not (made is LineField and isinstance(kwargs.get("widget"), forms.Textarea))
        ):
            kwargs.setdefault("form_class", made)
    field = column.formfield(**kwargs)
    if isinstance(field, forms.TypedChoiceField) and column.choices:  # one empty choice everywhere
        choices: Any = field.choices
        # Read when the form is made: a form of exchange may have been added since.
        field.choices = lambda: [(value, words if value else "—") for value, words in choices]
    return field


def get_field(form: forms.BaseForm, name: str, kind: type[Kind]) -> Kind:
    """Return a form's field with the declared type, to set its own attributes."""
    field = form.fields[name]
    assert isinstance(field, kind)
    return field


def get_column(model: type[models.Model], name: str) -> models.Field[Any, Any]:
    """Return a column of a model by its name: no relation that another model declares."""
    column = model._meta.get_field(name)
    assert isinstance(column, models.Field)
    return column


def refresh_unwritten(form: forms.ModelForm[Any], *others: str) -> None:
    """Read again, and lock, what a form does not write of its row; nothing of a new one.

    A form begins from the row as its page was shown: saved whole, it would undo what happened to
    the row meanwhile. others: the columns that the form writes beside its fields.
    """
    row = form.instance
    if row.pk is None:
        return
    written = {*form.fields, *others}
    columns = [one for one in row._meta.concrete_fields if not one.primary_key]
    row.refresh_from_db(
        fields=[one.name for one in columns if one.name not in written],
        from_queryset=type(row)._base_manager.select_for_update(of=("self",)),
    )
