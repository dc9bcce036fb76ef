"""What a status is, beside its label: a thing to do, under way, waiting, done, stopped, waived.

A status enum declares it (`DRAFT = "draft", Kind.TO_DO, _("draft")`); icon and colour of a
status on every page come from it.
"""

from enum import StrEnum
from typing import Any, NamedTuple, Self, TypeVar

from django.db import models

from connect.types import Words

Row = TypeVar("Row")  # of a table by status


class Kind(StrEnum):
    """How a status looks: the name of its icon (icons.svg) and of its colour (tokens.css)."""

    TO_DO = "todo"
    IN_PROGRESS = "doing"
    WAITING = "wait"
    DONE = "done"
    STOPPED = "stop"
    WAIVED = "waived"  # not needed: neither done nor missing


class StatusWords(NamedTuple):
    """A status that no column holds, as pages show it: made of several columns, or of a day."""

    kind: Kind
    words: Words


class StatusChoices(models.TextChoices):
    """Choices whose members carry their kind: value, kind, label."""

    kind: Kind

    def __new__(cls, value: str, kind: Kind | None = None) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.kind = Kind(kind or "none")  # a member without a kind is refused
        return member


def for_each_status(statuses: type[StatusChoices], table: dict[str, Row]) -> dict[str, Row]:
    """Return a table of rows by status, None or "" where one has nothing there.

    Raises ValueError, as its module is imported, with the statuses that it lacks or cannot know.
    """
    if differ := set(statuses.values) ^ {str(status) for status in table}:
        raise ValueError(f"Not one row for each {statuses.__name__}: {', '.join(sorted(differ))}")
    return table


class StatusField(models.CharField):
    """A column of StatusChoices, whose row gives `get_<name>_kind()` beside Django's display.

    To migrations it is a CharField: what a kind is changes no table.
    """

    statuses: type[StatusChoices]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.statuses = kwargs.get("choices")  # type: ignore[assignment]  # none in migrations
        super().__init__(*args, **kwargs)

    def contribute_to_class(
        self, cls: type[models.Model], name: str, private_only: bool = False
    ) -> None:
        super().contribute_to_class(cls, name, private_only)

        def kind(row: models.Model) -> Kind:
            return self.statuses(getattr(row, name)).kind

        setattr(cls, f"get_{name}_kind", kind)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
