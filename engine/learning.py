"""Weights learnt from what staff decided: proposed with their proof, never adopted by themselves.

Each decision says that one offer was preferred to another for the same need (shortlisted over
dismissed, rated well over rated badly). Non-negative weights are fitted by regularised pairwise
logistic regression (Joachims, "Optimizing search engines using clickthrough data", 2002; the
logistic loss of Burges et al., "Learning to rank using gradient descent", 2005), drawn towards
the present weights, on earlier decisions; and tried on the later ones beside the present policy.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np

from engine.criteria import CRITERIA
from engine.policy import Policy
from engine.ranking import policy_weights, worth_of_unknown

SAMPLES, SEED = 2000, 7
REFITS = 200  # of the weights, on needs drawn anew, for their intervals
LEAST = 30  # pairs to learn from, and as many to try on: below, nothing is proposed
HELD = 0.3  # share of the decisions, the latest, on which the proposal is tried


@dataclass(frozen=True)
class Decision:
    """One need's decided offers: values (n, n_criteria) in [0, 1], NaN where unknown; grades (n,)
    numbers, higher is better; order: anything that sorts by time."""

    need: str
    values: np.ndarray
    grades: np.ndarray
    order: float

    def __post_init__(self) -> None:
        if self.values.shape != (len(self.grades), len(CRITERIA)):
            raise ValueError(f"values must be {(len(self.grades), len(CRITERIA))}")
        known = self.values[~np.isnan(self.values)]
        if known.size and not (known.min() >= 0 and known.max() <= 1):
            raise ValueError("values must lie in [0, 1]")
        if not np.isfinite(np.asarray(self.grades, float)).all():
            raise ValueError("grades must be finite")


@dataclass(frozen=True)
class Proposal:
    """policy: the weights proposed, or None where there is too little to learn from; pairs and
    held_pairs: how many it was fitted and tried on; right, right_now: share of the later pairs
    that the proposal and the present policy put in the order decided; gain: the 95 % bootstrap
    interval, over needs, of the difference; between: that of each weight."""

    policy: Policy | None
    pairs: int
    held_pairs: int
    right: float | None = None
    right_now: float | None = None
    gain: tuple[float, float] | None = None
    between: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def percent_right(self) -> int | None:
        return None if self.right is None else round(100 * self.right)

    @property
    def percent_right_now(self) -> int | None:
        return None if self.right_now is None else round(100 * self.right_now)

    @property
    def is_better(self) -> bool:
        """True if the whole interval lies above zero."""
        return self.gain is not None and self.gain[0] > 0


def score_differences(decision: Decision, policy: Policy) -> np.ndarray:
    """Return (m, n_criteria): preferred less other, for each pair of different grades."""
    values = np.where(np.isnan(decision.values), worth_of_unknown(policy), decision.values)
    grades = np.asarray(decision.grades, float)
    first, second = np.nonzero(grades[:, None] > grades[None, :])
    return values[first] - values[second]


def fit_weights(pairs: np.ndarray, start: np.ndarray, strength: float) -> np.ndarray:
    """Return (n_criteria,) weights >= 0 that sum to 100; pairs (m, n_criteria)."""
    from scipy.optimize import minimize  # noqa: PLC0415 - see `solve_programme`

    start = start / start.sum()
    scale = 10.0  # sharpness of a preference: weights that sum to 1 make scores in [0, 1]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        margin = scale * (pairs @ weights)
        away = weights - start
        slope = -scale * (pairs.T @ (1 / (1 + np.exp(margin)))) / len(pairs)
        value = np.logaddexp(0, -margin).mean() + strength * (away @ away)
        return value, slope + 2 * strength * away

    result = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(start))
    weights = result.x if result.x.sum() > 0 else start
    return 100 * weights / weights.sum()


def learn_weights(
    decisions: Iterable[Decision], policy: Policy, *, strength: float = 1.0
) -> Proposal:
    """Propose weights from decisions, tried on the later ones beside the present policy.

    strength: how strongly the present weights hold, > 0. The same input gives the same
    Proposal. Raises ValueError for a strength that is not above 0.
    """
    if not strength > 0:
        raise ValueError(f"strength must be above 0: {strength}")
    decisions = sorted(decisions, key=lambda d: (d.order, d.need))
    cut = len(decisions) - max(1, round(HELD * len(decisions))) if decisions else 0
    early = [score_differences(d, policy) for d in decisions[:cut]]
    later = [some for d in decisions[cut:] if len(some := score_differences(d, policy))]
    pairs = np.concatenate([*early, np.zeros((0, len(CRITERIA)))])
    held = sum(len(some) for some in later)
    if len(pairs) < LEAST or held < LEAST:
        return Proposal(None, len(pairs), held)
    present = policy_weights(policy).astype(float)
    weights = fit_weights(pairs, present, strength)
    # By need: the pairs of one need are not independent of each other.
    shares = np.array([[share_in_order(some, w) for w in (weights, present)] for some in later])
    random = np.random.default_rng(SEED)
    draws = random.integers(0, len(later), (SAMPLES, len(later)))
    gains = (shares[:, 0] - shares[:, 1])[draws].mean(axis=1)
    proposed = replace(
        policy,
        weights={name: round(float(w), 1) for name, w in zip(CRITERIA, weights)},
        version=f"learnt from {policy.version}",
    )
    low, high = np.quantile(gains, [0.025, 0.975])
    own = [some for some in early if len(some)]
    again = random.integers(0, len(own), (REFITS, len(own)))
    refits = [fit_weights(np.concatenate([own[i] for i in d]), present, strength) for d in again]
    lowest, highest = np.quantile(refits, [0.025, 0.975], axis=0).round(1).tolist()
    return Proposal(
        proposed,
        len(pairs),
        held,
        right=float(shares[:, 0].mean()),
        right_now=float(shares[:, 1].mean()),
        gain=(float(low), float(high)),
        between=dict(zip(CRITERIA, zip(lowest, highest))),
    )


def share_in_order(pairs: np.ndarray, weights: np.ndarray) -> float:
    """Return the share of pairs in the order decided; a tie is half right."""
    margin = np.round(pairs @ weights, 6)
    return float(((margin > 0) + 0.5 * (margin == 0)).mean())
