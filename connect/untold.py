"""What officers may still undo: nobody outside is told of it until then, on no page either.

A line of a timeline that `can_be_undone` is for staff alone for `UNDO_FOR`; and for good once a
step that `undoes` follows it, with that step, or where another step ended it within that time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.conf import settings
from django.db.models import CharField, Exists, F, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from connect.transitions import Event, machine_of


def is_untold(event: Event, now: datetime) -> bool:
    """True while an officer may undo it: nobody outside has been told."""
    is_of_officer = event.actor_id is not None and event.type and event.type.can_be_undone
    return bool(is_of_officer and now < event.at + settings.UNDO_FOR)


def untold(events: QuerySet[Any], thing: str, now: datetime, *verbs: str) -> Exists:
    """Make a condition of the rows that stand where an officer has just put them by such a verb."""
    just = events.filter(verb__in=verbs, at__gt=now - settings.UNDO_FOR)
    just = just.filter(**{thing: OuterRef("pk")}, at=OuterRef("status_since"))
    return Exists(just.filter(~Q(actor=None)))


def told_status(events: QuerySet[Any], thing: str, now: datetime) -> Coalesce:
    """Return the status of rows of which others than staff know, as `show_as_told` gives it.

    events: of their timelines; thing: the name of the row in them. That is the status before the
    first of the steps just taken that an officer can undo, undone ones among them.
    """
    verbs = machine_of(events.model).verbs.items()
    undoable = Q(verb__in=[verb for verb, kind in verbs if kind.can_be_undone]) & ~Q(actor=None)
    undoing = Q(verb__in=[verb for verb, kind in verbs if kind.undoes])
    same_thing = events.filter(**{thing: OuterRef(thing)}, pk__gt=OuterRef("pk"))
    stays = Q(source="") | Q(source=F("target"))
    later = same_thing.exclude(stays | undoable | undoing)  # it is told, and ends what was not
    just = events.filter(undoable, ~stays, ~Exists(later), at__gt=now - settings.UNDO_FOR)
    first = just.filter(**{thing: OuterRef("pk")}).order_by("at", "pk")
    return Coalesce(Subquery(first.values("source")[:1]), F("status"), output_field=CharField())


def list_steps(lines: Iterable[Any], first: Any) -> list[Any]:
    """List those lines of a timeline that moved it: its first, and each to another status.

    One of another kind, as a file that is taken over, names no source or the same.
    """
    return [one for one in lines if one is first or one.source not in ("", one.target)]


def list_told_events(events: Iterable[Any], now: datetime) -> list[Any]:
    """List those lines of a timeline, oldest first, of which others than staff know."""
    events = list(events)
    told: list[Any] = []
    for event in events:
        is_undo = event.type is not None and event.type.undoes
        steps = reversed(list_steps(told, events[0])) if is_undo else ()
        before = next((one for one in steps if one.target == event.source), None)
        if before is not None and before.type and before.type.can_be_undone:
            told.remove(before)
        else:
            told.append(event)
    moved = list_steps(told, events[0]) if events else []
    ended = [one for one, after in pairwise(moved) if one.source and is_untold(one, after.at)]
    return [event for event in told if event not in ended and not is_untold(event, now)]


def show_as_told(things: Iterable[Any], now: datetime) -> None:
    """Give rows the status of which others than staff know, to be shown and never saved.

    One query, for those whose status has just changed.
    """
    recent = {one.pk: one for one in things if one.status_since > now - settings.UNDO_FOR}
    if not recent:
        return
    model: type[Model] = type(next(iter(recent.values())))
    relation: Any = model._meta.get_field("events")
    found = defaultdict(list)
    column = relation.field.attname
    for event in relation.related_model.objects.filter(**{f"{column}__in": list(recent)}):
        found[getattr(event, column)].append(event)
    for pk, events in found.items():
        steps = list_steps(list_told_events(events, now), events[0])
        status = steps[-1].target if steps else events[0].source  # as it was before all of them
        if status and status != recent[pk].status:
            recent[pk].status = status
            recent[pk].status_since = steps[-1].at if steps else recent[pk].status_since
