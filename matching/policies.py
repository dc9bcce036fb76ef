"""How a call ranks: versions that officers adopt, tried on the call's dossiers before.

A policy is tried on stored tables, without a worker. What decisions teach is a proposal in the
same form: a person adopts it or not.
"""

from collections import defaultdict
from dataclasses import replace

import numpy as np
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.call_copies import copies_with_call
from applications.enums import RANKED_IN
from applications.models import Call, Dossier
from connect.statuses import for_each_status
from connect.transitions import by_officer
from engine import Policy, compare_policies, learn_weights
from engine.learning import Decision
from engine.ranking import Table
from matching import runs
from matching.enums import InterestStatus, RunState
from matching.models import CallPolicy, Interest, MatchRun, PutAside
from matching.satisfaction import list_marks

TRIED = 10  # first places of each dossier that a preview compares

# What staff preferred: the higher, the better it suited in their eyes; None: it says nothing.
GRADES: dict[str, int | None] = for_each_status(
    InterestStatus,
    {
        InterestStatus.CHOSEN: 3,
        InterestStatus.SHORTLISTED: 2,
        InterestStatus.RESERVE: 2,
        InterestStatus.SCREENED: 1,
        InterestStatus.INVITED: 1,
        InterestStatus.DRAFT: 1,
        InterestStatus.SUBMITTED: 1,
        InterestStatus.DECLINED: 0,
        InterestStatus.WITHDRAWN: None,
        InterestStatus.EXPIRED: None,
        InterestStatus.UNDONE: None,
    },
)
ASIDE = 0
BADLY = 2  # marks of those who were helped, of 1 to 5: as low or lower, they outweigh a choice


@transaction.atomic
def adopt_policy(call, policy, *, note, actor, now=None):
    """Adopt a policy for a call from now on, and rank its open dossiers again.

    Raises PermissionDenied for anybody but an officer, ValidationError without a reason or
    where nothing would change.
    """
    now = now or timezone.now()
    if not by_officer(actor, None):
        raise PermissionDenied
    if not note.strip():
        raise ValidationError(_("Give a reason: it is saved with the version."), code="note")
    call = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    number = call.policies.count() + 1
    policy = replace(policy, version=f"{call.slug}-{number}")
    if policy == replace(CallPolicy.policy_for(call), version=policy.version):
        raise ValidationError(_("This is already the policy of the call."), code="same")
    made = call.policies.create(
        number=number, policy=policy.as_dict(), note=note, adopted_at=now, adopted_by=actor
    )
    for dossier in Dossier.objects.filter(call=call, status__in=RANKED_IN).order_by("pk"):
        runs.request_run(dossier.pk, now)
    return made


@copies_with_call
def copy_policy(call, made, actor, now):
    """Let a copied call rank as its original does: by a first version of its own."""
    adopted = call.policies.first()
    if adopted is None:  # both go by the standard policy
        return
    policy = replace(Policy.from_dict(adopted.policy), version=f"{made.slug}-1")
    made.policies.create(
        number=1,
        policy=policy.as_dict(),
        note=_("Copied from %s") % call,
        adopted_at=now,
        adopted_by=actor,
    )


def last_table(dossier_pk):
    """Return the last ranking of a dossier that stored its table; `score_offers` reads it."""
    done = MatchRun.objects.filter(dossier=dossier_pk, state=RunState.DONE).exclude(keys=b"")
    return done.defer("offer_ids", "matrix", "broken", "keys").first()


def read_table(run):
    """Read back what a run stored of every offer; ValidationError for one that stored less."""
    run = MatchRun.objects.only("offer_ids", "matrix", "broken", "keys").get(pk=run.pk)
    if not run.keys and run.offer_ids:
        raise ValidationError(_("This ranking is too old for a trial: rank again."), code="old")
    return Table.from_bytes(run.offer_ids, run.matrix, run.broken, run.keys)


def try_policy(run, other, count=runs.MOST_ENTRIES):
    """List how offers move on a run's dossier under another policy: the engine's Shifts.

    Where each expert is listed once, it is by the offer that the ranking shows, with its score.
    """
    policy, table = Policy.from_dict(run.policy), read_table(run)
    listed = {entry["offer_id"]: entry["score"] for entry in run.entries}
    if policy.per_expert == other.per_expert == 1:
        table = table.narrow_to_offers(list(listed))
    return [
        replace(shift, score_before=listed.get(shift.offer_id, shift.score_before))
        for shift in compare_policies(table, policy, other, count)
    ]


def drop_criterion(policy, key):
    """Return a policy that does not weigh a criterion; None where it weighs no other, or not it."""
    weights = policy.weights | {key: 0}
    is_weighed = policy.weights.get(key) and any(weights.values())
    return replace(policy, weights=weights) if is_weighed else None


def policy_effects(call, other, reader):
    """List (dossier, shifts) over the call's open dossiers that were ranked, moved ones alone."""
    dossiers = (
        Dossier.objects.for_officer(reader)
        .filter(call=call, status__in=RANKED_IN)
        .order_by("reference")
    )
    effects = []
    for dossier in dossiers.select_related("authority"):
        if run := last_table(dossier.pk):
            shifts = [s for s in try_policy(run, other, TRIED) if s.before != s.after]
            effects.append((dossier, shifts))
    return effects


def read_decisions():
    """Read what staff decided into the engine's Decisions, a dossier each."""
    graded: dict[int, dict[int, int]] = {}
    kept = Interest.objects.exclude(offer=None)
    for dossier, offer, status in kept.values_list("dossier", "offer", "status"):
        if (grade := GRADES[status]) is not None:
            graded.setdefault(dossier, {})[offer] = grade
    aside = PutAside.objects.filter(undone_at=None)
    for dossier, offer in aside.values_list("dossier", "offer"):
        graded.setdefault(dossier, {}).setdefault(offer, ASIDE)
    for dossier, offer in read_badly_rated():
        graded.setdefault(dossier, {})[offer] = ASIDE
    decisions = []
    for dossier, grades in graded.items():
        run = last_table(dossier) if len(set(grades.values())) > 1 else None
        if run is None:
            continue
        table = read_table(run)
        places = {int(pk): place for place, pk in enumerate(table.offer_ids)}
        known = [pk for pk in grades if pk in places]
        decisions.append(
            Decision(
                need=str(dossier),
                values=table.values[:, [places[pk] for pk in known]].T,
                grades=np.array([grades[pk] for pk in known], float),
                order=run.done_at.timestamp(),
            )
        )
    return decisions


def read_badly_rated():
    """List (dossier, offer) of those chosen with whom, at the end, most who answered were not
    content."""
    of_matches = defaultdict(list)
    for one in list_marks():
        of_matches[one.match].append(one.mark)
    chosen = Interest.objects.filter(status=InterestStatus.CHOSEN, matches__in=of_matches)
    of_offers: dict[tuple[int, int], list[int]] = defaultdict(list)
    rows = chosen.exclude(offer=None).order_by("pk").values_list("dossier", "offer", "matches")
    for dossier, offer, match in rows:
        of_offers[dossier, offer] += of_matches[match]
    return [
        helped
        for helped, marks in of_offers.items()
        if 2 * sum(mark <= BADLY for mark in marks) > len(marks)
    ]


def propose_weights(call):
    """Return what a call's policy could learn from decisions: the engine's Proposal."""
    return learn_weights(read_decisions(), CallPolicy.policy_for(call))
