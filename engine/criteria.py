"""Soft criteria: how good each offer is, 0 to 1, NaN where a fact is missing.

A score is vectorised over rows and grows with what it measures; `facts` gives the grounds of
one pair, for a page to put in words.
"""

import numpy as np

from engine.model import INCOMES, LEVELS, RELATED_FUNCTIONS, TOWNS

MASTERY = np.array([0.0, 0.4, 0.65, 0.9, 1.0], np.float32)  # worth of a level 0..4


def unknown(catalogue):
    return np.full(catalogue.size, np.nan, np.float32)


def topics(need, catalogue):
    """Coverage of the topics asked, by importance; a near topic counts in part, by mastery.

    Tversky, "Features of similarity" (1977), the ratio model with alpha = 1 and beta = 0:
    what an offer has beyond the need costs it nothing.
    """
    if not need.topics:
        return unknown(catalogue)
    total = np.zeros(catalogue.size, np.float32)
    for code, importance in need.topics.items():
        near = catalogue.themes.nearness[catalogue.themes.position[code]]
        best = np.zeros(catalogue.size, np.float32)
        for place in np.flatnonzero(near):
            levels = catalogue.topics[place, : catalogue.size]
            rows = np.flatnonzero(levels != 0)  # few offers name a given topic
            worth = np.float32(near[place]) * MASTERY[levels[rows]]
            best[rows] = np.maximum(best[rows], worth)
        total += np.float32(importance) * best
    share = total / np.float32(sum(need.topics.values()))
    return np.where(catalogue["has_topics"], share, np.float32(np.nan))


def topics_facts(need, catalogue, row, offer):
    """What the offer states of the topics asked, what else of their themes, and what is missing."""
    covered = {code: offer.topics[code] for code in need.topics if code in offer.topics}
    near, missing = {}, []
    for code in need.topics:
        others = {
            other: level
            for other, level in offer.topics.items()
            if other not in covered and code.split("/")[0] == other.split("/")[0]
        }
        if code not in covered:
            near |= others
            if not others:
                missing.append(code)
    return {"covered": covered, "near": near, "missing": missing}


def text(need, catalogue, vector=None):
    """What both wrote (`text.py`); unknown for a need without words."""
    if not need.text.strip():
        return unknown(catalogue)
    if vector is None:
        return catalogue.text.scores(need.text, need.language)
    return catalogue.text.scores_of(vector, need.text, need.language)


def text_facts(need, catalogue, row, offer):
    """The words and topics that both wrote of.

    A term may be a homonym (“parking” of lorries that empty pits, a “committee” of staff): its
    topic is a ground where one side states it, and the other its theme, or nothing.
    """
    words, topics = catalogue.text.shared(offer.text, offer.language, need.text, need.language)
    stated = {*need.topics, *offer.topics}
    themes = [{code.split("/")[0] for code in side.topics} for side in (need, offer)]
    topics = [
        code
        for code in topics
        if (not stated or code in stated)
        and all(not some or code.split("/")[0] in some for some in themes)
    ]
    return {"words": words, "topics": topics, "language": offer.language}


def same_function(asked, held):
    if asked == held:
        return 1.0
    return 0.5 if any({asked, held} <= group for group in RELATED_FUNCTIONS) else 0.0


def of_codes(catalogue, name, worth):
    """Return (size,) the worth of each row's word: `worth(word)`, NaN where it is unknown."""
    table = [worth(word) for word in catalogue.codes[name]] + [np.nan]  # UNKNOWN is -1: the last
    return np.array(table, np.float32)[catalogue[name]]


