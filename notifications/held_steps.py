"""Steps whose e-mails are held: until one leaves, nobody outside knows of the step."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from connect import undo_period
from connect.transitions import Event
from notifications.models import Hold, Letter, LetterQuerySet, row_kind

FOR_GOOD = datetime.max.replace(tzinfo=UTC)  # until somebody has reviewed it


def letters_of(model: type[Event], **columns: Any) -> LetterQuerySet:
    return Letter.objects.filter(concerned_model=row_kind(model), **columns)


class HeldSteps:
    """Answers what `connect.undo_period` asks of the e-mails about the lines of a timeline."""

    def held_until(self, model: type[Event], lines: Collection[int]) -> dict[int, datetime]:
        until: dict[int, datetime] = {}
        sent = set()
        for letter in letters_of(model, concerned_pk__in=lines).defer("secret"):
            line: Any = letter.concerned_pk
            if letter.sent_at:
                sent.add(line)
            elif letter.hold:
                ends = FOR_GOOD if letter.hold == Hold.REVIEW else letter.not_before
                until[line] = max(letter.cancelled_at or ends, until.get(line, letter.created_at))
        return {line: until[line] for line in until.keys() - sent}

    def is_held(self, model: type[Event], now: datetime) -> Q:
        held = self.of_line(model).held(now)
        return Q(Exists(held)) & ~self.has_left(model)

    def were_never_sent(self, model: type[Event]) -> Q:
        kept = self.of_line(model).exclude(hold=Hold.NONE)
        return Q(Exists(kept)) & ~self.has_left(model)

    def has_left(self, model: type[Event]) -> Q:
        return Q(Exists(self.of_line(model).exclude(sent_at=None)))

    def of_line(self, model: type[Event]) -> LetterQuerySet:
        return letters_of(model, concerned_pk=OuterRef("pk"))


undo_period.HOLDS.append(HeldSteps())
