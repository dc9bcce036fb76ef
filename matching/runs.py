"""Ranking as a job: asked for in the transaction that validates, taken by a worker."""

from collections import defaultdict
from dataclasses import asdict, dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from applications.models import Dossier
from applications.people import neutral_officers
from connect.queues import process_rows
from connect.schedule import every, nudge_worker, process_one_by_one
from engine import Catalogue, Entry, Need, Policy, Ranking, appraise_offers, rank
from matching.enums import RunState
from matching.models import CallPolicy, MatchRun
from matching.needs import (
    list_languages_read,
    need_as_json,
    read_interests,
    read_need_to_rank,
    read_shared_facts,
)
from matching.offer_catalogue import catalogue_at, lay_beside, name_engine
from matching.sentences import read_sentences
from notifications.outbox import post_letter
from registry.models import Offer

MOST_ENTRIES = 20
NEARLY = 3  # points of topics and text by which two offers of an expert are as near
STRONG, FIRST = 60, 3  # a new offer is told of from so many points on, among the first so many


def desk_path(dossier):
    """Return the matching desk of a dossier, for letters to staff."""
    return reverse("admin:matching_desk", args=[dossier.pk])


def request_run(dossier_pk, now=None):
    """Request a ranking; one that already waits is reused."""
    run, _made = MatchRun.objects.get_or_create(
        dossier_id=dossier_pk,
        state=RunState.WAITING,
        defaults={"requested_at": now or timezone.now()},
    )
    nudge_worker(rank_waiting)
    return run


def retry_runs(failed):
    """Retry failed runs or plans; return how many.

    Where a newer one waits for the same thing, the failed one is left to it.
    """
    again = 0
    for one in failed:
        try:
            with transaction.atomic():
                again += (
                    type(one).objects.filter(pk=one.pk).update(state=RunState.WAITING, error="")
                )
        except IntegrityError:
            continue
    return again


@every(seconds=30, only_workers=True)
def rank_waiting(now):
    """Rank what waits, oldest first; return how many were done."""
    waiting = MatchRun.objects.filter(state=RunState.WAITING).order_by("requested_at", "pk")
    return process_rows(waiting, lambda run: make_ranking(run, now))


def choose_nearest_offers(entries, need, catalogue, policy, languages):
    """Return the entries, each expert's by the offer that is nearest to the need.

    Their best total may be another's, which is only free for longer. Of offers that are as near
    (within NEARLY points of subject), one in a language that is read at the desk comes first.
    """
    if policy.per_expert != 1:  # then several of one expert are listed anyway
        return entries
    listed = Offer.objects.filter(pk__in=[entry.offer_id for entry in entries])
    experts = dict(listed.values_list("pk", "expert"))
    theirs = Offer.objects.published().filter(expert__in=experts.values())
    owner = dict(theirs.order_by().values_list("pk", "expert"))
    spoken = dict(theirs.order_by().values_list("pk", "language"))
    laid = set(catalogue["ids"][catalogue["alive"]].tolist())
    several = sorted(pk for pk in owner if pk in laid and pk not in experts)
    if not several:
        return entries
    others = defaultdict(list)
    for entry in appraise_offers(need, catalogue, policy, several):
        if not entry.broken:
            others[owner[entry.offer_id]].append(entry)

    def subject(entry):
        return entry.parts["topics"].points + entry.parts["text"].points

    chosen = []
    for entry in entries:
        some = [entry, *others[experts[entry.offer_id]]]
        best = max(map(subject, some))
        near = [one for one in some if subject(one) >= best - NEARLY]
        is_read = {one.offer_id: spoken.get(one.offer_id) in languages for one in near}
        chosen.append(max(near, key=lambda one: (is_read[one.offer_id], subject(one), one.score)))
    return tuple(sorted(chosen, key=lambda entry: (-entry.score, entry.offer_id)))


@dataclass(frozen=True)
class DeskRanking:
    """What the desk ranks a dossier by, and what comes of it: entries, each expert's by the offer
    that is nearest, beside the engine's own ranking."""

    need: Need
    policy: Policy
    catalogue: Catalogue
    ranking: Ranking
    entries: tuple[Entry, ...]


