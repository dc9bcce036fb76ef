"""An expert's answer to a request, as the expert writes it and others read it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications.requirements import takes_answers
from connect.files import download_response
from connect.headers import sandboxed_response
from connect.languages import join_parts
from connect.lengths import labelled_length_warning, link_to_field
from connect.moved_on_forms import MovedOn, refuse_post
from connect.restricted import record_reading
from connect.templatetags.look import with_colon
from connect.transitions import TransitionRefused
from connect.typed_texts import restores_typed
from connect.undo_period import held_until, list_events_for_others, show_status_for_others
from matching import cv, withdrawals
from matching.decisions import is_untold_decision
from matching.desk import correct_interest, save_interest, submit_interest
from matching.enums import UNSENT, InterestStatus
from matching.forms import InterestForm
from matching.models import Interest
from matching.permissions import INTERESTS
from matching.requirements import (
    missing_beside_texts,
    missing_chance_to_correct,
    missing_unread_draft,
)
from matching.standing import interest_standing
from matching.transitions import interest_machine
from matching.views.common import get_interest_or_404, read_shared_reasons

AT_THE_MOMENT = gettext_lazy("It cannot be changed at the moment: try again in a few minutes.")
FOR_NOW = gettext_lazy("It cannot be changed at the moment: try again in a few days.")


@require_http_methods(["GET", "POST"])
@restores_typed
def interest(request, reference, pk):
    """Show an interest: its expert writes until it is sent; the applicant reads it later."""
    interest = get_interest_or_404(request, reference, pk)
    mine = interest.expert.user_id == request.user.pk
    writable = INTERESTS.allows(request.user, "write", interest)
    if request.method == "POST" and not writable:
        if not mine:
            raise Http404
        raise moved_on(interest)
    refused_cv = save_posted_cv(request, interest) if writable else None
    form = InterestForm(request.POST or request.typed, instance=interest) if writable else None
    if form and request.method == "POST":
        if refused_cv:
            form.add_error("cv", refused_cv)
        if "send" in request.POST and form.errors:  # all at once, not one after the other
            add_lacking(form)
        if form.is_valid():
            try:
                save_interest(form, actor=request.user)
                if "send" in request.POST:
                    submit_interest(interest, actor=request.user)
                    messages.success(request, _("Thank you. Your answer has been sent."))
                else:
                    show_saved(request, form)
                return redirect(interest)
            except PermissionDenied:
                raise moved_on(interest) from None
            except TransitionRefused as refusal:
                form.show_own_save()
                add_refusal(form, refusal)
    now = timezone.now()
    if not request.user.is_officer:
        show_status_for_others([interest], now)
    steps = interest_machine.available_transitions(interest, request.user)
    context = {
        "interest": interest,
        "dossier": interest.dossier,
        "form": form,
        "mine": mine,
        "takes_answers": takes_answers(interest.dossier, timezone.localdate(now)),
        "may_read_cv": bool(interest.cv) and cv.may_read_cv(request.user, interest),
        "may_withdraw": "withdraw" in steps,
        "is_own_draft": "remove_draft" in steps and not missing_unread_draft(interest, {}, now),
        "is_invited": interest.events.filter(verb="invite").exists(),
        "may_correct": "correct" in steps and not missing_chance_to_correct(interest, {}, now),
        "is_waiting": interest.status in (InterestStatus.SUBMITTED, InterestStatus.SCREENED),
        # To those who choose, and not to the expert while they do.
        "appraisal": None
        if mine
        else read_shared_reasons(interest.dossier, [interest]).get(interest.pk),
        "events": list_events(interest, request.user, now, is_own=mine),
        "standing": interest_standing(interest, is_own=mine),
        "todo": [],  # its form is on this page
    }
    return render(request, "matching/interest.html", context)


def add_refusal(form, refusal):
    """Add why an answer was not sent: at its fields what they lack, above them all else."""
    lacking = add_lacking(form)
    if refusal.code != "incomplete" or not lacking:
        form.add_error(None, refusal)
    elif others := missing_beside_texts(form.instance, timezone.now()):
        form.add_error(None, _("Still needed: %s") % join_parts(others))


def list_events(interest, user, now, *, is_own):
    """List what happened to an answer, to its expert without what may be undone; else to staff."""
    if not (is_own or user.is_officer):
        return []
    events = interest.events.select_related("actor")
    return events if user.is_officer else list_events_for_others(events, now)


def show_saved(request, form):
    """Show that an answer is saved, and what its texts still lack before it can be sent."""
    messages.success(request, _("Saved."))
    for name, words in form.short_texts():
        words = labelled_length_warning(form[name].label, words)
        messages.warning(request, link_to_field(request.path, name, words))
    for name, words in form.missing_explanations():
        words = f"{with_colon(form[name].label)} {words}"
        messages.warning(request, link_to_field(request.path, name, words))


def refusal_words(interest, refusal):
    """Return why a step is refused; of what staff may still undo its expert knows nothing."""
    interest = Interest.objects.prefetch_related("events").get(pk=interest.pk)
    return describe_wait(interest) or refusal.message


def describe_wait(interest):
    """Return what an expert reads who wants to change what staff may still undo; or ""."""
    if not is_untold_decision(interest, timezone.now()):
        return ""
    return FOR_NOW if held_until(list(interest.events.all())[-1]) else AT_THE_MOMENT


def moved_on(interest):
    interest.refresh_from_db(fields=["status"])
    if for_now := describe_wait(interest):
        return MovedOn(for_now, interest.get_absolute_url())
    words = _("The status of this answer is “%s”: it can no longer be changed.")
    return MovedOn(words % interest.get_status_display(), interest.get_absolute_url())


def save_posted_cv(request, interest):
    """Save a chosen CV, whatever else is wrong: a browser does not choose it again by itself.

    Return why it is refused.
    """
    if "cv" not in request.FILES:
        return None
    try:
        kept = cv.save_cv(interest, request.FILES["cv"], actor=request.user)
    except ValidationError as refusal:
        return refusal
    interest.cv, interest.cv_name = kept.cv, kept.cv_name
    return None


def add_lacking(form):
    """Add to each field what keeps an answer from being sent; return it."""
    lacking = form.missing_answers()
    for name, words in lacking:
        form.add_error(name, words)
    return lacking


@sandboxed_response
@require_safe
def interest_cv(request, reference, pk):
    """Serve the CV to whoever may read it, always as a download."""
    interest = get_interest_or_404(request, reference, pk)
    if not interest.cv or not cv.may_read_cv(request.user, interest):
        raise Http404
    if interest.expert.user_id != request.user.pk:
        record_reading(request, interest, "cv")
    return download_response(interest.cv, interest.cv_name, "application/pdf")


@require_POST
def post_correction(request, reference, pk):
    """Bring one's own answer back, to mend it and send it again."""
    interest = get_object_or_404(Interest.objects.of_expert(request.user), pk=pk)
    try:
        interest = correct_interest(interest, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal_words(interest, refusal))
    else:
        words = _("Your answer is a draft again: correct it, then press “Send my answer” again.")
        messages.warning(request, words)
    return redirect(interest)


