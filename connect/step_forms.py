"""The forms of the steps that staff may take, all in one form of a page."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.forms import BaseForm, Form
from django.utils import timezone
from django.utils.translation import gettext as _

from connect.languages import isolate, join_names, join_parts, label_with_value
from connect.posted_values import typed_for
from connect.transitions import Lacking, StateMachine, Transition
from connect.types import Actor, Words

Held = Callable[[str, Collection[str]], str]  # of a kind of letters, and those that say the same


class Question(Form):
    """What a step asks that needs no words: whether it is meant, once it is said what it does."""


def never_held(template: str, first_letters: Collection[str]) -> str:
    return ""


def open_step_forms(
    machine: StateMachine[Any],
    thing: Any,
    actor: Actor,
    form_of: Callable[[str], type[BaseForm] | None],
    posted: Mapping[str, str],
    bound: tuple[str, BaseForm | None] | None = None,
    fills: Collection[str] = (),
    held: Held = never_held,
) -> list[tuple[str, Words, BaseForm]]:
    """List (verb, label, form) of each step with a button that somebody may take now.

    form_of: gives the form that a verb asks for. bound: the verb of the step that was refused,
    and its form. What was typed for one stays there when another button is pressed. No step acts
    at one press: each says what it lacks already, and one that asks for nothing what it does and
    to whom it writes; one that lacks something asks for nothing and has no button, but where the
    page itself can give it (`fills`). held: see `Readers`.
    """
    steps = []
    readers = Readers(machine, thing, held)
    for verb in machine.available_transitions(thing, actor):
        transition = machine.transitions[verb]
        if not transition.label:
            continue
        form = bound[1] if bound and bound[0] == verb else None
        asked = form_of(verb) or Question
        if form is None:
            typed = typed_for(asked(prefix=verb), posted)
            form = asked(prefix=verb, initial=typed)
            is_begun = bound[0] == verb if bound else bool(typed)
            form.is_begun = is_begun  # type: ignore[attr-defined]  # the page opens it
        if transition.ahead:
            form.ahead = transition.ahead  # type: ignore[attr-defined]
            form.told = readers.describe(verb)  # type: ignore[attr-defined]
        lacking = list_lacking(transition, thing, is_asked=not isinstance(form, Question))
        form.lacking = lacking  # type: ignore[attr-defined]
        form.is_blocked = bool(lacking) and verb not in fills  # type: ignore[attr-defined]
        steps.append((verb, transition.label, form))
    return steps


def list_lacking(transition: Transition, thing: Any, *, is_asked: bool) -> Lacking:
    """List what prevents a step as the thing stands: but what its form asks for, if it has one."""
    now = timezone.now()
    return transition.needs(thing, {}, now) if is_asked else transition.list_lacking(thing, {}, now)


class Readers:
    """To whom the steps of a thing write; each kind of people is read once a page.

    held: says of a kind of letters how they are held, with %s for their readers; "" of others.
    """

    def __init__(self, machine: StateMachine[Any], thing: Any, held: Held = never_held) -> None:
        self.machine, self.thing, self.held = machine, thing, held
        self.names: dict[Any, list[str]] = {}

    def describe(self, verb: str) -> str:
        """Describe who gets an e-mail about a step."""
        transition, notified = self.machine.transitions[verb], dict[str, dict[str, None]]()
        event = self.machine.event_model(
            verb=verb, source=self.thing.status, target=transition.target, details={}
        )
        for notice in transition.notifies:
            if notice.only_if(self.thing, event):
                held = self.held(notice.template, transition.first_letters(notice))
                words = held or _("An e-mail is sent to: %s.")
                if names := self.list_names(notice.recipients):
                    notified.setdefault(words, {}).update(dict.fromkeys(names))
        if others := self.list_names(transition.also_notifies):
            notified.setdefault(_("An e-mail is sent to: %s."), {}).update(dict.fromkeys(others))
        sentences = [words % join_names(names) for words, names in notified.items()]
        return " ".join(sentences) or _("No e-mail is sent.")

    def list_names(self, recipients: Callable[[Any], Iterable[Any]]) -> list[str]:
        if recipients not in self.names:
            people = recipients(self.thing)
            self.names[recipients] = [one.name or one.address for one in people]
        return self.names[recipients]


def describe_last_step(thing: Any) -> str:
    """Describe the result of a step to the person who took it: the new status, or what changed."""
    event = thing.events.last()
    if event.source == event.target:
        what = (
            label_with_value(event.past, join_parts(event.changes)) if event.changes else event.past
        )
        return f"{isolate(thing.reference)} · {what}"
    words = {"reference": thing.reference, "status": thing.get_status_display()}
    return _("%(reference)s has a new status: %(status)s.") % words
