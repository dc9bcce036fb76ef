"""Peer: the same function, and elected or technical as asked: colleague to colleague."""

import numpy as np

from engine.columns import OfferColumns, Word
from engine.criterion import Criterion, all_unknown, score_words, weighted_mean
from engine.model import Need, Offer

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


def score_function(asked: str, held: str) -> float:
    """Return 1 for the same function, 0.5 for a related one.

    >>> score_function("water", "water"), score_function("water", "waste")
    (1.0, 0.5)
    """
    if asked == held:
        return 1.0
    return 0.5 if any({asked, held} <= group for group in RELATED_FUNCTIONS) else 0.0


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return 0.7 of the function and 0.3 of the role, or of the one that is asked."""
    parts = []
    if need.function:
        asked = need.function
        held = score_words(catalogue, "function", lambda held: score_function(asked, held))
        parts.append((0.7, held))
    if need.role == "both":
        parts.append((0.3, np.ones(catalogue.size, np.float32)))
    elif need.role:
        held = score_words(catalogue, "role", lambda held: float(held in (need.role, "both")))
        parts.append((0.3, held))
    return weighted_mean(parts) if parts else all_unknown(catalogue)


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the function and role held, and the function asked."""
    return {"function": offer.function, "role": offer.role, "asked": need.function}


CRITERION = Criterion(
    "peer",
    2,
    20,
    score,
    facts,
    columns=(Word("function"), Word("role")),
    asks=("function", "role"),
)
