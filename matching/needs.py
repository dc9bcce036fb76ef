"""From rows to the engine's needs and offers, and back to what is stored."""

from collections import defaultdict
from dataclasses import asdict, replace
from datetime import date

from django.db.models import Exists, OuterRef, prefetch_related_objects

from engine import Need
from engine import Offer as EngineOffer
from matching.criteria import CRITERIA
from matching.criterion import AUTHORITY, COUNTRY, EXPERT, OFFER, SharedFact
from matching.enums import UNSENT
from matching.models import Match
from matching.vectors import ENCODERS, encode_texts, offer_text
from registry.detection import detect_our_language
from registry.models import Authority, Expert, Offer, OfferTopic, OfferWindow
from registry.permissions import one_with, recent_memberships

# What the rules read of an offer and of its expert; each criterion says what it reads besides.
OF_OFFER = ("title", "text", "language", "forms", "capacity", "remote")
OF_EXPERT = (EXPERT, "expert__travel_excluded", "expert__authority__slug", AUTHORITY, COUNTRY)


def read_taken(today):
    return Match.objects.count_agreed(OFFER, status_since__year=today.year)


def list_shared_facts():
    """List what is read once for all offers, by the rules and by the criteria."""
    of_criteria = [fact for criterion in CRITERIA.values() for fact in criterion.shared]
    return [SharedFact("taken", OFFER, read_taken), *of_criteria]


def read_shared_facts(today):
    """Read what is read once for all offers: {name: {key: value}}; `today` counts turns, and is the
    day from which notice counts."""
    return {fact.name: fact.read(today) for fact in list_shared_facts()} | {"today": today}


def read_need(dossier, shared):
    """Read a dossier into a Need."""
    prefetch_related_objects([dossier], "needs__theme", "partners")
    authority, partners = dossier.authority, list(dossier.partners.all())
    facts = {
        "id": dossier.reference,
        "forms": tuple(dossier.forms),
        "country": str(authority.country),
        "authority": authority.slug,
        "experts": dossier.experts,
        "conflicts": (*(one.slug for one in partners), *tied_experts([authority, *partners])),
        "excluded_countries": tuple(dossier.excluded_countries),
        "interpretation": dossier.interpretation,
    }
    for criterion in CRITERIA.values():
        facts |= criterion.read_need(dossier, shared)
    return Need.from_mapping(facts)


def read_need_to_rank(dossier, shared):
    """As `read_need`, in the language that its words tell: the applicant was asked for none, and
    what the dossier has is that of the pages it was written on. Workers alone do this: it loads
    a model.
    """
    need = read_need(dossier, shared)
    return replace(need, language=detect_our_language(need.text) or need.language)


def list_languages_read(dossier):
    """Return the languages of the applicant and of the officer who reads at the desk."""
    spoken = {dossier.language, dossier.focal_language, *dossier.languages}
    officer = dossier.active_officer
    return spoken | {officer.language} if officer else spoken


def is_on_topic(offer, dossier):
    """True if an offer and a dossier's need name a topic in common."""
    return offer.topics.filter(theme__in=dossier.needs.values("theme")).exists()


def nearest_offer(expert, dossier):
    """Return an expert's published offer that is nearest to a dossier; None where there is none."""
    themes = [need.theme for need in dossier.needs.select_related("theme")]
    return expert.offers.published().nearest_first(themes, list_languages_read(dossier)).first()


def tied_experts(towns):
    """Return the keys of the experts whom a conflict of interest ties to one of these authorities.

    As `tied_towns` does the other way round; where their profile says they work the engine knows.
    """
    asking = Authority.objects.filter(pk__in=[town.pk for town in towns]).order_by()
    places = recent_memberships(OuterRef("user")).filter(
        authority__in=one_with(asking.values("pk"))
    )
    return Expert.objects.filter(Exists(places)).order_by("pk").values_list("pk", flat=True)


