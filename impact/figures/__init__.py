"""What the programme comes to: every figure by query, with what it counts in words (domain.md 13).

One person in two exchanges is two participations and one participant; "not told" is a column of its
own; cancelled exchanges are counted apart, interrupted ones in.
"""

from django.utils import timezone

from exchanges.permissions import BEGUN
from impact.figures.afterwards import afterwards_of
from impact.figures.exchanges import exchanges_of, flows_of
from impact.figures.money import money_of
from impact.figures.opinions import opinions_of
from impact.figures.people import people_of
from impact.figures.requests import requests_of
from impact.figures.shape import Impact


def impact_of(asked, now):
    """Count everything that is asked for, in a fixed number of queries."""
    every = asked.exchanges()
    held = every.filter(status__in=BEGUN)
    flows = flows_of(held)
    return Impact(
        [
            exchanges_of(every, held, flows),
            people_of(held),
            requests_of(asked),
            afterwards_of(held, timezone.localdate(now)),
            opinions_of(held, timezone.localdate(now)),
            money_of(held),
        ],
        flows,
    )
