"""Forms of what several people edit: a page opened before somebody else saved undoes nothing.

A hidden field says what the page showed, as a digest of each field. What its person did not touch
takes the value saved since; where both changed the same field, the form is refused with the other's
words, and saving again is meant. A post without the hidden field is taken as it is.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.defaultfilters import yesno
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext_lazy as _

from connect.choices import flat_choices
from connect.dates import moment_words
from connect.languages import join_names, label_with_value

SAVED_FIELD = "saved"


class StaleFormMixin(forms.BaseForm):
    """Mixed into a form that edits what is saved: nobody undoes what others saved meanwhile."""

    merges = True  # False: the form refuses by itself what was saved meanwhile

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.edits_saved:
            self.fields[SAVED_FIELD] = forms.CharField(widget=forms.HiddenInput, required=False)

    @property
    def edits_saved(self) -> bool:
        return self.instance.pk is not None  # type: ignore[attr-defined]  # a ModelForm's

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name == SAVED_FIELD:
            return " ".join(f"{name}:{digest}" for name, digest in self.saved_digests.items())
        return super().get_initial_for_field(field, field_name)

    @property
    def saved_digests(self) -> dict[str, str]:
        """The digest of each field as it is saved now, by name."""
        return {
            name: digest_value(field, self.get_initial_for_field(field, name))
            for name, field in self.fields.items()
            if name != SAVED_FIELD and not isinstance(field, forms.FileField)
        }

    @cached_property
    def page_digests(self) -> dict[str, str]:
        """The digest of each field as the page showed it; none where the post does not say."""
        words = str(self.data.get(self.add_prefix(SAVED_FIELD), "")) if self.edits_saved else ""
        return {name: digest for name, _colon, digest in (w.partition(":") for w in words.split())}

    @property
    def changed_meanwhile(self) -> list[str]:
        """The names of the fields that are saved otherwise than the page showed them."""
        of_page = self.page_digests
        return [
            name
            for name, digest in self.saved_digests.items()
            if of_page.get(name, digest) != digest
        ]

    def is_touched(self, name: str) -> bool:
        """Return whether the person changed a field of the page that they saw."""
        return self.typed_digest(name) != self.page_digests.get(name)

    def typed_digest(self, name: str) -> str:
        field, raw = self.fields[name], self[name].data
        read = field.clean if isinstance(field, forms.MultiValueField) else field.to_python
        try:
            return digest_value(field, read(raw))
        except ValidationError:
            return digest_value(field, raw)

    @property
    def differing(self) -> list[str]:
        """The names of the fields that differ from what is saved, whoever changed them."""
        return [name for name in super().changed_data if name != SAVED_FIELD]

    @property
    def changed_data(self) -> list[str]:
        """The names of the fields that the person changed."""
        if not self.page_digests:
            return self.differing
        return [
            name
            for name in self.differing
            if name not in self.page_digests or self.is_touched(name)
        ]

    def full_clean(self) -> None:
        changed = self.changed_meanwhile if self.is_bound and self.merges else []
        if not changed:
            super().full_clean()
            return
        collisions = [name for name in changed if self.is_touched(name)]
        saved = self.saved_digests
        self.put_saved_values([name for name in changed if name not in collisions])
        self.show_saved_digests()
        super().full_clean()
        for name in collisions:
            if self.typed_digest(name) != saved[name]:
                value = self.get_initial_for_field(self.fields[name], name)
                words = COLLISION % {"saved": describe_saved_value(self.fields[name], value)}
                self.add_error(name, ValidationError(words, code="collision"))

    def put_saved_values(self, names: list[str]) -> None:
        """Put what is saved now into the data of fields, as if their boxes had shown it."""
        self.data = typed = cast(QueryDict, self.data).copy()
        for name in names:
            self.put_saved_value(typed, name)

    def put_saved_value(self, typed: QueryDict, name: str) -> None:
        field, key = self.fields[name], self.add_prefix(name)
        value = field.prepare_value(self.get_initial_for_field(field, name))
        typed.pop(key, None)
        if isinstance(field.widget, forms.MultiWidget):
            for number, part in enumerate(field.widget.decompress(value) or []):
                text = field.widget.widgets[number].format_value(part)
                typed[f"{key}_{number}"] = text or ""
        elif isinstance(field.widget, forms.CheckboxInput):
            if value:
                typed[key] = "on"
        elif isinstance(value, list | tuple):
            typed.setlist(key, [str(one) for one in value])
        elif value is not None:
            text = field.widget.format_value(value)
            typed[key] = text[0] if isinstance(text, list) else text

    def show_own_save(self) -> None:
        """Let the page show what was just saved from it: a step that came after was refused."""
        instance = self.instance  # type: ignore[attr-defined]  # a ModelForm's
        self.initial.update(forms.model_to_dict(instance, fields=list(self.fields)))
        self.show_saved_digests()

    def show_saved_digests(self) -> None:
        """Let the page that is shown next say what is saved now."""
        self.page_digests  # noqa: B018 - what was posted is read before it is replaced
        typed = cast(QueryDict, self.data).copy()
        field = self.fields[SAVED_FIELD]
        typed[self.add_prefix(SAVED_FIELD)] = self.get_initial_for_field(field, SAVED_FIELD)
        self.data = typed


COLLISION = _(
    "Meanwhile somebody else, or you in another window, saved here: “%(saved)s”. What you typed is "
    "in the box: correct it if need be, and save again."
)


def digest_value(field: forms.Field, value: Any) -> str:
    """Return a short digest of a value, the same for a saved value and one that was posted."""
    return hashlib.sha256(plain_value(field, value).encode()).hexdigest()[:10]


def plain_value(field: forms.Field, value: Any) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "\n".join(plain_value(field, one) for one in value)
    if isinstance(value, datetime) and timezone.is_aware(value):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    value = field.prepare_value(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value).replace("\r\n", "\n").strip()


def describe_typed(form: forms.BaseForm) -> list[str]:
    """List what a form holds as it was typed, each value with its label."""
    return [
        label_with_value(box.label, describe_saved_value(box.field, value))
        for box in form.visible_fields()
        if (value := box.value()) not in (None, "", [])
    ]


def describe_saved_value(field: forms.Field, value: Any) -> str:
    """Return a saved value in words, for a message."""
    if isinstance(value, datetime):
        return moment_words(value)
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    if isinstance(value, list | tuple):
        return join_names(describe_saved_value(field, one) for one in value) or "—"
    if isinstance(value, bool):
        return str(yesno(value))
    if isinstance(value, Decimal):
        return number_format(value, force_grouping=True)
    words = "" if value is None else str(value)
    if isinstance(field, forms.ChoiceField):
        words = {str(key): str(label) for key, label in flat_choices(field)}.get(words, words)
    return words or "—"
