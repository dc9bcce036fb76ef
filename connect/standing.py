"""Where something is: who has it, what comes next and by which day; its page opens with that.

What the reader may do about it are their tasks on it, of `connect.my_work`: no second list.
"""

from dataclasses import dataclass
from datetime import date, datetime

from connect.my_work import Task, list_tasks, remember_count
from connect.types import Visitor, Words


@dataclass(frozen=True)
class Standing:
    """who: a sentence about who has it; ahead: what happens next, by the day `until`."""

    who: Words = ""
    ahead: Words = ""
    until: date | None = None


def tasks_on(user: Visitor, path: str, now: datetime) -> list[Task]:
    """List what a person is asked on a page, or on what it shows."""
    if not user.is_authenticated:
        return []
    tasks = list_tasks(user, now)
    remember_count(user, tasks)  # for the header of the same page
    return [task for task in tasks if task.asks and path in (task.belongs_to, task.path)]
