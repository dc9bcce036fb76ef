"""The matching engine: arrays in, scores and reasons out. It imports nothing of ours."""

from matching.engine.allocation import Candidate, Limits, Plan, allocate
from matching.engine.catalogue import Catalogue
from matching.engine.learning import Decision, Proposal, learn
from matching.engine.model import Need, Offer, Policy
from matching.engine.ranking import (
    Entry,
    Part,
    Ranking,
    Shift,
    Table,
    appraise,
    rank,
    what_if,
)
from matching.engine.themes import Themes

VERSION = "4"

__all__ = [
    "VERSION",
    "Candidate",
    "Catalogue",
    "Decision",
    "Entry",
    "Limits",
    "Need",
    "Offer",
    "Part",
    "Plan",
    "Policy",
    "Proposal",
    "Ranking",
    "Shift",
    "Table",
    "Themes",
    "allocate",
    "appraise",
    "learn",
    "rank",
    "what_if",
]
