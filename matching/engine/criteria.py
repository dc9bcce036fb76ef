"""Soft criteria: how good each offer is, 0 to 1, NaN where a fact is missing.

A `score` is vectorised over offers; `facts` gives the grounds of one pair, for a page to
put in words.
"""

import numpy as np

from matching.engine.catalogue import INCOME
from matching.engine.model import LEVELS, RELATED_FUNCTIONS

RATING_PRIOR, RATING_WEIGHT = 3.8, 3.0  # an unrated expert is taken for a usual one


def topics(need, catalogue):
    """Coverage of the topics asked, by importance; a near topic counts in part, by mastery.

    Tversky, "Features of similarity" (1977), the ratio model with alpha = 1 and beta = 0:
    what an offer has beyond the need costs it nothing.
    """
    asked = [(c, w) for c, w in need.topics.items() if c in catalogue.themes.position]
    if not asked:
        return np.full(len(catalogue.ids), np.nan)
    total = np.zeros(len(catalogue.ids))
    for code, importance in asked:
        near = catalogue.themes.nearness[catalogue.themes.position[code]]
        total += importance * (catalogue.mastery * near).max(axis=1)
    share = total / sum(importance for _, importance in asked)
    return np.where(catalogue.has_topics, share, np.nan)


def topics_facts(need, catalogue, row):
    offer, themes = catalogue.offers[row], catalogue.themes
    covered, near = {}, {}
    for code in need.topics:
        if code in offer.topics:
            covered[code] = offer.topics[code]
        else:
            for other, level in offer.topics.items():
                if other in themes.position and code.split("/")[0] == other.split("/")[0]:
                    near[other] = level
    missing = [] if near else [code for code in need.topics if code not in covered]
    return {"covered": covered, "near": near, "missing": missing}


def text_facts(need, catalogue, row):
    return {
        "words": catalogue.text.shared_words(row, need.text, need.language),
        "language": catalogue.offers[row].language,
    }


def same_function(asked, held):
    if asked == held:
        return 1.0
    return 0.5 if any({asked, held} <= group for group in RELATED_FUNCTIONS) else 0.0


def peer(need, catalogue):
    """Same function, and elected or technical as asked: colleague to colleague."""
    value = np.full(len(catalogue.ids), np.nan)
    for row, offer in enumerate(catalogue.offers):
        known = []
        if need.function and offer.function:
            known.append((0.7, same_function(need.function, offer.function)))
        if need.role == "both":
            known.append((0.3, 1.0))
        elif need.role and offer.role:
            known.append((0.3, float(need.role == offer.role)))
        if known:
            value[row] = sum(w * v for w, v in known) / sum(w for w, _ in known)
    return value


def peer_facts(need, catalogue, row):
    offer = catalogue.offers[row]
    return {"function": offer.function, "role": offer.role, "asked": need.function}


def context(need, catalogue):
    """Likeness of the places: log ratio of population, tier, geography, income group.

    Towns of a tenth of the size are half alike: 1 / (1 + |log10 ratio|).
    """
    parts, weights = [], []

    def add(weight, values):
        parts.append(values)
        weights.append(weight)

    if need.population:
        safe = np.where(catalogue.population > 0, catalogue.population, np.nan)
        add(4, 1 / (1 + np.abs(np.log10(safe / need.population))))
    if need.tier:
        tiers = catalogue.column("tier")
        add(2, np.array([np.nan if t is None else float(t == need.tier) for t in tiers]))
    if need.geography:
        wanted = set(need.geography)
        places = [set(offer.geography) for offer in catalogue.offers]
        add(2, np.array([len(p & wanted) / len(wanted) if p else np.nan for p in places]))
    if need.income:
        add(2, 1 - np.abs(catalogue.income - INCOME[need.income]) / 3)
    if not parts:
        return np.full(len(catalogue.ids), np.nan)
    stacked, share = np.array(parts, float), np.array(weights, float)[:, None]
    known = ~np.isnan(stacked)
    weight = (share * known).sum(axis=0)
    total = (share * np.where(known, stacked, 0)).sum(axis=0)
    return np.divide(total, weight, out=np.full(len(catalogue.ids), np.nan), where=weight > 0)


