"""System checks of declarations that lack a part which pages need; of letters: notifications."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from connect.statuses import StatusChoices, StatusField
from connect.transitions import MACHINES


@register
def check_statuses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a status column that does not say of what kind each status is."""
    columns = [
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name in ("status", "state") and field.choices
    ]
    return [
        Error(
            "The statuses have no kind.",
            hint="Make it a StatusField of StatusChoices (connect/statuses.py).",
            obj=column,
            id="connect.E001",
        )
        for column in columns
        if not (isinstance(column, StatusField) and issubclass(column.statuses, StatusChoices))
    ]


@register
def check_sentences(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report a transition or event without the sentence that the timeline shows."""
    return [
        Error(
            f"{verb!r} has no sentence for the timeline.",
            hint="Give it `past`, as the timeline tells it.",
            obj=machine.model,
            id="connect.E002",
        )
        for machine in MACHINES
        for verb, declared in machine.verbs.items()
        if not declared.past
    ]
