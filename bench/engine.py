"""What the engine costs, on one core, beside what one would do instead; allocation after it.

The floor is what no ranking of this kind can do without: one retrieval of 50 by words (bm25s),
one product of the columns of the texts' views, as floats, and the nine criteria weighed. Vectors
are random: a product costs the same whatever it multiplies.
"""

import argparse
import resource
import tempfile
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import bm25s
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from threadpoolctl import threadpool_limits

from engine import (
    Candidate,
    Catalogue,
    Limits,
    Need,
    Needs,
    Offer,
    Policy,
    Themes,
    allocate_matches,
    rank,
    rank_needs,
)
from engine.criteria import CRITERIA
from engine.encoders import choose_installed, encoders_of
from engine.reference import TAXONOMY, read_taxonomy, read_written, topic_terms
from engine.words import split_words

SIZES = (1_000, 10_000, 100_000)
TIMES = 7
MOST_ENTRIES = 50
THEMES = Themes.load(TAXONOMY)
VOCABULARY = {
    code: sorted(
        {
            w
            for row in read_taxonomy()
            for t in topic_terms(row, code)
            for _, w in split_words(t, code)
        }
    )
    for code in ("en", "fr", "es")
}


def made_offers(number, random):
    """Offers of 40 words; a few words are common and most are rare, as in life (Zipf)."""
    for pk in range(number):
        language = str(random.choice(list(VOCABULARY)))
        some = VOCABULARY[language]
        places = np.minimum(random.zipf(1.3, 40), len(some)) - 1
        yield Offer(
            id=pk,
            text=" ".join(some[place] for place in places),
            language=language,
            expert=pk // 2,
            topics={THEMES.codes[random.integers(len(THEMES.codes))]: int(random.integers(1, 5))},
            forms=("expert_mission",),
            languages={"en": "C1", language: "native"},
            available=((date(2027, 1, 1), date(2027, 12, 31)),),
            country=str(random.choice(["NL", "SN", "CO", "GH"])),
            authority=f"town-{pk % 3000}",
            population=int(random.integers(500, 10**6)),
            tier="municipality",
            role="technical",
            function="water",
            years=int(random.integers(0, 30)),
            capacity=2,
            recent=0,
        )


NEED = Need(
    id="bench",
    text=" ".join(VOCABULARY["en"][::97][:40]),
    language="en",
    topics={THEMES.codes[0]: 3, THEMES.codes[40]: 2},
    forms=("expert_mission",),
    languages={"en": "B2"},
    window=(date(2027, 2, 1), date(2027, 6, 30)),
    days=5,
    country="GH",
    authority="town-1",
    population=100_000,
    tier="municipality",
    role="technical",
    function="water",
)


def made_needs(number, random):
    """Needs as the offers are made, on other days and of other towns."""
    for offer in made_offers(number, random):
        first = date(2027, 1, 1) + timedelta(int(random.integers(0, 300)))
        yield replace(
            NEED,
            id=f"n{offer.id:06}",
            text=offer.text,
            language=offer.language,
            topics={code: min(level, 3) for code, level in offer.topics.items()},
            window=(first, first + timedelta(90)),
            country=offer.country,
            authority=offer.authority,
            population=offer.population,
            function=str(random.choice(["water", "waste", "hr"])),
        )


def measure_needs(size, random):
    """Print what it takes to rank as many needs for one offer."""
    needs = list(made_needs(size, random))
    length = choose_installed().encode([""]).shape[1]
    vectors = random.normal(size=(size, length)).astype(np.float32)
    offers = [replace(offer, id=pk) for pk, offer in enumerate(made_offers(100, random))]
    catalogue = Catalogue.build(offers, themes=THEMES, vectors=vectors[:100])
    start = time.perf_counter()
    laid = Needs(needs, catalogue, vectors=vectors)
    build = time.perf_counter() - start
    engine = best_of(lambda: rank_needs(7, laid, Policy.default(), k=MOST_ENTRIES))
    floor = floor_of([need.text for need in needs], size, catalogue.text.width, random)
    print(f"{size:>9,}{engine:>10.1f}{floor:>8.1f}{engine / floor:>7.1f}{build:>34.1f}")


def best_of(action, times=TIMES):
    """Return the shortest of some runs, in milliseconds."""
    lengths = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        lengths.append(time.perf_counter() - start)
    return 1000 * min(lengths)


