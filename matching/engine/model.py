"""What the engine is given: a need, offers, and the policy that weighs them.

Everything but id, text and language may be left out, and is then unknown, never zero.
"""

from dataclasses import asdict, dataclass, field
from datetime import date

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

    weights: any scale, each >= 0 and one above 0; rules: those that apply; prior in [0, 1].
    Raises ValueError for anything else.
    """

    weights: dict[str, float]
    rules: tuple[str, ...] = tuple(rule for rule in RULES if rule != "role")
    prior: float = 0.4
    version: str = "default-1"

    def __post_init__(self):
        if set(self.weights) - set(CRITERIA) or min(self.weights.values(), default=0) < 0:
            raise ValueError(f"weights are of {CRITERIA}, each 0 or more: {self.weights}")
        if not sum(self.weights.values()):
            raise ValueError("one weight at least must be above 0")
        if set(self.rules) - set(RULES):
            raise ValueError(f"rules are of {RULES}: {self.rules}")
        if not 0 <= self.prior <= 1:
            raise ValueError(f"prior must lie in [0, 1]: {self.prior}")

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
        return asdict(self) | {"rules": list(self.rules)}
