"""Who scores which dossier: assigned evenly, by language, never over a conflict of interest."""

from collections import defaultdict

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import COMMITTEE, User
from applications.enums import Status
from applications.models import Assignment, Dossier, Score
from applications.permissions import tied_people
from connect.transitions import by_officer
from engine import Candidate, Limits, allocate_matches
from notifications import bursts, reminder_pauses
from notifications.outbox import post_letter
from notifications.recounts import recounts

# Each says how many wait in all.
bursts.KINDS["assigned"] = bursts.Kind(bursts.compose_latest)

LEAST = 2  # scores without which nothing is decided, but where a call asks for one
SPEAKS, DOES_NOT = 100, 50  # worth of a member who writes in the dossier's language, or does not


def scores_needed(totals, quorum, gap, judges):
    """Return how many scores a dossier needs: one above the quorum where two lie far apart.

    Where fewer than the quorum may judge it, they all do; one alone decides nothing.

    >>> [scores_needed(totals, 3, 25, 5) for totals in ([50, 75], [50, 76], [])]
    [3, 4, 3]
    >>> [scores_needed([50, 76], 3, 25, judges) for judges in (3, 2, 1, 0)]
    [3, 2, 2, 2]
    """
    least = least_judges(quorum, judges)
    return least + 1 if points_apart(totals, gap) and judges > least else least


def least_judges(quorum, judges):
    """Return how many members decide at least, of those who may judge."""
    return min(quorum, max(judges, LEAST))


def points_apart(totals, gap):
    """Return how far apart the scores are if that exceeds the call's limit; else 0.

    >>> [points_apart(totals, 25) for totals in ([], [99], [50, 75], [25, 60, 99])]
    [0, 0, 0, 74]
    """
    spread = max(totals) - min(totals) if totals else 0
    return spread if spread > gap else 0


def lacks_reader(totals, quorum, gap, judges):
    """True if scores are so far apart that one more is needed and nobody is left to give it.

    >>> [lacks_reader([25, 99], 3, 25, judges) for judges in (2, 3, 4)]
    [True, False, False]
    >>> lacks_reader([25, 60, 99], 3, 25, 3)
    True
    >>> lacks_reader([70, 75], 3, 25, 2)
    False
    """
    needed = scores_needed(totals, quorum, gap, judges)
    is_read_by_all = len(totals) >= judges  # else one who has not scored yet may settle it
    is_apart = bool(points_apart(totals, gap)) and is_read_by_all
    return is_apart and needed <= least_judges(quorum, judges)


def read_scores(dossiers):
    """Return {key: ({member: total}, who may judge it or did)} in a fixed number of queries."""
    free = members_without_conflict(dossiers)
    given: dict[int, dict[int, int]] = defaultdict(dict)
    scores = Score.objects.filter(dossier__in=dossiers)
    for pk, member, total in scores.values_list("dossier", "member", "total"):
        given[pk][member] = total
    return {
        dossier.pk: (
            given[dossier.pk],
            {member.pk for member in free[dossier.pk]} | given[dossier.pk].keys(),
        )
        for dossier in dossiers
    }


def judges_of(dossier):
    """Count who may judge a dossier, or did."""
    return len(read_scores([dossier])[dossier.pk][1])


def scores_needed_by(dossier):
    """Return how many scores a dossier needs, given its scores and who may judge it."""
    return needed_of(dossier, *read_scores([dossier])[dossier.pk])


def needed_of(dossier, given, judges):
    call = dossier.call
    return scores_needed(list(given.values()), call.quorum, call.gap, len(judges))


def has_all_scores(dossier):
    """True once a dossier has the scores it needs; members then see each other's."""
    return dossier.pk in dossiers_with_all_scores([dossier])


def dossiers_with_all_scores(dossiers):
    """Return the keys of those that have the scores they need, in a fixed number of queries."""
    read = read_scores(dossiers)
    return {
        dossier.pk
        for dossier in dossiers
        if 0 < len(read[dossier.pk][0]) >= needed_of(dossier, *read[dossier.pk])
    }


def reveal_scores(dossier, now):
    """Record that members read each other's scores, where all are in: they stand from then on.

    Whoever comes to judge it later changes nothing of them. Return whether all are in.
    """
    all_in = has_all_scores(dossier)
    if all_in:
        dossier.scores.filter(shown_at=None).update(shown_at=now)
    return all_in


def unsettled_points(dossier):
    """Return how many points the scores are apart that no further member can settle; else 0."""
    return unsettled_points_of(dossier, *read_scores([dossier])[dossier.pk])