def mean_of(parts):
    """Return the weighted mean of [(weight, (size,) values)] over those known in each row."""
    weights = np.float32(0)
    total = np.float32(0)
    for weight, values in parts:
        known = ~np.isnan(values)
        weights = weights + np.float32(weight) * known
        total = total + np.float32(weight) * np.where(known, values, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (total / weights).astype(np.float32)


def peer(need, catalogue):
    """Same function, and elected or technical as asked: colleague to colleague."""
    parts = []
    if need.function:
        parts.append(
            (0.7, of_codes(catalogue, "function", lambda held: same_function(need.function, held)))
        )
    if need.role == "both":
        parts.append((0.3, np.ones(catalogue.size, np.float32)))
    elif need.role:
        held = of_codes(catalogue, "role", lambda held: float(held in (need.role, "both")))
        parts.append((0.3, held))
    return mean_of(parts) if parts else unknown(catalogue)


def peer_facts(need, catalogue, row, offer):
    return {"function": offer.function, "role": offer.role, "asked": need.function}


def is_counted(tier):
    """True if its inhabitants say how like a town it is: not of a region, an association of
    municipalities or a company."""
    return float(tier is None or tier in TOWNS)


def context(need, catalogue):
    """Likeness of the places: log ratio of population, tier, geography, income group.

    Towns of a tenth of the size are half alike: 1 / (1 + |log10 ratio|). Between a town and a
    region, an association or a company the inhabitants do not apply.
    """
    parts = []
    if need.population and is_counted(need.tier):
        ratio = np.abs(catalogue["log_population"] - np.float32(np.log10(need.population)))
        counted = of_codes(catalogue, "tier", is_counted) != 0  # where it is unknown, too
        parts.append((4, np.where(counted, 1 / (1 + ratio), np.float32(np.nan))))
    if need.tier:
        parts.append((2, of_codes(catalogue, "tier", lambda held: float(held == need.tier))))
    if need.geography:
        held = catalogue["geography"]
        shared = np.zeros(catalogue.size, np.float32)
        for word in sorted(set(need.geography)):
            shared += (held & np.uint32(catalogue.mask("geography", [word]))) != 0
        share = shared / np.float32(len(set(need.geography)))
        parts.append((2, np.where(held != 0, share, np.float32(np.nan))))
    if need.income:
        # Byte -1, the unknown one, is the last of the table.
        asked = INCOMES.index(need.income)
        table = [1 - abs(level - asked) / 3 for level in range(4)] + [np.nan]
        parts.append((2, np.array(table, np.float32)[catalogue["income"]]))
    return mean_of(parts) if parts else unknown(catalogue)


def context_facts(need, catalogue, row, offer):
    return {
        "population": offer.population,
        "asked_population": need.population,
        "is_counted": bool(is_counted(need.tier) and is_counted(offer.tier)),
        "tier": offer.tier,
        "same_tier": offer.tier == need.tier,
        "geography": sorted(set(offer.geography) & set(need.geography)),
        "income": offer.income,
    }


def languages(need, catalogue):
    """Comfort in the best common language: 0.5 at the level asked, 1 for a native speaker."""
    if not need.languages:
        return unknown(catalogue)
    best = np.zeros(catalogue.size, np.float32)
    for code, lowest in need.languages.items():
        floor = LEVELS[lowest]
        worth = [
            0.5 + 0.5 * (level - floor) / max(7 - floor, 1) if level >= floor else level / floor / 2
            for level in range(8)
        ]
        np.maximum(best, np.array(worth, np.float32)[catalogue.level(code)], out=best)
    return np.where(catalogue["has_languages"], best, np.float32(np.nan))


def languages_facts(need, catalogue, row, offer):
    spoken = offer.languages
    return {
        "common": {code: spoken[code] for code in need.languages if code in spoken},
        "asked": dict(need.languages),
    }


def experience(need, catalogue):
    """Years, missions and ratings: the same for every need, so it is laid with the row."""
    return catalogue["experience"]


def experience_facts(need, catalogue, row, offer):
    return {"years": offer.years, "missions": offer.missions, "ratings": offer.ratings}


def availability(need, catalogue):
    """Share of the window on which the expert is free."""
    if not need.window:
        return unknown(catalogue)
    length = (need.window[1] - need.window[0]).days + 1
    share = catalogue.overlaps(need.window).sum(axis=1) / np.float32(length)
    return np.where(catalogue["has_windows"], np.minimum(share, 1), np.nan).astype(np.float32)


def availability_facts(need, catalogue, row, offer):
    if not need.window or offer.available is None:
        return {}
    first, last = need.window
    free = sum(max((min(b, last) - max(a, first)).days + 1, 0) for a, b in offer.available)
    return {"free_days": free, "asked_days": need.days}


def ties(need, catalogue):
    """1 where the two authorities declared an earlier partnership, else 0."""
    if not need.authority:
        return unknown(catalogue)
    value = np.zeros(catalogue.size, np.float32)
    value[sorted(catalogue.ties.get(need.authority, ()))] = 1
    return value


def ties_facts(need, catalogue, row, offer):
    return {"declared": need.authority in offer.ties}


def fair_turn(need, catalogue):
    """1 for an expert not called in the last six months, less for each exchange they had."""
    return 1 / (1 + catalogue["recent"])


def fair_turn_facts(need, catalogue, row, offer):
    return {"recent": offer.recent}


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
