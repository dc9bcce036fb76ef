"""Reads needs-*.jsonl and offers.jsonl: 180 needs, 600 offers and their grades, by several writers.

How they were written and judged stands in README.md beside. The unseen third is by a writer of
its own on subjects of its own: only a closing measurement may read it.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from engine import Need, Offer

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Written:
    """grades: {need id: {offer id: 0, 1 or 2}}; a pair that is not in it was never judged."""

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    grades: dict[str, dict[int, int]]


def read_lines(name):
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def written(*, unseen=False):
    """Return the needs that were seen, or those that were not, with all offers."""
    offers = read_lines("offers.jsonl")
    numbers = {offer["id"]: number for number, offer in enumerate(offers)}
    needs = read_lines("needs-unseen.jsonl" if unseen else "needs-seen.jsonl")
    return Written(
        tuple(Need(need["id"], need["text"], need["language"]) for need in needs),
        tuple(Offer(numbers[offer["id"]], offer["text"], offer["language"]) for offer in offers),
        {
            need["id"]: {numbers[offer]: grade for offer, grade in need["grades"].items()}
            for need in needs
        },
    )
