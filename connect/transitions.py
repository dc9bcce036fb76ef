"""How a record moves through its statuses: a table of transitions, and one door.

Each app declares a `StateMachine` for its dossier, match or exchange. `advance` locks the row,
checks the table, saves, records the event with its letters, and tells later apps by
`moved`: all in one transaction, so that all of it happened or none.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from operator import attrgetter

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from connect.append_only import SaysSomething
from connect.types import Words

MACHINES: list["StateMachine"] = []  # one for each model that has a timeline
# What a line of a timeline shows to whoever may read the page (templates/_timeline.html).
FOR_ALL = ("name", "note", "costs_due")

# Sent inside the transaction, from the model's class: pk, verb, source, target, actor, now.
# A receiver reads its own rows again, locks them in the order dossier, match, interest,
# offer, each by pk, and never moves the thing that has just moved.
moved = Signal()


class TransitionRefused(ValidationError):
    """The thing has already moved on, or is not ready for this step."""


def nothing(thing, details, now):
    return []


def no_facts(thing, event):
    return {}


def no_effect(thing, event):
    """Let a transition be no more than its event."""


def no_letter(thing, event, notice):
    raise NotImplementedError("The machine does not say how its letters are posted.")


def always(thing, event):
    return True


def by_clock(actor, thing):
    """Only a job or a rule may take this step: its actor is None."""
    return actor is None


def by_officer(actor, thing):
    return actor is not None and actor.is_active and actor.is_officer


def by_officer_or_clock(actor, thing):
    return by_clock(actor, thing) or by_officer(actor, thing)


@dataclass(frozen=True)
class Notice:
    """A letter of a transition: which, to whom, and when it is not always.

    `page` gives the page it leads to, where that is not the thing's own; `facts` what only this
    letter says. With `by_link`, `recipients` gives rows that have a link of their own (see
    `HasLink`), and each is written to with it. One that `asks` for something is a letter of its
    own beside the news of the same step, and is not gathered with other news.
    """

    template: str
    recipients: Callable  # (thing) -> people
    page: Callable = attrgetter("path")  # (thing) -> path
    by_link: bool = False
    asks: bool = False
    only_if: Callable = always  # (thing, event) -> bool
    facts: Callable = no_facts  # (thing, event) -> dict


@dataclass(frozen=True)
class Transition:
    sources: Collection
    target: str
    allowed: Callable  # (actor, thing) -> bool
    label: Words = ""  # the verb on the button; none where another function takes the step
    past: Words = ""  # the sentence of the timeline
    missing: Callable = nothing  # (thing, details, now) -> sentences: what still prevents the step
    notifies: Collection[Notice] = ()
    effect: Callable = no_effect  # (thing, event): what else belongs to it, before its letters
    is_note_internal: bool = False  # says why on the file, and is told to nobody outside


@dataclass(frozen=True)
class EventType:
    """What is recorded on a timeline and moves nothing: see `record_event`."""

    past: Words
    is_note_internal: bool = False


def record_event(thing, verb, *, source="", actor, now, details=None):
    """Append one line to a thing's timeline, a step's or another's, and return it."""
    return thing.events.create(
        verb=verb, source=source, target=thing.status, actor=actor, details=details or {}, at=now
    )


@dataclass(frozen=True)
class StateMachine:
    """The transitions of a model that has `status`, `status_since` and `events`.

    `events` are what else its timeline holds. `effect(thing, event)` belongs to every transition,
    after its own; `notify(thing, event, notice)` posts one letter with the thing's facts.
    """

    model: type[models.Model]
    transitions: dict[str, Transition]
    events: dict[str, EventType] = field(default_factory=dict)
    effect: Callable = no_effect
    notify: Callable = no_letter

    def __post_init__(self):
        MACHINES.append(self)

    @property
    def event_model(self):
        return self.model._meta.get_field("events").related_model

    @property
    def verbs(self) -> dict[str, Transition | EventType]:
        """What a line of the timeline may tell of, by its verb."""
        return {**self.transitions, **self.events}

    def type_of(self, verb):
        """Give what is declared of a verb of this model's timeline; None of an unknown one."""
        return self.verbs.get(verb)

    def available_transitions(self, thing, actor):
        """Return the verbs this person may use now, in the order of the table: the buttons."""
        return [
            verb
            for verb, transition in self.transitions.items()
            if thing.status in transition.sources and transition.allowed(actor, thing)
        ]

    def post_notices(self, thing, event):
        """Leave the letters that the event's transition declares."""
        for notice in self.transitions[event.verb].notifies:
            if notice.only_if(thing, event):
                self.notify(thing, event, notice)

    @transaction.atomic
    def advance(self, thing, verb, *, actor, now=None, **details):
        """Take one step and return the thing as it now stands.

        `actor` is None for a job; `details` are plain values kept with the event (a note,
        a reason's code, the fields to correct and their due date).

        Raises PermissionDenied if the actor may not take the step, TransitionRefused if
        the thing is in another status or still lacks something; nothing is then written.
        """
        transition = self.transitions[verb]
        now = now or timezone.now()
        # Read again under lock: two officers may decide at the same second.
        thing = self.model._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
        if not transition.allowed(actor, thing):
            raise PermissionDenied
        if thing.status not in transition.sources:
            message = _("In the meantime this became “%s”.") % thing.get_status_display()
            raise TransitionRefused(message, code="moved_on")
        if missing := transition.missing(thing, details, now):
            message = _("Still needed: %s") % "; ".join(str(what) for what in missing)
            raise TransitionRefused(message, code="incomplete")

        source, thing.status, thing.status_since = thing.status, transition.target, now
        thing.save(update_fields=["status", "status_since"])
        event = record_event(thing, verb, source=source, actor=actor, now=now, details=details)
        transition.effect(thing, event)
        self.effect(thing, event)
        self.post_notices(thing, event)
        moved.send(
            self.model,
            pk=thing.pk,
            verb=verb,
            source=source,
            target=transition.target,
            actor=actor,
            now=now,
        )
        return thing


def machine_of(event_model):
    """Give the state machine whose timeline these events are."""
    return next(machine for machine in MACHINES if machine.event_model is event_model)


class Event(SaysSomething):
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

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.source} → {self.target}"

    @property
    def type(self):
        return machine_of(type(self)).type_of(self.verb)

    @property
    def past(self):
        """Say in a sentence what happened."""
        return self.type.past

    def details_for_all(self):
        """Give those of the details that are shown to others than staff."""
        shown = {key: self.details[key] for key in FOR_ALL if key in self.details}
        if self.type is None or self.type.is_note_internal:
            shown.pop("note", None)
        return shown
