"""The records of the registry, by subject."""

from registry.models.authorities import Association, Authority, Membership
from registry.models.entries import SearchEntry
from registry.models.experts import Competence, Expert, Mission, photo_path
from registry.models.offers import Offer, OfferEvent, OfferTopic, OfferWindow
from registry.models.themes import Income, Theme

__all__ = [
    "Association",
    "Authority",
    "Competence",
    "Expert",
    "Income",
    "Membership",
    "Mission",
    "Offer",
    "OfferEvent",
    "OfferTopic",
    "OfferWindow",
    "SearchEntry",
    "Theme",
    "photo_path",
]
