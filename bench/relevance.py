"""How well the engine finds: two evaluation sets, beside words or vectors alone,
and with each view of the texts left out.

Prints nDCG@10 (Järvelin and Kekäläinen, "Cumulated gain-based evaluation", 2002; gains of 3
and 1), recall@10 of the offers on the need's own subject, and the mean reciprocal rank of the
first. "Same": the offers in the need's language are to be found; "cross": those in others.
`--unseen` measures the third that was put aside; tune on the rest.

On the second set: "first", how often a fitting offer stands first, and "in ten", among the needs
that have one; "unjudged", the share of the first ten that nobody judged: they count as not fitting.
Both sets are described in tests/engine/relevance/README.md.
"""

import argparse
from dataclasses import replace

import bm25s
import numpy as np

from engine import Catalogue, Policy, Themes
from engine.encoders import choose_installed, encoders_of
from engine.ranking import score_criteria, total_scores
from engine.reference import TAXONOMY
from engine.text import show_raw
from engine.words import split_words
from tests.engine.relevance.judged import NEAR, SAME, judged
from tests.engine.relevance.written import written

CUTOFF = 10
DISCOUNT = 1 / np.log2(np.arange(2, CUTOFF + 2))


def measures(scores, grades, ids):
    """Return (nDCG, recall, reciprocal rank) of one list; all arrays (n,)."""
    order = np.lexsort((ids, -scores))[:CUTOFF]
    gains = 2.0**grades - 1
    ideal = np.sort(gains)[::-1][:CUTOFF]
    ndcg = (gains[order] * DISCOUNT[: len(order)]).sum() / (ideal * DISCOUNT[: len(ideal)]).sum()
    hits = np.flatnonzero(grades[order] == SAME)
    fitting = (grades == SAME).sum()
    recall = len(hits) / fitting if fitting else np.nan
    return ndcg, recall, 1 / (hits[0] + 1) if len(hits) else 0.0


def evaluate(scores, data, needs):
    """Return {part: (n_needs, 3)} for a table of scores (all needs, n_offers)."""
    ids = np.array([offer.id for offer in data.offers])
    spoken = np.array([offer.language for offer in data.offers])
    results: dict[str, list] = {"same": [], "cross": []}
    for place, need in enumerate(data.needs):
        if need.id not in needs:
            continue
        grades = np.array([data.grades[need.id].get(pk, 0) for pk in ids])
        own = spoken == need.language
        for part, other in (("same", ~own), ("cross", own)):
            kept = ~((grades > 0) & other)
            results[part].append(measures(scores[place][kept], grades[kept], ids[kept]))
    return {part: np.array(rows) for part, rows in results.items()}


def build_catalogue(data):
    """Return the catalogue of a set, and its needs' vectors."""
    encoder = choose_installed()
    catalogue = Catalogue.build(data.offers, themes=Themes.load(TAXONOMY), encoder=encoder)
    return catalogue, encoder.encode([need.text for need in data.needs])


def tables(data, catalogue, asked):
    """Return {what: scores (n_needs, n_offers)} of whole offers."""
    policy = Policy.default()

    def engine(policy):
        return np.array(
            [
                total_scores(score_criteria(need, catalogue, asked[place]), policy)
                for place, need in enumerate(data.needs)
            ]
        )

    by_name = {"the full engine": engine(policy)}
    for name in ("topics", "text", "peer"):
        less = replace(policy, weights=policy.weights | {name: 0})
        by_name[f"  without {name}"] = engine(less)
    return by_name


def text_tables(data, catalogue, asked):
    """Return {what: scores (n_needs, n_offers)} of the text alone, with each view left out."""
    text = catalogue.text

    def score_texts(left_out=()):
        whole = text.packed.copy()
        for key in left_out:
            text.packed[:, text.columns[key]] = 0
        rows = [
            text.raw_scores(asked[place], need.text, need.language)
            for place, need in enumerate(data.needs)
        ]
        text.packed = whole
        return np.array(rows)

    by_name = {"the text part": score_texts()}
    for key in text.columns:
        by_name[f"  without the view {key}"] = score_texts([key])
    by_name["  without wide and second"] = score_texts(["wide", "second"])
    plain = zip(
        encoders_of(catalogue.text.encoder).values(),
        text.split_vectors(asked, len(asked)).values(),
        text.split_vectors(text.encoder.encode([o.text for o in data.offers]), text.size).values(),
    )
    for encoder, ours, theirs in plain:
        by_name[f"  plain {encoder.version}"] = ours @ theirs.T
    by_name["  BM25"] = score_words(data)
    return by_name


def score_words(data):
    """Return BM25 of the stems of each language: (n_needs, n_offers)."""
    lexical = bm25s.BM25()
    lexical.index(
        [[stem for stem, _ in split_words(o.text, o.language)] for o in data.offers],
        show_progress=False,
    )
    known = lexical.vocab_dict
    return np.array(
        [
            lexical.get_scores([s for s, _ in split_words(need.text, need.language) if s in known])
            for need in data.needs
        ]
    )


