"""Which call or dossier a page is about: what this person may not see is not found."""

from collections.abc import Callable
from datetime import date

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404, resolve_url
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications.enums import Status
from applications.forms.applicant_forms import DeclineForm
from applications.models import Call, Dossier, Meeting
from applications.permissions import AUTHOR, DOSSIERS, MEETINGS
from connect.moved_on_forms import MovedOn, moved_on_or_404, refuse_post
from connect.permissions import is_officer
from connect.types import SignedInRequest, Visitor
from connect.undo_period import show_status_for_others


def get_dossier_or_404(request: SignedInRequest, reference: str) -> Dossier:
    """Return a dossier to read, or 404, or a page that says it was taken back since it was sent."""
    readable = Dossier.objects.for_user(request.user)
    rows = readable.select_related("authority", "call", "case_officer")
    if dossier := rows.filter(reference=reference).first():
        if not is_officer(request.user):
            show_status_for_others([dossier], timezone.now())
        return dossier
    dossier = get_object_or_404(Dossier, reference=reference)
    raise taken_back_or_404(request.user, dossier)


def taken_back_or_404(user: Visitor, dossier: Dossier) -> Http404:
    """Return the exception for a reader who knew a dossier that is a draft again; else Http404.

    They are led to their list: the draft is its authority's alone until it is sent again.
    """
    was_sent = dossier.status == Status.DRAFT and dossier.submitted_at is not None
    if not was_sent or not DOSSIERS.is_ever_allowed(user, "read", dossier):
        return Http404()
    words = _(
        "%(authority)s is editing %(reference)s again: you can read it once it is resubmitted."
    )
    facts = {"authority": dossier.authority, "reference": dossier.reference}
    page = "admin:applications_dossier_changelist" if is_officer(user) else "association"
    return MovedOn(words % facts, resolve_url(page))


def get_call_or_404(request: HttpRequest, slug: str) -> Call:
    """Return a call that has opened, or 404: nobody learns of its questions before."""
    return get_object_or_404(Call.objects.readable_by(request.user, timezone.now()), slug=slug)


def get_dossier_to_judge_or_404(request: SignedInRequest, reference: str) -> Dossier:
    """Return a dossier that this member of the committee may score."""
    dossiers = Dossier.objects.for_committee(request.user).select_related("authority", "call")
    return get_object_or_404(dossiers, reference=reference)


def get_dossier_of_withdrawal_or_404(request: SignedInRequest, reference: str) -> Dossier:
    """Return a dossier whose files this officer may take away."""
    dossiers = Dossier.objects.filter_allowed(request.user, "withdraw a file")
    return get_object_or_404(dossiers.select_related("authority", "call"), reference=reference)


def require_meeting(
    request: HttpRequest, verb: str, meeting: Meeting, page: str, form: BaseForm | None = None
) -> None:
    """Raise a 404, or a page that says why, for whoever cannot do so with a meeting that they read.

    page: where that leads. form: what they typed, which it shows.
    """
    if MEETINGS.allows(request.user, verb, meeting):
        return
    words = _(
        "The status of %(reference)s is “%(status)s”: this can no longer be done or changed there."
    )
    facts = {"reference": meeting.reference, "status": meeting.get_status_display()}
    raise moved_on_or_404(
        request.user, MEETINGS, verb, meeting, words % facts, page=page, form=form
    )


def decline_by_form(
    request: HttpRequest, decline: Callable[..., object]
) -> tuple[DeclineForm, bool]:
    """Return the form of a legal representative's no, and whether a no was posted and passed on.

    decline: what records it, given `why`; its refusal is shown as a message.
    """
    form = DeclineForm(
        request.POST if "decline" in request.POST else None,
        initial=request.POST.dict(),  # what was typed while another button was pressed
        auto_id="id_decline_%s",
    )
    if not form.is_valid():
        return form, False
    try:
        decline(**form.cleaned_data)
    except ValidationError as refusal:
        refuse_post(request, refusal.message, saved=["name"])  # the reason is not lost
    return form, True


def is_writer(request: SignedInRequest, dossier: Dossier) -> bool:
    """True if the dossier, which this person sees, is theirs or their authority's."""
    return dossier.status == Status.PRIVATE or AUTHOR.holds(request.user, dossier)


def get_editable_dossier_or_404(request: SignedInRequest, reference: str) -> Dossier:
    """Return a dossier to change, or 404, or a page that says why its writers cannot any more."""
    editable = Dossier.objects.editable_by(request.user).select_related("authority", "call")
    if dossier := editable.filter(reference=reference).first():
        return dossier
    dossier = get_dossier_or_404(request, reference)
    facts = {"reference": reference, "status": dossier.get_status_display()}
    if dossier.status == Status.SUBMITTED:
        words = _(
            "Your application %(reference)s has been submitted. To change it, use "
            "“Edit again” on its page: you can until a programme officer opens it, "
            "and while the call is open."
        )
    elif day := correction_withdrawn_on(dossier):
        words = _(
            "The programme team withdrew its request for a correction of %(reference)s on "
            "%(day)s: nothing has to be changed, and its answers are locked again."
        )
        facts["day"] = date_format(day, "DATE_FORMAT")
    else:
        words = _(
            "The status of %(reference)s is “%(status)s”: its answers can no longer be changed."
        )
    raise moved_on_or_404(request.user, DOSSIERS, "write", dossier, words % facts)


def get_fillable_dossier_or_404(request: SignedInRequest, reference: str) -> Dossier:
    """Return a dossier whose sections this person may write, or 404, or a page that says why not.

    A contributor is led to their own page.
    """
    rows = Dossier.objects.fillable_by(request.user).select_related("authority", "call")
    if dossier := rows.filter(reference=reference).first():
        return dossier
    dossier = get_object_or_404(Dossier, reference=reference)
    if has_contributed(request.user, dossier) and not AUTHOR.holds(request.user, dossier):
        words = _("You can no longer write the application %s: your part in it has ended.")
        page = resolve_url("contribute", reference)
        raise MovedOn(words % reference, page)
    return get_editable_dossier_or_404(request, reference)


def has_contributed(user: Visitor, dossier: Dossier) -> bool:
    """True for who was invited to write a dossier and joined, also once that has ended."""
    return user.is_authenticated and dossier.contributors.filter(user=user).exists()


def correction_withdrawn_on(dossier: Dossier) -> date | None:
    """Return the day on which the last correction was withdrawn, while the check goes on."""
    last = dossier.corrections.last()
    if last is None or last.withdrawn_at is None or dossier.status != Status.ELIGIBILITY_CHECK:
        return None
    return timezone.localdate(last.withdrawn_at)
