"""The matching engine: arrays in, scores and reasons out. It imports nothing of ours."""

from engine.allocation import Candidate, Limits, Plan, allocate_matches
from engine.authorities import Counterpart, rank_authorities
from engine.catalogue import Catalogue
from engine.learning import Decision, Proposal, learn_weights
from engine.model import Need, Offer
from engine.needs import NeedRanking, Needs, rank_needs
from engine.policy import Policy
from engine.practices import nearest_practices
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
from engine.team import Member, Team, TeamLimits, choose_team
from engine.themes import Themes

VERSION = "10"

__all__ = [
    "VERSION",
    "Candidate",
    "Catalogue",
    "Counterpart",
    "Decision",
    "Entry",
    "Limits",
    "Member",
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
    "Team",
    "TeamLimits",
    "Themes",
    "allocate_matches",
    "appraise_offers",
    "choose_team",
    "learn_weights",
    "nearest_practices",
    "rank",
    "rank_authorities",
    "rank_needs",
    "compare_policies",
]
