"""Who may do what with a dossier, its answers, files and documents, and with a meeting on some."""

from collections.abc import Collection

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from applications.enums import BEFORE_COMMITTEE, FINAL, UNDECIDED, UNSENT, MeetingStatus, Status
from connect.permissions import (
    ALL,
    EVERY_ROW,
    OFFICER,
    Permissions,
    Tie,
    is_officer,
    known_ties,
)
from connect.types import User, Visitor
from registry.permissions import (
    association_officer_of,
    author_of,
    lately_held,
    member_of,
    recent_memberships,
    signed_in_only,
    tied_towns,
)

HERE = OuterRef("authority")


def without_conflict(user: User) -> Q:
    """Rows not of this person's town, partner or association, and without a declared conflict.

    Nor one that they helped to write.

    Theirs is where they belong or belonged in the last two years: see `registry.permissions`.
    """
    if not has_ties(user):
        return EVERY_ROW
    declared = apps.get_model("applications", "ConflictDeclaration").objects
    conflicts = declared.filter(member=user, has_conflict=True)
    return without_belonging(user) & ~Q(Exists(conflicts.filter(dossier=OuterRef("pk"))))


def without_belonging(user: User) -> Q:
    """As `without_conflict`, whatever this person declared."""
    towns, places = tied_towns(user), recent_memberships(user)
    asks_together = apps.get_model("applications", "Dossier").partners.through.objects.filter(
        dossier=OuterRef("pk")
    )
    written = apps.get_model("applications", "Contributor").objects.filter(user=user)
    return ~(
        Q(authority__in=towns)
        | Q(Exists(asks_together.filter(authority__in=towns)))
        | Q(Exists(places.filter(association__members=HERE)))
        | Q(Exists(places.filter(association__members__joint_dossiers=OuterRef("pk"))))
        | Q(Exists(written.filter(dossier=OuterRef("pk"))))
    )


def tied_people(users: Collection[User]) -> set[int]:
    """Return the keys of those who may have a conflict with any dossier: of most staff, none."""
    declared = apps.get_model("applications", "ConflictDeclaration").objects
    conflicts = declared.filter(member__in=users, has_conflict=True).order_by()
    places = lately_held().filter(user__in=users).order_by()
    works = apps.get_model("registry", "Expert").objects.filter(user__in=users).order_by()
    written = apps.get_model("applications", "Contributor").objects.filter(user__in=users)
    keys = conflicts.values_list("member").union(
        places.values_list("user"),
        works.values_list("user"),
        written.order_by().values_list("user"),
    )
    return {pk for (pk,) in keys}


def has_ties(user: User) -> bool:
    """True if this person may have a conflict with any dossier."""
    known = known_ties.get()
    if known is None:
        return bool(tied_people([user]))
    if user.pk not in known:
        known[user.pk] = bool(tied_people([user]))
    return known[user.pk]


def neutral_officer(user: Visitor) -> Q | None:
    """An officer, for rows to which no conflict of interest ties them."""
    if not is_officer(user):
        return None
    return without_conflict(user)


def committee_judge(user: Visitor) -> Q | None:
    """A dossier that was shared out is seen by those who are to score it, another by all members.

    A conflict leaves no trace of it.
    """
    if not user.is_authenticated or not user.is_committee_member:
        return None
    assigned = apps.get_model("applications", "Assignment").objects.filter(dossier=OuterRef("pk"))
    shared_out = ~Q(Exists(assigned)) | Q(Exists(assigned.filter(member=user)))
    return without_conflict(user) & shared_out


def typist(user: Visitor) -> Q | None:
    """Any officer, for a dossier that staff type in for a town with a poor connection."""
    return Q(typed_by__isnull=False) if is_officer(user) else None


def contributor(user: User) -> Q:
    """Rows that this person was invited to write, joined, and was not removed from."""
    joined = apps.get_model("applications", "Contributor").objects.filter(
        dossier=OuterRef("pk"), user=user
    )
    return Q(Exists(joined.filter(ended_at=None)))


COLLEAGUE = Tie("colleague", member_of("authority"))
AUTHOR = Tie("author", author_of("authority"))
ASSOCIATION = Tie("association officer", association_officer_of("authority"))
NEUTRAL = Tie("officer without conflict", neutral_officer)
TYPIST = Tie("typist", typist)
WRITER = Tie("whoever began it", signed_in_only(lambda user: Q(created_by=user)))
CONTRIBUTOR = Tie("contributor", signed_in_only(contributor))
JUDGE = Tie("committee member without conflict", committee_judge)

