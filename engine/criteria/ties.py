"""Ties: whether the two authorities have worked together before."""

import numpy as np

from engine.columns import Naming, OfferColumns
from engine.criterion import Criterion, all_unknown
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


CRITERION = Criterion(
    "ties",
    7,
    2,
    score,
    facts,
    columns=(Naming("ties"), Naming("no_ties"), Naming("exchanges", is_mapping=True)),
)
