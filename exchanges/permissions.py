"""Who may do what with an exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from connect.permissions import ALL, OFFICER, Condition, Permissions, Tie
from connect.types import User
from exchanges.enums import ExchangeStatus, Side
from matching.models import Interest
from matching.permissions import APPLICANT, expert_of
from registry.permissions import association_officer_of, author_of, signed_in_only

if TYPE_CHECKING:
    from exchanges.models import Exchange


def helper_of(match: str) -> Condition:
    """Make a tie of the experts of a row's match who still work for their side."""

    def condition(user: User) -> Q:
        own = Interest.objects.still_employed().filter(matches=OuterRef(match), expert__user=user)
        return Q(Exists(own))

    return signed_in_only(condition)


ASSOCIATION = Tie("officer of its association", association_officer_of("dossier__authority"))
EXPERT = Tie("an expert of the exchange", expert_of("match"))
# Who has left that authority reads on what they took part in, and acts for its side no more.
HELPER = Tie("an expert who still works for the side that helps", helper_of("match"))

AUTHOR = Tie("author of the applicant", author_of("dossier__authority"))

# Both sides and staff plan together, until it is over.
BEFORE_COMPLETED = {
    ExchangeStatus.AGREED,
    ExchangeStatus.PLANNED,
    ExchangeStatus.READY,
    ExchangeStatus.RUNNING,
    ExchangeStatus.POSTPONED,
    ExchangeStatus.INTERRUPTED,
}
ACCOUNTED = BEFORE_COMPLETED | {ExchangeStatus.COMPLETED}
NAMED = set(ExchangeStatus) - {ExchangeStatus.CLOSED, ExchangeStatus.CANCELLED}
INVITED_IN = {
    ExchangeStatus.PLANNED,
    ExchangeStatus.READY,
    ExchangeStatus.RUNNING,
}  # who takes part is told of the agenda
BEGUN = set(ExchangeStatus) - {
    ExchangeStatus.AGREED,
    ExchangeStatus.PLANNED,
    ExchangeStatus.READY,
    ExchangeStatus.POSTPONED,
    ExchangeStatus.CANCELLED,
}
# It took place; the two sides report and are asked, until it is closed.
FOLLOWED_IN = {
    ExchangeStatus.COMPLETED,
    ExchangeStatus.EVALUATED,
    ExchangeStatus.FOLLOW_UP_6M,
    ExchangeStatus.FOLLOW_UP_12M,
}
# A closed exchange cannot be changed, by staff neither.
GOES_ON = BEGUN - {ExchangeStatus.CLOSED}
EXCHANGES = Permissions(
    {
        "read": {APPLICANT: ALL, EXPERT: ALL, ASSOCIATION: ALL, OFFICER: ALL},
        "meet": {APPLICANT: ALL, EXPERT: ALL, OFFICER: ALL},
        # Each side names its own people, see `sides_of`, and corrects them until it is closed.
        "name": {AUTHOR: NAMED, HELPER: NAMED, ASSOCIATION: NAMED, OFFICER: NAMED},
        "plan": {AUTHOR: BEFORE_COMPLETED, HELPER: BEFORE_COMPLETED, OFFICER: BEFORE_COMPLETED},
        # The days on which it took place, once nobody plans it any more.
        "correct": {OFFICER: FOLLOWED_IN},
        # Until the accounts are in.
        "account": {AUTHOR: ACCOUNTED, HELPER: ACCOUNTED, OFFICER: ACCOUNTED},
        # Who was there, the diary's remarks, pictures.
        "record": {AUTHOR: GOES_ON, HELPER: GOES_ON, OFFICER: GOES_ON},
        # A file that must go, whatever the status: with a reason, see `withdrawals`.
        "withdraw": {OFFICER: ALL},
        "pause reminders": {OFFICER: ALL},
        "observe": {ASSOCIATION: BEFORE_COMPLETED},
        # The plan and its reports are the town's; staff type in what they hear from it.
        "follow": {AUTHOR: GOES_ON, OFFICER: GOES_ON},
    }
)

SIDES = {AUTHOR: {Side.REQUESTING}, HELPER: {Side.OFFERING}, ASSOCIATION: {Side.ASSOCIATION}}


def sides_of(user: User, exchange: Exchange) -> set[Side]:
    """Return the sides whose people this person may name, change and take out."""
    if OFFICER.holds(user, exchange):
        return set(Side)
    return set().union(*(sides for tie, sides in SIDES.items() if tie.holds(user, exchange)))


def may_host(user: User, exchange: Exchange) -> bool:
    """True for the hosting side and for staff: they invite guests."""
    return exchange.hosting_side in sides_of(user, exchange)


def may_confirm(user: User, exchange: Exchange) -> bool:
    """True for the side that asked and for staff: they confirm who took part.

    No expert of the exchange does, an officer neither: whom they confirm rates them.
    """
    if EXPERT.holds(user, exchange):
        return False
    return OFFICER.holds(user, exchange) or AUTHOR.holds(user, exchange)
