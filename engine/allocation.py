"""Sharing scarce experts over many needs: the best set of matches, proven, and explained.

First as many needs served as possible; among those plans, the weakest match as good as
possible; among those, the highest total. Each level is a mixed-integer programme solved to
proven optimality by HiGHS (Huangfu and Hall, "Parallelizing the dual revised simplex method",
2018); levels follow each other as in lexicographic optimisation (Ehrgott, "Multicriteria
Optimization", 2005, chapter 5).
"""

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np

from engine.programme import Demand, Weights, find_clash, solve_programme


@dataclass(frozen=True)
class Candidate:
    """One pair that may be matched: score in [0, 100], cost in the budget's currency."""

    need: str
    offer: int
    expert: int
    authority: str
    score: float
    cost: float = 0.0


@dataclass(frozen=True)
class Limits:
    """The limits of a plan.

    experts {need: (least, most)}: how many experts serve a need if it is served, (1, 1) where
    it is not named; capacity {expert: most}, 1 where not named; authorities {authority: most},
    no limit where not named; budget: the most that all costs may sum to; fixed, forbidden:
    (need, offer) pairs that staff decided; must: needs that have to be served.
    """

    experts: dict[str, tuple[int, int]] = field(default_factory=dict)
    capacity: dict[int, int] = field(default_factory=dict)
    authorities: dict[str, int] = field(default_factory=dict)
    budget: float | None = None
    fixed: frozenset[tuple[str, int]] = frozenset()
    forbidden: frozenset[tuple[str, int]] = frozenset()
    must: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for need, (least, most) in self.experts.items():
            if not 1 <= least <= most:
                raise ValueError(f"experts of {need}: 1 <= least <= most, not {(least, most)}")
        for name in ("capacity", "authorities"):
            if any(most < 0 for most in getattr(self, name).values()):
                raise ValueError(f"{name} must be 0 or more")
        if self.budget is not None and not self.budget >= 0:
            raise ValueError(f"budget must be 0 or more: {self.budget}")


@dataclass(frozen=True)
class PassedCandidate:
    """A better candidate that a need did not get: why, who has the expert, what that gains.

    reason: "forbidden", "expert" (their places are taken), "authority", "budget" or "plan"
    (the need has its number); gain: points that the needs which have the expert would lose
    with the best that is left to them.
    """

    candidate: Candidate
    reason: str
    gone_to: tuple[str, ...] = ()
    gain: float = 0.0


@dataclass(frozen=True)
class Plan:
    """matches by need and offer; unserved needs; passed {need: better ones it did not get}.

    clash: where no plan exists, demands of which all together cannot hold, and any all but one
    can: ("fixed", pair), ("must", need), ("experts", need), ("capacity", expert), ("authority",
    key), ("forbidden", pair) or ("budget", amount). A plan then has no match.
    """

    matches: tuple[Candidate, ...] = ()
    unserved: tuple[str, ...] = ()
    weakest: float | None = None
    total: float = 0.0
    passed: dict[str, tuple[PassedCandidate, ...]] = field(default_factory=dict)
    clash: tuple[Demand, ...] = ()


