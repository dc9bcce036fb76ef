"""The practices nearest to a need: what others have done about the same, in places like it."""

from collections.abc import Sequence

import numpy as np

from engine.catalogue import Catalogue
from engine.model import Need
from engine.policy import Policy
from engine.ranking import Entry, rank

# Of a practice's own author nothing is asked, and no rule keeps it from a reader.
PRACTICES = Policy(
    {"topics": 25, "text": 15, "context": 10},
    rules=(),
    per_expert=0,
    per_authority=0,
    version="practices-1",
)


def nearest_practices(
    need: Need, practices: Catalogue, k: int = 3, *, vector: np.ndarray | None = None
) -> Sequence[Entry]:
    """Return the k practices nearest to a need, best first, with what they have in common.

    practices: laid as offers, each with its words, topics, and its town's place; vector: as of
    `rank`. None is listed of which neither the topics nor the text are near.
    """
    ranking = rank(need, practices, PRACTICES, k=k, near=0, vector=vector)
    return tuple(entry for entry in ranking.entries if entry.strength == 1)
