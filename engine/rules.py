"""Hard rules: each says no to a pair, or nothing. What is unknown says nothing.

A rule is vectorised over rows; `FACTS` gives the fact behind a no, for a page to put in words.
"""

import numpy as np

from engine.catalogue import UNKNOWN
from engine.model import LEVELS


def none(catalogue):
    return np.zeros(catalogue.size, bool)


def wrong_form(need, catalogue):
    if not need.forms:
        return none(catalogue)
    forms = catalogue["forms"]
    return (forms != 0) & (forms & np.uint32(catalogue.mask("forms", need.forms)) == 0)


def no_language(need, catalogue):
    """No common language at the level asked, and no interpreter promised."""
    if not need.languages or need.interpretation:
        return none(catalogue)
    lacking = catalogue["has_languages"].copy()
    for code, lowest in need.languages.items():
        lacking &= catalogue.level(code) < LEVELS[lowest]
    return lacking


def not_free(need, catalogue):
    """No free stretch of the length asked within the window."""
    if not need.window:
        return none(catalogue)
    longest = catalogue.overlaps(need.window).max(axis=1)
    return catalogue["has_windows"] & (longest < (need.days or 1))


def is_word(catalogue, name, word):
    """Rows whose coded column holds this word; none for a word that is None or unheard of."""
    code = UNKNOWN if word is None else catalogue.code(name, word)
    return none(catalogue) if code == UNKNOWN else catalogue[name] == code


def same_country(need, catalogue):
    return is_word(catalogue, "country", need.country)


def same_authority(need, catalogue):
    return is_word(catalogue, "authority", need.authority)


def conflict(need, catalogue):
    """An authority, or an expert, that the need names as being in conflict."""
    no = none(catalogue)
    for key in need.conflicts:
        no |= (
            catalogue["expert"] == key
            if isinstance(key, int)
            else is_word(catalogue, "authority", key)
        )
    return no


def excluded_country(need, catalogue):
    no = none(catalogue)
    for country in need.excluded_countries:
        no |= is_word(catalogue, "country", country)
    return no


def will_not_travel(need, catalogue):
    no = none(catalogue)
    no[sorted(catalogue.excluded.get(need.country, ()))] = True
    return no


def no_capacity(need, catalogue):
    return catalogue["capacity"] <= 0


def wrong_role(need, catalogue):
    if need.role not in ("elected", "technical"):
        return none(catalogue)
    roles = catalogue["role"]
    return (roles != UNKNOWN) & ~(
        is_word(catalogue, "role", need.role) | is_word(catalogue, "role", "both")
    )


RULES = {
    "form": wrong_form,
    "language": no_language,
    "dates": not_free,
    "same_country": same_country,
    "same_authority": same_authority,
    "conflict": conflict,
    "excluded_country": excluded_country,
    "travel": will_not_travel,
    "capacity": no_capacity,
    "role": wrong_role,
}
FACTS = {
    "form": lambda need, offer: {"asked": list(need.forms), "offered": list(offer.forms)},
    "language": lambda need, offer: {
        "asked": dict(need.languages),
        "spoken": dict(offer.languages),
    },
    "dates": lambda need, offer: {
        "window": [day.isoformat() for day in need.window or ()],
        "days": need.days,
        "free": [[day.isoformat() for day in period] for period in offer.available or ()],
    },
    "same_country": lambda need, offer: {"country": offer.country},
    "same_authority": lambda need, offer: {"authority": offer.authority},
    "conflict": lambda need, offer: {"authority": offer.authority, "expert": offer.expert},
    "excluded_country": lambda need, offer: {"country": offer.country},
    "travel": lambda need, offer: {"country": need.country},
    "capacity": lambda need, offer: {"left": offer.capacity},
    "role": lambda need, offer: {"asked": need.role, "held": offer.role},
}


def broken(need, catalogue, rules):
    """Return (n_rules, n_rows) bool: True where a rule says no."""
    if not rules:
        return np.zeros((0, catalogue.size), bool)
    return np.array([RULES[rule](need, catalogue) for rule in rules], bool)
