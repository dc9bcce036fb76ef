"""The records of matching, by subject."""

from matching.models.fits import FittingRequests, HiddenRequest
from matching.models.lists import CallToRank, CallToShare, DossierToMatch
from matching.models.matches import Consent, Match, MatchEvent, MatchMessage
from matching.models.opportunities import Alert, Interest, InterestEvent, Opportunity
from matching.models.outcomes import OutcomeReport
from matching.models.runs import (
    Allocation,
    CallPolicy,
    MatchRun,
    OfferSentences,
    OfferVector,
    PutAside,
    UnreadText,
)

__all__ = [
    "Alert",
    "Allocation",
    "CallPolicy",
    "CallToRank",
    "CallToShare",
    "Consent",
    "DossierToMatch",
    "FittingRequests",
    "HiddenRequest",
    "Interest",
    "InterestEvent",
    "Match",
    "MatchEvent",
    "MatchMessage",
    "MatchRun",
    "OfferSentences",
    "OfferVector",
    "Opportunity",
    "OutcomeReport",
    "PutAside",
    "UnreadText",
]
