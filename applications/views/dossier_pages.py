"""A dossier: its task list or what it says, its steps, files and documents."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from applications import (
    beginning,
    dossier_contact,
    dossier_files,
    opinions,
    private_drafts,
    retention,
    section_answers,
    signature,
)
from applications.asked_files import list_asked_files, list_replaceable, missing_files
from applications.enums import BEFORE_MATCHED, FINAL, UNSENT, Status
from applications.feedback import ineligibility_ground, list_advice
from applications.forms.applicant_forms import FileForm, OpinionForm, RepresentativeForm
from applications.journey import list_stops
from applications.models import Contributor, Dossier
from applications.permissions import DOSSIERS
from applications.reading import first_to_do, list_answers, list_corrections, task_list
from applications.requirements import appeal_by, takes_answers
from applications.sections import SECTIONS, unlocked_fields
from applications.transitions import dossier_machine
from applications.views.common import (
    get_call_or_404,
    get_dossier_or_404,
    get_editable_dossier_or_404,
    is_writer,
)
from applications.views.file_pages import hidden_from
from connect.dates import last_day_before
from connect.languages import current_language, isolate
from connect.letter_language import guess_language
from connect.moved_on_forms import refuse_post
from connect.posted_values import posted_text
from connect.typed_texts import restores_beside
from connect.undo_period import list_events_for_others
from registry.views.common import get_authority_or_404


@require_safe
@restores_beside
def dossier(request, reference):
    """Show the task list of a draft, or what was sent; a contributor is led to a page of theirs."""
    if is_contributor(request.user, reference):
        return redirect("contribute", reference)
    dossier = get_dossier_or_404(request, reference)
    editable = DOSSIERS.allows(request.user, "write", dossier)
    correction = dossier.open_correction()
    writes = is_writer(request, dossier)
    verbs = [
        verb
        for verb in dossier_machine.available_transitions(dossier, request.user)
        if dossier_machine.transitions[verb].label
    ]
    context = describe_copies(dossier, request.user, writes) | {
        "dossier": dossier,
        "events": list_events(dossier, request.user),
        "files": [
            (file, dossier_files.stands_in_correction(file, correction))
            for file in dossier.attachments.current()
        ],
        "replaced_files": dossier.attachments.replaced().select_related("replaced_by"),
        "file_form": FileForm(replaceable=list_replaceable(dossier, correction)),
        "asked_files": list_asked_files(dossier, correction),
        "may_add": Dossier.objects.filter_allowed(request.user, "add a file")
        .filter(pk=dossier.pk)
        .exists(),
        "writes": writes,
        "editable": editable,
        "may_ask_signature": may_ask_signature(request.user, dossier),
        "invites": dossier.status == Status.DRAFT and writes,
        "contributors": dossier.contributors.filter(ended_at=None),
        "verbs": [(verb, dossier_machine.transitions[verb].label) for verb in verbs],
        "before_matched": dossier.status in BEFORE_MATCHED,
        "correction": correction,
        "signature": dossier.signatures.first(),
        "versions": dossier.versions.all(),
        "partners": dossier.co_applicants.all(),
        "may_be_contact": may_be_contact(request, dossier),
        "may_change_representative": DOSSIERS.allows(
            request.user, "change representative", dossier
        ),
        "goes_on": retention.retention_end(dossier) if writes else None,
    }
    context |= describe_way(dossier, correction, editable or writes)
    if dossier.status == Status.PRIVATE:
        stands, place = private_drafts.private_draft_status(dossier)
        context |= {
            "stands": stands,
            "place": place,
            "places": private_drafts.places_for_copy(dossier, request.user, timezone.now()),
        }
    if editable:
        context["lost"] = signature.outdated_signature(dossier)
        parts, done = task_list(dossier, timezone.localdate())
        context |= {"parts": parts, "done": done, "total": len(SECTIONS)}
        context["next_task"] = first_to_do(dossier, parts)
        return render(request, "applications/tasklist.html", context)
    context |= describe_sent(request, dossier, writes)
    return render(request, "applications/dossier.html", context)


def may_ask_signature(user, dossier):
    return DOSSIERS.allows(user, "ask to sign", dossier) and not dossier.is_past_its_call


def is_contributor(user, reference):
    """True for who was invited to write a dossier, and reads nothing else of it."""
    written = Contributor.objects.filter(user=user, dossier__reference=reference)
    readable = Dossier.objects.for_user(user).filter(reference=reference)
    return written.exists() and not readable.exists()


def list_events(dossier, user):
    """List what happened to a dossier; to others than officers, without what may be undone."""
    events = dossier.events.select_related("actor")
    return events if user.is_officer else list_events_for_others(events, timezone.now())


def describe_sent(request, dossier, writes):
    """Return what the page of a dossier that was sent shows: its answers, and what followed."""
    hidden, opinions_end = hidden_from(request, dossier), opinions.last_moment(dossier)
    return {
        "answers": list_answers(dossier, hidden=hidden),
        "hides": bool(hidden),
        "opinions": opinions_for(request, dossier),
        "opinion_until": opinions_end and last_day_before(opinions_end),
        "no_opinion": opinions.closed_words(dossier),
        "corrections": list_corrections(dossier) if writes else [],
        "advice": list_advice(dossier) if writes else [],
        "ground": ineligibility_ground(dossier) if writes else "",
        "appeal_by": appeal_by(dossier),
    }


def describe_copies(dossier, user, writes):
    """Return the original and the copies of a dossier, and where to and with what it is copied."""
    calls = beginning.calls_to_copy_to(dossier, timezone.now()) if writes else []
    context = beginning.list_copies(dossier, Dossier.objects.for_user(user)) | {"next_calls": calls}
    if calls:
        files = beginning.list_files_to_copy(dossier)
        copied, left_out = ([isolate(file.name) for file in some] for some in files)
        context |= {"copied_files": copied, "left_out_files": left_out}
    return context


def describe_way(dossier, correction, is_own):
    """Return the stages of a dossier for its status card: all, the present one, the next one."""
    journey = list_stops(dossier, correction, is_own=is_own)
    stops = {stop.state: stop for stop in reversed(journey)}  # the first of each state
    is_public = takes_answers(dossier, timezone.localdate())
    stages = {"journey": journey, "here": stops.get("now"), "ahead": stops.get("next")}
    return stages | {"is_public": is_public}


def opinions_for(request, dossier):
    """Return (association, opinion, form while it counts) of those this person speaks for."""
    until = opinions.opinion_deadline(dossier, timezone.now())
    given = {opinion.association_id: opinion for opinion in dossier.opinions.all()}
    rows = []
    for association in opinions.associations_of(dossier, request.user):
        own = given.get(association.pk)
        initial = {"verdict": own.verdict, "text": own.text} if own else None
        typed = request.typed or {}  # a text without its verdict was refused
        data = typed if typed.get("association") == str(association.pk) else None
        rows.append((association, own, OpinionForm(data, initial=initial) if until else None))
    return rows


def may_be_contact(request, dossier):
    """True for a colleague who could take over the letters about a dossier that was sent."""
    sent = dossier.status not in FINAL | UNSENT | {Status.CORRECTION_ASKED}
    other = dossier.focal_email.lower() != request.user.email
    return sent and other and is_writer(request, dossier)


@require_safe
def check_answers(request, reference):
    dossier = get_editable_dossier_or_404(request, reference)
    checked = section_answers.check_dossier(dossier, timezone.localdate())
    wrong, missing = section_answers.group_problems(checked)
    correction = dossier.open_correction() if dossier.status == Status.CORRECTION_ASKED else None
    names = unlocked_fields(correction) if correction else set()
    asked_files = list_asked_files(dossier, correction)
    context = {
        "dossier": dossier,
        "open": [
            slug
            for slug, section in SECTIONS.items()
            if correction is None or names & set(section.base_fields)
        ],
        "lacking_files": missing_files(asked_files),
        "lost": signature.outdated_signature(dossier),
        "is_same": correction is not None
        and not section_answers.has_changed_since_sent(dossier)
        and not asked_files,
        "partners": dossier.co_applicants.all(),
        "answers": list_answers(dossier),
        "wrong": wrong,
        "missing": missing,
        "titles": {slug: section.title for slug, section in SECTIONS.items()},
        "warnings": section_answers.list_warnings(checked),
        "verb": "submit" if dossier.status in UNSENT else "answer_correction",
        "now": request.began_at,
    }
    return render(request, "applications/check.html", context)


RECEIPTS = {"submit", "answer_correction"}  # after which a receipt is shown


@require_POST
def take_step(request, reference, verb):
    dossier = get_dossier_or_404(request, reference)
    step = dossier_machine.transitions.get(verb)
    if step is None or not step.done:  # those that applicants take here
        raise Http404
    if dossier.status == Status.PRIVATE and verb == "submit":
        words = _("It can be submitted once your membership of %(authority)s is confirmed.")
        messages.error(request, words % {"authority": dossier.authority})
        return redirect(dossier)
    try:
        dossier = dossier_machine.advance(
            dossier,
            verb,
            actor=request.user,
            now=request.began_at,
            note=posted_text(request, "note", 1000),
        )
    except ValidationError as refusal:
        refuse_post(request, refusal.message)
        if refusal.code == "incomplete" and dossier.status != Status.PRIVATE:
            return redirect("check-answers", reference)
    else:
        messages.success(request, step.done % {"reference": reference})
        if verb in RECEIPTS:
            return redirect("dossier-receipt", reference)
    return redirect(dossier)


@require_POST
def copy_dossier_page(request, reference):
    """Copy an ended dossier to another call.

    A draft that is its writer's alone also to another authority: “call authority”, both slugs.
    """
    dossier = get_dossier_or_404(request, reference)
    slug, _blank, town = request.POST.get("call", "").partition(" ")
    call = get_call_or_404(request, slug)
    authority = get_authority_or_404(request, town) if town else None
    try:
        made, files, towns = beginning.copy_dossier(
            dossier, call, actor=request.user, authority=authority
        )
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect(dossier)
    messages.success(
        request,
        _("%s contains all answers of the earlier application. Check them, then submit it.")
        % made.reference,
    )
    for words, left_out in (
        (_("File not copied: %(name)s. %(why)s"), files),
        (_("Co-applicant not copied: %(name)s. %(why)s"), towns),
    ):
        for name, why in left_out:
            messages.warning(request, words % {"name": name, "why": why})
    return redirect(made)


@require_POST
def delete_draft_page(request, reference):
    """Delete a draft that is its writer's alone."""
    private_drafts.delete_private_draft(get_dossier_or_404(request, reference), actor=request.user)
    messages.success(request, _("The draft %s has been deleted.") % reference)
    return redirect("my")


