"""Why a request fits an expert, in words to them: the reasons of the desk read the other way.

Of a request no more is told than anybody reads on its page: what the applicant prefers of sizes and
countries is not, and of the texts only that they are close.
"""

from dataclasses import dataclass

from matching.criteria import CRITERIA
from matching.quotations import UNQUOTED


@dataclass(frozen=True)
class Reason:
    """One ground: the criterion's name, in favour or against, and one sentence."""

    name: str
    is_for: bool
    words: str


def list_explained():
    """List the criteria of which experts are told, in the order of their page."""
    explained = [one for one in CRITERIA.values() if one.explain_to_expert]
    return sorted(explained, key=lambda one: one.place_for_expert)


def describe_fit(entry, themes):
    """List the grounds of a saved entry, what speaks for it first."""
    reasons = []
    for criterion in list_explained():
        part = entry["parts"].get(criterion.key)
        if part is None or part["value"] is None or not part["weight"]:
            continue
        facts = criterion.read_facts(entry, UNQUOTED, {})
        reasons += [
            Reason(str(criterion.name), is_for, str(words))
            for is_for, words in criterion.explain_to_expert(facts, themes, part["value"])
        ]
    return sorted(reasons, key=lambda reason: not reason.is_for)
