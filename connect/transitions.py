"""State machines: a table of transitions, and one function that takes them.

Each app declares a `StateMachine` for its dossier, match or exchange. `advance` locks the row,
checks the table, saves, records the event with its letters, and tells later apps by
`moved`: all in one transaction, so that all of it happened or none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeGuard, TypeVar

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.append_only import AppendOnlyTexts
from connect.languages import join_parts
from connect.types import Actor, User, Words

MACHINES: list[StateMachine[Any]] = []  # one for each model that has a timeline
# What a line of a timeline shows to whoever may read the page (templates/_timeline.html).
FOR_ALL = ("name", "note", "costs_due")

# Sent inside the transaction, from the model's class: pk, verb, source, target, actor, now.
# A receiver reads its own rows again, locks them in the order dossier, match, interest,
# offer, each by pk, and never moves the thing that has just moved.
moved = Signal()

Thing = TypeVar("Thing", bound=models.Model)
Table = TypeVar("Table", bound=Collection[str])  # verbs, or a table by verb
Details = dict[str, Any]  # plain values that are kept with an event
Lacking = list[Words]  # what still prevents a step
# What a line of a table is made of; the thing is a row of the machine's model.
Allowed = Callable[[Actor, Any], bool]
Check = Callable[[Any, Details, datetime], Lacking]
Effect = Callable[[Any, "Event"], None]


class TransitionRefused(ValidationError):
    """The thing has already moved on, or is not ready for this step."""


def nothing(thing: models.Model, details: Details, now: datetime) -> Lacking:
    return []


def no_facts(thing: models.Model, event: Event) -> Details:
    return {}


def no_details(thing: models.Model) -> Details:
    return {}


def no_effect(thing: models.Model, event: Event) -> None:
    """Have no effect beyond the transition's event."""


def no_letter(thing: models.Model, event: Event, notice: Notice) -> None:
    raise NotImplementedError("The machine does not say how its letters are posted.")


def nobody(thing: models.Model) -> list[Any]:
    return []


def always(thing: models.Model, event: Event) -> bool:
    return True


def has_note(details: Details) -> bool:
    return bool(details.get("note", "").strip())


def missing_note(thing: models.Model, details: Details, now: datetime) -> Lacking:
    return [] if has_note(details) else [_("an explanation")]


def missing_reason(choices: type[models.TextChoices]) -> Check:
    """Return a check that a step has one of these reasons, and an explanation."""

    def missing(thing: models.Model, details: Details, now: datetime) -> Lacking:
        lacking: Lacking = [] if details.get("reason") in choices.values else [_("a reason")]
        return [*lacking, *missing_note(thing, details, now)]

    return missing


def by_clock(actor: Actor, thing: models.Model | None) -> bool:
    """True for the clock alone: a job or a rule, whose actor is None."""
    return actor is None


def by_officer(actor: Actor, thing: models.Model | None) -> TypeGuard[User]:
    return actor is not None and actor.is_active and actor.is_officer


def by_officer_or_clock(actor: Actor, thing: models.Model | None) -> bool:
    return by_clock(actor, thing) or by_officer(actor, thing)


@dataclass(frozen=True)
class Notice:
    """A transition's letter: which template, to whom, and under which condition.

    `page` gives the page it leads to, where that is not the thing's own; `facts` what only this
    letter says. With `by_link`, `recipients` gives rows that have a link of their own (see
    `HasLink`), and each is written to with it. One that `asks` for something is a letter of its
    own beside the news of the same step, and is not gathered with other news.
    """

    template: str
    recipients: Callable[[Any], Iterable[Any]]
    page: Callable[[Any], str] = attrgetter("path")
    by_link: bool = False
    asks: bool = False
    only_if: Callable[[Any, Event], bool] = always
    facts: Callable[[Any, Event], Details] = no_facts
    repeats: bool = False  # tells others what the step's first letters say: held with them


