"""The engine's facts in a reader's words: one sentence a criterion, one a rule."""

from dataclasses import asdict, dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connect.templatetags.look import amount
from registry.enums import LANGUAGES, FunctionFamily, Geography, IncomeLevel, Level, RoleType, Tier
from registry.models import Offer, Theme

NAMES = {
    "topics": gettext_lazy("Topics"),
    "text": gettext_lazy("Text"),
    "peer": gettext_lazy("Same job"),
    "context": gettext_lazy("Alike town"),
    "languages": gettext_lazy("Languages"),
    "experience": gettext_lazy("Experience"),
    "availability": gettext_lazy("Free days"),
    "ties": gettext_lazy("Earlier ties"),
    "fair_turn": gettext_lazy("Fair turn"),
}
DRAWN = ("topics", "text", "peer", "context", "languages")  # the rest shares one colour
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


def label(choices, value):
    return str(choices(value).label) if value in choices.values else str(value)


def topics(facts, themes):
    found = [
        _("%(topic)s level %(level)d of 4") % {"topic": themes.get(code, code), "level": level}
        for code, level in facts["covered"].items()
    ]
    found += [
        _("near: %(topic)s level %(level)d of 4")
        % {"topic": themes.get(code, code), "level": level}
        for code, level in facts["near"].items()
    ]
    missing = [str(themes.get(code, code)) for code in facts["missing"]]
    if missing:
        found.append(_("not stated: %s") % ", ".join(missing))
    return "; ".join(found)


def text(facts, themes):
    shared = [str(themes.get(code, code)) for code in facts.get("topics", ())] + facts["words"]
    if shared:
        return _("Both write of: %s") % ", ".join(shared)
    language = LANGUAGES.get(facts["language"], facts["language"])
    return _("No word or topic in common; written in %s, compared by meaning") % language


def peer(facts, themes):
    return ", ".join(
        label(choices, facts[name])
        for choices, name in ((RoleType, "role"), (FunctionFamily, "function"))
        if facts[name]
    )


def context(facts, themes):
    said = []
    if not facts.get("is_counted", True):
        said.append(_("inhabitants: not applicable"))
    elif facts["population"] and facts["asked_population"]:
        said.append(
            _("%(theirs)s inhabitants against %(ours)s")
            % {
                "theirs": amount(facts["population"]),
                "ours": amount(facts["asked_population"]),
            }
        )
    if facts["tier"]:
        said.append(label(Tier, facts["tier"]))
    said += [label(Geography, place) for place in facts["geography"]]
    if facts["income"]:
        said.append(label(IncomeLevel, facts["income"]))
    return "; ".join(said)


def languages(facts, themes):
    return ", ".join(
        _("%(language)s %(level)s, asked %(asked)s")
        % {
            "language": LANGUAGES.get(code, code),
            "level": label(Level, level),
            "asked": label(Level, facts["asked"][code]),
        }
        for code, level in facts["common"].items()
    )


def experience(facts, themes):
    said = []
    if facts["years"] is not None:
        said.append(ngettext("%d year", "%d years", facts["years"]) % facts["years"])
    if facts["missions"] is not None:
        said.append(ngettext("%d mission", "%d missions", facts["missions"]) % facts["missions"])
    if facts["ratings"] is not None:
        count, mean = facts["ratings"]
        said.append(
            _("%(mean)s of 5 from %(count)d people of towns they helped")
            % {"mean": amount(mean, 1), "count": count}
        )
    return ", ".join(said)


def availability(facts, themes):
    if "free_days" not in facts:
        return ""
    return _("free on %(free)d days of the period, %(asked)d are asked") % {
        "free": facts["free_days"],
        "asked": facts["asked_days"] or 1,
    }


def ties(facts, themes):
    return _("Declared earlier partnership") if facts["declared"] else _("None declared")


def fair_turn(facts, themes):
    recent = facts["recent"] or 0
    if not recent:
        return _("Not called in the last six months")
    return _("Exchanges in the last six months: %d") % recent


SAY = {
    "topics": topics,
    "text": text,
    "peer": peer,
    "context": context,
    "languages": languages,
    "experience": experience,
    "availability": availability,
    "ties": ties,
    "fair_turn": fair_turn,
}


@dataclass(frozen=True)
class Line:
    """One criterion of a candidate: name, points of weight, why; `x` is where its bar begins,
    `width` how long it is, of a bar that is as long as the score."""

    key: str
    name: str
    points: float
    weight: float
    why: str
    is_known: bool
    x: float
    width: float

    @property
    def css(self):
        return self.key if self.key in DRAWN else "rest"

    @property
    def title(self):
        return _("%(name)s: %(points)d of %(weight)d") % {
            "name": self.name,
            "points": round(self.points),
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
        return next(line.points for line in self.lines if line.key == criterion)

    @property
    def unknown(self):
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


def candidates(entries):
    """Put the stored entries of a run in words; offers deleted since are left out."""
    ids = [entry["offer_id"] for entry in entries]
    offers = Offer.objects.with_candidate_details().in_bulk(ids)
    themes = {theme.code: theme for theme in Theme.objects.all()}
    return [
        Candidate(offer=offers[entry["offer_id"]], **in_words(entry, themes))
        for entry in entries
        if entry["offer_id"] in offers
    ]


def answers(entries):
    """Put the stored appraisals of a dossier's answers in words: {interest's id: Appraisal}."""
    themes = {theme.code: theme for theme in Theme.objects.all()} if entries else {}
    return {-entry["offer_id"]: Appraisal(**in_words(entry, themes)) for entry in entries}


def in_words(entry, themes):
    lines, x, strength = [], 0.0, entry.get("strength", 1)
    for key, name in NAMES.items():  # stored JSON keeps no order
        part = entry["parts"][key]
        known = part["value"] is not None
        why = SAY[key](part["evidence"], themes) if known else _("unknown")
        width = part["points"] * strength
        lines.append(
            Line(key, name, part["points"], part["weight"], why, known, round(x, 2), width)
        )
        x += width
    return {
        "score": round(entry["score"]),
        "confidence": round(100 * entry["confidence"]),
        "strength": round(100 * strength),
        "lines": lines,
        "rules": [str(RULES[rule]) for rule in entry["broken"]],
        "broken": entry["broken"],
    }


def candidates_of(entries):
    """As `candidates`, for entries that come straight from the engine."""
    return candidates([asdict(entry) for entry in entries])
