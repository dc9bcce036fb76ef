"""A dossier: its task list or what it says, its steps, files and documents."""

from csp.constants import NONE
from csp.decorators import csp_replace
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from applications import intake, opinions, private_drafts, retention
from applications.document import pdf_of
from applications.enums import BEFORE_MATCHED, FINAL, UNSENT, Status
from applications.feedback import advice, ground_of
from applications.forms import FileForm, OpinionForm
from applications.journey import journey
from applications.models import Attachment, Call, Dossier
from applications.reading import CONTACT, STAFF_ONLY, answers, corrections, task_list
from applications.sections import SECTIONS, unlocked
from applications.transitions import appeal_by, life
from applications.views.common import to_write, visible, writes
from connect.documents import as_download
from connect.files import download, printable_name
from connect.moved_on import refuse
from connect.posted import as_number
from connect.restricted import record_reading
from connect.transitions import TransitionRefused
from registry.models import Authority


@require_safe
def dossier(request, reference):
    """The task list while it is being written; what was sent, once it is."""
    dossier = visible(request, reference)
    editable = Dossier.objects.editable_by(request.user).filter(pk=dossier.pk).exists()
    correction = dossier.open_correction()
    verbs = [verb for verb in life.open_steps(dossier, request.user) if life.steps[verb].label]
    context = {
        "dossier": dossier,
        "events": dossier.events.select_related("actor"),
        "files": dossier.attachments.all(),
        "file_form": FileForm(),
        "may_add": Dossier.objects.allowing(request.user, "add a file")
        .filter(pk=dossier.pk)
        .exists(),
        "writes": writes(request, dossier),
        "editable": editable,
        "verbs": [(verb, life.steps[verb].label) for verb in verbs],
        "before_matched": dossier.status in BEFORE_MATCHED,
        "correction": correction,
        "signature": dossier.signatures.first(),
        "versions": dossier.versions.all(),
        "next_calls": intake.calls_for(dossier, timezone.now()) if writes(request, dossier) else [],
        "journey": journey(dossier, correction),
        "partners": dossier.co_applicants.all(),
        "may_be_contact": may_be_contact(request, dossier),
        "goes_on": retention.goes_on(dossier) if writes(request, dossier) else None,
    }
    if dossier.status == Status.PRIVATE:
        stands, place = private_drafts.standing(dossier)
        context |= {
            "stands": stands,
            "place": place,
            "places": private_drafts.places_for_copy(dossier, request.user, timezone.now()),
        }
    if editable:
        parts, done = task_list(dossier, timezone.localdate())
        context |= {"parts": parts, "done": done, "total": len(SECTIONS)}
        return render(request, "applications/tasklist.html", context)
    context |= {
        "answers": answers(dossier, hidden=hidden_from(request, dossier)),
        "opinions": opinions_for(request, dossier),
        "corrections": corrections(dossier) if writes(request, dossier) else [],
        "advice": advice(dossier) if writes(request, dossier) else [],
        "ground": ground_of(dossier) if writes(request, dossier) else "",
        "appeal_by": appeal_by(dossier),
    }
    return render(request, "applications/dossier.html", context)


def opinions_for(request, dossier):
    """Give (association, opinion, form while it counts) of those this person speaks for."""
    until = opinions.open_until(dossier, timezone.now())
    given = {opinion.association_id: opinion for opinion in dossier.opinions.all()}
    rows = []
    for association in opinions.associations_of(dossier, request.user):
        own = given.get(association.pk)
        initial = {"verdict": own.verdict, "text": own.text} if own else None
        rows.append((association, own, OpinionForm(initial=initial) if until else None))
    return rows


def may_be_contact(request, dossier):
    """True for a colleague who could take over the letters about a dossier that was sent."""
    sent = dossier.status not in FINAL | UNSENT | {Status.CORRECTION_ASKED}
    other = dossier.focal_email.lower() != request.user.email
    return sent and other and writes(request, dossier)


@require_safe
def check_answers(request, reference):
    dossier = to_write(request, reference)
    checked = intake.check(dossier, timezone.localdate())
    correction = dossier.open_correction() if dossier.status == Status.CORRECTION_ASKED else None
    names = unlocked(correction) if correction else set()
    context = {
        "dossier": dossier,
        "open": [
            slug
            for slug, section in SECTIONS.items()
            if correction is None or names & set(section.base_fields)
        ],
        "is_same": correction is not None and not intake.has_changed(dossier),
        "answers": answers(dossier),
        "problems": intake.problems(checked),
        "warnings": intake.warnings(checked),
        "verb": "submit" if dossier.status in UNSENT else "answer_correction",
        "now": request.began_at,
    }
    return render(request, "applications/check.html", context)


@require_POST
def take_step(request, reference, verb):
    dossier = visible(request, reference)
    if verb not in ("submit", "hand_over", "answer_correction", "take_back", "withdraw"):
        raise Http404
    if dossier.status == Status.PRIVATE and verb == "submit":
        words = _("It can be submitted once your membership of %(authority)s is confirmed.")
        messages.error(request, words % {"authority": dossier.authority})
        return redirect(dossier)
    try:
        dossier = life.advance(
            dossier,
            verb,
            actor=request.user,
            now=request.began_at,
            note=request.POST.get("note", "")[:1000],
        )
    except TransitionRefused as refusal:
        refuse(request, refusal.message)
        if refusal.code == "incomplete" and dossier.status != Status.PRIVATE:
            return redirect("check-answers", reference)
    else:
        message = _("%(reference)s is now: %(status)s.")
        messages.success(
            request,
            message % {"reference": reference, "status": dossier.get_status_display()},
        )
    return redirect(dossier)


