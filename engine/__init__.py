"""The matching engine: arrays in, scores and reasons out. It imports nothing of ours."""

from engine.allocation import Candidate, Limits, Plan, allocate_matches
from engine.catalogue import Catalogue
from engine.learning import Decision, Proposal, learn_weights
from engine.model import Need, Offer
from engine.policy import Policy
from engine.ranking import (
    Entry,
    Part,
    Ranking,
    Shift,
    Table,
    appraise_offers,
    compare_policies,
    rank,
)
from engine.themes import Themes

VERSION = "8"

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
    "allocate_matches",
    "appraise_offers",
    "learn_weights",
    "rank",
    "compare_policies",
]
