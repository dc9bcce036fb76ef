"""What of dossiers waits for a person: a signature, a correction, an answer as co-applicant."""

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import opinions
from applications.enums import BEFORE_COMMITTEE, Status
from applications.models import CoApplicant, Correction, Dossier, Signature
from connect.my_work import Task, describes_task_of, finds_tasks
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
