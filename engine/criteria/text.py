"""Text: what both wrote about the problem and about the know-how, across languages.

On other topics, of another field, it counts for half: see `engine/support.py`.
"""

from collections.abc import Sequence

import numpy as np

from engine.columns import OfferColumns
from engine.criterion import Criterion, Reverse, all_unknown
from engine.model import Need, Offer
from engine.text import NeedTexts


def score(need: Need, catalogue: OfferColumns, vector: np.ndarray | None = None) -> np.ndarray:
    """Return how near the texts are (`engine/text.py`); unknown for a need without words.

    vector: (d,) the need's text as the catalogue's encoder made it, or None to make it now.
    """
    if not need.text.strip():
        return all_unknown(catalogue)
    if vector is None:
        return catalogue.text.scores(need.text, need.language)
    return catalogue.text.scores_of(vector, need.text, need.language)


def lay_needs(
    needs: Sequence[Need], catalogue: OfferColumns, vectors: np.ndarray | None = None
) -> NeedTexts:
    """Lay the texts of needs; vectors (n, d), or None to make them."""
    texts, languages = [need.text for need in needs], [need.language for need in needs]
    return catalogue.text.lay_needs(texts, languages, vectors)


def score_needs(offer: Offer, laid: NeedTexts, catalogue: OfferColumns) -> np.ndarray:
    """As `score`, for one offer of the catalogue."""
    [row] = np.flatnonzero((catalogue["ids"] == offer.id) & catalogue["alive"]).tolist()
    return catalogue.text.scores_of_needs(laid, row, offer.text, offer.language)


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the offer's language; which sentences are near is found later (`sentences.py`)."""
    return {"language": offer.language}


CRITERION = Criterion(
    "text",
    1,
    15,
    score,
    facts,
    is_subject=True,
    reads_vector=True,
    reverse=Reverse(lay_needs, score_needs),
)
