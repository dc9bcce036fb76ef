"""How the engine weighs: the weight of each criterion, the rules that say no, the caps."""

import math
from dataclasses import asdict, dataclass
from typing import Any, Self

from engine.criteria import CRITERIA
from engine.model import check_known, check_number
from engine.rules import RULES


@dataclass(frozen=True)
class Policy:
    """The weight of each criterion, the rules that say no, and what an unknown counts for.

    weights: any scale, each >= 0 and one above 0; rules: those that apply; prior in [0, 1];
    subject in [0, 1]: the fit of topics or text (the better) below which all points shrink in
    proportion, down to a half: nobody is a colleague by role, place and language alone; fitting in
    [0, 1]: the fit of topics or text under which nobody is told as fitting, whatever their points;
    per_expert, per_authority, per_country: at most so many entries on a shortlist, 0 for no
    cap. Raises ValueError for anything else.
    """

    weights: dict[str, float]
    rules: tuple[str, ...] = tuple(rule for rule in RULES if rule != "role")
    prior: float = 0.4
    subject: float = 0.2
    fitting: float = 0.4
    per_expert: int = 1
    per_authority: int = 3
    per_country: int = 0
    version: str = "default-4"

    def __post_init__(self) -> None:
        weights = self.weights.values()
        if set(self.weights) - set(CRITERIA) or not all(0 <= w < math.inf for w in weights):
            raise ValueError(f"weights are of {list(CRITERIA)}, each 0 or more: {self.weights}")
        if not sum(weights):
            raise ValueError("weights: one at least must be above 0")
        check_known("rules", self.rules, RULES)
        for name in ("prior", "subject", "fitting"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must lie in [0, 1]: {getattr(self, name)}")
        for name in ("per_expert", "per_authority", "per_country"):
            check_number(self, name)

    @classmethod
    def default(cls) -> Self:
        """The programme's own weights, out of 100: what each criterion says."""
        return cls({key: criterion.weight for key, criterion in CRITERIA.items()})

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self) | {"rules": list(self.rules)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Read what `as_dict` wrote; ValueError for what is not a policy."""
        if unknown := set(values) - set(cls.__dataclass_fields__):
            raise ValueError(f"policy has no {sorted(unknown)}")
        return cls(**values | {"rules": tuple(values.get("rules", cls.rules))})
