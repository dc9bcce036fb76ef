"""A ranking in a reader's words: a sentence that sums up, one line a criterion, one sentence a
rule."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from connect.languages import join_names
from connect.templatetags.look import amount, round_half_up
from connect.types import Words
from engine.criteria import CRITERIA as ENGINE_CRITERIA
from matching.criteria import CRITERIA
from matching.criteria.ties import read_agreed_before
from matching.quotations import PENDING, UNQUOTED, Quotation, Quotations
from matching.summaries import sum_up
from registry.models import Offer, Theme

NEVER_EXCEPTED = {"same_authority", "conflict"}
RULES = {
    "form": gettext_lazy("Offers none of the forms requested"),
    "language": gettext_lazy("No common language at the level requested"),
    "dates": gettext_lazy("Not available for that long in the period requested"),
    "same_country": gettext_lazy("Same country as the applicant"),
    "same_authority": gettext_lazy("Works for the applicant"),
    "conflict": gettext_lazy("Belongs, or lately belonged, to the applicant or a co-applicant"),
    "excluded_country": gettext_lazy("Comes from a country that the applicant excluded"),
    "travel": gettext_lazy("Would not travel to this country"),
    "capacity": gettext_lazy("Has no exchanges left this year"),
    "role": gettext_lazy("Elected where technical was requested, or the reverse"),
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
    quotation: Quotation | None = None  # of the text: the sentences that it stands on

    @property
    def css(self):
        return self.key if CRITERIA[self.key].has_colour else "rest"

    @property
    def tenths(self):
        """The points of this criterion, to a tenth: the same facts show the same."""
        return round_half_up(self.points, 1)

    @property
    def points_words(self):
        return amount(self.tenths, 1)

    @property
    def title(self):
        return _("%(name)s: %(points)s of %(weight)s") % {
            "name": self.name,
            "points": self.points_words,
            "weight": amount(self.weight, 0),
        }


@dataclass(frozen=True)
class Appraisal:
    """An entry of the engine's in words, ready for a page."""

    score: int
    confidence: int
    strength: int  # per cent of all points that count, where the subject is not near
    nearness: float  # 0 to 1: how near the subject is, by topics or by text
    lines: list[Line]
    rules: list[str]
    broken: list[str]
    summary: str = ""  # one sentence: what speaks for it, and what against

    def points_of(self, criterion):
        return next((line.points for line in self.lines if line.key == criterion), 0)

    @property
    def grounds(self):
        """The criteria that are known."""
        return [line for line in self.lines if line.is_known]

    @property
    def unknown(self):
        """What is not known and counts nevertheless, in one sentence; "" where all is known.

        A bonus that nobody is known to have is none.
        """
        lacking = [line for line in self.lines if not line.is_known and line.points]
        if not lacking:
            return ""
        return _(
            "Not known or not comparable: %(what)s. Everyone of whom this is not known, or who "
            "cannot be compared, gets %(points)s of %(weight)s points."
        ) % {
            "what": join_names(f"{line.name} ({line.why})" for line in lacking),
            # Added as each is shown: 18.8 and 4.1 are 22.9, whatever was cut off.
            "points": amount(sum(line.tenths for line in lacking), 1),
            "weight": amount(sum(round_half_up(line.weight, 0) for line in lacking), 0),
        }


@dataclass(frozen=True)
class Candidate(Appraisal):
    """An offer as a ranking sees it."""

    offer: Offer = field(kw_only=True)
    place: int = field(default=0, kw_only=True)  # in the whole list, 0 where there is none

    @property
    def country(self):
        return self.offer.expert.authority.country

    @property
    def may_be_excepted(self):
        return len(self.broken) == 1 and not NEVER_EXCEPTED & set(self.broken)


def describe_candidates(entries, run=None):
    """Describe the stored entries of a run; offers deleted since are left out.

    Without the run, none of their sentences is quoted.
    """
    ids = [entry["offer_id"] for entry in entries]
    offers = Offer.objects.with_candidate_details().in_bulk(ids)
    themes, quotations = read_themes(), Quotations(run) if run else None
    agreed = read_agreed_before(entries)
    candidates = []
    for entry in entries:
        if offer := offers.get(entry["offer_id"]):
            quotation = quotations.quote_offer(offer) if quotations else PENDING
            words = describe_entry(entry, themes, agreed, str(offer.expert), quotation)
            candidates.append(Candidate(offer=offer, **words))
    return candidates