class Model:
    """The programme: a column a candidate (taken or not), then a column a need (served or not)."""

    def __init__(self, candidates: list[Candidate], needs: list[str], limits: Limits) -> None:
        self.candidates, self.needs, self.limits = candidates, needs, limits
        self.place = {need: len(candidates) + row for row, need in enumerate(needs)}
        self.scores = np.array([c.score for c in candidates], float)
        self.demands: list[tuple[Demand | None, Weights, float, float]] = []  # least, most
        by_need: dict[str, list[int]] = defaultdict(list)
        by_expert: dict[int, list[int]] = defaultdict(list)
        by_authority: dict[str, list[int]] = defaultdict(list)
        by_both: dict[tuple[str, int], list[int]] = defaultdict(list)
        for column, candidate in enumerate(candidates):
            by_need[candidate.need].append(column)
            by_expert[candidate.expert].append(column)
            by_authority[candidate.authority].append(column)
            by_both[candidate.need, candidate.expert].append(column)
        for need in needs:
            least, most = limits.experts.get(need, (1, 1))
            taken = [(column, 1.0) for column in by_need[need]]
            served = self.place[need]
            demand = ("experts", need) if need in limits.experts else None
            if demand:  # what holds of a need even where its numbers are dropped
                self.add(None, [*taken, (served, -float(len(taken) + 1))], -np.inf, 0)
                self.add(None, [*taken, (served, -1.0)], 0, np.inf)
            self.add(demand, [*taken, (served, -float(least))], 0, np.inf)
            self.add(demand, [*taken, (served, -float(most))], -np.inf, 0)
        for columns in by_both.values():
            if len(columns) > 1:  # two offers of one person are one person
                self.add(None, [(column, 1.0) for column in columns], -np.inf, 1)
        for expert, columns in by_expert.items():
            most = limits.capacity.get(expert, 1)
            if len(columns) > most:
                self.add(("capacity", expert), [(c, 1.0) for c in columns], -np.inf, most)
        for authority, columns in by_authority.items():
            allowed = limits.authorities.get(authority)
            if allowed is not None and len(columns) > allowed:
                self.add(("authority", authority), [(c, 1.0) for c in columns], -np.inf, allowed)
        if limits.budget is not None:
            costs = [(column, c.cost) for column, c in enumerate(candidates) if c.cost]
            self.add(("budget", limits.budget), costs, -np.inf, limits.budget)
        column_of = {(c.need, c.offer): column for column, c in enumerate(candidates)}
        for kind, pairs, value in (("fixed", limits.fixed, 1), ("forbidden", limits.forbidden, 0)):
            for pair in sorted(pairs):
                if pair in column_of:
                    self.add((kind, pair), [(column_of[pair], 1.0)], value, value)
                elif kind == "fixed":
                    raise ValueError(f"fixed: {pair} is not among the candidates")
        for need in sorted(limits.must):
            if need not in self.place:
                raise ValueError(f"must: {need} is not among the needs")
            self.add(("must", need), [(self.place[need], 1.0)], 1, 1)

    def add(self, demand: Demand | None, weights: Weights, least: float, most: float) -> None:
        self.demands.append((demand, weights, least, most))

    def solve(
        self,
        cost: np.ndarray,
        *,
        floor: float = -np.inf,
        served: int = 0,
        without: AbstractSet[Demand] = frozenset(),
    ) -> np.ndarray | None:
        """Return (n_columns,) 0 or 1 that cost least, or None where nothing holds.

        floor: no candidate below that score is taken; served: at least so many needs are;
        without: demands that are dropped.
        """
        kept = [row for row in self.demands if row[0] is None or row[0] not in without]
        count = len(self.candidates) + len(self.needs)
        if served:
            kept = [*kept, (None, [(place, 1.0) for place in self.place.values()], served, np.inf)]
        upper = np.ones(count)
        upper[: len(self.candidates)][self.scores < floor] = 0
        return solve_programme(cost, [row[1:] for row in kept], upper)

    def find_clash(self) -> tuple[Demand, ...]:
        nothing = np.zeros(len(self.candidates) + len(self.needs))
        return find_clash(
            [row[0] for row in self.demands if row[0] is not None],
            lambda dropped: self.solve(nothing, without=dropped) is not None,
        )


def allocate_matches(
    candidates: Iterable[Candidate],
    limits: Limits | None = None,
    *,
    needs: Iterable[str] | None = None,
) -> Plan:
    """Choose the best set of matches; the same input gives the same plan.

    candidates: any order, each (need, offer) once; needs: all of a call, in any order, or None
    for those that have a candidate. Raises ValueError for a score that is not finite, a pair
    given twice, or a fixed pair or needed need that is not there.
    """
    limits = limits or Limits()
    candidates = sorted(candidates, key=lambda c: (c.need, c.offer))
    if len({(c.need, c.offer) for c in candidates}) < len(candidates):
        raise ValueError("candidates: a need and an offer come twice")
    if not all(np.isfinite(c.score) and c.cost >= 0 for c in candidates):
        raise ValueError("candidates: scores must be finite and costs 0 or more")
    needs = sorted(set(needs or ()) | {c.need for c in candidates})
    if not needs:
        return Plan()
    model = Model(candidates, needs, limits)
    count = len(candidates)
    serve = np.concatenate([np.zeros(count), -np.ones(len(needs))])
    solved = model.solve(serve)
    if solved is None:
        return Plan(unserved=tuple(needs), clash=model.find_clash())
    served = int(solved[count:].sum())
    floor = highest_floor(model, serve, solved, served)
    # Costs below any difference of scores make equal plans one: the first needs and offers win.
    nudge = np.arange(count) * (1e-6 / max(count, 1))
    gain = np.concatenate([-model.scores + nudge, np.zeros(len(needs))])
    solved = model.solve(gain, floor=floor, served=served)
    assert solved is not None  # the floor is that of a plan that holds
    taken = [c for c, value in zip(candidates, solved) if value]
    return Plan(
        matches=tuple(taken),
        unserved=tuple(need for need in needs if not solved[model.place[need]]),
        weakest=min((c.score for c in taken), default=None),
        total=round(sum(c.score for c in taken), 6),
        passed=explain_allocation(candidates, taken, limits),
    )


