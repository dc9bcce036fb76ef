"""What is left of a call's budget: reckoned by a later app, which knows of exchanges."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from applications.models import Call

    Reckon = Callable[[QuerySet[Call]], QuerySet[Any]]

RECKONERS: list[Reckon] = []


def reckons_calls(reckon: Reckon) -> Reckon:
    """Register a function that adds `committed` and `remaining` to calls."""
    RECKONERS.append(reckon)
    return reckon


def with_money(calls: QuerySet[Call]) -> QuerySet[Any]:
    for reckon in RECKONERS:
        calls = reckon(calls)
    return calls
