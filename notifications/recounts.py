"""What reminds of something is counted and dated anew as it leaves.

Before that it waits: for the minutes of its burst, its reader's morning, or an officer who reviews
it. Meanwhile what it asks for may have been done, or its day moved. What an officer edited leaves
in their words.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Model

from notifications.models import Letter

# (the row that it concerns, the letter, now) -> its facts of now; None: nothing is left to say.
Recount = Callable[[Any, Letter, datetime], dict[str, Any] | None]
RECOUNTS: dict[str, Recount] = {}


def recounts(template: str) -> Callable[[Recount], Recount]:
    """Register the function that counts a kind of letter anew."""

    def register(function: Recount) -> Recount:
        RECOUNTS[template] = function
        return function

    return register


def concerned_row(letter: Letter) -> Model | None:
    """Return the row that a letter is about, also in place of others; None if it is gone."""
    if not letter.concerned_model:
        return None
    table = apps.get_model(letter.concerned_model)
    row = table._default_manager.filter(pk=letter.concerned_pk).first()
    return concerned_row(row) if isinstance(row, Letter) else row


def recount_facts(letter: Letter, now: datetime) -> dict[str, Any] | None:
    """Return the facts of a letter that have changed since; None if it is no longer needed."""
    count = RECOUNTS.get(letter.template)
    if count is None or not letter.concerned_model:
        return {}
    row = concerned_row(letter)
    return None if row is None else count(row, letter, now)
