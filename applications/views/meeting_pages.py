"""A committee member's page of a meeting: their answer, its agenda, and the chair's signature."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import meetings, minutes, signing
from applications.enums import MeetingStatus
from applications.forms.meeting_forms import NoteForm
from applications.meeting_machine import meeting_machine, sign_minutes
from applications.models import Dossier, Meeting
from applications.permissions import MEETINGS
from applications.views.common import require_meeting
from connect.documents import pdf_response
from connect.languages import join_names
from connect.moved_on_forms import refuse_post
from connect.step_forms import describe_last_step
from connect.transitions import TransitionRefused


def get_meeting_or_404(request, pk, verb="read"):
    """Return a meeting with which this person may do so as one of the committee."""
    meetings_open = Meeting.objects.filter_allowed(request.user, verb)
    return get_object_or_404(meetings_open.select_related("call", "chair"), pk=pk)


@require_http_methods(["GET", "POST"])
def committee_meeting(request, pk):
    """Show a member the meeting to which they are invited; the chair signs its minutes here.

    Of its cases nobody sees those to which a conflict of interest ties them.
    """
    meeting = get_meeting_or_404(request, pk)
    form = NoteForm(request.POST if request.POST.get("step") == "send_back" else None)
    if request.method == "POST" and answer_or_step(request, meeting, form):
        return redirect("committee-meeting", meeting.pk)
    free = Dossier.objects.without_conflict_of(request.user).order_by()
    cases = list(meeting.cases.filter(dossier__in=free).select_related("dossier__authority"))
    may_sign = MEETINGS.allows(request.user, "sign", meeting)
    signs = may_sign and signing.signs_now(meeting, request.user)
    context = {
        "meeting": meeting,
        "hours": minutes.describe_hours(meeting),
        "cases": cases,
        "hidden": meeting.cases.count() - len(cases),
        "judged": set(
            Dossier.objects.for_committee(request.user)
            .filter(cases__in=cases)
            .values_list("pk", flat=True)
        ),
        "own": meeting.members.filter(member=request.user).first(),
        "attends": MEETINGS.allows(request.user, "attend", meeting),
        "reads_minutes": may_sign or meeting.status == MeetingStatus.SIGNED,
        "prints": MEETINGS.allows(request.user, "print minutes", meeting),
        "signs": signs,
        "digest": minutes.digest_of_minutes(meeting) if signs else "",
        "signed": minutes.describe_signature(meeting),
        "form": form,
    }
    return render(request, "applications/committee_meeting.html", context)


def answer_or_step(request, meeting, form):
    """Save whether a member comes, or take the chair's step; return False where a reason lacks."""
    if request.POST.get("comes") in ("yes", "no"):
        require_meeting(request, "attend", meeting, meeting.path)
        comes = request.POST["comes"] == "yes"
        meetings.answer_invitation(meeting, member=request.user, comes=comes)
        messages.success(request, _("Thank you: your answer has been saved."))
        return True
    verb = request.POST.get("step")
    if verb not in ("sign", "send_back"):
        raise PermissionDenied
    require_meeting(request, "sign", meeting, meeting.path, form)
    if verb == "send_back" and not form.is_valid():
        return False
    try:
        if verb == "sign":
            read = request.POST.get("digest", "")
            taken = sign_minutes(meeting, actor=request.user, digest=read)
        else:
            typed = form.cleaned_data
            taken = meeting_machine.advance(meeting, verb, actor=request.user, **typed)
    except TransitionRefused as refusal:
        refuse_post(request, refusal.message)
    else:
        messages.success(request, describe_signing(taken) or describe_last_step(taken))
    return True


def describe_signing(meeting):
    """Describe for whose signature minutes still wait, to whoever signed first; else ""."""
    signed = signing.list_signatures(meeting)
    if meeting.status != MeetingStatus.TO_SIGN or not signed:
        return ""
    waiting = [one.name for one in signing.signers_of(meeting) if one.pk not in signed]
    return _("You have signed the minutes. They wait for the signature of %s.") % join_names(
        waiting
    )


@require_safe
def committee_minutes(request, pk):
    """Serve the minutes of a meeting as PDF to its chair."""
    meeting = get_meeting_or_404(request, pk, "print minutes")
    return pdf_response(minutes.minutes_pdf(meeting), f"minutes-{meeting.call.slug}-{meeting.day}")
