"""How long a ranking takes, by how many offers there are, beside comparing words alone."""

import time
from datetime import date

import bm25s
import numpy as np

from matching.engine import Catalogue, Need, Offer, Policy, Themes, rank

SIZES = [100, 1_000, 10_000]
WORDS = "water waste market school road river tax land trees light women youth plan".split()
THEMES = Themes.of(f"{theme}/{topic}" for theme in WORDS for topic in WORDS[:6])


def offers(number, random):
    for pk in range(number):
        yield Offer(
            id=pk,
            text=" ".join(random.choice(WORDS, 40)),
            language=str(random.choice(["en", "fr", "es"])),
            topics={str(random.choice(THEMES.codes)): int(random.integers(1, 5))},
            forms=("expert_mission",),
            languages={"en": "C1"},
            available=((date(2027, 1, 1), date(2027, 12, 31)),),
            country="NL",
            population=int(random.integers(500, 10**6)),
            years=int(random.integers(0, 30)),
        )


def main():
    random = np.random.default_rng(7)
    need = Need(
        id="bench",
        text=" ".join(WORDS),
        language="en",
        topics={THEMES.codes[0]: 3},
        forms=("expert_mission",),
        languages={"en": "B2"},
        window=(date(2027, 2, 1), date(2027, 6, 30)),
        days=5,
        country="GH",
        population=100_000,
    )
    print(f"\n{'offers':>8}{'one ranking':>14}{'words alone (BM25)':>22}")
    for size in SIZES:
        rows = list(offers(size, random))
        vectors = random.normal(size=(size, 384)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        catalogue = Catalogue.build(rows, themes=THEMES, vectors=vectors)
        rank(need, catalogue, Policy.default())
        start = time.perf_counter()
        rank(need, catalogue, Policy.default())
        ranking = time.perf_counter() - start
        words = bm25s.BM25()
        words.index([row.text.split() for row in rows], show_progress=False)
        start = time.perf_counter()
        words.get_scores(need.text.split()).argsort()
        alone = time.perf_counter() - start
        print(f"{size:>8}{ranking * 1000:>11.1f} ms{alone * 1000:>19.1f} ms")


if __name__ == "__main__":
    main()
