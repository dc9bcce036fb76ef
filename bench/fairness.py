"""Whether like colleagues score alike: versions that differ in one thing, profiles without a fact.

Prints, of the total score of 100, the mean difference with its 95 % interval, and the share of
pairs that lie more than two points apart. What is compared stands in
tests/engine/fairness/README.md.
"""

from collections import defaultdict
from dataclasses import MISSING, fields, replace

import numpy as np

from bench.relevance import build_catalogue, interval
from engine import Catalogue, Offer, Policy, Themes
from engine.encoders import choose_installed
from engine.ranking import score_criteria, total_scores
from engine.reference import TAXONOMY
from tests.engine.fairness.pairs import (
    COMPARED,
    MAY_LACK,
    draw_profiles,
    read_needs,
    read_versions,
)
from tests.engine.relevance.written import written

LIMIT = 2  # points of 100 by which what is no merit may move a colleague, on the mean of a kind


def compare_versions(versions, catalogue):
    """Return {(kind, one, other): differences of the total score} of colleagues' versions.

    Each is laid into the catalogue with its words alone, all else unknown: then the words count
    for most.
    """
    encoder, policy = catalogue.text.encoder, Policy.default()
    first = int(catalogue["ids"].max()) + 1 if len(catalogue) else 0
    for pk, (version, vector) in enumerate(
        zip(versions, encoder.encode([version.text for version in versions])), first
    ):
        catalogue.update(Offer(pk, version.text, version.language), vector=vector)
    needs = read_needs(versions)
    totals = {
        need.id: total_scores(score_criteria(need, catalogue, vector), policy)
        for need, vector in zip(needs, encoder.encode([need.text for need in needs]))
    }
    groups: dict[tuple, dict] = defaultdict(dict)
    for pk, version in enumerate(versions, first):
        row = catalogue.row_of(pk)
        groups[version.group][version.version] = totals[version.need][row]
    return {
        (kind, one, other): np.array(
            [
                group[one] - group[other]
                for (_need, of_kind, _language), group in groups.items()
                if of_kind == kind and {one, other} <= group.keys()
            ]
        )
        for kind, one, other in COMPARED
    }


def compare_profiles(pairs):
    """Return {fact: differences of the total score without it and with it} of whole profiles."""
    policy = Policy.default()
    blank = {one.name: one.default for one in fields(Offer) if one.default is not MISSING}

    def score(offers):
        encoder = choose_installed()
        width = encoder.encode([]).shape[1]
        catalogue = Catalogue.build(
            offers,
            themes=Themes.load(TAXONOMY),
            encoder=encoder,
            vectors=np.zeros((len(offers), width), np.float32),
        )
        return np.array(
            [
                total_scores(score_criteria(need, catalogue), policy)[row]
                for row, (need, _offer) in enumerate(pairs)
            ]
        )

    whole = score([offer for _need, offer in pairs])
    return {
        fact: score([replace(offer, **{fact: blank[fact]}) for _need, offer in pairs]) - whole
        for fact in MAY_LACK
    }


def print_differences(title, results):
    random = np.random.default_rng(7)
    print(f"\n{title}\n{'':30}{'pairs':>7}{'mean':>8}{'95 % interval':>18}{'over two':>10}")
    for name, differences in results.items():
        low, high = interval(differences, random)
        beyond = np.mean(np.abs(differences) > LIMIT)
        print(
            f"{name:30}{len(differences):>7}{differences.mean():>+8.2f}"
            f"{f'[{low:+.2f}, {high:+.2f}]':>18}{beyond:>10.0%}"
        )


def main():
    catalogue, _vectors = build_catalogue(written())
    versions = compare_versions(read_versions(), catalogue)
    named = {f"{kind}: {one} less {other}": found for (kind, one, other), found in versions.items()}
    print_differences("like colleagues, told in another way: points of 100", named)
    print_differences(
        "whole profiles that lose one fact: points of 100", compare_profiles(draw_profiles(300))
    )


if __name__ == "__main__":
    main()
