"""Context: how alike the two places are, or how like the place that is wished for."""

import numpy as np

from engine.columns import Choice, DerivedNumbers, Number, OfferColumns, Word, Words
from engine.criterion import Criterion, all_unknown, score_words, weighted_mean
from engine.model import INCOMES, Need, Offer

TOWNS = ("municipality", "district", "metropolitan")  # tiers whose inhabitants are compared


def is_counted(tier: str | None) -> float:
    """Return 1 if its inhabitants say how like a town it is: not of a region, an association of
    municipalities or a company."""
    return float(tier is None or tier in TOWNS)


def log_population(population: np.ndarray) -> np.ndarray:
    """Return log10 of inhabitants; NaN for none."""
    return np.log10(np.where(population > 0, population, np.nan))


def score_sizes(need: Need, held: np.ndarray) -> np.ndarray:
    """Return 1 for a size that is wished for, and less by how far another is from one.

    held: log10 of inhabitants.
    """
    ratio = np.full(len(held), np.inf, np.float32)
    for least, below in need.sizes:
        short = np.float32(np.log10(max(least, 1))) - held
        over = held - np.float32(np.log10(below) if below else np.inf)
        ratio = np.minimum(ratio, np.maximum(np.maximum(short, over), 0))
    return 1 / (1 + ratio)


def score(need: Need, catalogue: OfferColumns) -> np.ndarray:
    """Return the likeness of log population, tier, geography and income group, weighed 4:2:2:2.

    Towns of a tenth of the size are half alike: 1 / (1 + |log10 ratio|); where sizes are wished
    for, the ratio is to the nearest of them. Between a town and a region, an association or a
    company the inhabitants do not apply. A country wished for weighs 2 more.
    """
    parts: list[tuple[float, np.ndarray]] = []
    if need.sizes:
        parts.append((4, score_sizes(need, catalogue["log_population"])))
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
)