def evaluate_written(scores, data):
    """Return nDCG@10 (n_needs, NaN where nothing fits), and the shares first, in ten and unjudged.

    Two nDCG: of all offers, and of those in other languages than the need's.
    """
    ids = np.array([offer.id for offer in data.offers])
    spoken = np.array([offer.language for offer in data.offers])
    every, across, first, in_ten, unjudged = [], [], [], [], []
    for place, need in enumerate(data.needs):
        judged_ones = data.grades[need.id]
        grades = np.array([judged_ones.get(pk, 0) for pk in ids])
        other = spoken != need.language
        every.append(measures(scores[place], grades, ids)[0] if grades.any() else np.nan)
        across.append(
            measures(scores[place][other], grades[other], ids[other])[0]
            if grades[other].any()
            else np.nan
        )
        order = np.lexsort((ids, -scores[place]))[:CUTOFF]
        unjudged.append(np.mean([pk not in judged_ones for pk in ids[order]]))
        if (grades == SAME).any():
            first.append(grades[order[0]] == SAME)
            in_ten.append((grades[order] == SAME).any())
    return np.array([every, across]), np.mean(first), np.mean(in_ten), np.mean(unjudged)


def print_written(*, unseen):
    data = written(unseen=unseen)
    print(f"\n{len(data.needs)} needs by other writers ({'unseen' if unseen else 'seen'})", end="")
    print(f", {len(data.offers)} offers, text alone")
    print(f"{'':34}{'nDCG@10':>9}{'across':>9}{'first':>9}{'in ten':>9}{'unjudged':>10}")
    scores = text_tables(data, *build_catalogue(data))
    results = {name: evaluate_written(rows, data) for name, rows in scores.items()}
    for name, (gains, first, in_ten, unjudged) in results.items():
        every, across = np.nanmean(gains, axis=1)
        print(f"{name:34}{every:9.3f}{across:9.3f}{first:9.0%}{in_ten:9.0%}{unjudged:10.0%}")
    print_differences({name: dict(zip(("all", "across"), row[0])) for name, row in results.items()})
    print_shares(scores["the text part"], data)


def print_shares(raw, data):
    """Print what share of its points a text earns, by the grade of the pair."""
    print(f"\n{'share of the points shown':34}{'pairs':>7}{'10 %':>7}{'50 %':>7}{'90 %':>7}")
    ids = [offer.id for offer in data.offers]
    for grade, name in ((SAME, "fits"), (NEAR, "near"), (0, "does not fit")):
        shares = [
            raw[place, column]
            for place, need in enumerate(data.needs)
            for column, pk in enumerate(ids)
            if data.grades[need.id].get(pk) == grade
        ]
        low, middle, high = np.quantile(show_raw(np.array(shares)), [0.1, 0.5, 0.9])
        print(f"{name:34}{len(shares):>7}{low:>7.0%}{middle:>7.0%}{high:>7.0%}")


def print_differences(results):
    """Print what each line that is set in gives less than the one it is set in under.

    results {name: {part: (n_needs,)}}; NaN where nothing fits.
    """
    print("\nnDCG@10, difference and its 95 % interval (paired bootstrap over needs)")
    random, whole = np.random.default_rng(7), ""
    for name, parts in results.items():
        if not name.startswith(" "):
            whole = name
            continue
        print(f"{whole} less{name:32}", end="")
        for part, gains in parts.items():
            less = (results[whole][part] - gains)[~np.isnan(gains)]
            low, high = interval(less, random)
            print(f"   {part} {less.mean():+.3f} [{low:+.3f}, {high:+.3f}]", end="")
        print()


def interval(differences, random):
    """Return the 95 % bootstrap interval of a mean (Efron, 1979), 10,000 samples."""
    draws = random.integers(0, len(differences), (10_000, len(differences)))
    return np.quantile(differences[draws].mean(axis=1), [0.025, 0.975])


def print_judged(*, unseen):
    data = judged()
    needs = data.unseen if unseen else {need.id for need in data.needs} - data.unseen
    print(f"\n{len(needs)} needs ({'unseen' if unseen else 'seen'}), {len(data.offers)} offers")
    print(f"{'':34}{'same: nDCG@10 recall   MRR':>28}{'cross: nDCG@10 recall   MRR':>30}")
    catalogue, asked = build_catalogue(data)
    scores = tables(data, catalogue, asked) | text_tables(data, catalogue, asked)
    results = {name: evaluate(rows, data, needs) for name, rows in scores.items()}
    for name, parts in results.items():
        same, cross = parts["same"].mean(axis=0), parts["cross"].mean(axis=0)
        print(f"{name:34}{same[0]:14.3f}{same[1]:8.3f}{same[2]:6.3f}", end="")
        print(f"{cross[0]:16.3f}{cross[1]:8.3f}{cross[2]:6.3f}")
    print_differences(
        {
            name: {part: rows[:, 0] for part, rows in parts.items()}
            for name, parts in results.items()
        }
    )


def main(arguments=()):
    parser = argparse.ArgumentParser(prog="bench.relevance")
    parser.add_argument("--unseen", action="store_true")
    unseen = parser.parse_args(list(arguments)).unseen
    print_judged(unseen=unseen)
    print_written(unseen=unseen)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
