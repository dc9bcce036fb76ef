"""The matching engine: arrays in, scores and reasons out. It imports nothing of ours."""

from matching.engine.catalogue import Catalogue
from matching.engine.model import Need, Offer, Policy
from matching.engine.ranking import Entry, Part, Ranking, rank
from matching.engine.themes import Themes

VERSION = "1"

__all__ = [
    "VERSION",
    "Catalogue",
    "Entry",
    "Need",
    "Offer",
    "Part",
    "Policy",
    "Ranking",
    "Themes",
    "rank",
]
