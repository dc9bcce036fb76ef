"""Context: how alike the two places are, or how like the place that is wished for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.columns import Choice, DerivedNumbers, Number, OfferColumns, Word, Words
from engine.criterion import Criterion, Reverse, all_unknown, score_words, weighted_mean
from engine.model import INCOMES, Need, Offer

TOWNS = ("municipality", "district", "metropolitan")  # tiers whose inhabitants are compared
HALF = np.float32(np.log10(5))  # how far apart places of half the likeness are, as log10
# The most that a place is alike whose inhabitants are unknown or do not count: what a usual one is,
# so that a size that is missing moves nobody (bench/fairness.py).
UNSAID = np.float32(0.4)


def is_counted(tier: str | None) -> float:
    """Return 1 if its inhabitants say how like a town it is: not of a region, an association of
    municipalities or a company."""
    return float(tier is None or tier in TOWNS)


def is_comparable(asked: str | None, held: str | None) -> float:
    """Return 1 unless one is a town and the other a region, an association or a company, or these
    differ: what they have in common makes none like the other."""
    if asked is None or held is None or asked == held:
        return 1.0
    return float(asked in TOWNS and held in TOWNS)


def log_population(population: np.ndarray) -> np.ndarray:
    """Return log10 of inhabitants; NaN for none."""
    return np.log10(np.where(population > 0, population, np.nan))


def closeness(apart: np.ndarray) -> np.ndarray:
    """Return how alike places are, by log10 of how many times larger one is: half at five times."""
    return 1 / (1 + (apart / HALF) ** 2)


def limit(alike: np.ndarray, sized: np.ndarray | None) -> np.ndarray:
    """Return (n,) how alike places are in all, and no more than by their sizes.

    sized: (n,) likeness by size, NaN where it is unknown; None where none is asked.
    """
    if sized is None:
        return alike
    return np.minimum(alike, np.where(np.isnan(sized), UNSAID, sized))


def score_sizes(bounds: Iterable[tuple[Any, Any]], held: Any) -> np.ndarray:
    """Return 1 for a size that is wished for, and less by how far another is from one.

    bounds: log10 of the least and of that below which it must be; held: log10 of inhabitants.
    """
    ratio: Any = np.float32(np.inf)
    for least, below in bounds:
        ratio = np.minimum(ratio, np.maximum(np.maximum(least - held, held - below), 0))
    return closeness(ratio)


def log_sizes(need: Need) -> list[tuple[np.float32, np.float32]]:
    """Return log10 of the sizes that are wished for; nothing and no end are 0 and infinity."""
    return [
        (np.float32(np.log10(max(least, 1))), np.float32(np.log10(below) if below else np.inf))
        for least, below in need.sizes
    ]


def score_size(need: Need, catalogue: OfferColumns) -> np.ndarray | None:
    """Return (size,) the likeness by inhabitants, to ours or to the nearest size wished for; NaN
    where it is unknown or does not count, None where none is asked."""
    held = catalogue["log_population"]
    if need.sizes:
        return score_sizes(log_sizes(need), held)
    if not need.population or not is_counted(need.tier):
        return None
    alike = closeness(np.abs(held - np.float32(np.log10(need.population))))
    counted = score_words(catalogue, "tier", is_counted) != 0  # where it is unknown, too
    return np.where(counted, alike, np.float32(np.nan))


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return the likeness of log population, tier, geography and income group, weighed 4:2:2:2.

    No place is more alike than its size. A town and a region, an association or a company are not
    compared, unless sizes or countries are wished for. A country wished for weighs 2 more.
    """
    parts: list[tuple[float, np.ndarray]] = []
    sized = score_size(need, catalogue)
    if sized is not None:
        parts.append((4, sized))
    if need.tier:
        parts.append((2, score_words(catalogue, "tier", lambda held: float(held == need.tier))))
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
    if need.wished_countries:
        wished = score_words(catalogue, "country", lambda held: held in need.wished_countries)
        parts.append((2, wished))
    if not parts:
        return all_unknown(catalogue)
    values = limit(weighted_mean(parts), sized)
    if not has_wish(need):
        like = score_words(catalogue, "tier", lambda held: is_comparable(need.tier, held))
        values[like == 0] = np.nan
    return values


def has_wish(need: Need) -> bool:
    """Return whether a kind of place is wished for, other than one like ours."""
    return bool(need.sizes or need.wished_countries)


@dataclass(frozen=True)
class AskedPlaces:
    """The places and wishes of n needs.

    population (n,): log10, NaN where it does not count; sizes (n, most, 2): as `log_sizes`, those
    that nobody meets where fewer are wished for; holding {fact: {word: rows}}; geography (n,):
    how many words; income (n,): the place among INCOMES, or -1; wishing (n,): as `has_wish`.
    """

    population: np.ndarray
    sizes: np.ndarray
    holding: dict[str, dict[str, np.ndarray]]
    geography: np.ndarray
    income: np.ndarray
    wishing: np.ndarray

    def count(self, fact: str, words: Iterable[str | None]) -> np.ndarray:
        """Return (n,) how many of some words each need holds; NaN where it holds none at all."""
        counts = np.full(len(self.income), np.nan, np.float32)
        for rows in self.holding[fact].values():
            counts[rows] = 0
        for word in words:
            counts[self.holding[fact].get(word or "", [])] += 1
        return counts


