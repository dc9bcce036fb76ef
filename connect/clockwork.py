"""What happens by the clock: each app names its rules here, for the workers and for the preview.

A rule takes an instant and does whatever is due by then, found by a query: run late, twice or
on two machines, it does the same once.
"""

import logging
from functools import partial

from django.db import transaction

logger = logging.getLogger(__name__)
RULES: list = []
WRITING: list = []  # those of them whose letters are foreseen


def by_the_clock(rule=None, *, writes=True):
    """Name a function `(now) -> anything` as one that the clock calls.

    One that `writes` no letters, or erases people to whom it writes before, is left out where the
    letters to come are foreseen: a look ahead is for reading, and holds up nobody.
    """
    if rule is None:
        return partial(by_the_clock, writes=writes)
    RULES.append(rule)
    if writes:
        WRITING.append(rule)
    return rule


def follow(now, rules=None):
    """Do what is due at `now` by some rules, or by all: {rule: what it returned}.

    One that fails stops no other.
    """
    done = {}
    for rule in RULES if rules is None else rules:
        name = f"{rule.__module__}.{rule.__name__}"
        try:
            with transaction.atomic():
                done[name] = rule(now)
        except Exception as error:
            logger.exception("%s failed", name)
            done[name] = f"{type(error).__name__}: {error}"
    return done
