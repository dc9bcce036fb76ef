"""What several tests of the engine begin with: topics, an encoder, a need and an offer."""

from datetime import date

import numpy as np

from engine import Need, Offer, Themes

THEMES = Themes.from_codes(
    ["water/sludge", "water/sewerage", "water/tariffs", "school/meals", "school/buildings"]
)


class Letters:
    """A small encoder of the tests: counts of letters. Real vectors are tested below."""

    version = "letters"

    def encode(self, texts):
        counts = [[text.lower().count(c) + 1 for c in "aeioustrn"] for text in texts]
        rows = np.array(counts, float).reshape(len(texts), 9)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


NEED = Need(
    id="CN-1",
    text="The sludge of pits ends in the river.",
    language="en",
    topics={"water/sludge": 3, "water/tariffs": 1},
    forms=("expert_mission",),
    languages={"fr": "B2", "en": "C1"},
    window=(date(2027, 2, 1), date(2027, 6, 30)),
    days=5,
    country="GH",
    authority="gh-agona",
    population=115_000,
    tier="municipality",
    geography=("urban",),
    income="LM",
    role="technical",
    function="water",
)
OFFER = Offer(
    id=1,
    text="I organise the emptying of pits.",
    language="en",
    topics={"water/sludge": 3},
    forms=("expert_mission",),
    languages={"en": "C1"},
    available=((date(2027, 3, 1), date(2027, 4, 15)),),
    country="NL",
    authority="nl-almere",
    population=226_000,
    tier="municipality",
    geography=("urban",),
    income="H",
    role="technical",
    function="water",
    years=12,
    missions=2,
    ratings=(2, 4.5),
    capacity=2,
    recent=0,
)
