"""Pages that a link in a letter opens, and what sends these links."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import co_applicants, section_answers
from applications import signature as signature_rules
from applications.enums import Status
from applications.forms.applicant_forms import NOT_PASSED_ON, CoApplicantForm, SignForm
from applications.models import CoApplicant, Dossier, Signature
from applications.reading import CONTACT, STAFF_ONLY, list_answers
from applications.views.common import decline_by_form, get_editable_dossier_or_404
from connect.files import download_response
from connect.typed_texts import restores_typed, save_beside, settle_typed
from connect.undo_period import show_status_for_others
from notifications.by_link import by_link


@require_POST
def ask_signature(request, reference):
    asked_of = Dossier.objects.filter_allowed(request.user, "ask to sign")
    dossier = asked_of.filter(reference=reference).first()
    if dossier is None:
        dossier = get_editable_dossier_or_404(request, reference)
    try:
        asked = signature_rules.request_signature(dossier, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request,
            _("An e-mail to %(address)s asks %(name)s to sign.")
            % {"name": asked.name, "address": asked.address},
        )
    return redirect(dossier)


@by_link(Signature)
def sign_page(request, token, signature):
    """Show the legal representative what they sign; only their post signs it."""
    newest = signature.newest.valid_link if signature.newest != signature else None
    if newest:  # the same person was asked anew: this is what counts now
        return redirect("sign", newest.key)
    dossier = signature.dossier
    decline = partial(signature_rules.decline_signature, signature)
    decline_form, has_declined = decline_by_form(request, decline)
    if has_declined:
        return redirect("sign", token)
    says_no = decline_form.is_bound
    beside = request.POST.dict() | {"digest": dossier.digest()}
    form = SignForm(None if says_no else request.POST or None, initial=beside)
    if beside.get("why", "").strip() and form.is_valid():
        form.add_error(None, NOT_PASSED_ON)
    if form.is_valid():
        try:
            signature_rules.sign_dossier(
                signature,
                name=form.cleaned_data["name"],
                digest=form.cleaned_data["digest"],
            )
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            name = form.cleaned_data["name"]
            form = SignForm(initial={"name": name, "digest": dossier.digest()})
        else:
            return redirect("sign", token)
    current = signature.current
    context = {
        "signature": signature,
        "current": current,
        "earlier": None if current else signature_rules.outdated_signature(dossier),
        "may_answer": current is None and dossier.asks_others,
        "may_sign": current is None and signature_rules.may_sign(signature),
        "standing": signature_rules.describe_standing(dossier, timezone.now()),
        "dossier": dossier,
        "partners": dossier.co_applicants.all(),
        "files": dossier.attachments.current(),
        "token": token,
        "form": decline_form if says_no else form,
        "sign_form": form,
        "decline_form": decline_form,
        "answers": list_answers(dossier, signer="" if current else signature.name),
        "problems": section_answers.problems_for_signer(
            section_answers.check_dossier(dossier, timezone.localdate())
        ),
    }
    return render(request, "applications/sign.html", context)


@require_safe
@by_link(Signature)
def sign_file(request, token, signature, key):
    """Serve a file of the dossier to whoever is asked to sign it, always as a download."""
    attachment = get_object_or_404(signature.dossier.attachments, token=key)
    return download_response(attachment.file, attachment.name, attachment.content_type)


# Co-applicants


@require_http_methods(["GET", "POST"])
@restores_typed
def co_applicants_page(request, reference):
    """List and add co-applicants; each is asked by letter, and confirms by a link."""
    dossier = get_editable_dossier_or_404(request, reference)
    form = CoApplicantForm(request.POST or request.typed)
    if request.method == "POST" and form.is_valid():
        try:
            made = co_applicants.add_co_applicant(dossier, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%s receives an e-mail with a link.") % made.contact)
            return redirect("co-applicants", reference)
    context = {
        "dossier": dossier,
        "form": form,
        "partners": dossier.co_applicants.all(),
        "is_locked": dossier.status == Status.CORRECTION_ASKED,
    }
    return render(request, "applications/co_applicants.html", context)


@require_POST
def change_co_applicant(request, reference, pk):
    """Remind or remove a co-applicant."""
    dossier = get_editable_dossier_or_404(request, reference)
    partner = get_object_or_404(dossier.co_applicants, pk=pk)
    if "remind" in request.POST:
        try:
            co_applicants.remind_co_applicant(partner, actor=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("An e-mail has been sent to %s.") % partner.contact)
    else:
        try:
            co_applicants.remove_co_applicant(partner, actor=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("%s has been removed.") % partner.name)
    save_beside(request, CoApplicantForm(request.POST), sent=["remind", "remove"])
    settle_typed(request, reverse("co-applicants", args=[reference]))
    return redirect("co-applicants", reference)


@require_http_methods(["GET", "POST"])
def named_as_co_applicant(request, reference, pk):
    """Let a member of an authority that somebody named say whether it takes part."""
    own = CoApplicant.objects.answerable_by(request.user)
    partner = get_object_or_404(
        own.select_related("dossier__authority", "authority"), pk=pk, dossier__reference=reference
    )
    if request.method == "POST" and request.POST.get("answer") in ("yes", "no"):
        takes_part = request.POST["answer"] == "yes"
        try:
            co_applicants.answer_as_member(partner, takes_part=takes_part, actor=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Thank you. Your answer has been saved."))
        return redirect("co-applicant-named", reference, pk)
    show_status_for_others([partner.dossier], timezone.now())
    context = {
        "partner": partner,
        "dossier": partner.dossier,
        "open": partner.dossier.asks_others,
    }
    return render(request, "applications/named.html", context)


@by_link(CoApplicant)
def co_applicant_answer_page(request, token, partner):
    """Show a co-applicant the dossier; only its post answers."""
    dossier = partner.dossier
    if request.method == "POST" and request.POST.get("answer") in ("yes", "no"):
        try:
            co_applicants.answer_by_link(partner, takes_part=request.POST["answer"] == "yes")
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Thank you. Your answer has been saved."))
        return redirect("together", token)
    show_status_for_others([dossier], timezone.now())
    # Who does not take part reads no further than what it is about; whose authority says so
    # itself, not even that.
    reads = partner.takes_part is not False
    context = {
        "partner": partner,
        "dossier": dossier,
        "open": dossier.asks_others,
        "reads": reads,
        "is_stranger": partner.answered_in_person and not reads,
        "others": dossier.co_applicants.exclude(pk=partner.pk) if reads else [],
        "answers": list_answers(dossier, hidden=STAFF_ONLY | CONTACT) if reads else [],
    }
    return render(request, "applications/together.html", context)
