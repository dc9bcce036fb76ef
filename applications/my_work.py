"""What of dossiers waits for a person: a signature, a correction, a file to check or to score."""

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import opinions
from applications.assignment import LEAST, dossiers_to_score, dossiers_with_all_scores
from applications.enums import BEFORE_COMMITTEE, Status
from applications.models import CoApplicant, Correction, Dossier, Signature
from applications.worklist import waiting_conditions
from connect.my_work import Task, describes_task_of, finds_tasks
from connect.transitions import by_officer
from registry.people import associations_of_officer


@describes_task_of(Signature, "dossier__authority")
def describe_signature(signature, link, user, now):
    dossier = signature.dossier
    about, place = dossier.heading, dossier.authority.place
    is_open = dossier.status in BEFORE_COMMITTEE
    if signature.current or signature.signed_at and not is_open:
        return Task(_("The application that you signed"), about, place, link.path, asks=False)
    if not is_open:
        return None
    if signature.declined_at:
        what = _("The application that you declined to sign")
        return Task(what, about, place, link.path, asks=False)
    return Task(_("Sign the application"), about, place, link.path, link.last_day)


def is_for_members(user):
    """Return whether the members of a co-applicant's authority are asked, this person of them."""
    return Exists(waiting_for_members(user).filter(pk=OuterRef("pk")))


@describes_task_of(CoApplicant, "dossier__authority", "authority", is_for_members=is_for_members)
def describe_co_applicant(partner, link, user, now):
    """A contact who is a member of the named authority too answers for it: see below."""
    dossier = partner.dossier
    if partner.is_for_members:
        return None
    if partner.takes_part is None and dossier.status in BEFORE_COMMITTEE:
        return Task(ask_together(partner), dossier.heading, dossier.authority.place, link.path)
    if partner.takes_part:
        what = _("An application in which you take part")
        return Task(what, dossier.heading, dossier.authority.place, link.path, asks=False)
    return None


def waiting_for_members(user):
    """Filter the co-applicants for whose authority this person is asked to answer."""
    named = CoApplicant.objects.answerable_by(user).filter(dossier__status__in=BEFORE_COMMITTEE)
    return named.filter(confirmation="").exclude(takes_part=False)


@finds_tasks
def find_named_authorities(user, now):
    """Yield what the members of an authority are asked that somebody named as co-applicant."""
    named = waiting_for_members(user)
    for partner in named.select_related("dossier__authority", "dossier__call", "authority"):
        dossier = partner.dossier
        closes = dossier.call.closes_at if dossier.status == Status.DRAFT else None
        yield Task(
            ask_together(partner),
            dossier.heading,
            dossier.authority.place,
            partner.path,
            closes and timezone.localdate(closes),
        )


@finds_tasks
def find_corrections(user, now):
    """Yield the corrections that an applicant is asked for."""
    asked = Correction.objects.filter(
        answered_at=None,
        dossier__status=Status.CORRECTION_ASKED,
        dossier__in=Dossier.objects.editable_by(user),
    )
    for correction in asked.select_related("dossier__authority"):
        yield own_task(_("Send the correction"), correction.dossier, correction.due_on)


@finds_tasks
def find_summaries(user, now):
    """Yield the dossiers whose applicant has not said whether the summary may be published."""
    selected = Dossier.objects.filter_allowed(user, "approve").filter(summary_approved_at=None)
    for dossier in selected.select_related("authority"):
        yield own_task(_("Say whether the summary may be published"), dossier)


def own_task(what, dossier, until=None):
    return Task(what, dossier.heading, dossier.authority.place, dossier.path, until)


@finds_tasks
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
    Status.SHORTLISTING: _("Propose a match"),
}


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
        if dossier.status == Status.SHORTLISTING:
            path = reverse("admin:matching_desk", args=[dossier.pk])
        about = f"{dossier.reference} · {dossier.heading}"
        what = FOR_OFFICER[Status(dossier.status)]
        yield Task(what, about, dossier.authority.place, path, of=dossier.desk_path)


@finds_tasks
def find_readings(user, now):
    """Yield the applications that a member of the committee has to score, by its meeting.

    None that has all its scores. By its reference alone: conflicts of interest are declared first.
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
