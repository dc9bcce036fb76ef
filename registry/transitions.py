"""The state machine of an offer (domain.md 4): draft → published ⇄ paused → expired; removed."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from connect.fields import get_column
from connect.lengths import missing_length
from connect.pasted_values import find_contact
from connect.transitions import (
    Details,
    Event,
    EventType,
    Lacking,
    StateMachine,
    Transition,
    by_clock,
)
from connect.types import Actor
from registry.enums import OfferStatus
from registry.models import Expert, Offer
from registry.search_index import index_experts

LEAST = 100  # characters of what an offer says


def by_its_expert(actor: Actor, offer: Offer) -> bool:
    return actor is not None and actor.is_active and offer.expert.user_id == actor.pk


def by_its_expert_or_staff(actor: Actor, offer: Offer) -> bool:
    return by_its_expert(actor, offer) or (actor is not None and actor.is_officer)


def by_anyone_of_these(actor: Actor, offer: Offer) -> bool:
    """Its expert, staff, or the clock where its expert is no more."""
    return by_clock(actor, offer) or by_its_expert_or_staff(actor, offer)


def missing_from_offer(offer: Offer, details: Details, now: datetime) -> Lacking:
    missing: Lacking = []
    if words := missing_length(get_column(Offer, "text").verbose_name, offer.text, LEAST):
        missing.append(words)
    if find_contact(f"{offer.title}\n{offer.text}"):  # a table may have brought it before
        missing.append(_("a text without e-mail addresses, telephone numbers or web addresses"))
    if not offer.topics.exists():
        missing.append(_("one topic"))
    if not offer.forms:
        missing.append(_("one form of exchange"))
    if not offer.expert.languages:
        missing.append(_("one language in your profile"))
    if Expert.objects.former_members().filter(pk=offer.expert_id).exists():
        missing.append(_("a profile that says where you work now"))
    elif offer.expert.is_hidden:
        missing.append(
            _("a profile that you have confirmed: confirm there that it is still correct")
        )
    return missing


def index_offer(offer: Offer, event: Event) -> None:
    index_experts([offer.expert_id])


offer_machine = StateMachine(
    Offer,
    {
        "publish": Transition(
            {OfferStatus.DRAFT, OfferStatus.PAUSED, OfferStatus.EXPIRED},
            OfferStatus.PUBLISHED,
            by_its_expert,
            label=_("Publish"),
            past=_("Published"),
            done=_("The offer has been published."),
            missing=missing_from_offer,
        ),
        "pause": Transition(
            {OfferStatus.PUBLISHED},
            OfferStatus.PAUSED,
            by_its_expert_or_staff,
            label=_("Pause"),
            past=_("Paused"),
            done=_("The offer is paused: it cannot be found until you publish it again."),
        ),
        "expire": Transition(
            {OfferStatus.PUBLISHED, OfferStatus.PAUSED},
            OfferStatus.EXPIRED,
            by_clock,
            past=_("Expired"),
        ),
        "remove": Transition(
            {OfferStatus.DRAFT, OfferStatus.PUBLISHED, OfferStatus.PAUSED, OfferStatus.EXPIRED},
            OfferStatus.REMOVED,
            by_anyone_of_these,
            label=_("Delete"),
            past=_("Deleted"),
            done=_("The offer has been deleted."),
        ),
    },
    events={"begin": EventType(_("Started"))},
    effect=index_offer,
)
