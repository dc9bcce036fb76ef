"""Which texts of experts may be translated for a reader, and who said which languages they know."""

from connect.reading_help import LANGUAGES_READ, Passage, Source, declare_source
from registry.enums import OfferStatus
from registry.models import Expert, Offer


def offers_of(reader):
    offers = Offer.objects.for_user(reader).exclude(status=OfferStatus.REMOVED)
    return offers.select_related("expert__user")


def offer_passages(offer, reader):
    return [Passage(words, offer.language) for words in (offer.title, offer.text)]


def languages_of_expert(reader):
    """Return the languages that an expert works in, whatever their level."""
    languages = Expert.objects.filter(user=reader).values_list("languages", flat=True).first()
    return languages or ()


declare_source(
    Source(
        "offer",
        offers_of,
        offer_passages,
        hides=lambda offer: [offer.expert.user.name],
    )
)
LANGUAGES_READ.append(languages_of_expert)
