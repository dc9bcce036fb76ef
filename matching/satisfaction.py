"""How content those who were helped were: an app behind this one asks them, and says whose answer
counts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.dispatch import Signal

from matching.models import Match

# A receiver answers with its Marks.
marks_asked = Signal()


@dataclass(frozen=True)
class Mark:
    """What one of those who were helped answered at the end, 1 to 5: of which match, and when."""

    match: int
    mark: int
    at: datetime


def list_marks():
    """List all marks that count."""
    answers: list[Any] = marks_asked.send(Match)
    return [mark for _receiver, marks in answers for mark in marks]
