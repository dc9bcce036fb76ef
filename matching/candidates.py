"""The candidates of a dossier as the desk shows them: sorted, filtered, compared, set aside."""

from collections import defaultdict
from dataclasses import dataclass, field, fields, replace
from operator import attrgetter
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from connect.languages import join_names, sort_alphabetically
from engine import Policy
from engine.criteria import CRITERIA
from matching.criterion import OFFER
from matching.enums import InterestStatus, MatchStatus
from matching.models import Interest, Match
from matching.needs import nearest_offer
from matching.reasons import Candidate, describe_candidates
from registry.enums import OfferStatus
from registry.models import Offer

MOST_COMPARED = 4
# Who was chosen is asked no more: that one is agreed.
BUSY = [InterestStatus.INVITED, InterestStatus.SUBMITTED, InterestStatus.SCREENED]
BUSY += [InterestStatus.SHORTLISTED]


@dataclass
class DeskList:
    """What the desk lists: candidates in order, of them those from the country chosen, those set
    aside, those nearly admitted."""

    kept: list[Candidate]
    listed: list[Candidate]
    aside: list
    near: list[Candidate]
    compared: list[Candidate]
    countries: list
    busy: dict = field(default_factory=dict)  # {expert: how their time is taken elsewhere}
    earlier: dict = field(default_factory=dict)  # {expert: matches of exchanges that were held}
    refused_comparison: str = ""  # why not all who were ticked stand side by side
    last_fitting: int | None = (
        None  # the place after which nobody fits; None where that is not told
    )
    not_fitting: str = ""  # what is said there
    unfit: set = field(default_factory=set)  # the places of those before it who do not fit either
    unfit_words: str = ""

    @property
    def offers(self):
        """The offers whose texts the list shows."""
        offers = (one.offer for one in self.listed)
        return [offer for offer in offers if offer.status == OfferStatus.PUBLISHED]


def arrange_candidates(dossier, run, asked, year, answered):
    """Arrange a run's candidates as `asked` (a query's `sort`, `country`, `compare`) says.

    answered: {expert: Appraisal} of those whose answer was appraised: a person has one score on a
    page, and an answer says more than an offer.
    """
    candidates = [
        prefer_answer(c, answered.get(c.offer.expert_id))
        for c in describe_candidates(run.entries, run)
    ]
    if answered:
        candidates.sort(key=lambda c: -c.score)
    aside = {
        one.offer_id: one for one in dossier.put_aside.filter(undone_at=None).select_related("by")
    }
    put_aside = [(c, aside[c.offer.pk]) for c in candidates if c.offer.pk in aside]
    kept = [c for c in candidates if c.offer.pk not in aside]
    countries = sort_alphabetically({c.country for c in kept}, attrgetter("name"))
    ticked = asked.getlist("compare")
    chosen = ticked[:MOST_COMPARED]
    in_order = kept
    if asked.get("sort") in CRITERIA:
        in_order = sorted(kept, key=lambda c: -c.points_of(asked["sort"]))
    kept = listed = [replace(c, place=place) for place, c in enumerate(in_order, 1)]
    fits, last_fitting = Policy.from_dict(run.policy).fitting, None
    if asked.get("sort") not in CRITERIA:
        last_fitting = max((c.place for c in kept if c.nearness >= fits), default=0)
    placed = {c.offer.expert_id for c in kept} | set(answered)
    near = [
        c
        for c in describe_candidates(run.near_misses, run)
        if c.offer.pk not in aside and c.offer.expert_id not in placed
    ]
    if country := asked.get("country"):  # each keeps its place in the whole list
        listed, near = ([c for c in some if c.country.code == country] for some in (listed, near))
    offers = [c.offer for c in (*kept, *near)]
    earlier = read_earlier_matches({offer.expert_id for offer in offers})
    return DeskList(
        kept=kept,
        listed=listed,
        aside=put_aside,
        near=near,
        compared=[c for c in kept if str(c.offer.pk) in chosen],
        countries=countries,
        busy=read_workload(dossier, offers, year),
        earlier=earlier,
        refused_comparison=word_comparison(len(ticked), "comparing" in asked),
        last_fitting=last_fitting,
        not_fitting=describe_not_fitting(last_fitting, fits),
        unfit=list_unfit(kept, fits, last_fitting),
        unfit_words=_(
            "Does not match well enough: neither topics nor text reach %d %% of what is asked, "
            "the minimum of this policy."
        )
        % round(100 * fits),
    )


def list_unfit(kept, fits, last_fitting):
    """Return the places of candidates under the minimum whose own line does not say so."""
    last = len(kept) if last_fitting is None else last_fitting
    return {c.place for c in kept if c.place < last + 1 and c.nearness < fits}


