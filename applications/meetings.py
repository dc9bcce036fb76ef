"""Meetings of the committee: whom they invite, their agenda, and what is decided there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import meeting_letters, ranking
from applications.assignment import least_judges
from applications.enums import MeetingStatus, Outcome, Status
from applications.models import Call, Dossier, Meeting, MeetingCase
from applications.permissions import MEETINGS
from applications.ranking import JudgedDossier
from applications.transitions import dossier_machine
from connect.languages import join_parts, label_with_value
from connect.transitions import by_officer, record_event

# What a calendar shows of a meeting: a change of these reaches those who are invited.
INVITATION_COLUMNS = ("starts_at", "ends_at", "place", "link")
DECIDED = gettext_lazy("This case has been decided meanwhile.")
VOTES = ("votes_for", "votes_against", "abstentions")


@dataclass(frozen=True)
class AgendaRow:
    """A case with its scores, and who may take part in it."""

    case: MeetingCase
    judged: JudgedDossier
    leaving: list[Any]  # those invited who have a conflict of interest with it
    staying: list[Any]  # those who came, or who may still come, without one

    @property
    def quorum(self) -> int:
        return least_judges(self.case.dossier.call.quorum, self.judged.judges)

    @property
    def has_quorum(self) -> bool:
        return len(self.staying) >= self.quorum

    @property
    def can_be_decided(self) -> bool:
        """True until it is decided: also once it was postponed, as long as the meeting lasts."""
        is_waiting = self.case.dossier.status == Status.UNDER_SELECTION
        return self.case.decision_id is None and is_waiting

    @property
    def can_be_removed(self) -> bool:
        """True until something was decided: that it was postponed stays in the record, too."""
        return self.can_be_decided and not self.case.outcome


def list_cases(meeting, reader):
    """List the agenda as an officer may read it: without what a conflict ties them to."""
    readable = readable_cases(meeting, reader)
    return [row for row in list_all_cases(meeting) if row.case.pk in readable]


def readable_cases(meeting, reader):
    """Return the keys of the cases to which no conflict of interest ties an officer."""
    dossiers = Dossier.objects.for_officer(reader).order_by()
    return set(meeting.cases.filter(dossier__in=dossiers).values_list("pk", flat=True))


def list_all_cases(meeting):
    """List the whole agenda with scores, and who may take part in each case; nobody reads it so."""
    cases = meeting.cases.all()
    rows = list(cases.select_related("dossier__authority", "dossier__call", "decision"))
    invited = list(meeting.members.select_related("member"))
    counted = [
        one.member
        for one in invited
        if one.is_present or (one.is_present is None and one.comes is not False)
    ]
    judged = ranking.read_judged(Dossier.objects.filter(cases__in=rows), meeting.call)
    by_dossier = {one.dossier.pk: one for one in judged}
    agenda = []
    for case in rows:
        one = as_of_meeting(by_dossier[case.dossier_id], meeting)
        able = {member.pk for member in one.able}
        leaving = [row.member for row in invited if row.member_id not in able]
        staying = [member for member in counted if member.pk in able]
        agenda.append(AgendaRow(case, one, leaving, staying))
    return agenda


def as_of_meeting(judged: JudgedDossier, meeting: Meeting) -> JudgedDossier:
    """Return what was judged of a dossier by the day of a meeting that is over."""
    if meeting.status == MeetingStatus.PLANNED:
        return judged
    return ranking.with_scores(
        judged,
        [one for one in judged.dossier.scores.all() if timezone.localdate(one.at) <= meeting.day],
    )


def waiting_for_meeting(call, reader, meeting=None):
    """List the dossiers before the committee that stand on no planned agenda, best mean first.

    meeting: for whose agenda; what it postponed waits for another one.
    """
    planned = Q(meeting__status=MeetingStatus.PLANNED, outcome="")
    cases = MeetingCase.objects.filter(planned | Q(meeting=meeting) if meeting else planned)
    taken = set(cases.values_list("dossier", flat=True))
    rows = ranking.list_ranking(call, reader)
    return [
        row.dossier
        for row in rows
        if row.dossier.status == Status.UNDER_SELECTION and row.dossier.pk not in taken
    ]


def lock_meeting(meeting, verb, actor):
    """Lock a meeting with which this person may do so now; PermissionDenied otherwise."""
    return MEETINGS.get_locked(Meeting.objects.select_related("call"), meeting, verb, actor)


def save_meeting_day(call, today=None):
    """Save with a call the day of its next planned meeting: until then, scores are waited for.

    One whose day is over, and that nobody closed yet, is not the next.
    """
    planned = Meeting.objects.planned().filter(call=call)
    ahead = planned.filter(starts_at__date__gte=today or timezone.localdate()).first()
    Call.objects.filter(pk=call.pk).update(meeting_on=ahead and ahead.day)


def save_meeting_days(today):
    """Save the day of the next meeting with each call whose day is over."""
    for call in Call.objects.filter(meeting_on__lt=today).order_by("pk"):
        save_meeting_day(call, today)


@transaction.atomic
def plan_meeting(call, *, actor, members, now=None, **details):
    """Plan a meeting of a call's committee, with all that waits on its agenda; return it.

    members: whom it invites. details: starts_at, ends_at, place, link, chair. Raises
    PermissionDenied for all but officers.
    """
    now = now or timezone.now()
    if not by_officer(actor, None):
        raise PermissionDenied
    dossiers = waiting_for_meeting(call, actor)
    meeting = Meeting.objects.create(call=call, status_since=now, changed_at=now, **details)
    for one in members:
        meeting.members.create(member=one)
    for position, dossier in enumerate(dossiers, 1):
        meeting.cases.create(dossier=dossier, position=position)
    record_event(meeting, "plan", actor=actor, now=now)
    save_meeting_day(call)
    meeting_letters.invite_members(meeting, now)
    return meeting


@transaction.atomic
def change_meeting(meeting, *, actor, members, now=None, **details):
    """Change when and where a meeting is, who chairs it and who is invited; tell those it concerns.

    Another day or place asks everybody again whether they come.
    """
    now = now or timezone.now()
    meeting = lock_meeting(meeting, "plan", actor)
    removed = meeting.members.exclude(member__in=members).select_related("member")
    # With what they know of it, before it changes.
    meeting_letters.notify_of_cancelling(meeting, [one.member for one in removed], now)
    removed.delete()
    before = {name: getattr(meeting, name) for name in INVITATION_COLUMNS}
    for name, value in details.items():
        setattr(meeting, name, value)
    is_moved = before != {name: getattr(meeting, name) for name in INVITATION_COLUMNS}
    known_days: dict[int, str] = {}
    if is_moved:
        meeting.sequence, meeting.changed_at = meeting.sequence + 1, now
        answered = meeting.members.exclude(answered_at=None).values_list("member", flat=True)
        known_days = dict.fromkeys(answered, timezone.localdate(before["starts_at"]).isoformat())
        meeting.members.update(comes=None, answered_at=None)
    meeting.save()
    here = set(meeting.members.values_list("member", flat=True))
    added = [one for one in members if one.pk not in here]
    for one in added:
        meeting.members.create(member=one)
    record_event(meeting, "change", actor=actor, now=now)
    save_meeting_day(meeting.call)
    only = None if is_moved else added
    meeting_letters.invite_members(meeting, now, only=only, known_days=known_days)
    return meeting


@transaction.atomic
def save_agenda(meeting, *, actor, order, removed=(), added=(), now=None):
    """Save the order of a meeting's cases; take some off it, put others on it.

    order: {key of a case: its number}; removed: keys of cases, added: of dossiers. What the officer
    may not read stays where it is.
    """
    meeting = lock_meeting(meeting, "plan", actor)
    readable = {row.case.pk: row for row in list_cases(meeting, actor)}
    gone = [readable[pk].case for pk in removed if pk in readable and readable[pk].can_be_removed]
    meeting.cases.filter(pk__in=[one.pk for one in gone]).delete()
    kept = list(meeting.cases.all())
    numbers = {one.pk: (order.get(one.pk, one.position), one.position) for one in kept}
    kept.sort(key=lambda one: numbers[one.pk])
    waiting = waiting_for_meeting(meeting.call, actor, meeting)
    fresh = [one for one in waiting if one.pk in added]
    kept += [meeting.cases.create(dossier=one, position=0) for one in fresh]
    for position, case in enumerate(kept, 1):
        case.position = position
    MeetingCase.objects.bulk_update(kept, ["position"])
    moved = {"removed": [one.dossier.reference for one in gone]}
    moved["added"] = [one.reference for one in fresh]
    details = {name: references for name, references in moved.items() if references}
    record_event(meeting, "change_agenda", actor=actor, now=now or timezone.now(), details=details)


@transaction.atomic
def answer_invitation(meeting, *, member, comes, now=None):
    """Save whether a member means to come; raises PermissionDenied for who is not invited."""
    meeting = lock_meeting(meeting, "attend", member)
    answer = {"comes": comes, "answered_at": now or timezone.now()}
    meeting.members.filter(member=member).update(**answer)
    if not comes:
        meeting_letters.notify_of_gap(meeting, answer["answered_at"])


@transaction.atomic
def save_presence(meeting, *, actor, present, now=None):
    """Save who is there, by their keys; raises ValidationError before the day of the meeting."""
    now = now or timezone.now()
    meeting = lock_meeting(meeting, "plan", actor)
    if not meeting.has_begun(now):
        raise ValidationError(_("The meeting has not begun yet."), code="early")
    before = set(meeting.members.values_list("member", "is_present"))
    meeting.members.update(is_present=False)
    meeting.members.filter(member__in=present).update(is_present=True)
    if before == set(meeting.members.values_list("member", "is_present")):
        return
    record_event(meeting, "attend", actor=actor, now=now)


def why_not_yet(meeting, now):
    """Return why nothing can be decided at a meeting yet; "" where it can."""
    if not meeting.has_begun(now):
        return _("The meeting has not begun yet.")
    is_attended = meeting.members.filter(is_present=True).exists()
    return "" if is_attended else _("First save who is present.")


def describe_missing_quorum(row):
    words = _(
        "There is no quorum for this case: %(here)d of %(quorum)d members are present "
        "without a conflict of interest. Postpone it."
    )
    return words % {"here": len(row.staying), "quorum": row.quorum}


def list_obstacles(row, now):
    """List what prevents decisions of a case, for whoever is about to record one."""
    if not row.has_quorum:
        return [describe_missing_quorum(row)]
    obstacles: list[str] = []
    for outcome in Outcome:
        if step := dossier_machine.transitions.get(outcome):
            lacking = step.needs(row.case.dossier, {}, now)
            if outcome != Outcome.NOT_SELECT:  # whose form asks for its reason
                lacking = step.list_lacking(row.case.dossier, {}, now)
            obstacles += [label_with_value(outcome.label, join_parts(lacking))] if lacking else []
    return obstacles


def check_votes(votes, voters):
    """Raise ValidationError for votes that are not whole, or more than members who may vote."""
    given = [one for one in votes.values() if one is not None]
    if given and len(given) < len(votes):
        message = _("Enter all three numbers of the vote, or none if all agreed.")
        raise ValidationError(message, code="votes")
    if sum(given) > voters:
        message = _("These are %(votes)d votes; %(voters)d members can vote on this case.")
        raise ValidationError(message % {"votes": sum(given), "voters": voters}, code="votes")


@transaction.atomic
def decide_case(
    case: MeetingCase,
    *,
    actor: Any,
    outcome: str,
    proposal: str = "",
    reason: str = "",
    note: str = "",
    now: datetime | None = None,
    **votes: int | None,
) -> MeetingCase:
    """Record what the committee decided of a case, and take that step of its dossier.

    note: what the applicant reads of it; reason: for the minutes. Raises PermissionDenied for
    whom a conflict of interest ties to it, ValidationError without a quorum, or where the step is
    refused.
    """
    now = now or timezone.now()
    meeting = lock_meeting(case.meeting, "plan", actor)
    Dossier.objects.select_for_update().get(pk=case.dossier_id)  # it may be decided on its file
    row = next((one for one in list_cases(meeting, actor) if one.case.pk == case.pk), None)
    if row is None:
        raise PermissionDenied
    case = row.case
    if not row.can_be_decided:
        raise ValidationError(DECIDED, code="moved_on")
    if words := why_not_yet(meeting, now):
        raise ValidationError(words, code="early")
    if outcome != Outcome.POSTPONE and not row.has_quorum:
        raise ValidationError(describe_missing_quorum(row), code="quorum")
    check_votes(votes, len(row.staying))
    case.proposal, case.outcome, case.reason = proposal, outcome, reason or note
    for name in VOTES:
        setattr(case, name, votes.get(name))
    case.save()
    if outcome != Outcome.POSTPONE:
        texts = {name: words for name, words in (("internal", reason), ("note", note)) if words}
        step: dict[str, Any] = texts | {"case": case.pk}
        dossier_machine.advance(case.dossier, outcome, actor=actor, now=now, **step)
        case.refresh_from_db()  # with its decision: see `effects.end_judging`
    return case
