"""Reads pairs.jsonl, versions of colleagues that differ in one thing, and draws whole profiles.

README.md beside tells who wrote the versions, and after what the profiles are drawn.
"""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np

from engine import Need, Offer
from engine.model import INCOMES
from engine.reference import read_taxonomy
from tests.engine.relevance.written import written

# (kind, one version, the other)
COMPARED = (
    ("length", "short", "middle"),
    ("length", "long", "middle"),
    ("length", "short", "long"),
    *(("language", code, "en") for code in ("fr", "es", "pt", "ar")),
    ("gender", "woman", "man"),
    ("place", "south", "north"),
    ("polish", "plain", "polished"),
)
# What a profile may lack; topics, languages and a text the forms insist on.
MAY_LACK = ("available", "population", "tier", "geography", "income", "role", "function", "years")
MAY_LACK += ("missions", "ratings")
FUNCTIONS = ("water", "waste", "engineering", "planning", "finance", "social", "digital", "mayor")
GEOGRAPHY = ("coastal", "mountain", "arid", "river", "rural", "urban")
YEAR = date(2027, 1, 1)


class Version(NamedTuple):
    need: str
    kind: str
    version: str
    language: str
    text: str

    @property
    def group(self):
        """Those of one group differ in one thing; women and men have one in each language."""
        return self.need, self.kind, self.language if self.kind == "gender" else ""


def read_versions():
    lines = Path(__file__).with_name("pairs.jsonl").read_text(encoding="utf-8").splitlines()
    return [Version(**json.loads(line)) for line in lines]


def read_needs(versions):
    """Return the needs that versions are colleagues for."""
    wanted = {version.need for version in versions}
    return [need for need in written().needs if need.id in wanted]


def draw_profiles(number, seed=7):
    """Draw [(need, offer)] with every fact known."""
    random = np.random.default_rng(seed)
    codes = [row["code"] for row in read_taxonomy()]

    def draw_place():
        return {
            "population": int(10 ** random.uniform(3, 6.3)),
            "tier": str(random.choice(["municipality", "district", "region"], p=[0.75, 0.15, 0.1])),
            "geography": tuple(sorted(random.choice(GEOGRAPHY, 2, replace=False).tolist())),
            "income": str(random.choice(INCOMES)),
        }

    pairs = []
    for pk in range(number):
        topic = str(random.choice(codes))
        function = str(random.choice(FUNCTIONS))
        held = function if random.random() < 0.5 else str(random.choice(FUNCTIONS))
        spoken = str(random.choice(["A2", "B2", "C1", "native"], p=[0.2, 0.3, 0.3, 0.2]))
        free = YEAR + timedelta(int(random.integers(0, 300)))
        need = Need(
            f"n{pk}",
            "",
            "en",
            topics={topic: 3},
            languages={"en": "B2"},
            window=(date(2027, 3, 1), date(2027, 8, 31)),
            days=5,
            role=str(random.choice(["elected", "technical", "both"], p=[0.2, 0.5, 0.3])),
            function=function,
            **draw_place(),
        )
        offer = Offer(
            pk,
            "",
            "en",
            topics={topic: int(random.integers(2, 5))},
            languages={"en": spoken},
            available=((free, free + timedelta(90)),),
            role=str(random.choice(["elected", "technical"], p=[0.3, 0.7])),
            function=held,
            years=int(random.gamma(2, 6)),
            missions=int(random.poisson(1)),
            ratings=(int(random.integers(3, 10)), float(np.round(random.uniform(3, 5), 1))),
            capacity=2,
            recent=0,
            **draw_place(),
        )
        pairs.append((need, offer))
    return pairs
