"""Sharing experts over the open needs of a call: a worker solves, staff adjust and apply."""

import hashlib
import json
from dataclasses import asdict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.enums import RANKED_IN
from applications.models import Dossier
from connect.languages import join_names
from connect.queues import process_rows
from connect.schedule import every, nudge_worker
from connect.transitions import by_officer
from engine import Candidate, Limits, allocate_matches, rank
from matching import desk
from matching.enums import ENDED_INTERESTS, InterestStatus, RunState
from matching.models import Allocation, CallPolicy, Interest, Opportunity, PutAside
from matching.needs import need_as_json, read_need, read_need_to_rank, read_shared_facts
from matching.offer_catalogue import catalogue_at, name_engine, read_marks
from registry.models import Offer

WIDE, WORTH = 50, 40  # candidates a need; points below which nobody is proposed
REFUSED = ENDED_INTERESTS - {InterestStatus.UNDONE}


def needs_of(call, reader=None):
    """Return the dossiers of a call that still seek somebody, with what the engine reads.

    reader: leaves out what a conflict of interest ties this officer to.
    """
    readable = Dossier.objects.for_officer(reader) if reader else Dossier.objects
    dossiers = readable.filter(call=call, status__in=RANKED_IN).order_by("reference")
    return dossiers.select_related("authority").prefetch_related("partners", "needs__theme")


def refused_pairs(dossiers):
    """Return {(reference, expert)} that were tried and are over."""
    tried = Interest.objects.filter(dossier__in=dossiers, status__in=REFUSED)
    return set(tried.values_list("dossier__reference", "expert"))


def pairs_put_aside(dossiers):
    """Return {(reference, offer)} that an officer put aside."""
    aside = PutAside.objects.filter(dossier__in=dossiers, undone_at=None)
    return set(aside.values_list("dossier__reference", "offer"))


def allocation_state(call, now):
    """Return a digest of all that a plan depends on: needs, offers, refusals, policy."""
    dossiers, shared = list(needs_of(call)), read_shared_facts(timezone.localdate(now))
    undated = shared | {"today": None}  # a day that passes makes no plan stale
    whole = [
        [need_as_json(read_need(dossier, undated)) for dossier in dossiers],
        sorted(map(list, refused_pairs(dossiers))),
        sorted(map(list, pairs_put_aside(dossiers))),
        sorted(read_marks(shared).items()),
        CallPolicy.policy_for(call).as_dict(),
    ]
    return hashlib.sha256(json.dumps(whole).encode()).hexdigest()


def request_allocation(call, *, actor, fixed=(), forbidden=(), now=None):
    """Request a plan with these pairs (reference, offer id) fixed and forbidden.

    One that already waits takes the new pairs. Raises PermissionDenied for all but officers.
    """
    if not by_officer(actor, None):
        raise PermissionDenied
    made, _new = Allocation.objects.update_or_create(
        call=call,
        state=RunState.WAITING,
        defaults={
            "requested_at": now or timezone.now(),
            "requested_by": actor,
            "fixed": sorted(map(list, fixed)),
            "forbidden": sorted(map(list, forbidden)),
        },
    )
    nudge_worker(allocate_waiting_calls)
    return made


def decide_pair(call, verb, pair, *, actor, now=None):
    """Fix, forbid or free one pair (reference, offer id) of the latest plan, and solve again.

    Raises ValidationError for what is no request of the call, or no published offer.
    """
    need, offer = pair
    is_known = needs_of(call, actor).filter(reference=need).exists()
    if verb != "free" and not (is_known and Offer.objects.published().filter(pk=offer).exists()):
        message = _("This request or this offer is no longer open: load the page again.")
        raise ValidationError(message, code="pair")
    latest = call.allocations.first()
    fixed = {tuple(pair) for pair in latest.fixed} if latest else set()
    forbidden = {tuple(pair) for pair in latest.forbidden} if latest else set()
    fixed.discard(pair)
    forbidden.discard(pair)
    if verb == "fix":
        fixed.add(pair)
    elif verb == "forbid":
        forbidden.add(pair)
    return request_allocation(call, actor=actor, fixed=fixed, forbidden=forbidden, now=now)


@every(seconds=30, only_workers=True)
def allocate_waiting_calls(now):
    """Solve the plans that wait, oldest first; return how many."""
    waiting = Allocation.objects.filter(state=RunState.WAITING).order_by("requested_at", "pk")
    return process_rows(waiting, lambda plan: solve_plan(plan, now))


