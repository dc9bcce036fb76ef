"""Text: what both wrote about the problem and about the know-how, across languages."""

import numpy as np

from engine.columns import OfferColumns
from engine.criterion import Criterion, all_unknown
from engine.model import Need, Offer


def score(need: Need, catalogue: OfferColumns, vector: np.ndarray | None = None) -> np.ndarray:
    """Return how near the texts are (`engine/text.py`); unknown for a need without words.

    vector: (d,) the need's text as the catalogue's encoder made it, or None to make it now.
    """
    if not need.text.strip():
        return all_unknown(catalogue)
    if vector is None:
        return catalogue.text.scores(need.text, need.language)
    return catalogue.text.scores_of(vector, need.text, need.language)


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the offer's language; which sentences are near is found later (`sentences.py`)."""
    return {"language": offer.language}


CRITERION = Criterion("text", 1, 15, score, facts, is_subject=True, reads_vector=True)
