"""What the engine is given: a need, offers, and the policy that weighs them.

Everything but id, text and language may be left out, and is then unknown, never zero.
"""

import math
from dataclasses import asdict, dataclass, field
from datetime import date

ROLES = ("elected", "technical", "both")
TOWNS = ("municipality", "district", "metropolitan")  # tiers whose inhabitants are compared
INCOMES = ("L", "LM", "UM", "H")
LEVELS = {"A1": 1, "A2": 2, "B1": 3, "B2": 4, "C1": 5, "C2": 6, "native": 7}

# Functions whose holders meet the same questions, in part.
RELATED_FUNCTIONS = [
    {"mayor", "councillor", "chief-executive"},
    {"water", "waste", "engineering", "environment"},
    {"planning", "engineering", "environment"},
    {"finance", "chief-executive", "legal", "hr"},
    {"economy", "planning", "international", "communication"},
    {"social", "education", "safety"},
    {"digital", "hr", "finance"},
]


def check_number(thing, name, least=0):
    value = getattr(thing, name)
    if value is not None and not (math.isfinite(value) and value >= least):
        raise ValueError(f"{name} must be a number of {least} or more, or None: {value}")


def check_known(name, given, allowed):
    if unknown := [value for value in given if value not in allowed]:
        raise ValueError(f"{name} must be among {list(allowed)}: {unknown}")


def check_common(thing):
    """Check the fields that a need and an offer share."""
    for name in ("text", "language"):
        if not isinstance(getattr(thing, name), str):
            raise ValueError(f"{name} must be a string: {getattr(thing, name)!r}")
    check_known("languages", thing.languages.values(), LEVELS)
    check_number(thing, "population")
    if thing.income is not None:
        check_known("income", [thing.income], INCOMES)
    if thing.role is not None:
        check_known("role", [thing.role], ROLES)


def check_period(name, period):
    if len(period) != 2 or period[0] > period[1]:
        raise ValueError(f"{name} must have its first day before its last: {period}")


@dataclass(frozen=True)
class Need:
    """What a dossier asks for.

    topics: {topic code: importance 1..3}; languages: {ISO 639-1: lowest CEFR level accepted};
    window: first and last possible day; days: length of the exchange; country: ISO 3166-1
    alpha-2; authority: any stable key; population: inhabitants; conflicts: authorities or
    experts' keys that must not be proposed; interpretation: the applicant provides it.
    """

    id: str
    text: str
    language: str
    topics: dict[str, int] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    languages: dict[str, str] = field(default_factory=dict)
    window: tuple[date, date] | None = None
    days: int | None = None
    country: str | None = None
    authority: str | None = None
    population: int | None = None
    tier: str | None = None
    geography: tuple[str, ...] = ()
    income: str | None = None
    role: str | None = None
    function: str | None = None
    experts: int = 1
    conflicts: tuple = ()
    excluded_countries: tuple[str, ...] = ()
    interpretation: bool = False

    def __post_init__(self):
        check_common(self)
        check_known("topics", self.topics.values(), (1, 2, 3))
        check_number(self, "days", least=1)
        check_number(self, "experts", least=1)
        if self.window is not None:
            check_period("window", self.window)


@dataclass(frozen=True)
class Offer:
    """What an expert offers.

    topics: {topic code: level 1..4}; languages: {ISO 639-1: CEFR level or "native"};
    available: free periods, both ends included, or None where unknown; ratings: (how many,
    their mean, 1..5); capacity: exchanges that still fit in this year; ties: authorities
    with which there is an earlier partnership; recent: exchanges of the last six months.
    """

    id: int
    text: str
    language: str
    expert: int | None = None
    topics: dict[str, int] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    languages: dict[str, str] = field(default_factory=dict)
    available: tuple[tuple[date, date], ...] | None = None
    country: str | None = None
    authority: str | None = None
    population: int | None = None
    tier: str | None = None
    geography: tuple[str, ...] = ()
    income: str | None = None
    role: str | None = None
    function: str | None = None
    years: int | None = None
    missions: int | None = None
    ratings: tuple[int, float] | None = None
    capacity: int | None = None
    remote: bool | None = None
    ties: tuple = ()
    travel_excluded: tuple[str, ...] = ()
    recent: int | None = None

    def __post_init__(self):
        check_common(self)
        check_known("topics", self.topics.values(), (1, 2, 3, 4))
        for name in ("years", "missions", "recent"):
            check_number(self, name)
        check_number(self, "capacity", least=-math.inf)
        if self.ratings is not None:
            count, mean = self.ratings
            if count < 0 or not 1 <= mean <= 5:
                raise ValueError(f"ratings must be (0 or more, 1 to 5): {self.ratings}")
        for period in self.available or ():
            check_period("available", period)


CRITERIA = (
    "topics",
    "text",
    "peer",
    "context",
    "languages",
    "experience",
    "availability",
    "ties",
    "fair_turn",
)
RULES = (
    "form",
    "language",
    "dates",
    "same_country",
    "same_authority",
    "conflict",
    "excluded_country",
    "travel",
    "capacity",
    "role",
)


@dataclass(frozen=True)
class Policy:
    """The weight of each criterion, the rules that say no, and what an unknown counts for.

    weights: any scale, each >= 0 and one above 0; rules: those that apply; prior in [0, 1];
    subject in [0, 1]: the fit of topics or text (the better) below which all points shrink in
    proportion, down to a half: nobody is a colleague by role, place and language alone;
    per_expert, per_authority, per_country: at most so many entries on a shortlist, 0 for no
    cap. Raises ValueError for anything else.
    """

    weights: dict[str, float]
    rules: tuple[str, ...] = tuple(rule for rule in RULES if rule != "role")
    prior: float = 0.4
    subject: float = 0.3
    per_expert: int = 1
    per_authority: int = 3
    per_country: int = 0
    version: str = "default-2"

    def __post_init__(self):
        weights = self.weights.values()
        if set(self.weights) - set(CRITERIA) or not all(0 <= w < math.inf for w in weights):
            raise ValueError(f"weights are of {CRITERIA}, each 0 or more: {self.weights}")
        if not sum(weights):
            raise ValueError("weights: one at least must be above 0")
        check_known("rules", self.rules, RULES)
        for name in ("prior", "subject"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie in [0, 1]: {getattr(self, name)}")
        for name in ("per_expert", "per_authority", "per_country"):
            check_number(self, name)

    @classmethod
    def default(cls):
        """The programme's own weights, out of 100 (design.md)."""
        return cls(
            {
                "topics": 25,
                "text": 15,
                "peer": 20,
                "context": 15,
                "languages": 10,
                "experience": 5,
                "availability": 3,
                "ties": 2,
                "fair_turn": 5,
            }
        )

    def as_dict(self):
        """Plain values, for JSON."""
        return asdict(self) | {"rules": list(self.rules)}

    @classmethod
    def from_dict(cls, values):
        """Read what `as_dict` wrote; ValueError for what is not a policy."""
        if unknown := set(values) - set(cls.__dataclass_fields__):
            raise ValueError(f"policy has no {sorted(unknown)}")
        return cls(**values | {"rules": tuple(values.get("rules", cls.rules))})
