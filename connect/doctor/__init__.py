"""Examinations of an installation, tried on what it is made of: `manage.py doctor` prints them.

Each yields a Fault for what is wrong: why that matters, and how it is mended. Apps add their own
in a module `doctor`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from django.db import DatabaseError, connection


@dataclass(frozen=True)
class Fault:
    what: str
    why: str
    mend: str


@dataclass(frozen=True)
class Examination:
    """asks: what it asks besides itself; without a database it is not made."""

    name: str
    function: Callable[[], Iterable[Fault]]
    needs_database: bool


EXAMINATIONS: dict[str, Examination] = {}
Examine = Callable[[], Iterable[Fault]]


def examines(name: str, *, needs_database: bool = False) -> Callable[[Examine], Examine]:
    """Register an examination under a name that its administrator reads."""

    def register(function: Examine) -> Examine:
        EXAMINATIONS[name] = Examination(name, function, needs_database)
        return function

    return register


def is_database_away() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return True
    return False


def examine(
    names: Iterable[str] = (), skipped: Collection[str] = ()
) -> Iterator[tuple[str, list[Fault] | None]]:
    """Make the examinations of these names, or all but some: (name, faults), None if not made."""
    is_away = is_database_away()
    for name, examination in EXAMINATIONS.items():
        if (names and name not in names) or name in skipped:
            continue
        yield name, None if is_away and examination.needs_database else find_faults(examination)


def find_faults(examination: Examination) -> list[Fault]:
    """Return what an examination finds; where it fails itself, that is a fault too."""
    try:
        return list(examination.function())
    except Exception as error:
        words = f"{type(error).__name__}: {first_line(error)}"
        why = "It is not known whether this part works."
        return [Fault(f"It could not be examined ({words})", why, "Mend what it says; try again.")]


def first_line(error: BaseException) -> str:
    """Return what an error says, in one line."""
    return next(iter(str(error).strip().splitlines()), "") or type(error).__name__