def unsettled_points_of(dossier, given, judges):
    """As `unsettled_points`, for scores that were read already."""
    call, totals = dossier.call, list(given.values())
    apart = points_apart(totals, call.gap)
    return apart if apart and lacks_reader(totals, call.quorum, call.gap, len(judges)) else 0


def committee_members():
    return User.objects.filter(groups__name=COMMITTEE, is_active=True).order_by("pk")


def members_without_conflict(dossiers):
    """Return {dossier pk: [members who have no conflict with it]}."""
    members: dict[int, list[User]] = {dossier.pk: [] for dossier in dossiers}
    committee = list(committee_members())
    tied = tied_people(committee)
    for member in committee:
        free = list(members)
        if member.pk in tied:
            rows = Dossier.objects.filter(pk__in=members).without_conflict_of(member)
            free = list(rows.values_list("pk", flat=True))
        for pk in free:
            members[pk].append(member)
    return members


def propose_assignment(dossiers, quorum):
    """Assign members so that each dossier has its scorers and the work is shared evenly.

    Solved as an allocation; who is assigned stays, unless they have left the committee, or may not
    judge it, without a score. Returns {dossier pk: [members]}, the new ones alone; a dossier for
    which too few have no conflict gets all who are left.
    """
    free = members_without_conflict(dossiers)
    read = read_scores(dossiers)
    held = {(pk, member) for pk, (given, _judges) in read.items() for member in given} | {
        (row.dossier_id, row.member_id)
        for row in Assignment.objects.filter(dossier__in=dossiers)
        if row.member_id in read[row.dossier_id][1]
    }
    people = {member.pk: member for group in free.values() for member in group}
    lacking = {
        dossier.pk: min(quorum, len(read[dossier.pk][1]))
        - sum(pk == dossier.pk for pk, _member in held)
        for dossier in dossiers
    }
    open_ = [dossier for dossier in dossiers if lacking[dossier.pk] > 0]
    if not open_:
        return {}
    candidates = [
        Candidate(
            need=str(dossier.pk),
            offer=member.pk,
            expert=member.pk,
            authority=str(member.pk),
            score=SPEAKS if member.language == dossier.language else DOES_NOT,
        )
        for dossier in open_
        for member in free[dossier.pk]
        if (dossier.pk, member.pk) not in held
    ]
    load = {pk: sum(member == pk for _dossier, member in held) for pk in people}
    wanted = {str(dossier.pk): (lacking[dossier.pk],) * 2 for dossier in open_}
    readings = len(held) + sum(least for least, _most in wanted.values())
    share, odd = divmod(readings, len(people))
    least_busy = sorted(people, key=lambda pk: (load[pk], pk))[:odd]
    while True:  # a little more for each, where conflicts leave some dossier without scorers
        capacity = {pk: max(share + (pk in least_busy) - load[pk], 0) for pk in people}
        plan = allocate_matches(candidates, Limits(experts=wanted, capacity=capacity))
        if not plan.unserved or share > len(dossiers):
            break
        share += 1
    shares: dict[int, list[User]] = {}
    for match in plan.matches:
        shares.setdefault(int(match.need), []).append(people[match.offer])
    return shares


@transaction.atomic
def assign_dossiers(call, *, actor, now=None):
    """Assign a call's dossiers before the committee; tell each member once; return how many.

    Raises PermissionDenied for all but officers.
    """
    if not by_officer(actor, None):
        raise PermissionDenied
    now = now or timezone.now()
    waiting = Dossier.objects.filter(call=call, status=Status.UNDER_SELECTION).order_by("pk")
    shares = propose_assignment(list(waiting.select_for_update(of=("self",))), call.quorum)
    made = [
        Assignment(dossier_id=pk, member=member, at=now)
        for pk, some in shares.items()
        for member in some
    ]
    Assignment.objects.bulk_create(made)
    for member in {assignment.member for assignment in made}:
        notify_member(member, call, now)
    return len(made)


def missing_scorers(dossier, able, judges):
    """List the members whose score a dossier waits for: nobody once it has all it needs.

    able: those who may judge it now; judges: how many may, or did.
    """
    scored = {score.member_id: score.total for score in dossier.scores.all()}
    needed = scores_needed(list(scored.values()), dossier.call.quorum, dossier.call.gap, judges)
    if dossier.status != Status.UNDER_SELECTION or len(scored) >= needed:
        return []
    asked = {one.member_id for one in dossier.assignments.all()} or {one.pk for one in able}
    return [one for one in able if one.pk in asked and one.pk not in scored]


