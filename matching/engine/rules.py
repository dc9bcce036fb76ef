"""Hard rules: each says no to a pair, or nothing. What is unknown says nothing."""

import numpy as np

from matching.engine.model import LEVELS


def wrong_form(need, catalogue):
    if not need.forms:
        return np.zeros(len(catalogue.ids), bool)
    return np.array(
        [
            bool(offer.forms) and not set(offer.forms) & set(need.forms)
            for offer in catalogue.offers
        ],
        bool,
    )


def no_language(need, catalogue):
    """No common language at the level asked, and no interpreter promised."""
    if not need.languages or need.interpretation:
        return np.zeros(len(catalogue.ids), bool)
    enough = np.zeros(len(catalogue.ids), bool)
    for code, lowest in need.languages.items():
        if code in catalogue.language:
            enough |= catalogue.language[code] >= LEVELS[lowest]
    return catalogue.has_languages & ~enough


def not_free(need, catalogue):
    """No free stretch of the length asked within the window."""
    if not need.window:
        return np.zeros(len(catalogue.ids), bool)
    return catalogue.has_windows & (catalogue.longest_free(need.window) < (need.days or 1))


def same_country(need, catalogue):
    if not need.country:
        return np.zeros(len(catalogue.ids), bool)
    return catalogue.column("country") == need.country


def same_authority(need, catalogue):
    if not need.authority:
        return np.zeros(len(catalogue.ids), bool)
    return catalogue.column("authority") == need.authority


def conflict(need, catalogue):
    return np.array(
        [o.authority in need.conflicts or o.expert in need.conflicts for o in catalogue.offers],
        bool,
    )


def excluded_country(need, catalogue):
    return np.isin(catalogue.column("country"), list(need.excluded_countries))


def will_not_travel(need, catalogue):
    return np.array([need.country in offer.travel_excluded for offer in catalogue.offers], bool)


def no_capacity(need, catalogue):
    return catalogue.capacity <= 0


def wrong_role(need, catalogue):
    if need.role not in ("elected", "technical"):
        return np.zeros(len(catalogue.ids), bool)
    roles = catalogue.column("role")
    return np.array([role is not None and role != need.role for role in roles], bool)


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


def broken(need, catalogue, rules):
    """Return (n_rules, n_offers) bool: True where a rule says no."""
    if not rules:
        return np.zeros((0, len(catalogue.ids)), bool)
    return np.array([RULES[rule](need, catalogue) for rule in rules], bool)
