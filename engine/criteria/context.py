"""Context: how alike the two places are, or how like the place that is wished for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.columns import Choice, DerivedNumbers, Number, OfferColumns, Word, Words
from engine.criterion import Criterion, Reverse, all_unknown, score_words, weighted_mean
from engine.model import INCOMES, Need, Offer

TOWNS = ("municipality", "district", "metropolitan")  # tiers whose inhabitants are compared


def is_counted(tier: str | None) -> float:
    """Return 1 if its inhabitants say how like a town it is: not of a region, an association of
    municipalities or a company."""
    return float(tier is None or tier in TOWNS)


def log_population(population: np.ndarray) -> np.ndarray:
    """Return log10 of inhabitants; NaN for none."""
    return np.log10(np.where(population > 0, population, np.nan))


def score_sizes(bounds: Iterable[tuple[Any, Any]], held: Any) -> np.ndarray:
    """Return 1 for a size that is wished for, and less by how far another is from one.

    bounds: log10 of the least and of that below which it must be; held: log10 of inhabitants.
    """
    ratio: Any = np.float32(np.inf)
    for least, below in bounds:
        ratio = np.minimum(ratio, np.maximum(np.maximum(least - held, held - below), 0))
    return 1 / (1 + ratio)


def log_sizes(need: Need) -> list[tuple[np.float32, np.float32]]:
    """Return log10 of the sizes that are wished for; nothing and no end are 0 and infinity."""
    return [
        (np.float32(np.log10(max(least, 1))), np.float32(np.log10(below) if below else np.inf))
        for least, below in need.sizes
    ]


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return the likeness of log population, tier, geography and income group, weighed 4:2:2:2.

    Towns of a tenth of the size are half alike: 1 / (1 + |log10 ratio|); where sizes are wished
    for, the ratio is to the nearest of them. Between a town and a region, an association or a
    company the inhabitants do not apply. A country wished for weighs 2 more.
    """
    parts: list[tuple[float, np.ndarray]] = []
    if need.sizes:
        parts.append((4, score_sizes(log_sizes(need), catalogue["log_population"])))
    elif need.population and is_counted(need.tier):
        ratio = np.abs(catalogue["log_population"] - np.float32(np.log10(need.population)))
        counted = score_words(catalogue, "tier", is_counted) != 0  # where it is unknown, too
        parts.append((4, np.where(counted, 1 / (1 + ratio), np.float32(np.nan))))
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
    return weighted_mean(parts) if parts else all_unknown(catalogue)


@dataclass(frozen=True)
class AskedPlaces:
    """The places and wishes of n needs.

    population (n,): log10, NaN where it does not count; sizes (n, most, 2): as `log_sizes`, those
    that nobody meets where fewer are wished for; holding {fact: {word: rows}}; geography (n,):
    how many words; income (n,): the place among INCOMES, or -1.
    """

    population: np.ndarray
    sizes: np.ndarray
    holding: dict[str, dict[str, np.ndarray]]
    geography: np.ndarray
    income: np.ndarray

    def count(self, fact: str, words: Iterable[str | None]) -> np.ndarray:
        """Return (n,) how many of some words each need holds; NaN where it holds none at all."""
        found = np.full(len(self.income), np.nan, np.float32)
        for rows in self.holding[fact].values():
            found[rows] = 0
        for word in words:
            found[self.holding[fact].get(word or "", [])] += 1
        return found


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
    )


def score_needs(offer: Offer, laid: AskedPlaces, catalogue: OfferColumns) -> np.ndarray:
    """As `score`, for one offer."""
    parts: list[tuple[float, np.ndarray]] = []
    if offer.population:
        held = np.float32(np.log10(float(np.float32(offer.population))))
        like = 1 / (1 + np.abs(held - laid.population))
        if not is_counted(offer.tier):
            like = np.full_like(like, np.nan)
        if laid.sizes.shape[1]:
            bounds = [
                (laid.sizes[:, place, 0], laid.sizes[:, place, 1])
                for place in range(laid.sizes.shape[1])
            ]
            like = np.where(laid.sizes[:, 0, 0] < np.inf, score_sizes(bounds, held), like)
        parts.append((4, like))
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
    return weighted_mean(parts) if parts else np.full(len(laid.income), np.nan, np.float32)


def facts(need: Need, catalogue: OfferColumns, row: int, offer: Offer) -> dict:
    """Return the offer's place beside the need's, and whether it is as wished, where one knows."""
    wishes = {}
    if need.sizes and offer.population:
        wishes["size_wished"] = any(
            least <= offer.population and (below is None or offer.population <= below)
            for least, below in need.sizes
        )
    if need.wished_countries and offer.country:
        wishes["country_wished"] = offer.country in need.wished_countries
    shared = set(offer.geography) & set(need.geography)
    return {
        "population": offer.population,
        "asked_population": need.population,
        "is_counted": bool(is_counted(need.tier) and is_counted(offer.tier)),
        "tier": offer.tier,
        "same_tier": offer.tier == need.tier,
        "geography": sorted(shared),
        "has_other_geography": bool(need.geography and offer.geography and not shared),
        "income": offer.income,
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
