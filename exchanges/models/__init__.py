"""The records of exchanges, by subject."""

from exchanges.models.agenda import Observation, Session
from exchanges.models.budget import BudgetLine, PerDiem, Rate
from exchanges.models.days import DaysProposal
from exchanges.models.during import DiaryEntry, Picture, PicturePerson
from exchanges.models.evaluations import Evaluation
from exchanges.models.exchanges import Exchange, ExchangeEvent
from exchanges.models.incidents import Incident
from exchanges.models.people import Listing, Participant
from exchanges.models.plan import ActionPlan, FollowUp, Measure, MeasureReport
from exchanges.models.terms import Terms, TermsSignature

__all__ = [
    "ActionPlan",
    "BudgetLine",
    "DaysProposal",
    "DiaryEntry",
    "Evaluation",
    "Exchange",
    "ExchangeEvent",
    "FollowUp",
    "Incident",
    "Listing",
    "Measure",
    "MeasureReport",
    "Observation",
    "Participant",
    "PerDiem",
    "Picture",
    "PicturePerson",
    "Rate",
    "Session",
    "Terms",
    "TermsSignature",
]