SENT = set(Status) - UNSENT
PRIVATE = {Status.PRIVATE}  # its writer's alone: nobody's else, whatever ties them to the authority
SHARED = set(Status) - PRIVATE
WRITTEN_IN = {Status.DRAFT, Status.CORRECTION_ASKED}  # by its authors
DOSSIERS = Permissions(
    {
        # An association reads its members' dossiers once they are sent, never drafts.
        "read": {
            COLLEAGUE: SHARED,
            ASSOCIATION: SENT,
            NEUTRAL: SENT,
            TYPIST: SHARED,
            WRITER: PRIVATE,
        },
        # The answers belong to the authority: staff ask for corrections, never rewrite.
        "write": {
            AUTHOR: WRITTEN_IN,
            TYPIST: {Status.DRAFT},
            WRITER: PRIVATE,
        },
        # Its sections alone, also by those who were invited to write one draft.
        "fill in": {
            AUTHOR: WRITTEN_IN,
            TYPIST: {Status.DRAFT},
            WRITER: PRIVATE,
            CONTRIBUTOR: {Status.DRAFT},
        },
        # The text as it stands, once it was sent, too: the committee waits for its commitment.
        "ask to sign": {AUTHOR: BEFORE_COMMITTEE, TYPIST: {Status.DRAFT}, WRITER: PRIVATE},
        "add a file": {AUTHOR: BEFORE_COMMITTEE, TYPIST: {Status.DRAFT}, WRITER: PRIVATE},
        # One that must go, whatever the status: with a reason, see `dossier_files`.
        "withdraw a file": {NEUTRAL: SENT},
        "pause reminders": {NEUTRAL: SENT},
        "approve": {AUTHOR: {Status.VALIDATED}},
        "become contact": {AUTHOR: SHARED - FINAL},
        # After an election; a closed one has a plan to approve and reports to come.
        "change representative": {
            AUTHOR: SENT - FINAL | {Status.CLOSED},
            NEUTRAL: SENT - FINAL | {Status.CLOSED},
        },
        "copy": {AUTHOR: SHARED, WRITER: PRIVATE},
        "delete": {WRITER: PRIVATE},
        "keep longer": {AUTHOR: FINAL | {Status.DRAFT}},
        "judge": {JUDGE: {Status.UNDER_SELECTION}},
    }
)


def without_conflict_in_meeting(user: User, undecided: Collection[str] = ()) -> Q:
    """Meetings with no case to which a conflict of interest ties this person.

    undecided: outcomes of cases that do not count.
    """
    free_of_ties = without_conflict(user)
    if free_of_ties is EVERY_ROW:
        return EVERY_ROW
    free = apps.get_model("applications", "Dossier").objects.filter(free_of_ties)
    cases = apps.get_model("applications", "MeetingCase").objects.filter(meeting=OuterRef("pk"))
    return ~Q(Exists(cases.exclude(outcome__in=undecided).exclude(dossier__in=free.order_by())))


def secretary(user: Visitor) -> Q | None:
    """An officer, for meetings whose every case they may read: a copy of minutes is whole."""
    if not is_officer(user):
        return None
    return without_conflict_in_meeting(user)


def invited_member(user: Visitor) -> Q | None:
    """A member of the committee, for the meetings to which they are invited."""
    if not user.is_authenticated or not user.is_committee_member:
        return None
    places = apps.get_model("applications", "MeetingMember").objects.filter(member=user)
    return Q(Exists(places.filter(meeting=OuterRef("pk"))))


def chair(user: Visitor) -> Q | None:
    """The chair, for meetings with no case to which a conflict of interest ties them."""
    if not user.is_authenticated or not user.is_committee_member:
        return None
    return Q(chair=user) & without_conflict_in_meeting(user)


def signer(user: Visitor) -> Q | None:
    """Whoever signs minutes: the chair, and for the cases that the chair left their deputy.

    Where the chair left one that was decided, they sign only beside a deputy.
    """
    if not user.is_authenticated or not user.is_committee_member:
        return None
    stayed = without_conflict_in_meeting(user, UNDECIDED)
    return Q(deputy=user) | Q(chair=user) & (stayed | Q(deputy__isnull=False))


SECRETARY = Tie("officer without conflict in any case", secretary)
INVITED = Tie("member invited to the meeting", invited_member)
CHAIR = Tie("chair without conflict in any case", chair)
SIGNER = Tie("chair, or their deputy in the cases that they left", signer)

MEETINGS = Permissions(
    {
        # Of its cases, everybody reads those alone to which no conflict of interest ties them.
        "read": {OFFICER: ALL, INVITED: ALL},
        "plan": {OFFICER: {MeetingStatus.PLANNED}},
        "attend": {INVITED: {MeetingStatus.PLANNED}},
        # Likewise: an officer edits what the minutes say of the cases that they may read.
        "write minutes": {OFFICER: {MeetingStatus.HELD}},
        "print minutes": {
            SECRETARY: {MeetingStatus.HELD, MeetingStatus.TO_SIGN, MeetingStatus.SIGNED},
            CHAIR: {MeetingStatus.TO_SIGN, MeetingStatus.SIGNED},
        },
        "sign": {SIGNER: {MeetingStatus.TO_SIGN}},
    }
)
