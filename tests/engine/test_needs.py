"""The other direction: an offer's needs have the scores and reasons that they give the offer."""

from dataclasses import asdict, replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import (
    Catalogue,
    Need,
    Needs,
    Offer,
    Policy,
    appraise_offers,
    nearest_practices,
    rank,
    rank_authorities,
    rank_needs,
)
from engine.criteria import CRITERIA
from engine.criterion import Criterion
from engine.model import INCOMES, LEVELS, ROLES
from engine.rules import RULES
from tests.engine.world import NEED, OFFER, THEMES, Letters

POLICY = Policy.default()
EVERY_RULE = replace(Policy.default(), rules=tuple(RULES), subject=0.6)
DAYS = st.integers(0, 200).map(lambda days: date(2027, 1, 1) + timedelta(days))
PERIODS = st.tuples(DAYS, DAYS).map(lambda days: tuple(sorted(days)))
TEXTS = st.lists(
    st.sampled_from("sludge pits river pumps schools meals roads the boues fosses".split()),
    max_size=12,
).map(" ".join)
COUNTRIES, AUTHORITIES = ["GH", "NL", "BR"], ["a", "b", "c"]
PLACES = {
    "country": st.none() | st.sampled_from(COUNTRIES),
    "authority": st.none() | st.sampled_from(AUTHORITIES),
    "population": st.none() | st.integers(0, 40_000_000),
    "tier": st.none() | st.sampled_from(["municipality", "district", "region"]),
    "geography": st.lists(st.sampled_from(["urban", "coastal", "arid"]), max_size=3).map(tuple),
    "income": st.none() | st.sampled_from(INCOMES),
    "role": st.none() | st.sampled_from(ROLES),
    "function": st.none() | st.sampled_from(["water", "waste", "hr"]),
    "language": st.sampled_from(["en", "fr", "sw"]),
    "text": TEXTS,
    "forms": st.lists(st.sampled_from(["expert_mission", "internship"]), max_size=2).map(tuple),
    "languages": st.dictionaries(
        st.sampled_from(["en", "fr", "nl"]), st.sampled_from(list(LEVELS)), max_size=3
    ),
}
NEEDS = st.builds(
    Need,
    id=st.text("abc", min_size=1, max_size=4),
    topics=st.dictionaries(st.sampled_from(THEMES.codes), st.integers(1, 3), max_size=4),
    window=st.none() | PERIODS,
    closed=st.lists(PERIODS, max_size=2).map(tuple),
    days=st.none() | st.integers(1, 20),
    days_away=st.none() | st.integers(1, 20),
    asked_on=st.none() | DAYS,
    sizes=st.lists(st.sampled_from([(0, 5_000), (50_000, 500_000), (500_000, None)])).map(tuple),
    wished_countries=st.lists(st.sampled_from(COUNTRIES), max_size=2).map(tuple),
    excluded_countries=st.lists(st.sampled_from(COUNTRIES), max_size=1).map(tuple),
    conflicts=st.lists(st.sampled_from([*AUTHORITIES, 1, 2]), max_size=2).map(tuple),
    interpretation=st.booleans(),
    **PLACES,
)
OFFERS = st.builds(
    Offer,
    id=st.integers(1, 10**6),
    expert=st.none() | st.integers(1, 3),
    topics=st.dictionaries(st.sampled_from(THEMES.codes), st.integers(1, 4), max_size=4),
    available=st.none() | st.lists(PERIODS, max_size=2).map(tuple),
    years=st.none() | st.integers(0, 60),
    missions=st.none() | st.integers(0, 9),
    max_days=st.none() | st.integers(0, 20),
    notice_weeks=st.none() | st.integers(0, 20),
    capacity=st.none() | st.integers(-1, 3),
    ties=st.lists(st.sampled_from(AUTHORITIES), max_size=2).map(tuple),
    no_ties=st.lists(st.sampled_from(AUTHORITIES), max_size=2).map(tuple),
    exchanges=st.dictionaries(
        st.sampled_from(AUTHORITIES), st.dictionaries(st.text("abc", max_size=2), st.just(2025))
    ),
    travel_excluded=st.lists(st.sampled_from(COUNTRIES), max_size=1).map(tuple),
    recent=st.none() | st.integers(0, 3),
    **PLACES,
)


def lay(offers):
    return Catalogue.build(offers, themes=THEMES, encoder=Letters())