def describe_not_fitting(last_fitting, fits):
    """Describe that nobody after a place was judged fitting, and by which bar."""
    if last_fitting is None:
        return ""
    words = {
        0: _(
            "Nobody matches well enough: no candidate’s topics or text reach %d %% of what is "
            "asked, the minimum of this policy."
        ),
        1: _(
            "Nobody else matches well enough: neither their topics nor their texts reach %d %% of "
            "what is asked, the minimum of this policy."
        ),
    }.get(
        last_fitting,
        _(
            "Below this line nobody matches well enough: neither their topics nor their texts "
            "reach %d %% of what is asked, the minimum of this policy."
        ),
    )
    return words % round(100 * fits)


def word_comparison(ticked, is_asked):
    """Describe why not everybody who was ticked is compared; "" where all are."""
    if ticked > MOST_COMPARED:
        return _("The first %d of those ticked are compared.") % MOST_COMPARED
    return _("First tick those to compare.") if is_asked and not ticked else ""


def prefer_answer(candidate, appraisal):
    """Replace a candidate's score and reasons by those of their answer, if any."""
    if appraisal is None:
        return candidate
    return replace(
        candidate, **{one.name: getattr(appraisal, one.name) for one in fields(appraisal)}
    )


def list_earlier_helpers(dossier):
    """List the experts of the exchange that a dossier goes on from: (expert, their offer or None).

    The offer is the one they helped with then, else another that is published.
    """
    if dossier.follows_id is None:
        return []
    agreed = Interest.objects.filter(
        matches__dossier=dossier.follows_id, matches__status=MatchStatus.AGREED
    ).select_related("expert__user", "expert__authority", "offer")
    helpers = []
    for interest in agreed.order_by("pk"):
        published = interest.expert.offers.published()
        offer = next((one for one in published if one.pk == interest.offer_id), None)
        helpers.append((interest.expert, offer or nearest_offer(interest.expert, dossier)))
    return helpers


def read_earlier_matches(experts):
    """Return {expert: matches of their exchanges that were held, newest first}.

    With `town` and `year`; what is only planned, put off or cancelled was no exchange, and what is
    under way is none yet.
    """
    held = Match.objects.filter(
        interests__expert__in=experts, exchange__actual_end__isnull=False
    ).exclude(exchange__status="cancelled")
    earlier = defaultdict(list)
    matches: Any = held.order_by("-exchange__actual_start", "-pk").annotate(
        expert=F("interests__expert"),
        town=F("dossier__authority__name"),
        year=F("exchange__actual_start__year"),
    )
    for match in matches:
        earlier[match.expert].append(match)
    return dict(earlier)


def read_workload(dossier, offers, year):
    """Return {expert: {agreed, taken_by, capacity, asked, engaged, uncounted}}.

    agreed: how many exchanges of the year take a place of the offer, as the rules count them;
    taken_by: the requests of these; asked: those that still wait for a choice or an agreement;
    engaged: those of exchanges that are agreed, and not over; uncounted: which of these take none.
    """
    experts = {offer.expert_id for offer in offers}
    elsewhere = Interest.objects.filter(expert__in=experts).exclude(dossier=dossier)
    agreed = Match.objects.filter(status=MatchStatus.AGREED, interests=OuterRef("pk"))
    to_come = agreed.filter(exchange__actual_end=None).exclude(exchange__status="cancelled")
    asked = list_references(elsewhere.filter(~Exists(agreed), status__in=BUSY))
    taken = Match.objects.count_agreed(OFFER, status_since__year=year)
    of_year = Exists(agreed.filter(status_since__year=year))
    counted = Interest.objects.filter(of_year, offer__in=offers)
    taken_by = list_references(counted)
    to_meet = elsewhere.filter(Exists(to_come))
    engaged = list_references(to_meet)
    uncounted = list_references(to_meet.exclude(pk__in=counted.order_by().values("pk")))
    return {
        offer.expert_id: {
            "agreed": taken.get(offer.pk, 0),
            "taken_by": taken_by.get(offer.expert_id, ""),
            "capacity": offer.capacity,
            "asked": asked.get(offer.expert_id, ""),
            "engaged": engaged.get(offer.expert_id, ""),
            "uncounted": uncounted.get(offer.expert_id, ""),
        }
        for offer in offers
    }


def list_references(interests):
    """Return {expert: the references of the dossiers of interests, in words}."""
    by_expert = defaultdict(set)
    for expert, reference in interests.values_list("expert", "dossier__reference"):
        by_expert[expert].add(reference)
    return {expert: join_names(sorted(references)) for expert, references in by_expert.items()}


def offers_moved(shifts):
    """Pair the engine's shifts with their offers; one deleted since is left out."""
    offers = Offer.objects.with_candidate_details().in_bulk([shift.offer_id for shift in shifts])
    return [(offers[s.offer_id], s) for s in shifts if s.offer_id in offers]