def lay_needs(needs: Sequence[Need], catalogue: OfferColumns) -> AskedPlaces:
    """Lay needs for `score_needs`."""
    counted = [need.population if is_counted(need.tier) else 0 for need in needs]
    sizes = np.full((len(needs), max((len(n.sizes) for n in needs), default=0), 2), np.inf)
    holding: dict[str, dict[str, list[int]]] = {"tier": {}, "geography": {}, "country": {}}
    for row, need in enumerate(needs):
        sizes[row, : len(need.sizes)] = log_sizes(need) or np.inf
        tier = [need.tier] if need.tier else []
        words = {"tier": tier, "geography": need.geography, "country": need.wished_countries}
        for fact, held in words.items():
            for word in set(held):
                holding[fact].setdefault(word, []).append(row)
    return AskedPlaces(
        log_population(np.array([inhabitants or 0 for inhabitants in counted], float)).astype(
            np.float32
        ),
        sizes.astype(np.float32),
        {
            fact: {word: np.array(rows) for word, rows in words.items()}
            for fact, words in holding.items()
        },
        np.array([len(set(need.geography)) for need in needs], np.float32),
        np.array([INCOMES.index(n.income) if n.income else -1 for n in needs], np.int8),
        np.array([has_wish(need) for need in needs], bool),
    )


def score_size_of(offer: Offer, laid: AskedPlaces) -> np.ndarray:
    """As `score_size`, for one offer and each need; NaN also where none is asked."""
    held = np.float32(np.log10(float(np.float32(offer.population)))) if offer.population else np.nan
    alike = closeness(np.abs(np.float32(held) - laid.population))
    if not is_counted(offer.tier):
        alike = np.full_like(alike, np.nan)
    if not laid.sizes.shape[1]:
        return alike
    bounds = [(laid.sizes[:, n, 0], laid.sizes[:, n, 1]) for n in range(laid.sizes.shape[1])]
    return np.where(laid.sizes[:, 0, 0] < np.inf, score_sizes(bounds, np.float32(held)), alike)


def score_needs(offer: Offer, laid: AskedPlaces, catalogue: OfferColumns) -> np.ndarray:
    """As `score`, for one offer."""
    sized = score_size_of(offer, laid)
    parts: list[tuple[float, np.ndarray]] = [(4, sized)]
    if offer.tier:
        parts.append((2, laid.count("tier", [offer.tier])))
    if offer.geography:
        with np.errstate(invalid="ignore"):
            parts.append((2, laid.count("geography", set(offer.geography)) / laid.geography))
    if offer.income:
        level = INCOMES.index(offer.income)
        table = [1 - abs(level - asked) / 3 for asked in range(4)] + [np.nan]
        parts.append((2, np.array(table, np.float32)[laid.income]))
    if offer.country:
        parts.append((2, laid.count("country", [offer.country])))
    alike = weighted_mean(parts)
    is_asked = ~np.isnan(laid.population)
    if laid.sizes.shape[1]:
        is_asked |= laid.sizes[:, 0, 0] < np.inf
    values = np.where(is_asked, limit(alike, sized), alike)
    for tier, rows in laid.holding["tier"].items():
        if not is_comparable(tier, offer.tier):
            values[rows[~laid.wishing[rows]]] = np.nan
    return values


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the offer's place beside the need's, and whether it is as wished, where one knows."""
    wishes: dict[str, Any] = {}
    if need.sizes:
        wishes["asked_sizes"] = [list(bounds) for bounds in need.sizes]
    if need.sizes and offer.population:
        wishes["size_wished"] = any(
            least <= offer.population and (below is None or offer.population <= below)
            for least, below in need.sizes
        )
    if need.wished_countries and offer.country:
        wishes["country_wished"] = offer.country in need.wished_countries
    return {
        "population": offer.population,
        "asked_population": need.population,
        "is_counted": bool(is_counted(need.tier) and is_counted(offer.tier)),
        "is_compared": has_wish(need) or bool(is_comparable(need.tier, offer.tier)),
        "tier": offer.tier,
        "asked_tier": need.tier,
        "geography": sorted(offer.geography),
        "asked_geography": sorted(need.geography),
        "own_geography": list(need.own_geography),
        "income": offer.income,
        "asked_income": need.income,
    } | wishes


CRITERION = Criterion(
    "context",
    3,
    15,
    score,
    facts,
    columns=(
        Number("population"),
        DerivedNumbers("log_population", ("population",), log_population),
        Word("tier"),
        Words("geography"),
        Choice("income", INCOMES),
        Word("country"),
    ),
    reverse=Reverse(lay_needs, score_needs),
)