@transaction.atomic
def unassigned_scorers(dossier):
    """List all who may score a dossier without assignments; nobody else where it has some."""
    if dossier.assignments.exists():
        return []
    return members_without_conflict([dossier])[dossier.pk]


def notify_scorers(dossier, now):
    """Notify all who may score a dossier that is before the committee without assignments."""
    for member in unassigned_scorers(dossier):
        notify_member(member, dossier.call, now)


def notify_member(member, call, now, key=""):
    """Notify a member of how many dossiers of a call wait for their score; count new e-mails."""
    return post_letter(
        "committee_assigned",
        key=key or f"assigned:{call.pk}:{member.pk}:{now:%Y%m%d%H%M%S}",
        concerns=call,
        burst=f"assigned:{call.pk}",
        to=[member],
        path="/committee/",
        call=lambda: str(call),
        number=dossiers_to_score(member).filter(call=call).count(),
        meeting_on=call.meeting_on.isoformat() if call.meeting_on else "",
    )


@recounts("committee_assigned")
def recount_scores(call, letter, _now):
    member = committee_members().filter(email=letter.address).first()
    waiting = dossiers_to_score(member).filter(call=call) if member else Dossier.objects.none()
    if letter.is_reminder:
        waiting = waiting.exclude(reminder_pauses.pause_condition())
    number = waiting.count()
    meeting_on = call.meeting_on.isoformat() if call.meeting_on else ""
    return {"number": number, "meeting_on": meeting_on} if number else None


def dossiers_to_score(member):
    """Return the dossiers that wait for this member's score."""
    return Dossier.objects.for_committee(member).exclude(scores__member=member)


def next_scorer(dossier):
    """Return the member with the fewest dossiers who may score this one too, or None."""
    assigned = dossier.assignments.values_list("member", flat=True)
    taken = assigned.union(dossier.scores.values_list("member", flat=True))
    load = Count(
        "assignments", filter=Q(assignments__dossier__status=Status.UNDER_SELECTION), distinct=True
    )
    free = [
        member
        for member in committee_members().exclude(pk__in=list(taken)).annotate(load=load)
        if Dossier.objects.filter(pk=dossier.pk).without_conflict_of(member).exists()
    ]
    return min(
        free,
        key=lambda member: (member.language != dossier.language, member.load, member.pk),
        default=None,
    )


def add_scorer(dossier, now):
    member = next_scorer(dossier)
    if member is not None:
        Assignment.objects.create(dossier=dossier, member=member, at=now)
        notify_member(member, dossier.call, now)
    return member


def replace_member(dossier, member, *, now):
    """Replace an assigned member who declared a conflict, or left the committee."""
    dropped, _rows = Assignment.objects.filter(dossier=dossier, member=member).delete()
    if dropped:
        add_scorer(dossier, now)


def assign_again(dossier, member, *, now):
    """Assign a member again who had declared a conflict by mistake, where it is shared out."""
    if dossier.assignments.exists():
        Assignment.objects.get_or_create(dossier=dossier, member=member, defaults={"at": now})


def add_further_scorer(dossier, *, now):
    """Assign a further member once the scores that are in lie too far apart."""
    assigned = dossier.assignments.count()
    if assigned and scores_needed_by(dossier) > assigned:
        add_scorer(dossier, now)


def spare_readers(dossier):
    """List the members who may judge a dossier that was assigned to others."""
    assigned = {one.member_id for one in dossier.assignments.all()}
    return [
        one
        for one in members_without_conflict([dossier])[dossier.pk]
        if assigned and one.pk not in assigned
    ]


@transaction.atomic
def add_reader(dossier, member_pk, *, actor, now=None):
    """Assign one more member to an assigned dossier; return the member.

    Raises PermissionDenied for all but officers without a conflict, ValidationError for a member
    who may not judge it, or once it is decided.
    """
    now = now or timezone.now()
    if not by_officer(actor, None):
        raise PermissionDenied
    waiting = Dossier.objects.for_officer(actor).filter(status=Status.UNDER_SELECTION)
    dossier = waiting.select_for_update(of=("self",)).filter(pk=dossier.pk).first()
    if dossier is None:
        raise PermissionDenied
    reveal_scores(dossier, now)
    member = next((one for one in spare_readers(dossier) if one.pk == member_pk), None)
    if member is None:
        raise ValidationError(_("Choose a member who may judge it."), code="member")
    Assignment.objects.create(dossier=dossier, member=member, at=now)
    notify_member(member, dossier.call, now)
    return member
