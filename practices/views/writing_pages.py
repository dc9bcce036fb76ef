"""Writing a good practice: its texts, its steps, its photos."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from connect.double_posts import adds_once
from connect.lengths import labelled_length_warning, link_to_field
from connect.moved_on_forms import refuse_post
from connect.posted_values import posted_number, posted_text
from connect.typed_texts import restores_typed, save_beside
from connect.withdrawals import withdraw_file_response
from practices import review, withdrawals, writing
from practices.enums import PracticeStatus
from practices.forms import OriginalForm, PhotoForm, TextForm
from practices.models import PracticeText
from practices.transitions import practice_machine
from practices.views.common import MOST_WORDS, get_practice_or_404


@require_http_methods(["GET", "POST"])
@restores_typed
def text_page(request, slug, language):
    """Edit the text of one language; a translation has the original beside it."""
    practice = get_practice_or_404(request, slug, "write")
    if language not in dict(settings.LANGUAGES):
        raise Http404
    text = practice.texts.filter(language=language).first()
    instance = text or PracticeText(practice=practice, language=language)
    data = request.POST or request.typed
    form: TextForm
    if language == practice.language:
        form = OriginalForm(data, instance=instance, practice=practice)
    else:
        form = TextForm(data, instance=instance)
    if request.method == "POST" and form.is_valid():
        kept = writing.save_text(form, practice, language, actor=request.user)
        messages.success(request, _("What you wrote has been saved."))
        for name, label, words in writing.short_texts(kept):
            words = labelled_length_warning(label, words)
            messages.warning(request, link_to_field(request.path, name, words))
        return redirect("practice", slug)
    original = practice.in_language(practice.language) if language != practice.language else None
    pairs = [
        (field, getattr(original, field.name, "") if original else "")
        for field in form
        if not field.is_hidden
    ]
    context = {
        "practice": practice,
        "form": form,
        "pairs": pairs,
        "original": original,
        "stale": language in practice.stale_languages,
        "lacking": []
        if original or practice.status != PracticeStatus.DRAFT
        else writing.missing_from_practice(practice),
        "language": dict(settings.LANGUAGES)[language],
    }
    return render(request, "practices/write.html", context)


@require_POST
def post_step(request, slug, verb):
    practice = get_practice_or_404(request, slug)
    if verb == "confirm":
        review.confirm_practice(practice, actor=request.user)
        messages.success(
            request, _("Thank you. The practice stays published for another two years.")
        )
        return redirect(practice)
    step = practice_machine.transitions.get(verb)
    if step is None:
        raise Http404
    try:
        words: dict[str, Any] = {"note": posted_text(request, "note", MOST_WORDS)}
        if request.user.is_officer:
            words["internal"] = posted_text(request, "internal", MOST_WORDS)
        practice = practice_machine.advance(practice, verb, actor=request.user, **words)
    except ValidationError as refusal:
        refuse_post(request, refusal.message)
    else:
        status = practice.get_status_display()
        messages.success(request, step.done or _("Status of the practice: %s.") % status)
        if practice.status == PracticeStatus.REMOVED:  # its page is gone
            return redirect("practices-of", practice.exchange.reference)
    return redirect(practice)


@require_POST
def post_agreement(request, slug):
    """Agree for one's side to the text that was shown, or take that back."""
    practice = get_practice_or_404(request, slug, "agree")
    if "take_back" in request.POST:
        writing.take_back_agreement(practice, actor=request.user)
        messages.success(request, _("Your agreement to its publication has been taken back."))
        return redirect(practice)
    try:
        seen = request.POST.get("digest", "")
        writing.agree_to_publication(practice, seen=seen, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Thank you. Your agreement to its publication has been saved."))
    return redirect(practice)


@require_http_methods(["GET", "POST"])
@restores_typed
@adds_once
def photos_page(request, slug):
    """Add or delete pictures."""
    practice = get_practice_or_404(request, slug, "write")
    if request.method == "POST" and "remove" in request.POST:
        chosen = get_object_or_404(practice.photos, pk=posted_number(request, "remove"))
        writing.remove_photo(chosen, actor=request.user)
        messages.success(request, _("The picture has been removed."))
        save_beside(request, PhotoForm(request.POST))
        return redirect("practice-photos", slug)
    if request.method == "POST" and "take" in request.POST:
        number = posted_number(request, "take")
        picture = get_object_or_404(practice.exchange.pictures, pk=number)
        try:
            writing.take_photo(picture, practice, actor=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The picture has been saved."))
        save_beside(request, PhotoForm(request.POST))
        return redirect("practice-photos", slug)
    form = PhotoForm(request.POST or request.typed, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            writing.add_photo(form, practice, actor=request.user)
        except ValidationError as refusal:
            form.add_error("file", refusal)
        else:
            messages.success(request, _("The picture has been saved."))
            return redirect("practice-photos", slug)
    context = {"practice": practice, "form": form, "photos": practice.photos.with_consent()}
    taken = practice.photos.exclude(picture=None).values("picture")
    context["pictures"] = practice.exchange.pictures.for_public().exclude(pk__in=taken)
    return render(request, "practices/photos.html", context)


@require_http_methods(["GET", "POST"])
def withdraw_photo_page(request, slug):
    """List the pictures of a practice for staff; a POST deletes one, with a reason."""
    practice = get_practice_or_404(request, slug, "withdraw")
    files = withdrawals.withdrawable_photos(practice)
    return withdraw_file_response(
        request, "practices/withdraw.html", practice, files, withdrawals.withdraw_photo
    )