@require_POST
def post_longer_retention(request, reference):
    """Extend the retention of an ended dossier."""
    dossier = get_dossier_or_404(request, reference)
    retention.extend_retention(dossier, actor=request.user)
    if day := retention.retention_end(dossier):
        messages.success(request, _("It will be kept until %s.") % date_format(day, "DATE_FORMAT"))
    return redirect(dossier)


@require_POST
def post_contact_change(request, reference):
    dossier = get_dossier_or_404(request, reference)
    try:
        dossier_contact.become_contact(dossier, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect(dossier)
    messages.success(
        request, _("You are now the contact: our e-mails about it will be sent to you.")
    )
    return redirect(dossier)


def change_representative_page(request, reference):
    """Ask who represents the authority now, of a dossier that was sent."""
    dossier = get_dossier_or_404(request, reference)
    if not DOSSIERS.allows(request.user, "change representative", dossier):
        raise Http404
    guess = guess_language(str(dossier.authority.country), current_language())
    form = RepresentativeForm(request.POST or None, initial={"language": guess})
    if request.method == "POST" and form.is_valid():
        try:
            dossier_contact.change_representative(dossier, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            words = _("%s is now the legal representative. The people concerned receive an e-mail.")
            messages.success(request, words % form.cleaned_data["name"])
            return redirect(dossier)
    context = {"dossier": dossier, "form": form}
    return render(request, "applications/representative.html", context)


@require_POST
def post_summary_approval(request, reference):
    dossier = get_dossier_or_404(request, reference)
    dossier_contact.approve_summary(dossier, actor=request.user)
    messages.success(request, _("Thank you. The summary can now be published."))
    return redirect(dossier)