def unite(ranking):
    return {entry.need_id: entry for entry in (*ranking.entries, *ranking.near_misses)}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(OFFERS, min_size=1, max_size=5, unique_by=lambda offer: offer.id),
    st.lists(NEEDS, max_size=6, unique_by=lambda need: need.id),
)
def test_a_pair_has_one_score_and_the_same_reasons_in_both_directions(offers, needs):
    catalogue = lay(offers)
    laid = Needs(needs, catalogue)

    for offer in offers:
        there = rank_needs(offer.id, laid, replace(EVERY_RULE, rules=()), k=99)
        under_rules = rank_needs(offer.id, laid, EVERY_RULE, k=99, near=99)
        here = {
            need.id: appraise_offers(need, catalogue, EVERY_RULE, [offer.id])[0] for need in needs
        }
        bare = {key: replace(entry, broken=(), facts={}) for key, entry in here.items()}
        assert {entry.need_id: entry for entry in there.entries} == bare
        assert unite(under_rules) == {k: one for k, one in here.items() if len(one.broken) < 2}
        order = [(-entry.score, entry.need_id) for entry in there.entries]
        assert order == sorted(order)
        assert under_rules.admitted == sum(not entry.broken for entry in here.values())


def test_the_order_of_needs_and_their_number_is_nothing_and_the_first_k_are_a_full_sort():
    offers = [OFFER, replace(OFFER, id=2, text="School meals", topics={"school/meals": 4})]
    needs = [
        replace(NEED, id=f"CN-{n:02}", days=n % 9 + 1, topics={THEMES.codes[n % 5]: 2})
        for n in range(30)
    ]
    catalogue = lay(offers)
    every = rank_needs(1, Needs(needs, catalogue), Policy.default(), k=99, near=99)

    again = rank_needs(1, Needs(needs[::-1], catalogue), Policy.default(), k=99, near=99)
    first = rank_needs(1, Needs(needs, catalogue), Policy.default(), k=7, near=0)
    few = rank_needs(1, Needs(needs[:3], catalogue), Policy.default(), k=99, near=99)

    assert again == every
    assert first.entries == every.entries[:7] and first.near_misses == ()
    assert unite(few).items() <= unite(every).items() and len(unite(few)) == 3
    assert rank_needs(1, Needs([], catalogue), Policy.default()).entries == ()


@pytest.mark.parametrize(
    ("less", "more"),
    [
        ({"topics": {"school/meals": 3}}, {"topics": {"water/sludge": 3}}),
        ({"population": 2_000}, {"population": 200_000}),
        ({"function": "hr"}, {"function": "water"}),
        ({"languages": {"en": "C1"}}, {"languages": {"en": "A2"}}),
        ({"closed": ((date(2027, 3, 1), date(2027, 3, 31)),)}, {}),
        ({"wished_countries": ("BR",)}, {"wished_countries": ("NL",)}),
        ({"sizes": ((0, 5_000),)}, {"sizes": ((100_000, 500_000),)}),
    ],
)
def test_the_need_that_an_offer_answers_better_comes_first(less, more):
    needs = [replace(NEED, id="a", **less), replace(NEED, id="b", **more)]

    found = rank_needs(1, Needs(needs, lay([OFFER])), Policy.default())

    assert [entry.need_id for entry in found.entries] == ["b", "a"]
    assert found.entries[0].score > found.entries[1].score


def test_a_criterion_without_another_direction_asks_each_need_by_itself(monkeypatch):
    """So that one which is added later is right before it is fast."""
    score = lambda need, catalogue: np.full(catalogue.size, (need.days or 0) / 30, np.float32)  # noqa: E731
    added = Criterion("length", len(CRITERIA), 10, score, lambda *pair: {"days": pair[0].days})
    monkeypatch.setitem(CRITERIA, "length", added)
    needs = [replace(NEED, id=str(days), days=days) for days in (3, 9, 6)]
    catalogue = lay([OFFER])

    found = rank_needs(1, Needs(needs, catalogue), Policy.default())

    assert [entry.need_id for entry in found.entries] == ["9", "6", "3"]
    for need in needs:
        [there] = rank(need, catalogue, Policy.default()).entries
        assert asdict(there) == asdict(unite(found)[need.id])


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Needs([NEED, NEED], lay([OFFER])), "ids"),
        (lambda: Needs([replace(NEED, topics={"moon/dust": 1})], lay([OFFER])), "topics"),
        (lambda: Needs([NEED], lay([OFFER]), vectors=np.zeros((1, 3))), "vectors"),
    ],
)
def test_needs_that_cannot_be_laid_are_refused_by_name(make, word):
    with pytest.raises(ValueError, match=word):
        make()
    with pytest.raises(KeyError):
        rank_needs(7, Needs([NEED], lay([OFFER])), Policy.default())


