"""What of dossiers waits for a person: a signature, a correction, a file to check or to score."""

from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications import opinions, signing
from applications.assignment import LEAST, dossiers_to_score, dossiers_with_all_scores
from applications.enums import (
    BEFORE_COMMITTEE,
    UNSENT,
    AttachmentKind,
    Status,
)
from applications.models import (
    CoApplicant,
    Contributor,
    Correction,
    Dossier,
    Meeting,
    MeetingMember,
    Signature,
)
from applications.people import is_followed_by
from applications.permissions import CONTRIBUTOR, PRIVATE
from applications.section_answers import check_dossier, list_problems
from applications.sections import SECTIONS
from applications.worklist import waiting_conditions
from connect.languages import isolate, join_parts
from connect.my_work import Task, describes_task_of, finds_tasks, finds_tasks_of
from connect.transitions import by_officer
from registry.models import Authority
from registry.people import (
    associations_of_officer,
    is_association_officer,
    is_author,
    officer_accounts,
)

MOST_NAMES = 5  # in one line; the list has them all
MOST_CHECKED = 3  # drafts of a person that are looked at for what they lack


@describes_task_of(
    Signature, "dossier__authority", "dossier__call", "dossier__signatures", "dossier__drafts"
)
def describe_signature(signature, link, user, now):
    dossier = signature.dossier
    about, place = dossier.heading, dossier.authority.place
    is_open = dossier.asks_others
    if signature.current or signature.signed_at and not is_open:
        return Task(_("The application that you signed"), about, place, link.path, asks=False)
    if not is_open:
        return None
    if signature.declines_text:
        what = _("The application that you declined to sign")
        return Task(what, about, place, link.path, asks=False)
    return Task(_("Sign the application"), about, place, link.path, link.last_day)


def is_for_members(user):
    """Return whether the members of a co-applicant's authority are asked, this person of them."""
    return Exists(waiting_for_members(user).filter(pk=OuterRef("pk")))


@describes_task_of(
    CoApplicant,
    *("dossier__authority", "dossier__call", "authority"),
    is_for_members=is_for_members,
)
def describe_co_applicant(partner, link, user, now):
    """A contact who is a member of the named authority too answers for it: see below."""
    dossier = partner.dossier
    if partner.is_for_members:
        return None
    if partner.takes_part is None and dossier.asks_others:
        return Task(ask_together(partner), dossier.heading, dossier.authority.place, link.path)
    if partner.takes_part:
        what = _("An application in which you take part")
        return Task(what, dossier.heading, dossier.authority.place, link.path, asks=False)
    return None


@describes_task_of(Contributor, "dossier__authority", "dossier__call")
def describe_invitation(contributor, link, user, now):
    """Return the task of an invitation to write a draft; who joined finds it in their list."""
    dossier = contributor.dossier
    if contributor.user_id or contributor.asks_nothing:
        return None
    what = _("Say whether you write this application with its authority")
    return Task(what, dossier.heading, dossier.authority.place, link.path, link.last_day)


def is_contributor(user):
    """True for who was invited to write an application."""
    return Contributor.objects.filter(user=user).exists()


@finds_tasks_of(is_contributor)
def find_contributions(user, now):
    """Yield the drafts that a person was invited to write, while their calls are open."""
    own = Dossier.objects.filter(CONTRIBUTOR.rows(user), status=Status.DRAFT)
    for dossier in own.filter(call__closes_at__gt=now).select_related("authority", "call"):
        until, path = dossier.call.last_day, f"{dossier.path}write/"
        what = _("Write the sections of the application")
        yield Task(what, dossier.heading, dossier.authority.place, path, until)


def waiting_for_members(user):
    """Filter the co-applicants for whose authority this person is asked to answer."""
    named = CoApplicant.objects.answerable_by(user).filter(dossier__status__in=BEFORE_COMMITTEE)
    return named.filter(confirmation="").exclude(takes_part=False)


@finds_tasks_of(is_author)
def find_named_authorities(user, now):
    """Yield what the members of an authority are asked that somebody named as co-applicant."""
    named = waiting_for_members(user)
    for partner in named.select_related("dossier__authority", "dossier__call", "authority"):
        dossier = partner.dossier
        if not dossier.asks_others:
            continue
        closes = dossier.call.last_day if dossier.status == Status.DRAFT else None
        yield Task(
            ask_together(partner),
            dossier.heading,
            dossier.authority.place,
            partner.path,
            closes,
        )


@finds_tasks_of(is_author)
def find_corrections(user, now):
    """Yield the corrections that an applicant is asked for."""
    asked = Correction.objects.filter(
        answered_at=None,
        dossier__status=Status.CORRECTION_ASKED,
        dossier__in=Dossier.objects.editable_by(user),
    )
    for correction in asked.select_related("dossier__authority"):
        yield own_task(_("Send the correction"), correction.dossier, correction.due_on)


def has_draft_alone(user):
    """True for who keeps a draft that is theirs alone."""
    return Dossier.objects.filter(created_by=user, status__in=PRIVATE).exists()


