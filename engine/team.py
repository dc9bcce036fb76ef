"""Choosing several colleagues for one need, who together do more than the best by themselves.

Among the candidates that a ranking lists: first the topics asked are covered as well as possible;
among those teams, the mix is as rich as possible (elected and technical, countries, languages
asked); among those, the sum of the scores as high as possible. Each level is proven optimal.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.criteria.topics import MASTERY
from engine.model import LEVELS, Need, Offer
from engine.programme import Demand, Row, find_clash, solve_programme
from engine.themes import NEAR

SLACK = 1e-6  # by which a level may fall short of its best: less than any difference that counts


@dataclass(frozen=True)
class TeamLimits:
    """The limits of a team.

    elected, technical, countries: at least so many; per_authority, per_country: at most so many,
    0 for no cap; fixed, forbidden: offers that staff decided.
    """

    elected: int = 0
    technical: int = 0
    countries: int = 0
    per_authority: int = 1
    per_country: int = 0
    fixed: frozenset[int] = frozenset()
    forbidden: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Member:
    """One of a team, and what they bring: topics {code: 0..1} that nobody covers better; alone:
    what nobody else has, of ("role", …), ("country", …), ("language", …)."""

    offer_id: int
    score: float
    topics: dict[str, float] = field(default_factory=dict)
    alone: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Team:
    """members, best first; coverage 0..1 of the topics asked, None where none is; uncovered: topics
    that nobody has; roles, countries, languages: what is there; total of the scores.

    clash: where no team exists, limits of which all together cannot hold, and any all but one can:
    ("size", k), ("elected", n), …, ("fixed", offer).
    """

    members: tuple[Member, ...] = ()
    coverage: float | None = None
    uncovered: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    total: float = 0.0
    clash: tuple[Demand, ...] = ()


def choose_team(
    need: Need,
    candidates: Iterable[tuple[Offer, float]],
    k: int,
    limits: TeamLimits | None = None,
) -> Team:
    """Choose k of the candidates, each with its score of 100; the same input gives the same team.

    Whoever has no capacity left is not chosen, and nobody twice. Raises ValueError for an offer
    that comes twice, or one that is fixed and not there.
    """
    limits = limits or TeamLimits()
    given = sorted(candidates, key=lambda pair: pair[0].id)
    if len({offer.id for offer, _ in given}) < len(given):
        raise ValueError("candidates: an offer comes twice")
    if missing := limits.fixed - {offer.id for offer, _ in given}:
        raise ValueError(f"fixed: {sorted(missing)} are not among the candidates")
    able = [
        (offer, score)
        for offer, score in given
        if offer.id in limits.fixed or offer.capacity is None or offer.capacity > 0
    ]
    model = Model(need, able, k, limits)
    taken = model.choose()
    if taken is None:
        return Team(clash=model.find_clash())
    return describe_team(need, [able[place] for place in taken])


def worth_of(offer: Offer, topic: str) -> float:
    """Return 0..1: how well an offer covers a topic, as the criterion of topics counts it."""
    theme = topic.partition("/")[0]
    return max(
        (
            float(MASTERY[level]) * (1.0 if code == topic else NEAR)
            for code, level in offer.topics.items()
            if code.partition("/")[0] == theme
        ),
        default=0.0,
    )


def list_traits(need: Need, offer: Offer) -> list[tuple[str, str]]:
    """List what an offer adds to a mix: roles that are asked, its country, languages asked."""
    asked = [need.role] if need.role in ("elected", "technical") else ["elected", "technical"]
    held = ["elected", "technical"] if offer.role == "both" else [offer.role]
    traits = [("role", role) for role in asked if role in held]
    traits += [("country", offer.country)] if offer.country else []
    return traits + [
        ("language", code)
        for code, lowest in sorted(need.languages.items())
        if LEVELS.get(offer.languages.get(code, ""), 0) >= LEVELS[lowest]
    ]


class Model:
    """The programme: a column a candidate, then one a topic and candidate that covers it, then one
    a trait of the mix."""

    def __init__(
        self, need: Need, able: Sequence[tuple[Offer, float]], k: int, limits: TeamLimits
    ) -> None:
        self.scores = [score for _offer, score in able]
        self.rows: list[tuple[Demand | None, Row]] = []
        self.coverage: dict[int, float] = {}  # column: what it counts for
        count = len(able)
        self.add(("size", k), range(count), k, k)
        for topic, importance in sorted(need.topics.items()):
            first = count
            for place, (offer, _score) in enumerate(able):
                if worth := worth_of(offer, topic):
                    self.coverage[count] = importance * worth
                    self.rows.append((None, ([(count, 1.0), (place, -1.0)], -np.inf, 0)))
                    count += 1
            self.add(None, range(first, count), 0, 1)
        holding: dict[tuple[str, str], list[int]] = defaultdict(list)
        experts: dict[int, list[int]] = defaultdict(list)
        authorities: dict[str, list[int]] = defaultdict(list)
        for place, (offer, _score) in enumerate(able):
            for trait in list_traits(need, offer):
                holding[trait].append(place)
            if offer.expert is not None:
                experts[offer.expert].append(place)
            if offer.authority is not None:
                authorities[offer.authority].append(place)
        self.traits = {trait: count + number for number, trait in enumerate(sorted(holding))}
        self.columns = count + len(self.traits)
        for trait, column in self.traits.items():
            held = [(place, -1.0) for place in holding[trait]]
            self.rows.append((None, ([(column, 1.0), *held], -np.inf, 0)))
        for places in experts.values():
            self.add(None, places, 0, 1)
        for places in authorities.values() if limits.per_authority else ():
            self.add(("per_authority", limits.per_authority), places, 0, limits.per_authority)
        countries = [trait for trait in self.traits if trait[0] == "country"]
        for trait in countries if limits.per_country else ():
            self.add(("per_country", limits.per_country), holding[trait], 0, limits.per_country)
        for role in ("elected", "technical"):
            if least := getattr(limits, role):
                of_role = (p for p, (one, _) in enumerate(able) if one.role in (role, "both"))
                self.add((role, least), of_role, least, np.inf)
        if limits.countries:
            columns = [self.traits[trait] for trait in countries]
            self.add(("countries", limits.countries), columns, limits.countries, np.inf)
        for place, (offer, _score) in enumerate(able):
            if offer.id in limits.fixed:
                self.add(("fixed", offer.id), [place], 1, 1)
            if offer.id in limits.forbidden:
                self.add(("forbidden", offer.id), [place], 0, 0)

    def add(self, demand: Demand | None, columns: Iterable[int], least: float, most: float) -> None:
        self.rows.append((demand, ([(column, 1.0) for column in columns], least, most)))

    def choose(self) -> list[int] | None:
        """Return the places of the best team, or None where there is none."""
        rows = [row for _demand, row in self.rows]
        for gains in (self.coverage, dict.fromkeys(self.traits.values(), 1.0)):
            cost = np.zeros(self.columns)
            cost[list(gains)] = [-gain for gain in gains.values()]
            solved = solve_programme(cost, rows)
            if solved is None:
                return None
            rows.append((list(gains.items()), -float(cost @ solved) - SLACK, np.inf))
        cost = np.zeros(self.columns)
        # Of equal teams the first offers win: less than any difference of scores.
        nudge = np.arange(len(self.scores)) * (SLACK / max(len(self.scores), 1))
        cost[: len(self.scores)] = nudge - np.array(self.scores, float)
        solved = solve_programme(cost, rows)
        assert solved is not None  # the best of both levels before is one
        return np.flatnonzero(solved[: len(self.scores)]).tolist()

    def find_clash(self) -> tuple[Demand, ...]:
        nothing = np.zeros(self.columns)
        return find_clash(
            [demand for demand, _row in self.rows if demand],
            lambda dropped: (
                solve_programme(
                    nothing, [row for demand, row in self.rows if demand not in dropped]
                )
                is not None
            ),
        )


def describe_team(need: Need, chosen: Sequence[tuple[Offer, float]]) -> Team:
    """Describe a team: what it covers, and what each of it brings."""
    best = {
        topic: max((worth_of(offer, topic) for offer, _ in chosen), default=0.0)
        for topic in need.topics
    }
    holders: dict[tuple[str, str], int] = defaultdict(int)
    for offer, _score in chosen:
        for trait in list_traits(need, offer):
            holders[trait] += 1
    members = [
        Member(
            offer.id,
            score,
            {
                topic: round(worth, 4)
                for topic, worth in best.items()
                if worth and worth_of(offer, topic) == worth
            },
            tuple(trait for trait in list_traits(need, offer) if holders[trait] == 1),
        )
        for offer, score in chosen
    ]
    asked = sum(need.topics.values())

    def list_held(kind: str) -> tuple[str, ...]:
        return tuple(sorted(name for of_kind, name in holders if of_kind == kind))

    return Team(
        members=tuple(sorted(members, key=lambda member: (-member.score, member.offer_id))),
        coverage=round(sum(need.topics[t] * worth for t, worth in best.items()) / asked, 4)
        if asked
        else None,
        uncovered=tuple(topic for topic, worth in best.items() if not worth),
        roles=list_held("role"),
        countries=list_held("country"),
        languages=list_held("language"),
        total=round(sum(score for _offer, score in chosen), 6),
    )