def resident():
    """Return the memory of this process now, in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def floor_of(texts, size, width, random):
    retriever = bm25s.BM25()
    retriever.index([text.split() for text in texts], show_progress=False)
    query = [[word for word in NEED.text.split() if word in retriever.vocab_dict] or [""]]
    vectors = random.random((size, width), np.float32)
    criteria = random.random((len(CRITERIA), size), np.float32)
    weights = np.ones(len(CRITERIA), np.float32)

    def run():
        retriever.retrieve(query, k=min(MOST_ENTRIES, size), show_progress=False)
        vectors @ vectors[0]
        weights @ criteria

    return best_of(run)


def loop(offers):
    """Score the common words and topics of two lists in plain Python."""
    asked = set(NEED.text.split())
    return sorted(
        (
            (len(asked & set(o.text.split())) + len(o.topics.keys() & NEED.topics.keys()), o.id)
            for o in offers
        ),
        reverse=True,
    )[:MOST_ENTRIES]


def measure(size, speed):
    random = np.random.default_rng(7)
    offers = list(made_offers(size, random))
    texts = [offer.text for offer in offers]
    length = choose_installed().encode([""]).shape[1]
    vectors = random.normal(size=(size, length)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    start = time.perf_counter()
    catalogue = Catalogue.build(offers, themes=THEMES, vectors=vectors)
    build = time.perf_counter() - start
    engine = best_of(
        lambda: rank(NEED, catalogue, Policy.default(), k=MOST_ENTRIES, vector=vectors[0])
    )
    update = best_of(lambda: catalogue.update(offers[size // 2], vector=vectors[0]))
    floor = floor_of(texts, size, catalogue.text.width, random)
    tfidf = TfidfVectorizer()
    columns = tfidf.fit_transform(texts)
    cosine = best_of(lambda: (columns @ tfidf.transform([NEED.text]).T).toarray().argmax())
    plain = best_of(lambda: loop(offers), 1)
    with tempfile.TemporaryDirectory() as folder:
        catalogue.save(f"{folder}/catalogue")
        disk = sum(file.stat().st_size for file in Path(folder).rglob("*")) / 1e6
        start = time.perf_counter()
        Catalogue.open(f"{folder}/catalogue")
        opening = 1000 * (time.perf_counter() - start)
    least = 1000 * bytes_read(catalogue) / speed
    print(
        f"{size:>9,}{engine:>10.1f}{floor:>8.1f}{engine / floor:>7.1f}{cosine:>9.1f}{plain:>9.0f}"
        f"{build:>9.1f}{update:>9.2f}{opening:>8.0f}{disk:>8.0f}{resident():>9.0f}"
        f"{bytes_read(catalogue) / 1e6:>8.0f}{engine / least:>9.1f}"
    )


def bytes_read(catalogue):
    """Return the bytes of the columns that every ranking reads whole: texts' rows and facts."""
    text = catalogue.text
    width = text.width + text.hubs.itemsize
    columns = sum(column.itemsize for column in catalogue.columns.values())
    levels = len(NEED.languages) + len(NEED.topics)  # a byte a row each
    return catalogue.size * (width + columns + levels + catalogue.windows[0].nbytes)


def bandwidth():
    """Return the bytes a second that one core reads of memory: a sum of half a gigabyte."""
    much = np.ones(2**26, np.float64)
    return much.nbytes / (best_of(much.sum) / 1000)


def measure_allocation():
    random, candidates = np.random.default_rng(5), []
    for need in range(300):
        for expert in random.choice(2000, 50, replace=False).tolist():
            score, cost = random.beta(2, 2) * 100, random.integers(500, 3000)
            candidates.append(
                Candidate(
                    f"n{need:03}", expert, expert, f"a{expert % 700}", round(score, 3), int(cost)
                )
            )
    start = time.perf_counter()
    plan = allocate_matches(
        candidates, Limits(budget=300 * 1100, authorities={f"a{n}": 2 for n in range(700)})
    )
    took = time.perf_counter() - start
    print(
        f"\nallocation of 300 needs x 50 candidates over 2,000 experts, budget: {took:.1f} s, "
        f"{len(plan.matches)} matches, weakest {plan.weakest:.1f}, proven optimal at three levels"
    )


def encode_each(encoder, texts):
    """Return what an encoder takes for one of some texts, each by itself, in milliseconds."""
    return best_of(lambda: [encoder.encode([text]) for text in texts], 3) / len(texts)


def measure_encoders():
    """Print what a text of some lengths costs: the first encoder, and both beside it."""
    encoders = encoders_of(choose_installed())
    words = " ".join(text["text"] for text in read_written() if text["language"] == "en").split()
    print(f"\nencoding one text alone, ms\n{'words':>9}{'first':>10}{'second':>10}{'both':>10}")
    for count in (5, 20, 50, 100, 200, 400, 1000):
        texts = [" ".join(words[start : start + count]) for start in (0, 400, 800)]
        first, second = (encode_each(one, texts) for one in encoders.values())
        print(f"{count:>9}{first:>10.1f}{second:>10.1f}{(first + second) / first:>9.2f}x")


def main(arguments=()):
    parser = argparse.ArgumentParser(prog="bench.engine")
    parser.add_argument("--million", action="store_true", help="a million offers as well")
    sizes = SIZES + ((1_000_000,) if parser.parse_args(list(arguments)).million else ())
    print(
        "\none core; ms but for build (s), disk, memory and read (MB); memory is the whole process"
    )
    print("read: what a ranking reads whole; x memory: its time beside reading that at full speed")
    print(
        f"{'offers':>9}{'engine':>10}{'floor':>8}{'ratio':>7}{'TF-IDF':>9}{'python':>9}"
        f"{'build':>9}{'update':>9}{'open':>8}{'disk':>8}{'memory':>9}"
        f"{'read':>8}{'x memory':>9}"
    )
    with threadpool_limits(1):
        speed = bandwidth()
        for size in sizes:
            measure(size, speed)
        print("\nthe other direction: needs ranked for one offer")
        for size in sizes:
            measure_needs(size, np.random.default_rng(11))
        measure_encoders()
        measure_allocation()


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