def context_facts(need, catalogue, row):
    offer = catalogue.offers[row]
    return {
        "population": offer.population,
        "asked_population": need.population,
        "tier": offer.tier,
        "same_tier": offer.tier == need.tier,
        "geography": sorted(set(offer.geography) & set(need.geography)),
        "income": offer.income,
    }


def languages(need, catalogue):
    """Comfort in the best common language: 0.5 at the level asked, 1 for a native speaker."""
    if not need.languages:
        return np.full(len(catalogue.ids), np.nan)
    best = np.zeros(len(catalogue.ids))
    for code, lowest in need.languages.items():
        if code in catalogue.language:
            level, floor = catalogue.language[code], LEVELS[lowest]
            above = 0.5 + 0.5 * (level - floor) / max(7 - floor, 1)
            below = 0.5 * level / floor
            best = np.maximum(best, np.where(level >= floor, above, below))
    return np.where(catalogue.has_languages, best, np.nan)


def languages_facts(need, catalogue, row):
    spoken = catalogue.offers[row].languages
    return {
        "common": {code: spoken[code] for code in need.languages if code in spoken},
        "asked": dict(need.languages),
    }


def experience(need, catalogue):
    """Years and missions, each with falling returns, and ratings shrunk by how few they are."""
    years = 1 - np.exp(-catalogue.years / 8)
    missions = 1 - np.exp(-catalogue.missions / 2)
    count, mean = catalogue.ratings[:, 0], catalogue.ratings[:, 1]
    shrunk = (count * mean + RATING_WEIGHT * RATING_PRIOR) / (count + RATING_WEIGHT)
    stacked = np.array([years, missions, (shrunk - 1) / 4])
    known = ~np.isnan(stacked)
    count_known = known.sum(axis=0)
    total = np.where(known, stacked, 0).sum(axis=0)
    return np.divide(total, count_known, out=np.full(len(years), np.nan), where=count_known > 0)


def experience_facts(need, catalogue, row):
    offer = catalogue.offers[row]
    return {"years": offer.years, "missions": offer.missions, "ratings": offer.ratings}


def availability(need, catalogue):
    """Share of the window on which the expert is free."""
    if not need.window:
        return np.full(len(catalogue.ids), np.nan)
    length = (need.window[1] - need.window[0]).days + 1
    share = np.clip(catalogue.free_days(need.window) / length, 0, 1)
    return np.where(catalogue.has_windows, share, np.nan)


def availability_facts(need, catalogue, row):
    if not need.window or not catalogue.has_windows[row]:
        return {}
    return {"free_days": int(catalogue.free_days(need.window)[row]), "asked_days": need.days}


def ties(need, catalogue):
    """1 where the two authorities declared an earlier partnership, else 0."""
    if not need.authority:
        return np.full(len(catalogue.ids), np.nan)
    return np.array([float(need.authority in offer.ties) for offer in catalogue.offers])


def ties_facts(need, catalogue, row):
    return {"declared": need.authority in catalogue.offers[row].ties}


def fair_turn(need, catalogue):
    """1 for an expert not called in the last six months, less for each exchange they had."""
    return 1 / (1 + catalogue.recent)


def fair_turn_facts(need, catalogue, row):
    return {"recent": catalogue.offers[row].recent}


SCORES = {
    "topics": topics,
    "peer": peer,
    "context": context,
    "languages": languages,
    "experience": experience,
    "availability": availability,
    "ties": ties,
    "fair_turn": fair_turn,
}
FACTS = {
    "topics": topics_facts,
    "text": text_facts,
    "peer": peer_facts,
    "context": context_facts,
    "languages": languages_facts,
    "experience": experience_facts,
    "availability": availability_facts,
    "ties": ties_facts,
    "fair_turn": fair_turn_facts,
}