def highest_floor(model: Model, serve: np.ndarray, solved: np.ndarray, served: int) -> float:
    """Return the highest score below which nothing need be taken to serve as many needs.

    Halves the list of scores: each step asks the solver whether so many can still be served.
    """
    if not served:
        return -np.inf
    count = len(model.candidates)
    chosen = model.scores[solved[:count] == 1]
    levels = np.unique(model.scores)
    fixed = [c.score for c in model.candidates if (c.need, c.offer) in model.limits.fixed]
    low = int(np.searchsorted(levels, chosen.min()))
    high = len(levels) - 1
    if fixed:
        high = min(high, int(np.searchsorted(levels, min(fixed))))
    while low < high:
        middle = (low + high + 1) // 2
        solution = model.solve(serve, floor=levels[middle], served=served)
        if solution is None:
            high = middle - 1
        else:
            low = int(np.searchsorted(levels, model.scores[solution[:count] == 1].min()))
    return levels[low]


def explain_allocation(
    candidates: list[Candidate], taken: list[Candidate], limits: Limits, most: int = 3
) -> dict[str, tuple[PassedCandidate, ...]]:
    """List, for each need, the best candidates above its own that it did not get, and why."""
    used: dict[int, list[Candidate]] = defaultdict(list)
    busy: dict[str, int] = defaultdict(int)
    spent = sum(candidate.cost for candidate in taken)
    per_need: dict[str, list[Candidate]] = defaultdict(list)
    alternatives: dict[str, list[float]] = defaultdict(list)
    chosen = {(candidate.need, candidate.offer) for candidate in taken}
    for candidate in taken:
        used[candidate.expert].append(candidate)
        busy[candidate.authority] += 1
        per_need[candidate.need].append(candidate)
    for candidate in candidates:
        if (candidate.need, candidate.offer) not in chosen and len(
            used[candidate.expert]
        ) < limits.capacity.get(candidate.expert, 1):
            alternatives[candidate.need].append(candidate.score)
    passed: dict[str, list[PassedCandidate]] = defaultdict(list)
    for candidate in sorted(
        candidates, key=lambda candidate: (candidate.need, -candidate.score, candidate.offer)
    ):
        own = per_need[candidate.need]
        mine = {other.expert for other in own}
        if candidate.expert in mine or (
            own and candidate.score <= min(other.score for other in own)
        ):
            continue
        if len(passed[candidate.need]) == most:
            continue
        gone: tuple[str, ...] = ()
        gain = 0.0
        if (candidate.need, candidate.offer) in limits.forbidden:
            reason = "forbidden"
        elif len(used[candidate.expert]) >= limits.capacity.get(candidate.expert, 1):
            reason, gone = "expert", tuple(other.need for other in used[candidate.expert])
            gain = sum(
                other.score - max(alternatives[other.need], default=0.0)
                for other in used[candidate.expert]
            )
        elif busy[candidate.authority] >= limits.authorities.get(candidate.authority, np.inf):
            reason = "authority"
        elif limits.budget is not None and spent + candidate.cost > limits.budget:
            reason = "budget"
        else:
            reason = "plan"
        passed[candidate.need].append(PassedCandidate(candidate, reason, gone, round(gain, 6)))
    return {need: tuple(some) for need, some in passed.items() if some}