def solve_plan(plan, now):
    """Rank every need of the call, allocate the offers, and save the plan."""
    catalogue = catalogue_at(timezone.localdate(now))
    candidates, limits, gone = candidates_of(plan, catalogue, now)
    allocation = allocate_matches(candidates, limits, needs=limits.experts)
    plan.state, plan.done_at, plan.engine = RunState.DONE, now, name_engine(catalogue)
    plan.read = allocation_state(plan.call, now)
    plan.plan = asdict(allocation) | {"gone": gone, "candidates": len(candidates)}
    plan.save()


def candidates_of(plan, catalogue, now):
    """Return the engine's candidates, limits, and fixed pairs that are no longer possible."""
    dossiers = list(needs_of(plan.call))
    shared = read_shared_facts(timezone.localdate(now))
    refused, aside = refused_pairs(dossiers), pairs_put_aside(dossiers)
    fixed = {tuple(pair) for pair in plan.fixed}
    candidates: list[Candidate] = []
    capacity: dict[int, int] = {}
    policy = CallPolicy.policy_for(plan.call)
    for dossier in dossiers:
        ranking = rank(read_need_to_rank(dossier, shared), catalogue, policy, k=WIDE, near=0)
        for entry in ranking.entries:
            offer = catalogue.offer(catalogue.row_of(entry.offer_id))
            pair = (dossier.reference, offer.id)
            is_out = pair in aside or (dossier.reference, offer.expert) in refused
            wanted = entry.score >= WORTH and not is_out
            if wanted or pair in fixed:
                score = round(entry.score, 2)
                candidates.append(Candidate(*pair, offer.expert, offer.authority or "", score))
                capacity[offer.expert] = max(capacity.get(offer.expert, 0), int(offer.capacity))
    possible = {(c.need, c.offer) for c in candidates}
    limits = Limits(
        experts={d.reference: (1, max(1, d.experts)) for d in dossiers},
        capacity=capacity,
        fixed=frozenset(fixed & possible),
        forbidden=frozenset(tuple(pair) for pair in plan.forbidden) & possible,
    )
    return candidates, limits, sorted(map(list, fixed - possible))


def invite_experts_of_plan(plan, *, actor, now=None):
    """Invite the experts of a plan to those of its requests that are open; return how many.

    Whoever is among the candidates already is passed over. Raises ValidationError, and invites
    nobody, where anything that the plan hangs on has changed.
    """
    now = now or timezone.now()
    if not by_officer(actor, None):
        raise PermissionDenied
    if plan.state != RunState.DONE or plan.read != allocation_state(plan.call, now):
        raise ValidationError(
            _(
                "Needs or offers have changed since this plan was made: make a new plan, "
                "then invite its experts."
            ),
            code="stale",
        )
    open_ = Opportunity.objects.open(timezone.localdate(now))
    with transaction.atomic():
        published = {
            dossier.reference: dossier
            for dossier in needs_of(plan.call, actor).filter(opportunity__in=open_.order_by())
        }
        there = set(
            Interest.objects.filter(dossier__in=published.values())
            .exclude(status=InterestStatus.UNDONE)
            .values_list("dossier__reference", "expert")
        )
        invited = 0
        for match in plan.plan["matches"]:
            dossier = published.get(match["need"])
            if dossier and (match["need"], match["expert"]) not in there:
                desk.invite_expert(dossier, match["offer"], actor=actor, now=now)
                invited += 1
    return invited


def describe_plan(plan, reader):
    """Return a plan in rows for a page: [{dossier, matches, passed}], served needs first."""
    dossiers = {dossier.reference: dossier for dossier in needs_of(plan.call, reader)}
    held = plan.plan
    ids = {match["offer"] for match in held["matches"]}
    ids |= {p["candidate"]["offer"] for some in held["passed"].values() for p in some}
    offers = Offer.objects.with_candidate_details().in_bulk(ids)
    fixed = {tuple(pair) for pair in plan.fixed}
    rows = {ref: {"dossier": d, "matches": [], "passed": []} for ref, d in dossiers.items()}
    for match in held["matches"]:
        if match["need"] in rows and match["offer"] in offers:
            is_fixed = (match["need"], match["offer"]) in fixed
            line = match | {"offer": offers[match["offer"]], "is_fixed": is_fixed}
            rows[match["need"]]["matches"].append(line)
    for reference, some in held["passed"].items():
        for line in some:
            offer = offers.get(line["candidate"]["offer"])
            if reference in rows and offer:
                rows[reference]["passed"].append(
                    line | {"offer": offer, "gone_to": join_names(line["gone_to"])}
                )
    return sorted(rows.values(), key=lambda row: not row["matches"])


def describe_pairs(pairs):
    """Describe pairs (reference, offer id): [(reference, offer)]."""
    offers = Offer.objects.with_candidate_details().in_bulk([pk for _ref, pk in pairs])
    return [(reference, offers[pk]) for reference, pk in pairs if pk in offers]