def describe_answers(run, interests, part="desk"):
    """Describe a run's stored appraisals of answers: {interest's id: Appraisal}.

    part: "shared" for what all sides of a match may be told.
    """
    entries = {-entry["offer_id"]: entry for entry in run.answers}
    there = [interest for interest in interests if interest.pk in entries]
    themes, quotations = read_themes() if there else {}, Quotations(run, part)
    agreed = read_agreed_before(entries.values()) if part == "desk" else {}
    appraisals = {}
    for interest in there:
        entry = entries[interest.pk]
        spoken = entry["parts"]["text"]["evidence"].get("language", run.need["language"])
        quotation = quotations.quote_answer(interest, spoken)
        words = describe_entry(
            entry, themes, agreed, str(interest.expert), quotation, only_shared=part == "shared"
        )
        appraisals[interest.pk] = Appraisal(**words)
    return appraisals


def read_themes():
    return {theme.code: theme for theme in Theme.objects.all()}


def describe_entry(entry, themes, agreed, name, quotation, *, only_shared=False):
    """Describe one entry, as the fields of an Appraisal.

    agreed: the earlier exchanges that it names (`read_agreed_before`); name: whose it is.
    """
    lines, summed, start, strength = [], [], 0.0, entry.get("strength", 1)
    nearness = measure_nearness(entry)
    # Stored JSON keeps no order; some criterion may have come after the ranking.
    for key, criterion in CRITERIA.items():
        part = entry["parts"].get(key)
        if part is None or (only_shared and not criterion.is_shared):
            continue
        known, facts = part["value"] is not None, criterion.read_facts(entry, quotation, agreed)
        width = part["points"] * strength
        lines.append(
            Line(
                key=key,
                name=criterion.name,
                points=part["points"],
                weight=part["weight"],
                why=criterion.describe(facts, themes) if known else criterion.unknown(facts),
                is_known=known,
                start=round(start, 2),
                width=width,
                quotation=quotation if criterion.is_quoted and known else None,
            )
        )
        start += width
        if known and part["weight"]:
            summed.append((part["weight"], criterion.summarise(facts, themes, part["value"])))
    rules = [describe_rule(rule, entry["facts"].get(rule, {})) for rule in entry["broken"]]
    summed.sort(key=lambda one: -one[0])
    return {
        "score": round(entry["score"]),
        "confidence": round(100 * entry["confidence"]),
        "strength": round(100 * strength),
        "nearness": nearness,
        "lines": lines,
        "rules": [] if only_shared else rules,
        "broken": entry["broken"],
        "summary": sum_up(name, [reasons for _weight, reasons in summed], is_whole=not only_shared),
    }


def measure_nearness(entry):
    """Return how near the subject of an entry is: the best of the criteria that tell it."""
    values = [
        entry["parts"][key]["value"] for key, one in ENGINE_CRITERIA.items() if one.is_subject
    ]
    return max((value for value in values if value is not None), default=0)


def describe_grounds(entries):
    """List, for each entry of the engine, the criteria that are known: [(name, why in words)]."""
    themes = read_themes() if entries else {}
    described = [describe_entry(entry, themes, {}, "", UNQUOTED) for entry in entries]
    return [[(line.name, line.why) for line in one["lines"] if line.is_known] for one in described]


def describe_rule(rule, facts):
    """Describe why a rule says no; of days, which of the reasons it is."""
    if most := facts.get("max_days"):
        return ngettext(
            "Can be away for %(most)d day at most, and %(asked)d are requested",
            "Can be away for %(most)d days at most, and %(asked)d are requested",
            most,
        ) % {"most": most, "asked": facts["days"]}
    if weeks := facts.get("notice_weeks"):
        return (
            ngettext(
                "Not available for that long in the period requested, with %d week of notice",
                "Not available for that long in the period requested, with %d weeks of notice",
                weeks,
            )
            % weeks
        )
    return str(RULES[rule])
