"""A team for one need: equal to trying every one, explained, and frank about what cannot hold."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Need, Offer, TeamLimits, choose_team
from engine.team import list_traits, worth_of
from tests.engine.world import THEMES

NEED = Need(
    "CN-1",
    "",
    "en",
    topics={"water/sludge": 3, "water/tariffs": 2, "school/meals": 1},
    languages={"en": "B2", "fr": "B1"},
    role="both",
)
PEOPLE = st.lists(
    st.tuples(
        st.builds(
            Offer,
            id=st.integers(1, 99),
            text=st.just(""),
            language=st.just("en"),
            expert=st.none() | st.integers(1, 4),
            topics=st.dictionaries(st.sampled_from(THEMES.codes), st.integers(1, 4), max_size=3),
            role=st.none() | st.sampled_from(["elected", "technical", "both"]),
            country=st.none() | st.sampled_from(["NL", "BR", "SN"]),
            authority=st.none() | st.sampled_from("abc"),
            languages=st.dictionaries(
                st.sampled_from(["en", "fr"]), st.sampled_from(["A2", "C1", "native"])
            ),
            capacity=st.none() | st.integers(0, 2),
        ),
        st.integers(0, 100_000).map(lambda points: points / 1000),
    ),
    max_size=7,
    unique_by=lambda pair: pair[0].id,
)
LIMITS = st.builds(
    TeamLimits,
    elected=st.integers(0, 1),
    technical=st.integers(0, 1),
    countries=st.integers(0, 2),
    per_authority=st.integers(0, 2),
    per_country=st.integers(0, 2),
    forbidden=st.frozensets(st.integers(1, 9), max_size=2),
)


def most_of(values):
    counts = [values.count(value) for value in values if value is not None]
    return max(counts, default=0)


def is_allowed(team, limits):
    offers = [offer for offer, _score in team]
    countries = [offer.country for offer in offers]
    return (
        all(offer.capacity != 0 and offer.id not in limits.forbidden for offer in offers)
        and most_of([offer.expert for offer in offers]) <= 1
        and most_of([o.authority for o in offers]) <= (limits.per_authority or 99)
        and most_of(countries) <= (limits.per_country or 99)
        and len(set(countries) - {None}) >= limits.countries
        and all(
            sum(offer.role in (role, "both") for offer in offers) >= getattr(limits, role)
            for role in ("elected", "technical")
        )
    )


def weigh(team):
    """What a team is compared by: coverage, mix, and points."""
    covered = sum(
        importance * max((worth_of(offer, topic) for offer, _ in team), default=0)
        for topic, importance in NEED.topics.items()
    )
    mix = {trait for offer, _score in team for trait in list_traits(NEED, offer)}
    return round(covered, 5), len(mix), round(sum(score for _offer, score in team), 3)


@settings(max_examples=80, deadline=None)
@given(PEOPLE, st.integers(1, 4), LIMITS)
def test_a_team_equals_the_best_of_all_that_are_possible(people, k, limits):
    possible = [t for t in itertools.combinations(people, k) if is_allowed(t, limits)]

    team = choose_team(NEED, people, k, limits)

    if not possible:
        assert team.members == () and team.clash
        return
    scores = {offer.id: (offer, score) for offer, score in people}
    chosen = [scores[member.offer_id] for member in team.members]
    assert is_allowed(chosen, limits) and len(chosen) == k
    assert weigh(chosen) == max(weigh(one) for one in possible)
    assert team == choose_team(NEED, people[::-1], k, limits)
    assert team.clash == ()


def person(pk, *, topics, score, **facts):
    given = {"role": "technical", "country": "NL", "authority": f"town {pk}", "expert": pk}
    given |= {"languages": {"en": "C1"}}
    return Offer(pk, "", "en", topics=topics, **given | facts), score


SLUDGE = person(1, topics={"water/sludge": 4}, score=90)
ALSO_SLUDGE = person(2, topics={"water/sludge": 4}, score=89)
TARIFFS = person(3, topics={"water/tariffs": 3}, score=60, role="elected", country="BR")
MEALS = person(4, topics={"school/meals": 2}, score=50, languages={"fr": "native"})


def test_a_team_covers_more_than_the_best_two_and_says_what_each_brings():
    team = choose_team(NEED, [SLUDGE, ALSO_SLUDGE, TARIFFS, MEALS], 3)

    assert [(one.offer_id, one.topics, one.alone) for one in team.members] == [
        (1, {"water/sludge": 1.0}, ()),
        (3, {"water/tariffs": 0.9}, (("role", "elected"), ("country", "BR"))),
        (4, {"school/meals": 0.65}, (("language", "fr"),)),
    ]
    assert team.coverage == round((3 + 2 * 0.9 + 0.65) / 6, 4)
    assert (team.uncovered, team.total) == ((), 200)
    assert (team.roles, team.countries) == (("elected", "technical"), ("BR", "NL"))
    assert team.languages == ("en", "fr")


def test_limits_that_cannot_hold_together_are_named_and_none_of_them_can_be_left_out():
    limits = TeamLimits(elected=1, fixed=frozenset({1, 2}), per_authority=1)
    people = [SLUDGE, ALSO_SLUDGE, TARIFFS]

    team = choose_team(NEED, people, 2, limits)

    assert team.members == ()
    assert set(team.clash) == {("size", 2), ("elected", 1), ("fixed", 1), ("fixed", 2)}
    assert choose_team(NEED, people, 3, limits).clash == ()
    assert choose_team(NEED, people, 2, replace(limits, fixed=frozenset({1}))).clash == ()


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: choose_team(NEED, [SLUDGE, SLUDGE], 1), "twice"),
        (lambda: choose_team(NEED, [SLUDGE], 1, TeamLimits(fixed=frozenset({9}))), "fixed"),
    ],
)
def test_candidates_that_cannot_be_are_refused(make, word):
    with pytest.raises(ValueError, match=word):
        make()
