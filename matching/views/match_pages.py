"""A match, as its sides see it, answer it and talk about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from applications.permissions import DOSSIERS, NEUTRAL
from connect.moved_on_forms import refuse_post
from connect.typed_texts import (
    restores_beside,
    restores_typed,
    save_beside,
    settle_typed,
    typed_initial,
)
from matching import consent as consent_rules
from matching import match_messages
from matching.enums import Answer, MatchStatus
from matching.forms import AnswerForm
from matching.models import Consent
from matching.permissions import INTERESTS
from matching.runs import desk_path
from matching.standing import match_standing, untold_standing
from matching.views.common import get_match_or_404, read_shared_reasons
from notifications.by_link import by_link
from registry.models import Expert


@require_http_methods(["GET", "POST"])
@restores_typed
def match(request, reference):
    """A match as its sides see it; a POST is a message to the others."""
    match = get_match_or_404(request, reference)
    if "text" in request.POST and save_posted_message(request, match, actor=request.user):
        save_beside(request, AnswerForm(request.POST), sent=["text"])
        return redirect(f"{match.get_absolute_url()}#thread")
    consents: list[Any] = list(
        match.consents.select_related("interest__expert__user", "answered_by")
    )
    for consent in consents:
        consent.mine = (
            match.status == MatchStatus.PROPOSED
            and consent.answer == Answer.WAITING
            and consent_rules.may_answer(request.user, consent)
        )
    interests = match.interests.all()
    context = {
        "match": match,
        "dossier": match.dossier,
        "dossier_page": find_dossier_page(match.dossier, request.user),
        "profiles": set(
            Expert.objects.for_user(request.user)
            .filter(interests__in=interests)
            .values_list("pk", flat=True)
        ),
        "readable": set(
            INTERESTS.filter_allowed(interests, "read", request.user).values_list("pk", flat=True)
        ),
        "reasons": read_shared_reasons(match.dossier, interests),
        "consents": consents,
        "standing": untold_standing(match, timezone.now())
        or match_standing(match, match.waiting_words([one for one in consents if one.mine])),
        "todo": [],  # the answer is given on this page
        "form": answer_form(request),
        "agreed": match.status == MatchStatus.AGREED,  # contact data are shown only then
        "events": match.events.select_related("actor"),
        "thread": match_messages.list_match_messages(match),
        "speaks": match_messages.may_write(match, request.user),
        "begun": (request.typed or request.POST).get("text", ""),
    }
    return render(request, "matching/match.html", context)


def find_dossier_page(dossier, user):
    """Return the page of a dossier that this reader may open: for its officers the desk; or ""."""
    if NEUTRAL.holds(user, dossier):
        return desk_path(dossier)
    may_read = DOSSIERS.allows(user, "read", dossier)
    return dossier.get_absolute_url() if may_read else ""


def answer_form(request):
    """Return the form of an answer with what stood in it when a message was sent."""
    typed = request.POST or typed_initial(request, "answer", "reason")
    return AnswerForm(initial={name: typed.get(name, "") for name in ("answer", "reason")})


def save_posted_message(request, match, **who):
    """Save a posted message; return whether it was saved, and the errors."""
    try:
        match_messages.post_match_message(match, request.POST["text"], **who)
    except ValidationError as refusal:
        # Its form has what was typed, unless the form is gone.
        (refuse_post if refusal.code == "over" else messages.error)(request, refusal.message)
        return False
    messages.success(request, _("Your message has been sent to the other sides."))
    return True


def save_posted_answer(request, consent, **who):
    """Save a posted answer; return the form if it has errors, else None."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return form
    try:
        consent_rules.answer_consent(
            consent,
            accept=form.cleaned_data["answer"] == "yes",
            reason=form.cleaned_data["reason"],
            **who,
        )
    except ValidationError as refusal:
        refuse_post(request, refusal.message)
    else:
        messages.success(request, _("Thank you. Your answer has been saved."))
    return None


@require_POST
def match_answer(request, reference, pk):
    match = get_match_or_404(request, reference)
    consent = get_object_or_404(
        match.consents.select_related("match__dossier__authority", "interest__expert"), pk=pk
    )
    form = save_posted_answer(request, consent, actor=request.user)
    if form:
        messages.error(request, _("Choose yes or no."))
    save_unsent(request, match, form)
    settle_typed(request, match.get_absolute_url())
    return redirect(match)


def save_unsent(request, match, form):
    """Save a message that stood beside an answer, and an answer that was refused (`form`).

    Once the match is over no message can be sent: its words are said again.
    """
    match.refresh_from_db(fields=["status"])
    sent = () if form else ("answer", "reason", "answers")
    save_beside(request, texts=["text", "reason"] if form else ["text"], sent=sent)
    if match.status not in match_messages.TALKING:
        request.typed_beside = False
    if not request.typed_beside and request.POST.get("text", "").strip():
        words = _("What you typed was not saved: “%s”")
        messages.warning(request, words % request.POST["text"])


@by_link(Consent)
@restores_beside
def employer_answer_page(request, token, consent):
    """The employer's page: reading it changes nothing, so a link scanner answers nothing."""
    form = answer_form(request)
    if request.method == "POST" and ("text" not in request.POST or "answers" in request.POST):
        form = save_posted_answer(request, consent, by_link=True)
        if form is None:
            save_unsent(request, consent.match, form)
            return redirect("answer-by-link", token)
    elif request.method == "POST" and save_posted_message(request, consent.match, consent=consent):
        save_beside(request, AnswerForm(request.POST), sent=["text"])
        return redirect("answer-by-link", token)
    context = {
        "consent": consent,
        "match": consent.match,
        "dossier": consent.match.dossier,
        "form": form,
        "thread": match_messages.list_match_messages(consent.match),
        "speaks": consent.match.status in match_messages.TALKING,
        "begun": (request.typed or request.POST).get("text", ""),
        "open": consent.answer == Answer.WAITING and consent.match.status == MatchStatus.PROPOSED,
    }
    return render(request, "matching/answer_by_link.html", context)
