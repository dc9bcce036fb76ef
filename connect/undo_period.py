"""What officers may still undo: nobody outside is told of it until then, on no page either.

A line of a timeline that `can_be_undone` is for staff alone for `UNDO_FOR`, and for as long as its
e-mails are held; and for good once a step that `undoes` follows it, with that step, or where
another step ended it within that time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any, Protocol

from django.conf import settings
from django.db.models import CharField, Exists, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from connect.transitions import Event, Transition, machine_of


class Holds(Protocol):
    """What the app of e-mails knows of those about the lines of a timeline."""

    def held_until(self, model: type[Event], lines: Collection[int]) -> dict[int, datetime]:
        """Return until when the e-mails of lines were held of which none has left."""

    def is_held(self, model: type[Event], now: datetime) -> Q:
        """Make a condition of the lines whose e-mails are held, and none has left."""

    def were_never_sent(self, model: type[Event]) -> Q:
        """Make a condition of the lines whose e-mails were held, and never left."""

    def has_left(self, model: type[Event]) -> Q:
        """Make a condition of the lines of which an e-mail has left."""


HOLDS: list[Holds] = []  # the one of the app of e-mails


def may_be_held(event: Event) -> bool:
    """True for a step of an officer that can be undone and writes to somebody."""
    kind = event.type
    is_undoable = isinstance(kind, Transition) and kind.can_be_undone and bool(kind.notifies)
    return is_undoable and event.actor_id is not None


def read_holds(events: Iterable[Event]) -> None:
    """Let lines of one timeline know how long their e-mails are held: one query at most."""
    events = list(events)
    lines = [one for one in events if may_be_held(one)]
    ends: dict[int, datetime] = {}
    for holds in HOLDS if lines else ():
        ends |= holds.held_until(type(lines[0]), [one.pk for one in lines])
    for one in events:
        one.held_until = ends.get(one.pk)


def held_until(event: Event) -> datetime | None:
    """Return until when the e-mails of a line are held, None where none are or one has left."""
    if not hasattr(event, "held_until"):
        read_holds([event])
    return event.held_until


def is_untold(event: Event, now: datetime) -> bool:
    """True while an officer may undo it: nobody outside has been told."""
    if event.actor_id is None or not event.type or not event.type.can_be_undone:
        return False
    if now < event.at + settings.UNDO_FOR:
        return True
    until = held_until(event)
    return until is not None and now <= until


def untold_condition(events: QuerySet[Any], thing: str, now: datetime, *verbs: str) -> Exists:
    """Make a condition of the rows that stand where an officer has just put them by such a verb."""
    just = events.filter(verb__in=verbs, at__gt=now - settings.UNDO_FOR)
    just = just.filter(**{thing: OuterRef("pk")}, at=OuterRef("status_since"))
    return Exists(just.filter(~Q(actor=None)))


def status_for_others(events: QuerySet[Any], thing: str, now: datetime) -> Coalesce:
    """Return the status of rows of which others than staff know, as `show_status_for_others`.

    events: of their timelines; thing: the name of the row in them. That is the status before the
    first of the steps just taken that an officer can undo, undone ones among them.
    """
    model, (holds,) = events.model, HOLDS
    verbs = machine_of(model).verbs.items()
    undoable = Q(verb__in=[verb for verb, kind in verbs if kind.can_be_undone]) & ~Q(actor=None)
    undoing = Q(verb__in=[verb for verb, kind in verbs if kind.undoes])
    same_thing = events.filter(**{thing: OuterRef(thing)}, pk__gt=OuterRef("pk"))
    stays = Q(source="") | Q(source=F("target"))
    # It is told, and ends what was not.
    later = same_thing.exclude(stays | undoing).filter(~undoable | holds.has_left(model))
    is_new = Q(at__gt=now - settings.UNDO_FOR) | holds.is_held(model, now)
    # Before another that is untold, also one whose own e-mail that other has cancelled.
    before_new = holds.were_never_sent(model) & Q(Exists(same_thing.filter(undoable, is_new)))
    just = events.filter(undoable, ~stays, ~Exists(later)).filter(is_new | before_new)
    first = just.filter(**{thing: OuterRef("pk")}).order_by("at", "pk")
    return Coalesce(Subquery(first.values("source")[:1]), F("status"), output_field=CharField())


def list_steps(lines: Iterable[Any], first: Any) -> list[Any]:
    """List those lines of a timeline that moved it: its first, and each to another status.

    One of another kind, as a file that is taken over, names no source or the same.
    """
    return [one for one in lines if one is first or one.source not in ("", one.target)]


def list_events_for_others(events: Iterable[Any], now: datetime) -> list[Any]:
    """List those lines of a timeline, oldest first, of which others than staff know."""
    events = list(events)
    read_holds(events)
    known: list[Any] = []
    for event in events:
        is_undo = event.type is not None and event.type.undoes
        steps = reversed(list_steps(known, events[0])) if is_undo else ()
        before = next((one for one in steps if one.target == event.source), None)
        if before is not None and before.type and before.type.can_be_undone:
            known.remove(before)
        else:
            known.append(event)
    moved = list_steps(known, events[0]) if events else []
    ended = [one for one, after in pairwise(moved) if one.source and is_untold(one, after.at)]
    return [event for event in known if event not in ended and not is_untold(event, now)]


def list_held_things(things: Collection[Any], now: datetime) -> set[Any]:
    """List those rows, by their keys, of which a line's e-mails are held: one query at most."""
    model = type(next(iter(things)))
    relation: Any = model._meta.get_field("events")
    lines, column = relation.related_model, relation.field.attname
    kinds = machine_of(lines).transitions.items()
    verbs = [verb for verb, kind in kinds if kind.can_be_undone and kind.notifies]
    if not verbs:
        return set()
    of_these = lines.objects.filter(**{f"{column}__in": [one.pk for one in things]})
    held = of_these.filter(*(holds.is_held(lines, now) for holds in HOLDS), verb__in=verbs)
    return set(held.values_list(column, flat=True))


def show_status_for_others(things: Iterable[Any], now: datetime) -> None:
    """Give rows the status of which others than staff know, to be shown and never saved.

    One query, for those whose status has just changed or whose e-mails are held.
    """
    rows = {one.pk: one for one in things}
    new = {pk for pk, one in rows.items() if one.status_since > now - settings.UNDO_FOR}
    new |= list_held_things(rows.values(), now) if rows else set()
    recent = {pk: rows[pk] for pk in new}
    if not recent:
        return
    model: type[Model] = type(next(iter(recent.values())))
    relation: Any = model._meta.get_field("events")
    timelines = defaultdict(list)
    column = relation.field.attname
    for event in relation.related_model.objects.filter(**{f"{column}__in": list(recent)}):
        timelines[getattr(event, column)].append(event)
    for pk, events in timelines.items():
        steps = list_steps(list_events_for_others(events, now), events[0])
        status = steps[-1].target if steps else events[0].source  # as it was before all of them
        if status and status != recent[pk].status:
            recent[pk].status = status
            recent[pk].status_since = steps[-1].at if steps else recent[pk].status_since
