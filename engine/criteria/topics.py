"""Topics: how much of what is asked an offer covers, by importance and by level."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.columns import OfferColumns, Topics
from engine.criterion import Criterion, Reverse, all_unknown
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
    for code, importance in sorted(need.topics.items()):  # sums are the same in any order
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


def lay_needs(needs: Sequence[Need], catalogue: OfferColumns) -> tuple[np.ndarray, np.ndarray]:
    """Return (n_topics, n) importances, and (n,) their sums."""
    importances = np.zeros((len(catalogue.themes.codes), len(needs)), np.uint8)
    for row, need in enumerate(needs):
        for code, importance in need.topics.items():
            importances[catalogue.themes.position[code], row] = importance
    return importances, importances.sum(axis=0).astype(np.float32)


def score_needs(offer: Offer, laid: Any, catalogue: OfferColumns) -> np.ndarray:
    """As `score`, for one offer."""
    importances, sums = laid
    themes = catalogue.themes
    best = np.zeros(len(themes.codes), np.float32)
    for code, level in offer.topics.items():
        worth = themes.nearness[themes.position[code]].astype(np.float32) * MASTERY[level]
        best = np.maximum(best, worth)
    total = np.zeros(len(sums), np.float32)
    for place in np.flatnonzero(best):
        total += importances[place] * best[place]
    is_known = (sums > 0) & bool(offer.topics)
    with np.errstate(invalid="ignore"):
        return np.where(is_known, total / sums, np.float32(np.nan))


def weigh_topics(need: Need, catalogue: OfferColumns, offer: Offer) -> dict[str, float]:
    """Return what an offer is worth of each topic asked, 0 to 1."""
    themes = catalogue.themes
    return {
        code: round(
            max(
                (
                    float(themes.nearness[themes.position[code], themes.position[held]])
                    * float(MASTERY[level])
                    for held, level in offer.topics.items()
                ),
                default=0.0,
            ),
            4,
        )
        for code in need.topics
    }


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the topics asked that the offer states, its others of the themes of those that it does
    not, and these, what matters most first; and what it is worth of each that is asked."""
    covered = {code: offer.topics[code] for code in need.topics if code in offer.topics}
    missing = [code for code in need.topics if code not in covered]
    missing.sort(key=lambda code: -need.topics[code])
    themes = {code.split("/")[0] for code in missing}
    near = {
        code: level
        for code, level in offer.topics.items()
        if code not in covered and code.split("/")[0] in themes
    }
    return {
        "covered": covered,
        "near": near,
        "missing": missing,
        "asked": dict(need.topics),
        "worth": weigh_topics(need, catalogue, offer),
    }


CRITERION = Criterion(
    "topics",
    0,
    25,
    score,
    facts,
    columns=(Topics("topics"),),
    is_subject=True,
    reverse=Reverse(lay_needs, score_needs),
)
