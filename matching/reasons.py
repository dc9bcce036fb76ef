"""A ranking in a reader's words: one line a criterion, one sentence a rule."""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connect.types import Words
from matching.criteria import CRITERIA
from registry.models import Offer, Theme

NEVER_EXCEPTED = {"same_authority", "conflict"}
RULES = {
    "form": gettext_lazy("Offers none of the forms asked"),
    "language": gettext_lazy("No common language at the level asked"),
    "dates": gettext_lazy("Not free for that long in the period asked"),
    "same_country": gettext_lazy("Same country as the applicant"),
    "same_authority": gettext_lazy("Works for the applicant"),
    "conflict": gettext_lazy("Belongs, or lately belonged, to the applicant or a co-applicant"),
    "excluded_country": gettext_lazy("Comes from a country that the applicant excluded"),
    "travel": gettext_lazy("Would not travel to this country"),
    "capacity": gettext_lazy("Has all the exchanges of this year"),
    "role": gettext_lazy("Elected where technical was asked, or the reverse"),
}


@dataclass(frozen=True)
class Line:
    """One criterion of a candidate: name, points of weight, why; `start` is where its bar begins,
    `width` how long it is, of a bar that is as long as the score."""

    key: str
    name: Words
    points: float
    weight: float
    why: str
    is_known: bool
    start: float
    width: float
    shown: int  # the points as whole ones, which add up to those of the candidate

    @property
    def css(self):
        return self.key if CRITERIA[self.key].has_colour else "rest"

    @property
    def title(self):
        return _("%(name)s: %(points)d of %(weight)d") % {
            "name": self.name,
            "points": self.shown,
            "weight": round(self.weight),
        }


@dataclass(frozen=True)
class Appraisal:
    """An entry of the engine's in words, ready for a page."""

    score: int
    confidence: int
    strength: int  # per cent of all points that count, where the subject is not near
    lines: list[Line]
    rules: list[str]
    broken: list[str]

    def points_of(self, criterion):
        return next((line.points for line in self.lines if line.key == criterion), 0)

    @property
    def unknown_names(self):
        return ", ".join(str(line.name) for line in self.lines if not line.is_known)


@dataclass(frozen=True)
class Candidate(Appraisal):
    """An offer as a ranking sees it."""

    offer: Offer

    @property
    def country(self):
        return self.offer.expert.authority.country

    @property
    def may_be_excepted(self):
        return len(self.broken) == 1 and not NEVER_EXCEPTED & set(self.broken)


def whole_points(points, total):
    """Round points so that they add up to a total: what is cut off most is rounded up first.

    >>> whole_points([19.4, 19.4, 19.7], 58), whole_points([0.5, 1.5], 2)
    ([19, 19, 20], [1, 1])
    >>> whole_points([10.0, 20.0], 30)
    [10, 20]
    """
    whole = [int(one) for one in points]
    cut = sorted(range(len(points)), key=lambda index: (whole[index] - points[index], index))
    for index in cut[: max(total - sum(whole), 0)]:
        whole[index] += 1
    return whole


def describe_candidates(entries):
    """Describe the stored entries of a run; offers deleted since are left out."""
    ids = [entry["offer_id"] for entry in entries]
    offers = Offer.objects.with_candidate_details().in_bulk(ids)
    themes = {theme.code: theme for theme in Theme.objects.all()}
    return [
        Candidate(offer=offers[entry["offer_id"]], **describe_entry(entry, themes))
        for entry in entries
        if entry["offer_id"] in offers
    ]


def describe_answers(entries):
    """Describe the stored appraisals of a dossier's answers: {interest's id: Appraisal}."""
    themes = {theme.code: theme for theme in Theme.objects.all()} if entries else {}
    return {-entry["offer_id"]: Appraisal(**describe_entry(entry, themes)) for entry in entries}


def describe_entry(entry, themes):
    lines, start, strength = [], 0.0, entry.get("strength", 1)
    # Stored JSON keeps no order; some criterion may have come after the ranking.
    parts = [(key, entry["parts"][key]) for key in CRITERIA if key in entry["parts"]]
    points = [part["points"] for _key, part in parts]
    total = round(entry["score"] if strength == 1 else sum(points))
    for (key, part), shown in zip(parts, whole_points(points, total), strict=True):
        criterion = CRITERIA[key]
        known = part["value"] is not None
        why = criterion.describe(part["evidence"], themes) if known else str(criterion.unknown)
        width = part["points"] * strength
        lines.append(
            Line(
                key,
                criterion.name,
                part["points"],
                part["weight"],
                why,
                known,
                round(start, 2),
                width,
                shown,
            )
        )
        start += width
    return {
        "score": round(entry["score"]),
        "confidence": round(100 * entry["confidence"]),
        "strength": round(100 * strength),
        "lines": lines,
        "rules": [describe_rule(rule, entry["facts"].get(rule, {})) for rule in entry["broken"]],
        "broken": entry["broken"],
    }


def describe_rule(rule, facts):
    """Describe why a rule says no; of days, which of the reasons it is."""
    if most := facts.get("max_days"):
        return ngettext(
            "Would be away for %(most)d day at most, and %(asked)d are asked",
            "Would be away for %(most)d days at most, and %(asked)d are asked",
            most,
        ) % {"most": most, "asked": facts["days"]}
    if weeks := facts.get("notice_weeks"):
        return (
            ngettext(
                "Not free for that long in the period asked, with %d week of notice",
                "Not free for that long in the period asked, with %d weeks of notice",
                weeks,
            )
            % weeks
        )
    return str(RULES[rule])


def describe_entries(entries):
    """As `describe_candidates`, for entries that come straight from the engine."""
    return describe_candidates([asdict(entry) for entry in entries])
