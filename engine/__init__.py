"""The matching engine: arrays in, scores and reasons out. It imports nothing of ours."""

from engine.allocation import Candidate, Limits, Plan, allocate_matches
from engine.catalogue import Catalogue
from engine.learning import Decision, Proposal, learn_weights
from engine.model import Need, Offer
from engine.needs import NeedRanking, Needs, rank_needs
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
    "NeedRanking",
    "Needs",
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
    "rank_needs",
    "compare_policies",
]
