"""Reading help: texts in a language that their reader lacks, offered as a machine translates them.

Each app declares which texts of its rows may be sent (`declare_source`): never files, names,
contacts, incidents. What is asked for waits as a `Translation`, by the digest of the text, and a
worker has it translated (`translating.py`). Whoever may read a text may ask; whatever shows the
text shows its translation too (`templatetags/reading.py`), and always the original.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from connect.cached_counts import is_within_limit
from connect.languages import join_names, language_within
from connect.models import Translation, TranslationState
from connect.translators import LONGEST
from connect.types import User

MOST_A_DAY = 200_000  # characters that one person may have translated: a dozen applications
MOST_ROWS = 60  # of one request: what a page shows


@dataclass(frozen=True)
class Passage:
    """A text as its reader sees it, and what is known of its language; "": nothing."""

    words: str
    language: str = ""

    @property
    def digest(self) -> str:
        return digest_of(self.words)

    @property
    def may_be_sent(self) -> bool:
        return len(self.words) <= LONGEST and any(map(str.isalpha, self.words))


@dataclass(frozen=True)
class Source:
    """Where texts come from that may be translated.

    rows: reader -> the rows of which they may read the texts. passages: (row, reader) -> its texts
    as this reader sees them. hides: row -> names that are taken out before a text is sent.
    """

    kind: str
    rows: Callable[[User], QuerySet[Any]]
    passages: Callable[[Any, User], Iterable[Passage]]
    hides: Callable[[Any], Iterable[str]] = lambda row: ()


SOURCES: dict[str, Source] = {}
# From a person to the codes of languages that they said they know.
LANGUAGES_READ: list[Callable[[User], Iterable[str]]] = []


def declare_source(source: Source) -> None:
    SOURCES[source.kind] = source


def digest_of(words: str) -> str:
    """Return the digest of a text, from which nobody without our key can guess a short one."""
    return salted_hmac("connect.reading_help", words.strip(), algorithm="sha256").hexdigest()


def languages_read_by(user: User, target: str) -> set[str]:
    """Return the languages that a reader needs no help with: of the page, and those they named."""
    return {target}.union(*(ask(user) for ask in LANGUAGES_READ))


@dataclass(frozen=True)
class ReadingHelp:
    """What a page can offer of the texts that it shows, in its own language."""

    named: list[str]  # kind:row, as a form posts them
    foreign: list[Passage]
    translations: dict[str, Translation]  # by the digest of the text
    service: str

    @cached_property
    def translatable(self) -> list[Passage]:
        """The texts that nobody asked for yet, or whose translation failed."""
        states = {digest: one.state for digest, one in self.translations.items()}
        again = (None, TranslationState.FAILED)
        return [one for one in self.foreign if states.get(one.digest) in again]

    def count(self, *states: str) -> int:
        return sum(one.state in states for one in self.translations.values())

    @property
    def waiting(self) -> int:
        return self.count(TranslationState.WAITING, TranslationState.SENT)

    @property
    def is_away(self) -> bool:
        waits = (one for one in self.translations.values() if one.state == TranslationState.WAITING)
        return any(one.error for one in waits)

    @property
    def failed_count(self) -> int:
        return self.count(TranslationState.FAILED)

    @property
    def done_count(self) -> int:
        return self.count(TranslationState.DONE)

    @property
    def languages(self) -> str:
        """The languages of what is offered, within a sentence; "" where one is unknown."""
        codes = {one.language for one in self.translatable}
        return "" if "" in codes else join_names(sorted(map(language_within, codes)))


def list_foreign(
    named_rows: Iterable[tuple[str, Any]], user: User, target: str
) -> dict[str, tuple[str, Any, Passage]]:
    """Return {digest: (kind, row, text)} of what this reader may lack the language of."""
    known = languages_read_by(user, target)
    return {
        passage.digest: (kind, row, passage)
        for kind, row in named_rows
        for passage in SOURCES[kind].passages(row, user)
        if passage.may_be_sent and passage.language not in known
    }


def find_reading_help(
    named_rows: Sequence[tuple[str, Any]], user: User, target: str, service: str
) -> ReadingHelp:
    """Return what can be offered of (kind, row) that a page shows to a reader."""
    foreign = list_foreign(named_rows, user, target)
    kept = Translation.objects.filter(digest__in=foreign, target=target)
    return ReadingHelp(
        named=[f"{kind}:{row.pk}" for kind, row in named_rows],
        foreign=[passage for _kind, _row, passage in foreign.values()],
        translations={one.digest: one for one in kept} if foreign else {},
        service=service,
    )


def count_waiting(texts: Iterable[tuple[str, Any]], target: str) -> int:
    """Count the texts of (kind, row) that wait for their translation, without reading them."""
    theirs = Q(pk__in=[])
    for kind, row in texts:
        theirs |= Q(kind=kind, row=row.pk)
    states = (TranslationState.WAITING, TranslationState.SENT)
    return Translation.objects.filter(theirs, target=target, state__in=states).count()


def find_named_rows(named: Iterable[str], user: User) -> list[tuple[str, Any]]:
    """Return [(kind, row)] of what a form names as kind:row; none that this person may not read."""
    keys: dict[str, list[int]] = {}
    for one in list(named)[:MOST_ROWS]:
        kind, _colon, row = one.partition(":")
        if kind in SOURCES and row.isascii() and row.isdecimal():
            keys.setdefault(kind, []).append(int(row[:18]))
    return [
        (kind, row)
        for kind, some in keys.items()
        for row in SOURCES[kind].rows(user).filter(pk__in=some).order_by("pk")
    ]


@transaction.atomic
def request_translations(
    named_rows: Iterable[tuple[str, Any]], user: User, target: str, now: datetime | None = None
) -> int:
    """Request the texts of rows in a language; return how many are new.

    A text that somebody asked for before is not sent again. ValidationError where this person had
    too much translated within a day: then nothing is asked for.
    """
    now = now or timezone.now()
    get_user_model().objects.select_for_update(of=("self",)).get(pk=user.pk)  # one by one
    wanted = list_foreign(named_rows, user, target)
    there = Translation.objects.filter(digest__in=wanted, target=target)
    there.filter(state=TranslationState.FAILED).delete()
    for digest in there.values_list("digest", flat=True):
        wanted.pop(digest)
    # Counted when asked for: rows go with their texts, and are made again by “Try again”.
    characters = sum(len(one.words) for _kind, _row, one in wanted.values())
    if not is_within_limit(f"translated:{user.pk}", 24 * 3600, MOST_A_DAY, characters):
        raise ValidationError(
            _("You have had as much translated today as one person may. Ask again tomorrow."),
            code="limit",
        )
    rows = [
        Translation(
            digest=digest,
            target=target,
            source=passage.language,
            kind=kind,
            row=row.pk,
            characters=len(passage.words),
            asked_by=user,
            asked_at=now,
        )
        for digest, (kind, row, passage) in wanted.items()
    ]
    Translation.objects.bulk_create(rows, ignore_conflicts=True)  # somebody else, just now
    return len(rows)
