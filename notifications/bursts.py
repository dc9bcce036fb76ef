"""Many letters within minutes about the same thing: one reader gets one.

The first of a burst leaves at once; those of the ten minutes after it are gathered. Where a kind
`waits`, the first is gathered too: who changes an agenda changes several items of it. One that
tells what a held letter says waits until that has left; some are discarded with it.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Q

from notifications.models import Letter, LetterQuerySet

MINUTES = timedelta(minutes=10)
KINDS: dict = {}  # the word before the colon of a burst: its Kind, where it is not Kind()


@dataclass(frozen=True)
class Kind:
    """How letters of a burst are combined.

    compose: (what stands behind the colon, the letters) -> template and facts of the letter in
    their place, None where nothing is to be told any more; without it their subjects are listed.
    A single one leaves as it is, but for a kind that both composes and waits. waits_for: what
    stands behind the colon -> the letters that hold it while they are held themselves;
    discarded_with: likewise those without which it has nothing to tell.
    """

    compose: Callable | None = None
    waits: bool = False
    waits_for: Callable[[str], LetterQuerySet] = lambda _about: Letter.objects.none()
    discarded_with: Callable[[str], LetterQuerySet] = lambda _about: Letter.objects.none()


def burst_kind(burst):
    """Return the kind of a burst, and what it is about."""
    name, _colon, about = burst.partition(":")
    return KINDS.get(name, Kind()), about


def is_held(burst: str, now: datetime) -> bool:
    """True while a letter is held that says what a burst tells."""
    kind, about = burst_kind(burst)
    return kind.waits_for(about).held(now).exists()


def discard_with(dropped: Collection[int], now: datetime) -> None:
    """Cancel what tells nothing without letters that were dropped: their readers' part, or all."""
    waiting = Letter.objects.unsent().filter(is_gathered=True).exclude(burst="")
    for burst in waiting.order_by().values_list("burst", flat=True).distinct():
        kind, about = burst_kind(burst)
        letters = kind.discarded_with(about)
        these = letters.filter(pk__in=dropped)
        if lines := set(these.values_list("concerned_pk", flat=True)):
            is_left = letters.filter(concerned_pk__in=lines, cancelled_at=None).exists()
            of_burst = waiting.filter(burst=burst)
            own = of_burst.filter(address__in=these.values_list("address", flat=True))
            (own if is_left else of_burst).cancel(now)


def combined_letters() -> Q:
    """Return the condition of letters whose facts another letter told in their place."""
    kinds = (name for name, kind in KINDS.items() if kind.compose)
    bursts = (Q(burst__startswith=f"{name}:") for name in kinds)
    return Q(is_gathered=True) & reduce(or_, bursts, Q(pk__in=[]))


def compose_latest(_about, letters):
    """Return the last letter of a burst in place of all: it includes the others."""
    context = {name: said for name, said in letters[-1].context.items() if name != "is_informed"}
    return context | {"template": letters[-1].template}


def burst_end(burst, recipient, now):
    """Return until when the next letter of a burst waits; None if it leaves as any other."""
    letters = Letter.objects.filter(burst=burst, address=recipient.address.lower())
    gathered = letters.unsent().filter(is_gathered=True).order_by("pk").first()
    if gathered is not None:
        return gathered.not_before
    if burst_kind(burst)[0].waits:
        return now + MINUTES
    lately = letters.filter(is_gathered=False, cancelled_at=None, not_before__gt=now - MINUTES)
    last = lately.order_by("not_before").last()
    return last.not_before + MINUTES if last else None