@require_POST
def copy(request, reference):
    """Take all that an ended dossier says along to another call.

    A draft that is its writer's alone also to another authority: “call authority”, both slugs.
    """
    dossier = visible(request, reference)
    slug, _blank, town = request.POST.get("call", "").partition(" ")
    call = get_object_or_404(Call.objects.readable_by(request.user, timezone.now()), slug=slug)
    authority = (
        get_object_or_404(Authority.objects.for_user(request.user), slug=town) if town else None
    )
    try:
        made, left_out = intake.copy(dossier, call, actor=request.user, authority=authority)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect(dossier)
    messages.success(
        request,
        _("%s holds all that this dossier said. Go through it, then send it.") % made.reference,
    )
    for name, why in left_out:
        words = _("Co-applicant not taken along: %(name)s. %(why)s")
        messages.warning(request, words % {"name": name, "why": why})
    return redirect(made)


@require_POST
def delete(request, reference):
    """Delete a draft that is its writer's alone."""
    private_drafts.delete(visible(request, reference), actor=request.user)
    messages.success(request, _("The draft %s is deleted.") % reference)
    return redirect("my")


@require_POST
def keep(request, reference):
    """Keep an ended dossier longer than it would be kept by itself."""
    dossier = visible(request, reference)
    retention.keep_longer(dossier, actor=request.user)
    if day := retention.goes_on(dossier):
        messages.success(request, _("It is kept until %s.") % date_format(day, "DATE_FORMAT"))
    return redirect(dossier)


@require_POST
def become_contact(request, reference):
    dossier = visible(request, reference)
    try:
        intake.become_contact(dossier, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect(dossier)
    messages.success(request, _("You are the contact now: our letters about it come to you."))
    return redirect(dossier)


@require_POST
def approve_summary(request, reference):
    dossier = visible(request, reference)
    intake.approve_summary(dossier, actor=request.user)
    messages.success(request, _("Thank you: the summary may now be published."))
    return redirect(dossier)


@require_POST
def add_file(request, reference):
    """Keep the files that came; the script that sends them one by one is told in JSON."""
    dossier = visible(request, reference)
    kept, refused = 0, []
    for upload in request.FILES.getlist("file"):
        try:
            intake.add_file(dossier, upload, request.POST.get("kind", ""), actor=request.user)
            kept += 1
        except ValidationError as refusal:
            refused.append(f"{printable_name(upload.name)}: {refusal.message}")
    if not kept and not refused:
        refused.append(_("Choose a file first."))
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"refused": refused}, status=400 if refused else 200)
    for message in refused:
        messages.error(request, message)
    if kept:
        words = ngettext(
            "%d file is kept with the dossier.", "%d files are kept with the dossier.", kept
        )
        messages.success(request, words % kept)
    return redirect(dossier)


@require_POST
def change_file(request, reference, token):
    """Keep what a file is, said after it was sent."""
    dossier = visible(request, reference)
    file = get_object_or_404(dossier.attachments, token=token)
    try:
        intake.change_file(file, request.POST.get("kind", ""), actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        words = _("%(name)s is now: %(kind)s.")
        kind = file.get_kind_display()
        messages.success(request, words % {"name": file.name, "kind": kind})
    return redirect(dossier)


@require_POST
def remove_file(request, reference, token):
    dossier = visible(request, reference)
    intake.remove_file(get_object_or_404(dossier.attachments, token=token), actor=request.user)
    messages.success(request, _("The file is removed."))
    return redirect(dossier)


# Should a browser show it all the same, it shows it alone and runs nothing in it.
@csp_replace({"default-src": [NONE], "sandbox": True})
@require_safe
def file(request, reference, token):
    """Serve a file to whoever may read its dossier, always as a download."""
    dossier = visible(request, reference)
    attachment = get_object_or_404(Attachment, dossier=dossier, token=token)
    if not writes(request, dossier):
        record_reading(request, attachment, attachment.kind)
    return download(attachment.file, attachment.name, attachment.content_type)


def hidden_from(request, dossier):
    """Name the answers that this reader does not see."""
    return set() if writes(request, dossier) or request.user.is_officer else STAFF_ONLY | CONTACT


@require_safe
def document(request, reference):
    """Give the dossier as PDF: the version asked for by number, or what is typed now."""
    dossier = visible(request, reference)
    number = request.GET.get("version", "")
    version = None
    if number:
        version = get_object_or_404(dossier.versions, number=as_number(number))
    elif dossier.status not in UNSENT:
        version = dossier.versions.last()
    hidden = hidden_from(request, dossier)
    name = f"{dossier.reference}-v{version.number}" if version else dossier.reference
    return as_download(pdf_of(dossier, version, hidden=hidden), name)