def rank_for_desk(dossier, today, shared):
    """Rank every offer for a dossier by its call's policy in force; stores nothing."""
    policy, need = CallPolicy.policy_for(dossier.call), read_need_to_rank(dossier, shared)
    catalogue = catalogue_at(today)
    ranking = rank(need, catalogue, policy, k=MOST_ENTRIES)
    entries = choose_nearest_offers(
        ranking.entries, need, catalogue, policy, list_languages_read(dossier)
    )
    return DeskRanking(need, policy, catalogue, ranking, entries)


def make_ranking(run, now):
    """Rank every offer for the run's dossier, appraise the answers it got, and keep both with what
    explains them."""
    details = "authority", "call", "case_officer"
    dossier = Dossier.objects.select_related(*details).get(pk=run.dossier_id)
    today = timezone.localdate(now)
    shared = read_shared_facts(today)
    made = rank_for_desk(dossier, today, shared)
    ranking, policy = made.ranking, made.policy
    with lay_beside(made.catalogue, read_interests(dossier, shared)) as ids:
        answers = appraise_offers(made.need, made.catalogue, policy, ids) if ids else ()
    run.state, run.done_at = RunState.DONE, now
    run.engine = name_engine(made.catalogue)
    run.policy, run.need = policy.as_dict(), need_as_json(made.need)
    run.entries = [asdict(entry) for entry in made.entries]
    run.near_misses = [asdict(entry) for entry in ranking.near_misses]
    run.answers = [asdict(entry) for entry in answers]
    run.offer_ids = ranking.table.offer_ids.tolist()
    run.matrix = ranking.table.matrix.tobytes()
    run.broken, run.keys = ranking.table.broken.tobytes(), ranking.table.keys.tobytes()
    run.admitted = ranking.admitted
    run.save()
    nudge_worker(read_sentences)


# Its letters leave within ten minutes of what they tell: a look ahead would only ask for rankings,
# and hold up whoever asks for the same.
@every(minutes=10, is_foreseen=False)
def notify_of_new_offers(now):
    """Notify staff of new offers that fit an open dossier well, once each; return how many.

    What is new is what the dossier's last ranking did not see: whoever published it, and
    whenever this runs. Only then is the dossier ranked again for the desk.
    """
    published = set(Offer.objects.published().values_list("pk", flat=True))
    still_open = Dossier.objects.filter(status__in=[Status.VALIDATED, Status.PUBLISHED])
    still_open = still_open.select_related("authority", "call")
    new_to = {}
    for dossier in still_open.order_by("pk"):
        done = dossier.runs.filter(state=RunState.DONE)
        seen = done.values_list("offer_ids", flat=True).first()  # not the matrix beside them
        if seen is not None and (new := published - set(seen)):
            new_to[dossier] = new
    if not new_to:
        return 0
    today = timezone.localdate(now)
    catalogue, shared = catalogue_at(today), read_shared_facts(today)

    def notify(dossier):
        policy, new = CallPolicy.policy_for(dossier.call), new_to[dossier]
        ranking = rank(read_need_to_rank(dossier, shared), catalogue, policy, k=FIRST, near=0)
        strong = [e.offer_id for e in ranking.entries if e.offer_id in new and e.score >= STRONG]
        if not strong:
            return 0
        request_run(dossier.pk, now)
        for offer in Offer.objects.filter(pk__in=strong).select_related("expert__authority"):
            post_letter(
                "match_new_offer",
                is_news=True,
                key=f"dossier:{dossier.pk}:offer:{offer.pk}",
                concerns=offer,
                to=neutral_officers(dossier),
                path=desk_path(dossier),
                reference=dossier.reference,
                title=dossier.title,
                authority=dossier.authority.name,
                expert=str(offer.expert),
                place=offer.expert.authority.name,
                offer=offer.title,
            )
        return len(strong)

    return sum(process_one_by_one(notify, new_to))
