"""The matching engine: arrays in, scores and reasons out. It imports nothing of ours."""

from engine.allocation import Candidate, Limits, Plan, allocate
from engine.catalogue import Catalogue
from engine.learning import Decision, Proposal, learn
from engine.model import Need, Offer
from engine.policy import Policy
from engine.ranking import (
    Entry,
    Part,
    Ranking,
    Shift,
    Table,
    appraise,
    rank,
    what_if,
)
from engine.themes import Themes

VERSION = "5"

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
