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
    """Return the words and topics that both wrote of.

    A term may be a homonym (“parking” of lorries that empty pits, a “committee” of staff): its
    topic is a ground where one side states it, and the other its theme, or nothing.
    """
    words, topics = catalogue.text.find_shared(offer.text, offer.language, need.text, need.language)
    stated = {*need.topics, *offer.topics}
    themes = [{code.split("/")[0] for code in side.topics} for side in (need, offer)]
    topics = [
        code
        for code in topics
        if (not stated or code in stated)
        and all(not some or code.split("/")[0] in some for some in themes)
    ]
    return {"words": words, "topics": topics, "language": offer.language}


CRITERION = Criterion("text", 1, 15, score, facts, is_subject=True, reads_vector=True)
