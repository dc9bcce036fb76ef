"""What came of rankings: each month a report of the twelve months before, and weights to propose.

It reads who was chosen, who was refused and why, and what those said whom they helped. Nothing is
adopted by it: an officer does that in the policy room.
"""

from collections import defaultdict
from dataclasses import asdict
from datetime import datetime, time
from statistics import mean

from django.db.models import Count
from django.utils import timezone

from connect.dates import months_after
from connect.schedule import daily
from engine import Policy, learn_weights
from engine.outcomes import (
    calibrate_points,
    compare_shares,
    estimate_mean,
    first_place_rate,
    mean_reciprocal_rank,
)
from matching.enums import Answer, InterestStatus, RunState
from matching.models import Consent, Interest, Match, MatchRun, OutcomeReport, PutAside
from matching.policies import read_decisions
from matching.satisfaction import list_marks
from registry.models import Expert

SPAN = 12  # months that a report looks back on
SIZES = (50_000, 250_000)  # inhabitants that part small, middle and large places
PASSED_OVER = {InterestStatus.DECLINED, InterestStatus.RESERVE, InterestStatus.SHORTLISTED}


@daily(at="05:20", is_foreseen=False)
def make_outcome_report(now):
    """Make the report of the month that is over, once; return how many were made."""
    today = timezone.localdate(now)
    month = months_after(today.replace(day=1), -1)
    if OutcomeReport.objects.filter(month=month).exists():
        return 0
    figures = figure_outcomes(*list_bounds(month))
    _report, is_made = OutcomeReport.objects.get_or_create(
        month=month, defaults={"made_at": now, "figures": figures}
    )
    return int(is_made)


def list_bounds(month):
    """Return the first instant of the twelve months that end with a month, and the first after."""
    after = months_after(month, 1)
    days = months_after(after, -SPAN), after
    return [timezone.make_aware(datetime.combine(day, time.min)) for day in days]


def figure_outcomes(since, until):
    """Return the figures of what was decided in a period, as plain values."""
    taken_on = Interest.objects.filter(
        status=InterestStatus.CHOSEN, status_since__gte=since, status_since__lt=until
    )
    chosen = list(taken_on.order_by("status_since", "pk"))
    runs = {one.dossier_id: find_ranking(one.dossier_id, one.status_since) for one in chosen}
    runs = {pk: run for pk, run in runs.items() if run is not None}
    experts = read_experts(runs.values())
    places, decided, listed = {}, [], []
    for dossier, run in runs.items():
        taken = {one.expert_id for one in chosen if one.dossier_id == dossier}
        ranked = [experts.get(entry["offer_id"]) for entry in run.entries]
        ranks = [place for place, one in enumerate(ranked, 1) if one and one["pk"] in taken]
        places[dossier] = min(ranks, default=None)
        listed += [(one, one["pk"] in taken) for one in ranked if one]
        decided += list_decided(dossier, run)
    return {
        "needs": len(runs),
        "first": asdict(first_place_rate(places.values())),
        "reciprocal": asdict(mean_reciprocal_rank(places.values())),
        "calibration": [asdict(band) for band in calibrate_points(decided)],
        "equity": {
            kind: [
                asdict(share)
                for share in compare_shares(
                    [(one["pk"], one[kind], taken) for one, taken in listed if one[kind]]
                )
            ]
            for kind in ("country", "gender", "size")
        },
        "refusals": count_refusals(since, until),
        "satisfaction": asdict(read_satisfaction(since, until)),
        "weights": propose_weights(),
    }


def find_ranking(dossier_pk, moment):
    """Return the last ranking of a dossier that was made before somebody was chosen, or None."""
    done = MatchRun.objects.filter(dossier=dossier_pk, state=RunState.DONE, done_at__lt=moment)
    return done.only("dossier", "entries", "answers").first()


def read_experts(runs):
    """Return {offer's id: facts of its expert} for all that runs list."""
    offers = {entry["offer_id"] for run in runs for entry in run.entries}
    rows = Expert.objects.filter(offers__in=offers).values_list(
        "offers", "pk", "authority__country", "gender", "authority__population"
    )
    return {
        offer: {
            "pk": pk,
            "country": str(country),
            "gender": gender,
            "size": place_size(population),
        }
        for offer, pk, country, gender, population in rows
    }


def place_size(population):
    """Return the class of a place by its inhabitants; "" where nobody knows them.

    >>> place_size(9_000), place_size(50_000), place_size(2_000_000), place_size(None)
    ('small', 'middle', 'large', '')
    """
    if not population:
        return ""
    return ("small", "middle", "large")[sum(population >= size for size in SIZES)]


def list_decided(dossier_pk, run):
    """List (points, whether they were chosen) of the answers that a choice was made among."""
    points = {-entry["offer_id"]: entry["score"] for entry in run.answers}
    rows = Interest.objects.filter(pk__in=points, dossier=dossier_pk).order_by("pk")
    return [
        (points[pk], status == InterestStatus.CHOSEN)
        for pk, status in rows.values_list("pk", "status")
        if status in PASSED_OVER | {InterestStatus.CHOSEN}
    ]


def count_refusals(since, until):
    """Count who was refused in a period, by whom: their reasons are read where they stand."""
    consents = Consent.objects.filter(
        answer=Answer.NO, answered_at__gte=since, answered_at__lt=until
    )
    return {
        "aside": PutAside.objects.filter(undone_at=None, at__gte=since, at__lt=until).count(),
        "declined": Interest.objects.filter(
            status=InterestStatus.DECLINED, status_since__gte=since, status_since__lt=until
        ).count(),
        **dict(consents.order_by().values_list("side").annotate(Count("pk"))),
    }


def read_satisfaction(since, until):
    """Estimate what those who were helped said at the end, 1 to 5, a mean an exchange."""
    of_matches = defaultdict(list)
    for one in list_marks():
        if since <= one.at < until:
            of_matches[one.match].append(one.mark)
    helped = Match.objects.filter(interests__status=InterestStatus.CHOSEN, pk__in=of_matches)
    keys = helped.order_by("pk").distinct().values_list("pk", flat=True)
    return estimate_mean(mean(of_matches[key]) for key in keys)


def propose_weights():
    """Return {criterion: [present, proposed, lowest, highest]} of the programme's usual policy, and
    how sure they are; None for weights where there is too little to learn from."""
    present = Policy.default()
    proposal = learn_weights(read_decisions(), present)
    return {
        "pairs": proposal.pairs,
        "held_pairs": proposal.held_pairs,
        "is_better": proposal.is_better,
        "weights": {
            key: [present.weights[key], weight, *proposal.between[key]]
            for key, weight in proposal.policy.weights.items()
        }
        if proposal.policy
        else None,
    }