@finds_tasks_of(is_author, has_draft_alone)
def find_drafts(user, now):
    """Yield the drafts of a person's authorities, and their own, whose call is still open."""
    own = Dossier.objects.of_author(user).filter(status__in=UNSENT, call__closes_at__gt=now)
    rows = own.select_related("authority", "call", "copied_from__call")
    drafts = rows.prefetch_related("drafts", "signatures")
    asked = set(Authority.objects.of_future_author(user).values_list("pk", flat=True))
    for place, dossier in enumerate(drafts.order_by("call__closes_at", "pk")):
        if dossier.status == Status.PRIVATE and dossier.authority_id not in asked:
            yield own_task(_("Copy or delete this draft: it cannot be submitted"), dossier)
            continue
        is_checked = place < MOST_CHECKED
        if what := next_step_of_draft(dossier, timezone.localdate(now), is_checked=is_checked):
            yield own_task(what, dossier, dossier.call.last_day)


@finds_tasks
def find_typed_drafts(user, now):
    """Yield what an officer types in for a town, until it is sent or can no longer be.

    Of one who is an officer no more, the others read of it.
    """
    if not by_officer(user, None):
        return
    ownerless = ~Q(typed_by__in=officer_accounts()) & Q(pk__in=Dossier.objects.for_officer(user))
    typed = Dossier.objects.editable_by(user).filter(
        Q(typed_by=user) | ownerless, status=Status.DRAFT
    )
    for dossier in typed.select_related("authority", "call").order_by("created_at", "pk"):
        if dossier.is_in_time(now):
            what = _("Finish the application that you enter, and submit it")
            yield own_task(what, dossier)


def next_step_of_draft(dossier, today, *, is_checked):
    """Describe what its writers do next with a draft; "" while it waits for a signature alone.

    is_checked: whether it is looked at for what it lacks, which takes its time.
    """
    if dossier.goes_on_twice:
        return _("Decide whether you still need this copy: its original goes on")
    last = next(iter(dossier.signatures.all()), None)
    if last and last.declines_text:
        return DECLINED
    is_begun = is_checked and len(dossier.drafts.all()) == len(SECTIONS)
    problems = list_problems(check_dossier(dossier, today)) if is_begun else None
    if problems == [] and dossier.status == Status.DRAFT:
        return _("Submit the application: it is complete")
    is_asked = last is not None and not (last.signed_at or last.declined_at) and last.valid_link
    if is_asked and problems and {name for _s, name, *_rest in problems} == {"letter_to_follow"}:
        return ""
    return _("Finish the application, and submit it")


DECLINED = _("Read why the legal representative does not sign, and change the application")


@finds_tasks_of(is_author)
def find_missing_commitments(user, now):
    """Yield what was sent without the commitment that the committee waits for."""
    sent = Dossier.objects.of_author(user).filter(
        status__in=[Status.SUBMITTED, Status.ELIGIBILITY_CHECK]
    )
    unwritten = sent.exclude(attachments__kind=AttachmentKind.LETTER)
    rows = unwritten.select_related("authority").prefetch_related("signatures", "versions")
    for dossier in rows.order_by("pk"):
        if dossier.is_signed_as_sent():
            continue
        last = next(iter(dossier.signatures.all()), None)
        if last and last.declines_text:
            yield own_task(_("Read why the legal representative does not sign"), dossier)
        elif last is None or last.signed_at or last.declined_at or last.valid_link is None:
            yield own_task(_("Add the letter of commitment"), dossier)


@finds_tasks_of(is_author)
def find_summaries(user, now):
    """Yield the dossiers whose applicant has not said whether the summary may be published."""
    selected = Dossier.objects.filter_allowed(user, "approve").filter(summary_approved_at=None)
    for dossier in selected.select_related("authority"):
        yield own_task(_("Say whether the summary may be published"), dossier)


def own_task(what, dossier, until=None):
    return Task(what, dossier.heading, dossier.authority.place, dossier.path, until)


@finds_tasks_of(is_association_officer)
def find_opinions(user, now):
    """Yield the dossiers of members on which an association has not said what it thinks."""
    for association in associations_of_officer(user):
        for dossier, until in opinions.awaiting_opinion(association, now):
            place, path = dossier.authority.place, f"/dossiers/{dossier.reference}/"
            yield Task(_("Give your opinion on it"), dossier.heading, place, path, until)


def ask_together(partner):
    return _("Confirm whether %s is a co-applicant") % partner.name


FOR_OFFICER = {
    Status.ELIGIBILITY_CHECK: _("Check whether it is eligible"),
    Status.VALIDATED: _("Publish the request"),
    Status.PUBLISHED: _("Decide how the request goes on: its last day for answers is over"),
    Status.SHORTLISTING: _("Propose a match"),
}


def name_file(dossier):
    return f"{isolate(dossier.reference)} · {isolate(dossier.heading)}"


