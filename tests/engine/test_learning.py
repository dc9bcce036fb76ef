"""Learning: it finds what staff care about, tries itself on later decisions, and only proposes."""

import numpy as np
import pytest

from engine import Decision, Policy, learn_weights
from engine.criteria import CRITERIA

POLICY = Policy.default()


def decisions(truth, number=60, offers=6, noise=0.0, seed=1):
    """Needs whose offers were graded by hidden weights {criterion: weight}."""
    random = np.random.default_rng(seed)
    weights = np.array([truth.get(name, 0.0) for name in CRITERIA])
    for place in range(number):
        values = random.random((offers, len(CRITERIA)))
        liked = values @ weights + noise * random.normal(size=offers)
        yield Decision(f"CN-{place}", values, (liked > np.median(liked)).astype(float), place)


def test_what_staff_care_about_is_found_and_beats_the_present_policy_on_later_decisions():
    proposal = learn_weights(decisions({"experience": 5, "ties": 3}), POLICY)

    weights = proposal.policy.weights
    assert sorted(weights, key=weights.get)[-2:] == ["ties", "experience"]
    assert min(weights.values()) >= 0
    assert sum(weights.values()) == pytest.approx(100, abs=0.5)
    assert proposal.right > 0.9 > proposal.right_now
    assert proposal.is_better


def test_decisions_that_follow_the_present_policy_change_little():
    proposal = learn_weights(decisions(POLICY.weights), POLICY)

    assert not proposal.is_better or proposal.right - proposal.right_now < 0.05
    assert max(abs(proposal.policy.weights[n] - w) for n, w in POLICY.weights.items()) < 8


def test_chance_is_not_taken_for_a_wish():
    assert not learn_weights(decisions({}, noise=1.0), POLICY).is_better


def test_too_little_to_learn_from_proposes_nothing():
    assert learn_weights([], POLICY).policy is None
    assert learn_weights(decisions({"ties": 1}, number=3, offers=2), POLICY).policy is None


def test_the_same_decisions_in_any_order_give_the_same_proposal():
    some = list(decisions({"ties": 1}))

    assert learn_weights(some, POLICY) == learn_weights(some[::-1], POLICY)


@pytest.mark.parametrize(
    ("values", "grades", "word"),
    [
        (np.zeros((2, 3)), [0, 1], "values"),
        (np.full((2, len(CRITERIA)), 2.0), [0, 1], "values"),
        (np.zeros((2, len(CRITERIA))), [0, np.nan], "grades"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(values, grades, word):
    with pytest.raises(ValueError, match=word):
        Decision("CN", values, np.array(grades), 0)