def need_as_json(need):
    """Plain values: dates as ISO texts."""
    return asdict(need) | {
        "window": [day.isoformat() for day in need.window or ()],
        "closed": [[day.isoformat() for day in period] for period in need.closed],
        "asked_on": need.asked_on and need.asked_on.isoformat(),
    }


def list_paths():
    """List the columns of an offer's expert that rules and criteria read."""
    wanted = [*OF_EXPERT, *(path for one in CRITERIA.values() for path in one.paths)]
    return list(dict.fromkeys(wanted))


def read_offers(ids, shared, encoders=ENCODERS):
    """Read offers into the engine's own: [(offer, vector)], in the order of their ids."""
    offers = read_offer_facts(ids, shared)
    texts = {offer.id: offer.text for offer in offers}
    return list(zip(offers, encode_texts(texts, encoders)))


def read_offer_facts(ids, shared):
    """Read offers into the engine's own, in the order of their ids.

    Plain values and no model instances, which would take most of the time of a whole registry.
    """
    topics, windows = read_statements(ids)
    rows = Offer.objects.filter(pk__in=ids).order_by("pk").values("pk", *OF_OFFER, *list_paths())
    return [
        make_engine_offer(
            row
            | {
                OFFER: row["pk"],
                "words": offer_text(row["title"], row["text"]),
                "topics": topics[row["pk"]],
                "windows": windows[row["pk"]],
            },
            shared,
            capacity=row["capacity"] - shared["taken"].get(row["pk"], 0),
        )
        for row in list(rows)
    ]


def read_interests(dossier, shared):
    """Read the answers to a dossier as the engine's offers: in an answer's own words, and with what
    the offer behind it states. Their ids are the answers', below zero, so that none is an offer's.
    """
    sent = dossier.interests.exclude(status__in=UNSENT).order_by("pk")
    of_offer = [f"offer__{name}" for name in OF_OFFER]
    words = ("motivation", "comparable_case", "approach")
    of_answer = ("pk", OFFER, "partnership", *words, "expert__user__language")
    rows = list(sent.values(*of_answer, *of_offer, *list_paths()))
    for row in rows:
        own = "\n".join(row[name] for name in words).strip()
        row["told"] = detect_our_language(own)  # an answer is asked for none
        row["words"] = f"{row['offer__title'] or ''}\n{own}".strip()
    topics, windows = read_statements([row[OFFER] for row in rows if row[OFFER]])
    return [
        make_engine_offer(
            {name: row[f"offer__{name}"] for name in OF_OFFER}
            | row
            | {
                "pk": -row["pk"],
                "asks": dossier.authority.slug,
                "language": row["told"] or row["offer__language"] or row["expert__user__language"],
                "forms": row["offer__forms"] or (),
                "topics": topics[row[OFFER]],
                "windows": windows[row[OFFER]],
            },
            shared,
            capacity=None,
        )
        for row in rows
    ]


def read_statements(ids):
    """Return what offers state: {offer: {topic: level}}, and {offer: free periods}."""
    topics: dict[int, dict[str, int]] = defaultdict(dict)
    windows: dict[int, list[tuple[date, date]]] = defaultdict(list)
    asked = OfferTopic.objects.filter(offer__in=ids)
    for pk, code, level in asked.values_list("offer", "theme__code", "level"):
        topics[pk][code] = level
    free = OfferWindow.objects.filter(offer__in=ids).order_by("starts_on")
    for pk, first, last in free.values_list("offer", "starts_on", "ends_on"):
        windows[pk].append((first, last))
    return topics, windows


def make_engine_offer(row, shared, *, capacity):
    """Return the engine's Offer of a row of an offer or an answer."""
    facts = {
        "id": row["pk"],
        "expert": row["expert"],
        "forms": tuple(row["forms"]),
        "country": row[COUNTRY],
        "authority": row["expert__authority__slug"],
        "capacity": capacity,
        "remote": row["remote"],
        "travel_excluded": tuple(row["expert__travel_excluded"]),
    }
    for criterion in CRITERIA.values():
        facts |= criterion.read_offer(row, shared)
    return EngineOffer.from_mapping(facts)