@finds_tasks
def find_files(user, now):
    """Yield the files that wait for the officer to whom they are assigned, as the desk counts."""
    if not by_officer(user, None):
        return
    asked = waiting_conditions(user, now)["me"].condition
    files = Dossier.objects.for_officer(user).filter(asked).select_related("authority")
    listed = files.only("reference", "title", "status", "authority__name", "authority__country")
    for dossier in listed.order_by("status_since", "pk"):
        path = dossier.desk_path
        if dossier.status in (Status.PUBLISHED, Status.SHORTLISTING):
            path = reverse("admin:matching_desk", args=[dossier.pk])
        what = FOR_OFFICER[Status(dossier.status)]
        yield Task(
            what, name_file(dossier), dossier.authority.place, path, belongs_to=dossier.desk_path
        )


@finds_tasks
def find_new_files(user, now):
    """Yield, in one line for the list of them, the files that no officer has opened yet."""
    if not by_officer(user, None):
        return
    asked = waiting_conditions(user, now)["opening"].condition
    new = Dossier.objects.for_officer(user).filter(asked).select_related("authority")
    files = list(new.only("reference", "authority__name", "authority__country"))
    if files:
        words = ngettext("Open the new file", "Open the %(number)s new files", len(files))
        first = sorted(files, key=lambda one: one.reference)[:MOST_NAMES]
        about = join_parts(isolate(dossier.reference) for dossier in first)
        place = join_parts(dict.fromkeys(dossier.authority.place for dossier in first))
        path = "/admin/applications/dossier/?waits=opening"
        yield Task(words % {"number": len(files)}, about, place, path)


@finds_tasks
def find_decisions(user, now):
    """Yield the files of an officer of which all scores are in: the decision is to be recorded."""
    if not by_officer(user, None):
        return
    judged = Dossier.objects.for_officer(user).filter(status=Status.UNDER_SELECTION)
    dossiers = list(judged.filter(is_followed_by(user)).select_related("authority", "call"))
    complete = dossiers_with_all_scores(dossiers) if dossiers else set()
    for dossier in dossiers:
        if dossier.pk in complete:
            what = _("Record the committee's decision")
            yield Task(what, name_file(dossier), dossier.authority.place, dossier.desk_path)


@finds_tasks
def find_readings(user, now):
    """Yield the applications that a committee member has to score before the committee meets.

    Not those that have all their scores. Each by its reference and authority, without its title,
    as the committee's list has it: conflicts of interest are declared first.
    """
    if not user.is_committee_member:
        return
    waiting = list(dossiers_to_score(user).with_list_details().with_scores())
    judged = [one for one in waiting if (one.score_count or 0) >= min(one.call.quorum, LEAST)]
    complete = dossiers_with_all_scores(judged) if judged else set()
    for dossier in waiting:
        if dossier.pk not in complete:
            what = _("Read it and score it before the committee meets")
            path = f"/committee/{dossier.reference}/"
            until = dossier.call.meeting_on
            yield Task(what, dossier.reference, dossier.authority.place, path, until)


def meeting_task(what, meeting, path, until=None):
    return Task(what, str(meeting), str(meeting.call), path, until)


@finds_tasks
def find_meetings(user, now):
    """Yield the meetings that a member has not answered for, and minutes that the chair signs."""
    if not user.is_committee_member:
        return
    today = timezone.localdate(now)
    asked = Meeting.objects.filter_allowed(user, "attend").filter(
        Exists(MeetingMember.objects.filter(meeting=OuterRef("pk"), member=user, comes=None)),
        starts_at__date__gte=today,
    )
    for meeting in asked.select_related("call"):
        what = _("Say whether you come to the meeting")
        yield meeting_task(what, meeting, meeting.path, meeting.day)
    signed = Meeting.objects.filter_allowed(user, "sign").select_related("call", "chair", "deputy")
    for meeting in signed:
        if signing.signs_now(meeting, user):
            yield meeting_task(_("Read the minutes, and sign them"), meeting, meeting.path)


@finds_tasks
def find_gaps(user, now):
    """Yield the meetings whose chair does not come, or too few members."""
    if not by_officer(user, None):
        return
    ahead: Any = Meeting.objects.lacking_people().filter(ends_at__gte=now)
    for meeting in ahead.select_related("call"):
        chair, quorum = _("Name another chair, or another day"), _("Find another day: too few come")
        what = chair if meeting.is_chair_away else quorum
        yield meeting_task(what, meeting, meeting.desk_path, meeting.day)


@finds_tasks
def find_minutes(user, now):
    """Yield the meetings that are to be closed, and whose minutes an officer writes."""
    if not by_officer(user, None):
        return
    planned = Meeting.objects.planned().filter(ends_at__lt=now)
    for meeting in planned.select_related("call"):
        yield meeting_task(_("Record the meeting, and close it"), meeting, meeting.desk_path)
    written = Meeting.objects.filter_allowed(user, "write minutes")
    for meeting in written.select_related("call"):
        what = _("Write the minutes, and send them to the chair")
        yield meeting_task(what, meeting, meeting.desk_path)
