"""The practices nearest to a need: what others have done about the same, in places like it."""

from collections.abc import Sequence

from engine.catalogue import Catalogue
from engine.model import Need
from engine.policy import Policy
from engine.ranking import Entry, rank

# Of a practice's own author nothing is asked; a town knows its own practices.
PRACTICES = Policy(
    {"topics": 25, "text": 15, "context": 10},
    rules=("same_authority",),
    per_expert=0,
    per_authority=0,
    version="practices-3",
)
READ = 10  # entries that are looked at for each that is listed
LIKE = 0.8  # of texts that are about the same, where no topics tell


def nearest_practices(need: Need, practices: Catalogue, k: int = 3) -> Sequence[Entry]:
    """Return the k practices nearest to a need, best first, with what they have in common.

    practices: laid as offers, each with its words, topics, and its town's place. Those alone are
    listed that share a topic; where either has none, texts that are alike.
    """
    ranking = rank(need, practices, PRACTICES, k=READ * k, near=0)
    return tuple(filter(is_near, ranking.entries))[:k]


def is_near(entry: Entry) -> bool:
    """Return whether a practice is about what is asked: a town's other work is easily as alike."""
    topics, text = entry.parts["topics"], entry.parts["text"]
    if topics.value is None:
        return (text.value or 0) >= LIKE
    return bool(topics.evidence["covered"])