@dataclass(frozen=True)
class Transition:
    sources: Collection[str]
    target: str
    allowed: Allowed
    label: Words = ""  # the verb on the button; none where another function takes the step
    past: Words = ""  # the sentence of the timeline
    past_outside: Words = ""  # the same to others than staff, where they read less
    done: Words = ""  # the sentence after the press; without it a page names the new status
    ahead: Words = ""  # what comes of it, said before it is taken; on the desk, that it stays so
    needs: Check = nothing  # what must hold before anybody types what the step asks
    missing: Check = nothing  # what it lacks beside that, with what was typed
    notifies: Collection[Notice] = ()
    also_notifies: Callable[[Any], Iterable[Any]] = (
        nobody  # who else gets an e-mail, by what it causes
    )
    effect: Effect = no_effect  # what else belongs to it, before its letters
    keeps: Callable[[Any], Details] = no_details  # of what it changes: as it was before
    is_note_internal: bool = False  # says why on the file, and is told to nobody outside
    can_be_undone: bool = False  # by officers, for a while: nobody outside is told before
    undoes: bool = False  # the step before it, of which nobody outside was told

    def list_lacking(self, thing: Any, details: Details, now: datetime) -> Lacking:
        return [*self.needs(thing, details, now), *self.missing(thing, details, now)]

    def first_letters(self, notice: Notice) -> list[str]:
        """List its letters that say first what this one repeats to others."""
        first = [one.template for one in self.notifies if not one.repeats]
        return first if notice.repeats else []


@dataclass(frozen=True)
class EventType:
    """An event on a timeline that changes no status: see `record_event`."""

    past: Words
    is_note_internal: bool = False
    can_be_undone: bool = False
    undoes: bool = False


# What happens beside the steps of several things, in the same words on each of their timelines.
REMINDER_EVENTS = {
    "pause_reminders": EventType(gettext_lazy("Reminders paused"), is_note_internal=True),
    "resume_reminders": EventType(gettext_lazy("Reminders resumed")),
}
PEOPLE_EVENTS = {
    "leave": EventType(gettext_lazy("No longer works for their authority")),
    "close_account": EventType(gettext_lazy("Is closing their account")),
    "keep_account": EventType(gettext_lazy("Keeps their account after all")),
    "deactivate_account": EventType(gettext_lazy("An account was deactivated")),
    "activate_account": EventType(gettext_lazy("An account is active again")),
}


def record_event(
    thing: Any,
    verb: str,
    *,
    source: str = "",
    actor: Actor,
    now: datetime,
    details: Details | None = None,
) -> Any:
    """Append one line to a thing's timeline, a step's or another's, and return it.

    Raises ValueError for a verb that its machine does not declare: no page could tell of it.
    """
    if machine_of(thing.events.model).type_of(verb) is None:
        raise ValueError(f"{verb!r} is not declared for the timeline of a {type(thing).__name__}.")
    return thing.events.create(
        verb=verb, source=source, target=thing.status, actor=actor, details=details or {}, at=now
    )


