"""The open requests that fit each expert: the engine's ranking, read from the offer's side.

A worker ranks and saves them; a page reads what is saved, and hides what its reader has no use for.
"""

import hashlib
import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, FloatField, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from connect.schedule import every, process_one_by_one
from engine import Needs, Policy, rank_needs
from matching.enums import UNSENT, InterestStatus, NotForMe
from matching.fit_reasons import Reason, describe_fit, list_explained
from matching.models import CallPolicy, FittingRequests, HiddenRequest, Interest, Opportunity
from matching.needs import need_as_json, read_need_to_rank, read_shared_facts
from matching.offer_catalogue import catalogue_at, name_engine, read_marks
from matching.reasons import measure_nearness, read_themes
from registry.models import Offer

MOST = 50  # requests saved of an expert
FIRST = 3  # of them on their own page
A_TURN = 2000  # experts ranked at a time
# An answer that was begun, sent or withdrawn, and an invitation that was declined.
ANSWERING = set(InterestStatus) - UNSENT | {
    InterestStatus.INVITED,
    InterestStatus.DRAFT,
    InterestStatus.WITHDRAWN,
}


# In a worker


@every(minutes=10, only_workers=True)
def save_fitting_requests(now):
    """Rank the open requests for each expert of whom they, or an offer, changed; return how many.

    Only workers do this: they encode the texts of requests.
    """
    today = timezone.localdate(now)
    shared = read_shared_facts(today)
    marks, offers_of = read_marks(shared), defaultdict(list)
    published = Offer.objects.filter(pk__in=marks).order_by("pk")
    for pk, expert in published.values_list("pk", "expert"):
        offers_of[expert].append(pk)
    FittingRequests.objects.exclude(expert__in=offers_of).delete()
    catalogue = catalogue_at(today)
    groups = group_needs(today, shared)
    read = (
        name_engine(catalogue),
        [(policy, [need_as_json(need) for need in needs]) for policy, needs in groups],
    )
    requests = hash_values(read)
    there = dict(FittingRequests.objects.values_list("expert", "made_of"))
    made_of = {
        expert: hash_values([requests, *(f"{pk} {marks[pk]}" for pk in offers)])
        for expert, offers in offers_of.items()
    }
    stale = [expert for expert, made in made_of.items() if there.get(expert) != made]
    stale.sort(key=lambda expert: (expert in there, expert))  # those who wait see nothing yet
    if not stale:
        return 0
    laid = [(Policy.from_dict(policy), Needs(needs, catalogue)) for policy, needs in groups]

    def save(expert):
        entries = rank_for_expert(offers_of[expert], laid)
        FittingRequests.objects.update_or_create(
            expert_id=expert,
            defaults={"made_of": made_of[expert], "made_at": now, "entries": entries},
        )
        return 1

    return sum(process_one_by_one(save, stale[:A_TURN]))


def hash_values(values):
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def group_needs(today, shared):
    """List the needs of the open requests by the policy of their calls: [(policy, [need])]."""
    requests = Opportunity.objects.open(today).select_related("dossier__authority", "dossier__call")
    groups: dict[str, list] = defaultdict(list)
    policies: dict[int, str] = {}
    for request in requests.order_by("dossier__reference"):
        call = request.dossier.call
        if call.pk not in policies:
            policies[call.pk] = json.dumps(CallPolicy.policy_for(call).as_dict(), sort_keys=True)
        groups[policies[call.pk]].append(read_need_to_rank(request.dossier, shared))
    return [(json.loads(policy), needs) for policy, needs in sorted(groups.items())]


def rank_for_expert(offers, laid):
    """Return the entries of the requests that fit some offers of one expert, the best offer each,
    as they are saved. laid: [(policy, Needs)].
    """
    best: dict[str, dict] = {}
    # No facts but those of the request's page and the expert's own.
    keys = [criterion.key for criterion in list_explained()]
    for policy, needs in laid:
        for offer in offers:
            for match in rank_needs(offer, needs, policy, k=MOST, near=0).entries:
                entry = asdict(match)
                if measure_nearness(entry) < policy.fitting:
                    continue
                before = best.get(match.need_id)
                if before is None or match.score > before["score"]:
                    best[match.need_id] = {
                        "reference": match.need_id,
                        "offer_id": offer,
                        "score": match.score,
                        "parts": {key: entry["parts"][key] for key in keys},
                    }
    return sorted(best.values(), key=lambda one: (-one["score"], one["reference"]))[:MOST]


# On a page


