"""The forms of the steps that staff may take, all in one form of a page."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms import BaseForm
from django.utils.translation import gettext as _

from connect.languages import join_parts, label_with_value
from connect.posted import typed_for
from connect.transitions import StateMachine
from connect.types import Actor, Words


def open_step_forms(
    machine: StateMachine[Any],
    thing: Any,
    actor: Actor,
    form_of: Callable[[str], type[BaseForm] | None],
    posted: Mapping[str, str],
    bound: tuple[str, BaseForm | None] | None = None,
) -> list[tuple[str, Words, BaseForm | None]]:
    """List (verb, label, form or None) of each step with a button that somebody may take now.

    form_of: gives the form that a verb asks for. bound: the verb of the step that was refused,
    and its form. What was typed for one stays there when another button is pressed.
    """
    steps = []
    for verb in machine.available_transitions(thing, actor):
        label = machine.transitions[verb].label
        form = bound[1] if bound and bound[0] == verb else None
        asked = form_of(verb)
        if form is None and asked:
            typed = typed_for(asked(prefix=verb), posted)
            form = asked(prefix=verb, initial=typed)
            is_begun = bool(typed) and not (bound and bound[1])
            form.is_begun = is_begun  # type: ignore[attr-defined]  # the page opens it
        if label:
            steps.append((verb, label, form))
    return steps


def describe_last_step(thing: Any) -> str:
    """Say to whoever took a step what has come of it: a new status, or what it changed instead."""
    event = thing.events.last()
    if event.source == event.target:
        what = (
            label_with_value(event.past, join_parts(event.changes)) if event.changes else event.past
        )
        return f"{thing.reference} · {what}"
    words = {"reference": thing.reference, "status": thing.get_status_display()}
    return _("%(reference)s has a new status: %(status)s.") % words
