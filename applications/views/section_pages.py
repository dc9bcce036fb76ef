"""Writing a section: saved by a button or by itself, with two versions side by side."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications import section_answers
from applications.enums import UNSENT, Status
from applications.reading import list_differences, next_asked
from applications.sections import SECTIONS, section_after, unlocked_fields
from applications.sections.asking import ContactSection
from applications.signature import outdated_signature
from applications.views.common import get_fillable_dossier_or_404, is_writer
from connect.lengths import link_to_field, link_to_page
from connect.posted_values import as_number, posted_number
from connect.typed_texts import restores_typed


@require_http_methods(["GET", "POST"])
@restores_typed
def section(request, reference, slug):
    if slug not in SECTIONS:
        raise Http404
    dossier = get_fillable_dossier_or_404(request, reference)
    saved = None
    if request.method == "POST":
        saved = save_posted(request, dossier, slug)
        if response := respond_to_save(request, dossier, slug, saved):
            return response
        form, version = saved.form, saved.version
    else:
        form, version = begun_form(request, dossier, slug)
    correction = dossier.open_correction() if dossier.status == Status.CORRECTION_ASKED else None
    comments = lock_what_is_right(form, correction) if correction else []
    if saved or form.is_valid():  # what is unfinished is looked at twice once it was sent
        form.collect_warnings()
        for name, words in form.unfinished_fields():
            if not form.fields[name].disabled:
                form.warn(name, words)
    context = {
        "dossier": dossier,
        "form": form,
        "slug": slug,
        "comments": comments,
        "correction": correction,
        "version": version,
        "saved": saved,
        "is_signed": dossier.is_signed(),
        "lost": outdated_signature(dossier),
        "is_helper": not is_writer(request, dossier),
        "is_locked": all(field.disabled for field in form.fields.values()),
        "number": list(SECTIONS).index(slug) + 1,
        "total": len(SECTIONS),
    }
    return render(request, "applications/section.html", context)


def respond_to_save(request, dossier, slug, saved):
    """Show the result of a save and redirect; None where the form is shown with its errors."""
    if saved.theirs:
        return versions_page(request, dossier, slug, saved)
    if saved.merged:
        messages.success(
            request, _("A colleague saved other answers here in the meantime: both are kept.")
        )
    if "remove" in request.POST:
        messages.success(request, _("The row has been removed."))
        return redirect("section", dossier.reference, slug)
    here = reverse("section", args=[dossier.reference, slug])
    goes_back = "back" in request.POST and saved.is_kept
    if not saved.form.is_valid() and not goes_back:
        return None
    if saved.form.is_valid():
        messages.success(request, _("Saved."))
        for name, words in saved.form.unfinished_answers():
            # A text that is too long stays in its field: the applicant goes on, and the
            # sentence links to it.
            messages.warning(request, link_to_field(here, name, words))
    else:
        words = _("“%s” has been saved. Something in it still needs attention.")
        messages.warning(request, link_to_page(here, words % saved.form.title))
    if goes_back:
        return redirect(dossier)
    following = section_after(slug)
    if "aside" in request.POST:
        return redirect("section", dossier.reference, slug)
    if following and dossier.status in UNSENT:
        return redirect("section", dossier.reference, following)
    if dossier.status == Status.CORRECTION_ASKED:
        return redirect_to_next_asked(dossier, slug)
    return redirect(dossier)


def redirect_to_next_asked(dossier, slug):
    """Redirect to what else is to be corrected; once all is, to where it is sent again."""
    following = next_asked(dossier, slug, timezone.localdate())
    if following is None:
        return redirect("check-answers", dossier.reference)
    return (
        redirect(dossier)
        if following == slug
        else redirect("section", dossier.reference, following)
    )


def begun_form(request, dossier, slug):
    """Return the form as it was begun, with the version it was begun from."""
    draft = dossier.drafts.filter(section=slug).first()
    version = draft.version if draft else 0
    if request.typed:
        typed = SECTIONS[slug].read_raw_answers(request.typed)
        begun_from = request.typed.get("version", "")
        version = as_number(begun_from) if begun_from.isdecimal() else version
        return section_answers.bind_section(slug, typed, dossier=dossier), version
    if draft:
        return section_answers.bind_section(slug, draft.raw, dossier=dossier), version
    known = known_answers(request.user, dossier) if slug == ContactSection.slug else {}
    return SECTIONS[slug](dossier=dossier, initial=known), version


def known_answers(user, dossier):
    """Return what is known of whoever writes for the authority, as the contact they may be.

    It is shown and not saved: another may be named instead.
    """
    place = user.memberships.active().filter(authority=dossier.authority).first()
    if place is None:
        return {}
    return {
        "focal_name": user.name,
        "focal_function": place.function,
        "focal_email": user.email,
        "focal_phone": user.phone,
        "focal_language": user.language,
    }


def lock_what_is_right(form, correction):
    """Lock all fields but those to correct; return the comments on these, [(label, comment)]."""
    lock_answers(form, unlocked_fields(correction))
    here = {key: label for key, label, _names in form.questions()}
    return [
        (here[row["field"]], row["comment"]) for row in correction.fields if row["field"] in here
    ]


def lock_answers(form, open_names):
    """Lock all answers but those named, and show them as they were sent.

    A locked field does not read what is posted: what it shows is its beginning.
    """
    for name, field in form.fields.items():
        field.disabled = name not in open_names
        if field.disabled and form.is_bound:
            form.initial[name] = field.widget.value_from_datadict(form.data, {}, name)


def save_posted(request, dossier, slug):
    """Save what was posted: a section's answers, or the choice between two versions of it."""
    version = posted_number(request, "version")
    if "aside" not in request.POST:
        data = SECTIONS[slug].without_row(request.POST, request.POST.get("remove", ""))
        return section_answers.save_section(
            dossier, slug, data, version=version, actor=request.user, joins=True
        )
    mine = {
        name for name in SECTIONS[slug].base_fields if request.POST.get(f"keep_{name}") == "mine"
    }
    return section_answers.join_texts(
        dossier,
        slug,
        posted_number(request, "aside"),
        mine,
        version=version,
        actor=request.user,
    )


def versions_page(request, dossier, slug, saved):
    """Show both versions of a section, answer by answer, to choose from."""
    rows = list_differences(dossier, slug, saved.aside.raw, saved.theirs.raw)
    for row in rows:  # what I left as it was stays a colleague's, and no text gives way to none
        row["keeps_mine"] = row["mine"] and (row["name"] in saved.touched or not row["theirs"])
    context = {
        "dossier": dossier,
        "title": SECTIONS[slug].title,
        "theirs": saved.theirs,
        "aside": saved.aside,
        "rows": rows,
    }
    return render(request, "applications/compare.html", context)


@require_POST
@restores_typed
def post_autosave(request, reference, slug):
    """Save a section while it is written: 200 with its version, 409 and why not."""
    if slug not in SECTIONS:
        raise Http404
    dossier = get_fillable_dossier_or_404(request, reference)
    saved = section_answers.save_section(
        dossier, slug, request.POST, version=posted_number(request, "version"), actor=request.user
    )
    if not saved.is_kept:
        return JsonResponse({"message": section_answers.TOO_LONG}, status=409)
    if saved.theirs:
        message = _("This section was saved elsewhere meanwhile. Save now to see both versions.")
        return JsonResponse({"message": message}, status=409)
    request.is_act = saved.version != posted_number(
        request, "version"
    )  # nothing new: nobody is typing
    return JsonResponse({"version": saved.version})
