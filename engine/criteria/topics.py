"""Topics: how much of what is asked an offer covers, by importance and by level."""

import numpy as np

from engine.columns import OfferColumns, Topics
from engine.criterion import Criterion, all_unknown
from engine.model import Need, Offer

MASTERY = np.array([0.0, 0.4, 0.65, 0.9, 1.0], np.float32)  # worth of a level 0..4


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return the coverage of the topics asked; a near topic counts in part, by mastery.

    Tversky, "Features of similarity" (1977), the ratio model with alpha = 1 and beta = 0:
    what an offer has beyond the need costs it nothing.
    """
    if not need.topics:
        return all_unknown(catalogue)
    total = np.zeros(catalogue.size, np.float32)
    for code, importance in need.topics.items():
        near = catalogue.themes.nearness[catalogue.themes.position[code]]
        best = np.zeros(catalogue.size, np.float32)
        for place in np.flatnonzero(near):
            levels = catalogue.topics[place, : catalogue.size]
            rows = np.flatnonzero(levels != 0)  # few offers name a given topic
            worth = np.float32(near[place]) * MASTERY[levels[rows]]
            best[rows] = np.maximum(best[rows], worth)
        total += np.float32(importance) * best
    share = total / np.float32(sum(need.topics.values()))
    return np.where(catalogue["has_topics"], share, np.float32(np.nan))


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the topics asked that the offer states, its others of their themes, and what lacks."""
    covered = {code: offer.topics[code] for code in need.topics if code in offer.topics}
    near: dict[str, int] = {}
    missing = []
    for code in need.topics:
        others = {
            other: level
            for other, level in offer.topics.items()
            if other not in covered and code.split("/")[0] == other.split("/")[0]
        }
        if code not in covered:
            near |= others
            if not others:
                missing.append(code)
    return {"covered": covered, "near": near, "missing": missing}


CRITERION = Criterion("topics", 0, 25, score, facts, columns=(Topics("topics"),), is_subject=True)
