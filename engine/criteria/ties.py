"""Ties: whether the two authorities have worked together before."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.columns import Naming, OfferColumns
from engine.criterion import Criterion, Reverse, all_unknown, rows_by_authority
from engine.model import Need, Offer


def earlier_exchanges(need: Need, offer: Offer) -> dict[str, int]:
    """Return earlier exchanges of the two, without the need's own: {id of a need: year}."""
    agreed = offer.exchanges.get(need.authority or "", {})
    return {key: year for key, year in agreed.items() if key != need.id}


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return 1 for a partnership declared or an exchange agreed before, 0 where somebody said that
    there is none, and unknown where nobody was asked."""
    values = all_unknown(catalogue)
    if not need.authority:
        return values
    values[sorted(catalogue.naming("no_ties", need.authority))] = 0
    values[sorted(catalogue.naming("ties", need.authority))] = 1
    for row in catalogue.naming("exchanges", need.authority):
        if catalogue.named["exchanges"][row][need.authority].keys() - {need.id}:
            values[row] = 1
    return values


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return what was declared, True, False or None, and the exchanges that were agreed before."""
    declared = None
    if need.authority in offer.ties:
        declared = True
    elif need.authority in offer.no_ties:
        declared = False
    return {"declared": declared, "exchanges": earlier_exchanges(need, offer)}


def lay_needs(
    needs: Sequence[Need], catalogue: OfferColumns
) -> tuple[dict[str, list[int]], Sequence[Need]]:
    """Return {authority: its needs' rows}, and the needs."""
    return rows_by_authority(needs), needs


def score_needs(offer: Offer, laid: Any, catalogue: OfferColumns) -> np.ndarray:
    """As `score`, for one offer."""
    rows, needs = laid
    values = np.full(len(needs), np.nan, np.float32)
    for authority in offer.no_ties:
        values[rows.get(authority, [])] = 0
    for authority in offer.ties:
        values[rows.get(authority, [])] = 1
    for authority in offer.exchanges:
        agreed = [row for row in rows.get(authority, []) if earlier_exchanges(needs[row], offer)]
        values[agreed] = 1
    return values


CRITERION = Criterion(
    "ties",
    7,
    2,
    score,
    facts,
    columns=(Naming("ties"), Naming("no_ties"), Naming("exchanges", is_mapping=True)),
    is_bonus=True,
    reverse=Reverse(lay_needs, score_needs),
)