@dataclass(frozen=True)
class Fit:
    """How a request fits its reader: a saved entry of the engine, and why in words."""

    entry: dict[str, Any]
    themes: dict[str, Any]

    @cached_property
    def reasons(self) -> list[Reason]:
        """The reasons in words, made for those requests alone that a page shows."""
        return describe_fit(self.entry, self.themes)


@dataclass(frozen=True)
class Fits:
    """The open requests that fit an expert, and those that they hid.

    state: "no_offer", "waiting" (no worker has ranked them yet), "no_request" (none is open),
    "none", "passed" (each was answered or hidden) or "some". fits: {id of an opportunity: Fit},
    best first. hidden: `HiddenRequest`s of open requests that they have not answered; hidden_keys:
    the ids of the opportunities that they hid, answered or not.
    """

    state: str
    fits: dict[int, Fit]
    hidden: list[HiddenRequest]
    hidden_keys: list[int]

    @property
    def order(self):
        """The order of the board's rows: those that fit by their points, then what closes first."""
        whens = [When(key=key, then=Value(fit.entry["score"])) for key, fit in self.fits.items()]
        points = Case(*whens, default=Value(-1.0), output_field=FloatField())
        return [points.desc(), "closes_on"] if whens else ["closes_on"]


def answers_of(user):
    """Filter the answers of an expert by which a request is no news to them."""
    return Interest.objects.of_expert(user).filter(status__in=ANSWERING)


def read_fits(user, today):
    """Read what fits a person's offers; None for whoever is no expert."""
    expert = getattr(user, "expert", None) if user.is_authenticated else None
    if expert is None:
        return None
    opened = Opportunity.objects.open(today)
    keys = dict(opened.values_list("dossier__reference", "pk"))
    hidden = list(
        HiddenRequest.objects.for_user(user)
        .filter(dossier__opportunity__in=keys.values())
        .select_related("dossier__authority")
    )
    hidden_keys = [keys[one.dossier.reference] for one in hidden]
    answered = set(answers_of(user).values_list("dossier__reference", flat=True))
    passed = answered | {one.dossier.reference for one in hidden}
    hidden = [one for one in hidden if one.dossier.reference not in answered]
    saved = FittingRequests.objects.for_user(user).first()
    if not expert.offers.published().exists():
        return Fits("no_offer", {}, hidden, hidden_keys)
    if not keys:
        return Fits("no_request", {}, hidden, hidden_keys)
    if saved is None:
        return Fits("waiting", {}, hidden, hidden_keys)
    fitting = [one for one in saved.entries if one["reference"] in keys]
    visible = [one for one in fitting if one["reference"] not in passed]
    themes = read_themes() if visible else {}
    fits = {keys[one["reference"]]: Fit(one, themes) for one in visible}
    state = "some" if fits else "passed" if fitting else "none"
    return Fits(state, fits, hidden, hidden_keys)


def list_first_fits(fits):
    """List the opportunities that fit best, each with its `fit`."""
    keys = list(fits.fits)[:FIRST]
    rows: dict[int, Any] = Opportunity.objects.with_list_details().in_bulk(keys)
    for key in keys:
        rows[key].fit = fits.fits[key]
    return [rows[key] for key in keys]


@transaction.atomic
def hide_request(opportunity, reason, *, actor, now=None):
    """Hide an open request from an expert as not for them.

    Raises ValidationError for whoever is no expert, a reason that is none of ours, or a request
    that is open no more.
    """
    now = now or timezone.now()
    expert = getattr(actor, "expert", None)
    if expert is None:
        raise ValidationError(_("Only experts have requests that fit them."), code="no_expert")
    if reason not in NotForMe.values:
        raise ValidationError(
            _("Choose why this request is not for you, then select “Hide”."), code="reason"
        )
    if not Opportunity.objects.open(timezone.localdate(now)).filter(pk=opportunity.pk).exists():
        raise ValidationError(_("This request is no longer open."), code="closed")
    HiddenRequest.objects.update_or_create(
        expert=expert, dossier=opportunity.dossier, defaults={"reason": reason, "at": now}
    )


def show_request_again(opportunity, *, actor):
    """Undo `hide_request` for this person."""
    HiddenRequest.objects.for_user(actor).filter(dossier=opportunity.dossier).delete()


def count_hidden(dossier):
    """Count the experts who said that a request is not for them, by reason: [(words, number)]."""
    given = list(HiddenRequest.objects.filter(dossier=dossier).values_list("reason", flat=True))
    counted = [(reason.label, given.count(reason)) for reason in NotForMe]
    return sorted(((words, n) for words, n in counted if n), key=lambda one: -one[1])
