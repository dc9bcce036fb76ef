"""Peer: the same function, and elected or technical as asked: colleague to colleague.

It counts as far as the subject supports it: see `engine/support.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.columns import OfferColumns, Word
from engine.criterion import Criterion, Reverse, all_unknown, group_rows, score_words
from engine.model import Need, Offer

ONE_ROLE = ("elected", "technical")  # where both are asked for, any is right
# Functions whose holders meet the same questions, in part.
RELATED_FUNCTIONS = [
    {"mayor", "councillor", "chief-executive"},
    {"water", "waste", "engineering", "environment"},
    {"planning", "engineering", "environment"},
    {"finance", "chief-executive", "legal", "hr"},
    {"economy", "planning", "international", "communication"},
    {"social", "education", "safety"},
    {"digital", "hr", "finance"},
]
RELATED = 0.5
# Where a field of work is asked, and not known, it counts as that of a usual colleague: what is
# missing moves nobody much (bench/fairness.py).
UNSAID = np.float32(0.65)
ROLE = np.float32(0.3)  # what is lost where elected or technical is not as asked
SAME_FIELD = 1 - ROLE  # what the same field earns at least, and no other


def score_function(asked: str, held: str) -> float:
    """Return 1 for the same function, 0.5 for a related one.

    >>> score_function("water", "water"), score_function("water", "waste")
    (1.0, 0.5)
    """
    if asked == held:
        return 1.0
    return RELATED if any({asked, held} <= group for group in RELATED_FUNCTIONS) else 0.0


def score_role(asked: str, held: str) -> float:
    """Return 1 for the role that is asked."""
    return float(held in (asked, "both"))


def weigh(function: np.ndarray, role: np.ndarray) -> np.ndarray:
    """Return (n,) what a function in common is worth, less where the role is another; unknown where
    neither is known. function, role: (n,) float32, NaN where unknown."""
    worth = np.where(np.isnan(function), UNSAID, function)
    worth *= np.where(np.isnan(role), np.float32(1), 1 - ROLE + ROLE * role)
    return np.where(np.isnan(function) & np.isnan(role), np.float32(np.nan), worth)


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return what the function and the role are worth, or the role where no function is asked."""
    role = all_unknown(catalogue)
    if need.role in ONE_ROLE:
        asked_role = need.role
        role = score_words(catalogue, "role", lambda held: score_role(asked_role, held))
    if not need.function:
        return role
    asked = need.function
    function = score_words(catalogue, "function", lambda held: score_function(asked, held))
    return weigh(function, role)


@dataclass(frozen=True)
class AskedWork:
    """The functions and roles that n needs ask: {word: rows}, and (n,) whether a function is."""

    functions: dict[str, np.ndarray]
    roles: dict[str, np.ndarray]
    has_function: np.ndarray


def lay_needs(needs: Sequence[Need], catalogue: OfferColumns) -> AskedWork:
    """Lay needs for `score_needs`."""
    functions = group_rows([need.function for need in needs])
    roles = group_rows([need.role if need.role in ONE_ROLE else None for need in needs])
    has_function = np.array([bool(need.function) for need in needs], bool)
    return AskedWork(functions, roles, has_function)


def score_needs(offer: Offer, laid: AskedWork, catalogue: OfferColumns) -> np.ndarray:
    """As `score`, for one offer."""
    function, role = (np.full(len(laid.has_function), np.nan, np.float32) for _ in range(2))
    if offer.function:
        for asked, rows in laid.functions.items():
            function[rows] = score_function(asked, offer.function)
    if offer.role:
        for asked, rows in laid.roles.items():
            role[rows] = score_role(asked, offer.role)
    return np.where(laid.has_function, weigh(function, role), role)


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return function and role, held and asked."""
    return {
        "function": offer.function,
        "role": offer.role,
        "asked": need.function,
        "asked_role": need.role,
    }


CRITERION = Criterion(
    "peer",
    2,
    20,
    score,
    facts,
    columns=(Word("function"), Word("role")),
    reverse=Reverse(lay_needs, score_needs),
)
