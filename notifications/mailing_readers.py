"""The recipients of e-mails that staff write to many: the people of listed rows, each once.

Apps name their lists (`MailingList`): who stands behind the rows, what may be said of each, why
they are written to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connect.languages import nearest_language
from connect.types import Reader, User, Words
from notifications.mailing_models import Mailing
from notifications.models import DeadAddress, Pause
from notifications.outbox import is_unreachable

KIND = "programme"  # of optional e-mails
MOST_NAMED = 30  # names of rows that nobody stands behind
FoundReaders = Iterable[tuple[int, Reader, dict[str, str]]]


@dataclass(frozen=True)
class MailingList:
    """A list whose people may be written to.

    why: said in each e-mail. facts: what may stand in its text, beside the name, in words. visible:
    the rows that an officer may see. find: each person of some rows, with the key of the row and
    its facts.
    """

    model: type[Model]
    why: Promise
    facts: dict[str, Words]
    visible: Callable[[User], QuerySet[Any]]
    find: Callable[[QuerySet[Any]], FoundReaders]

    @property
    def words(self) -> Words:
        return self.model._meta.verbose_name_plural or ""


LISTS: dict[str, MailingList] = {}
# Each gives the addresses of the accounts that are being closed.
CLOSING: list[Callable[[], Iterable[str]]] = []


def add_list(listed: MailingList) -> None:
    LISTS[listed.model._meta.label_lower] = listed


def list_of(mailing: Mailing) -> MailingList:
    return LISTS[mailing.model]


@dataclass
class Addressee:
    """Somebody to write to, with the facts of all rows that stand for them."""

    reader: Reader
    facts: dict[str, list[str]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return self.reader.address.lower()

    @property
    def language(self) -> str:
        return nearest_language(self.reader.language)

    def add(self, facts: dict[str, str]) -> None:
        for name, value in facts.items():
            if value and value not in self.facts.setdefault(name, []):
                self.facts[name].append(value)


class Readers(NamedTuple):
    """Who is written to, by address, and how many are not, by the reason.

    without: how many of the chosen rows nobody stands behind; named: of those its writer may see,
    the first by name.
    """

    to: list[Addressee]
    left_out: dict[Words, int]
    without: int
    named: list[str]


def find_readers(mailing: Mailing, now: datetime) -> Readers:
    """List the recipients of an e-mail: people of the rows that its writer may see, each once."""
    addressees: dict[str, Addressee] = {}
    listed, without, seen = list_of(mailing), 0, set()
    rows = listed.model._default_manager.none()
    if mailing.made_by is not None:
        rows = listed.visible(mailing.made_by).filter(pk__in=mailing.rows)
    for row, reader, facts in listed.find(rows):
        seen.add(row)
        if is_unreachable(reader):
            without += 1
            continue
        addressees.setdefault(reader.address.lower(), Addressee(reader)).add(facts)
    failing = set(DeadAddress.objects.failing(now).values_list("address", flat=True))
    paused = set(Pause.objects.filter(kind=KIND).values_list("address", flat=True))
    closing = {address.lower() for find in CLOSING for address in find()}
    to, left_out = [], Counter({_("without an e-mail address"): without})
    for address, one in sorted(addressees.items()):
        if not getattr(one.reader, "is_active", True) or address in closing:
            left_out[_("account closed, or being closed")] += 1
        elif address in failing:
            left_out[_("address that fails")] += 1
        elif mailing.is_optional and address in paused:
            left_out[_("paused such e-mails")] += 1
        else:
            to.append(one)
    counted: dict[Words, int] = {words: number for words, number in left_out.items() if number}
    alone = set(mailing.rows) - seen
    named = rows.filter(pk__in=alone).order_by("pk")[:MOST_NAMED] if alone else []
    return Readers(to, counted, len(alone), [str(one) for one in named])