@require_POST
def withdraw_interest(request, reference, pk):
    interest = get_object_or_404(Interest.objects.of_expert(request.user), pk=pk)
    now = timezone.now()
    if interest.status == InterestStatus.DRAFT and not missing_unread_draft(interest, {}, now):
        return delete_draft(request, interest)
    form = InterestForm(request.POST, instance=interest)
    is_draft = INTERESTS.allows(request.user, "write", interest)
    # Its words stand in the next answer, also those that were not saved yet.
    if is_draft and request.POST.keys() & form.fields.keys():
        if not form.is_valid():
            words = _("Nothing has been withdrawn: correct what you typed first, or empty it.")
            refuse_post(request, words)
            return redirect(interest)
        save_interest(form, actor=request.user)
    try:
        withdrawals.withdraw_answer(interest, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal_words(interest, refusal))
    else:
        declines = interest.status in UNSENT and not interest.events.filter(verb="submit").exists()
        words = _("You have declined the invitation.")
        messages.success(request, words if declines else _("Your answer has been withdrawn."))
    return redirect("my")


def delete_draft(request, interest):
    """Delete a draft that was never sent, and of which nobody else knows."""
    try:
        interest_machine.advance(interest, "remove_draft", actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, refusal.message)
        return redirect("my")
    messages.success(request, interest_machine.transitions["remove_draft"].done)
    return redirect("opportunity", interest.dossier.reference)