@settings(max_examples=25, deadline=None)
@given(
    st.lists(OFFERS, max_size=6, unique_by=lambda offer: offer.id),
    st.lists(NEEDS, max_size=6, unique_by=lambda need: need.id),
)
def test_what_one_authority_gives_another_is_what_the_other_takes_of_it(offers, needs):
    catalogue = lay(offers)
    laid = Needs(needs, catalogue)
    policy = Policy.default()

    seen = {key: rank_authorities(key, laid, policy) for key in AUTHORITIES}

    by_pair = {(key, one.authority): one for key, some in seen.items() for one in some}
    for (own, other), one in by_pair.items():
        assert own != other and (one.gives or one.takes) and 0 <= one.score <= 100
        mirror = by_pair[other, own]
        assert (one.gives, one.takes) == (mirror.takes, mirror.gives)
        mine = [need for need in needs if need.authority == own]
        theirs = [offer.id for offer in offers if offer.authority == other]
        scores = [
            entry.score
            for need in mine
            for entry in appraise_offers(need, catalogue, policy, theirs)
            if not entry.broken
        ]
        assert (one.gives.score if one.gives else None) == max(scores, default=None)
    backwards = Needs(needs[::-1], lay(offers[::-1]))
    assert {key: rank_authorities(key, backwards, policy) for key in AUTHORITIES} == seen


def test_a_place_that_helps_and_is_helped_comes_before_one_that_only_helps():
    """Agona asks about sludge and knows about meals; Kisumu the reverse; Almere asks nothing."""
    town = {"tier": "municipality", "population": 100_000}
    meals = {"topics": {"school/meals": 3}, "text": "Cooking school meals."}
    ours = replace(OFFER, id=1, authority="agona", country="GH", **meals)
    both = replace(OFFER, id=2, authority="kisumu", country="KE", **town)
    asked = replace(NEED, id="K", authority="kisumu", country="KE", **town, **meals)
    giving = replace(OFFER, id=3, authority="almere", country="NL", **town)
    mine = replace(NEED, id="A", authority="agona")
    far = replace(OFFER, id=4, authority="ghent", country="BE", population=2_000_000)

    found = rank_authorities("agona", Needs([mine, asked], lay([ours, both, giving, far])), POLICY)

    told = [
        (one.authority, one.gives and one.gives.offer_id, one.takes and one.takes.need_id)
        for one in found
    ]
    assert told == [("kisumu", 2, "K"), ("almere", 3, None), ("ghent", 4, None)]
    assert found[0].gives.parts["topics"].evidence["covered"] == {"water/sludge": 3}
    assert found[1].alike > found[2].alike
    assert rank_authorities("nowhere", Needs([mine], lay([ours])), POLICY) == ()


def test_the_nearest_practices_are_about_the_same_in_places_alike_and_no_stranger_is_one():
    practices = [
        Offer(1, "Emptying pits by licence.", "en", topics={"water/sludge": 4}, population=90_000),
        Offer(2, "Emptying pits by licence.", "en", topics={"water/sludge": 4}, population=900),
        Offer(3, "Cooking for schools.", "en", topics={"school/meals": 4}, population=90_000),
    ]
    catalogue = lay(practices)

    found = nearest_practices(NEED, catalogue)

    assert [entry.offer_id for entry in found] == [1, 2]
    assert found[0].parts["topics"].evidence["covered"] == {"water/sludge": 4}
    assert nearest_practices(NEED, lay(practices[::-1])) == found
    assert [entry.offer_id for entry in nearest_practices(NEED, catalogue, k=1)] == [1]
    assert nearest_practices(NEED, lay([])) == ()
    # A town knows its own, and of two texts that are alike the topics tell what they are about.
    own, other = (
        replace(practices[0], authority="us"),
        replace(practices[0], topics={"school/meals": 4}),
    )
    assert nearest_practices(replace(NEED, authority="us"), lay([own])) == ()
    assert nearest_practices(NEED, lay([other])) == ()