@dataclass(frozen=True)
class StateMachine(Generic[Thing]):
    """The transitions of a model that has `status`, `status_since` and `events`.

    `events` are what else its timeline holds. `effect(thing, event)` belongs to every transition,
    after its own; `notify(thing, event, notice)` posts one letter with the thing's facts.
    """

    model: type[Thing]
    transitions: dict[str, Transition]
    events: dict[str, EventType] = field(default_factory=dict)
    effect: Effect = no_effect
    notify: Callable[[Any, Event, Notice], None] = no_letter

    def __post_init__(self) -> None:
        MACHINES.append(self)

    @property
    def event_model(self) -> type[Event]:
        events: Any = self.model._meta.get_field("events")
        return events.related_model

    @property
    def verbs(self) -> dict[str, Transition | EventType]:
        """All transitions and events of the timeline, by verb."""
        return {**self.transitions, **self.events}

    def for_steps(self, table: Table) -> Table:
        """Return verbs of the machine, or a table by verb, as of the forms that steps ask for.

        Raises ValueError, as its module is imported, for a verb that is no step of the machine.
        """
        if unknown := set(table) - self.transitions.keys():
            raise ValueError(f"No step of {self.model.__name__}: {', '.join(sorted(unknown))}")
        return table

    def type_of(self, verb: str) -> Transition | EventType | None:
        """Return the declaration of a verb of this timeline; None for an unknown one."""
        return self.verbs.get(verb)

    def available_transitions(self, thing: Any, actor: Actor) -> list[str]:
        """Return the verbs this person may use now, in the order of the table: the buttons."""
        return [
            verb
            for verb, transition in self.transitions.items()
            if thing.status in transition.sources and transition.allowed(actor, thing)
        ]

    def post_notices(self, thing: Thing, event: Event) -> None:
        """Post the letters that the event's transition declares."""
        for notice in self.transitions[event.verb].notifies:
            if notice.only_if(thing, event):
                self.notify(thing, event, notice)

    @transaction.atomic
    def advance(
        self, thing: Thing, verb: str, *, actor: Actor, now: datetime | None = None, **details: Any
    ) -> Thing:
        """Take one step and return the thing as it now stands.

        `actor` is None for a job; `details` are plain values kept with the event (a note,
        a reason's code, the fields to correct and their due date).

        Raises PermissionDenied if the actor may not take the step, TransitionRefused if
        the thing is in another status or still lacks something; nothing is then written.
        """
        transition = self.transitions[verb]
        now = now or timezone.now()
        # Read again under lock: two officers may decide at the same second.
        row: Any = self.model._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
        if not transition.allowed(actor, row):
            raise PermissionDenied
        if row.status not in transition.sources:
            message = (
                _("In the meantime, its status has changed to “%s”.") % row.get_status_display()
            )
            raise TransitionRefused(message, code="moved_on")
        if lacking := transition.list_lacking(row, details, now):
            message = _("Still needed: %s") % join_parts(lacking)
            raise TransitionRefused(message, code="incomplete")

        details = details | transition.keeps(row)
        source, row.status = row.status, transition.target
        if row.status != source:
            row.status_since = now
            if transition.undoes and (before := row.events.filter(target=row.status).last()):
                row.status_since = before.at  # as if nothing had happened
        row.save(update_fields=["status", "status_since"])
        event = record_event(row, verb, source=source, actor=actor, now=now, details=details)
        transition.effect(row, event)
        self.effect(row, event)
        self.post_notices(row, event)
        moved.send(
            self.model,
            pk=row.pk,
            verb=verb,
            source=source,
            target=transition.target,
            actor=actor,
            now=now,
        )
        return row


def machine_of(event_model: type[Event]) -> StateMachine[Any]:
    """Return the state machine whose timeline these events are."""
    return next(machine for machine in MACHINES if machine.event_model is event_model)


class Event(AppendOnlyTexts):
    """One line of a timeline: who moved the thing, from where to where, when and why.

    Events are appended, never changed: the database refuses it. `details` holds plain values;
    what is in it is shown to staff, and to others only what a page names.
    """

    verb = models.CharField(max_length=40)
    source = models.CharField(max_length=30, blank=True)
    target = models.CharField(max_length=30)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    held_until: datetime | None  # once it was read (see `untold`)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"

    @property
    def type(self) -> Transition | EventType | None:
        return machine_of(type(self)).type_of(self.verb)

    @property
    def past(self) -> Words:
        """The sentence that says what happened."""
        return self.type.past if self.type else ""

    @property
    def past_outside(self) -> Words:
        """The sentence for others than staff."""
        step = self.type
        return (isinstance(step, Transition) and step.past_outside) or self.past

    @property
    def changes(self) -> list[str]:
        """What was changed with it, a line each: of a timeline that tells."""
        return []

    def details_for_all(self) -> Details:
        """Return those of the details that are shown to others than staff."""
        details = {key: self.details[key] for key in FOR_ALL if key in self.details}
        if self.type is None or self.type.is_note_internal:
            details.pop("note", None)
        return details
