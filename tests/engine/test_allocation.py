"""Sharing experts over needs: equal to trying every plan, explained, and frank about clashes."""

import itertools
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.allocation import Candidate, Limits, allocate_matches

NEEDS, EXPERTS = ("agona", "badulla", "cuenca"), (1, 2, 3)


def pairs(**scores):
    """Candidates written as need=(score with expert 1, with expert 2, ...), None for none."""
    return [
        Candidate(need, expert, expert, f"town {expert}", score)
        for need, row in scores.items()
        for expert, score in enumerate(row, 1)
        if score is not None
    ]


def plan_of(candidates, limits=None, **options):
    plan = allocate_matches(candidates, limits, **options)
    return {(c.need, c.expert) for c in plan.matches}


def test_one_expert_goes_where_the_second_need_has_nobody_else():
    candidates = pairs(agona=(90, 80), badulla=(85, None))

    plan = allocate_matches(candidates)

    assert {(c.need, c.expert) for c in plan.matches} == {("agona", 2), ("badulla", 1)}
    [passed] = plan.passed["agona"]
    assert (passed.candidate.expert, passed.reason, passed.gone_to) == (1, "expert", ("badulla",))
    assert passed.gain == 85  # what Badulla would lose: it has nobody else


def test_the_weakest_match_counts_before_the_total():
    candidates = pairs(agona=(100, 60), badulla=(70, 20))

    assert plan_of(candidates) == {("agona", 2), ("badulla", 1)}  # 60 + 70, not 100 + 20


def test_what_staff_fixed_or_forbade_holds():
    candidates = pairs(agona=(90, 80), badulla=(85, 50))

    fixed = Limits(fixed=frozenset({("agona", 1)}))
    forbidden = Limits(forbidden=frozenset({("agona", 2), ("badulla", 1)}))

    assert plan_of(candidates, fixed) == {("agona", 1), ("badulla", 2)}
    assert plan_of(candidates, forbidden) == {("agona", 1), ("badulla", 2)}


def test_a_need_without_anybody_is_named_unserved():
    plan = allocate_matches(pairs(agona=(90,)), needs=["agona", "badulla"])

    assert (plan.unserved, plan.total) == (("badulla",), 90)


def test_demands_that_clash_are_named_and_none_of_them_can_be_left_out():
    candidates = pairs(agona=(90, 80), badulla=(85, 70), cuenca=(60, 50))
    limits = Limits(
        fixed=frozenset({("agona", 1), ("badulla", 1)}), must=frozenset({"cuenca"}), budget=10
    )

    plan = allocate_matches(candidates, limits)

    assert (plan.matches, plan.unserved) == ((), NEEDS)
    assert set(plan.clash) == {
        ("capacity", 1),
        ("fixed", ("agona", 1)),
        ("fixed", ("badulla", 1)),
    }
    for demand in plan.clash:
        kind, what = demand
        less = {
            "capacity": replace(limits, capacity={1: 2}),
            "fixed": replace(limits, fixed=limits.fixed - {what}),
        }[kind]
        assert allocate_matches(candidates, less).clash == ()


@pytest.mark.parametrize(
    ("candidates", "limits", "word"),
    [
        (pairs(agona=(float("nan"),)), {}, "scores"),
        (pairs(agona=(1,)) * 2, {}, "twice"),
        (pairs(agona=(1,)), {"fixed": frozenset({("agona", 9)})}, "fixed"),
        (pairs(agona=(1,)), {"must": frozenset({"nowhere"})}, "must"),
        (pairs(agona=(1,)), {"budget": -1}, "budget"),
        (pairs(agona=(1,)), {"experts": {"agona": (2, 1)}}, "experts"),
    ],
)
def test_what_cannot_be_asked_names_the_field(candidates, limits, word):
    with pytest.raises(ValueError, match=word):
        allocate_matches(candidates, Limits(**limits))


def best_by_trying_all(candidates, limits):
    """Every subset of the candidates: the plain slow reference. Return (served, weakest, total)."""
    best = None
    for size in range(len(candidates) + 1):
        for taken in itertools.combinations(candidates, size):
            if holds(taken, limits):
                served = len({c.need for c in taken})
                weakest = min((c.score for c in taken), default=100)
                value = (served, weakest, sum(c.score for c in taken))
                best = value if best is None else max(best, value)
    return best


def holds(taken, limits):
    def count(key):
        keys = [key(c) for c in taken]
        return {value: keys.count(value) for value in keys}

    chosen = {(c.need, c.offer) for c in taken}
    return (
        all(
            limits.experts.get(need, (1, 1))[0] <= number <= limits.experts.get(need, (1, 1))[1]
            for need, number in count(lambda c: c.need).items()
        )
        and all(n == 1 for n in count(lambda c: (c.need, c.expert)).values())
        and all(n <= limits.capacity.get(e, 1) for e, n in count(lambda c: c.expert).items())
        and all(n <= limits.authorities.get(a, 99) for a, n in count(lambda c: c.authority).items())
        and (limits.budget is None or sum(c.cost for c in taken) <= limits.budget)
        and limits.fixed <= chosen
        and not limits.forbidden & chosen
        and limits.must <= {c.need for c in taken}
    )


@st.composite
def problems(draw):
    candidates = [
        Candidate(
            need,
            expert * 10 + len(need),
            draw(st.sampled_from(EXPERTS)) if draw(st.booleans()) else expert,
            draw(st.sampled_from(["a", "b"])),
            draw(st.integers(0, 5)) * 10.0,
            draw(st.integers(0, 3)),
        )
        for need in NEEDS
        for expert in EXPERTS
        if draw(st.integers(0, 3))
    ]
    keys = [(c.need, c.offer) for c in candidates]
    some = st.frozensets(st.sampled_from(keys), max_size=1) if keys else st.just(frozenset())
    needs = sorted({c.need for c in candidates})
    limits = Limits(
        experts=draw(
            st.dictionaries(st.sampled_from(NEEDS), st.sampled_from([(1, 2), (2, 2), (1, 1)]))
        ),
        capacity=draw(st.dictionaries(st.sampled_from(EXPERTS), st.integers(0, 2))),
        authorities=draw(st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 3))),
        budget=draw(st.none() | st.integers(0, 9)),
        fixed=draw(some),
        forbidden=draw(some),
        must=draw(st.frozensets(st.sampled_from(needs), max_size=1)) if needs else frozenset(),
    )
    return candidates, limits


@settings(max_examples=60)
@given(problems())
def test_a_plan_is_as_good_as_trying_every_plan(problem):
    candidates, limits = problem

    plan, best = allocate_matches(candidates, limits), best_by_trying_all(candidates, limits)

    if best is None:
        assert plan.clash
    else:
        found = {c.need for c in plan.matches}
        weakest = 100 if plan.weakest is None else plan.weakest
        assert (len(found), weakest, plan.total) == best
        assert holds(plan.matches, limits)


def test_a_process_that_shares_nothing_loads_no_solver():
    """Loading it takes a seventh of every start: of web, workers and commands."""
    asks = "import engine, sys; print('engine.allocation' in sys.modules, 'scipy' in sys.modules)"

    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)

    assert said.stdout.split() == ["True", "False"]
