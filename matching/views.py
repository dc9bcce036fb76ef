"""Opportunities, interests and matches, for those outside the desk."""

from csp.constants import NONE
from csp.decorators import csp_replace
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect.files import download
from connect.lengths import in_a_sentence
from connect.moved_on import MovedOn, refuse
from connect.posted import as_number
from connect.restricted import record_reading
from connect.transitions import TransitionRefused
from connect.typed import keeps_typed
from matching import alerts as alert_room
from matching import consent as consent_room
from matching import cv as cv_room
from matching import feeds, thread, withdrawals
from matching.desk import answer_opportunity, submit_interest
from matching.enums import GONE, Answer, MatchStatus
from matching.forms import AnswerForm, InterestForm
from matching.models import Consent, Interest, Match, Opportunity
from matching.transitions import interest_life
from notifications.by_link import by_link
from registry.found import FACETS, found_page
from registry.models import SearchEntry
from registry.search import in_words


@require_safe
@login_not_required
def opportunities(request):
    visible = Opportunity.objects.open(timezone.localdate())
    entries = SearchEntry.objects.filter(kind=SearchEntry.OPPORTUNITY, key__in=visible.values("pk"))
    context = found_page(request, entries, visible.with_list_details(), "", FACETS, on_map=True)
    context["query"] = request.GET.urlencode()
    return render(request, "matching/opportunities.html", context)


@require_safe
@login_not_required
def deadlines(request):
    calendar = feeds.calendar_of(request.GET, request.build_absolute_uri)
    return HttpResponse(calendar, content_type="text/calendar; charset=utf-8")


@require_http_methods(["GET", "POST"])
def alerts(request):
    """One's saved searches; a POST keeps one more, or takes one away."""
    if request.method == "POST":
        if "remove" in request.POST:
            request.user.alerts.filter(pk=as_number(request.POST["remove"])).delete()
            messages.success(request, _("The alert is taken away."))
        else:
            query, every = QueryDict(request.POST.get("asked", "")), request.POST.get("every", "")
            try:
                alert_room.make(request.user, query, every=every)
            except ValidationError as refusal:
                messages.error(request, refusal.message)
            else:
                messages.success(request, _("We write to you about new requests like these."))
        return redirect("alerts")
    mine = [(alert, in_words(alert.asked)) for alert in request.user.alerts.all()]
    return render(request, "matching/alerts.html", {"alerts": mine})


@require_safe
@login_not_required
def opportunity(request, reference):
    listed = Opportunity.objects.with_list_details().filter(dossier__reference=reference)
    opportunity = listed.open(timezone.localdate()).first()
    if opportunity is None:
        return no_longer_open(request, get_object_or_404(listed))
    mine = None
    if request.user.is_authenticated:
        mine = Interest.objects.of_expert(request.user).filter(dossier=opportunity.dossier)
        mine = mine.exclude(status__in=GONE).first()
    context = {
        "opportunity": opportunity,
        "dossier": opportunity.dossier,
        "mine": mine,
        "is_expert": hasattr(request.user, "expert"),
        "demand": feeds.as_demand(opportunity, request.build_absolute_uri),
    }
    return render(request, "matching/opportunity.html", context)


def no_longer_open(request, opportunity):
    """Lead who has answered to their answer; say to all others that nobody is looked for now."""
    if request.user.is_authenticated:
        own = Interest.objects.of_expert(request.user).filter(dossier=opportunity.dossier)
        if answered := own.order_by("-pk").first():
            words = _("This request no longer looks for an expert. Here is your answer to it.")
            messages.info(request, words)
            return redirect(answered)
    return render(request, "matching/opportunity_over.html", status=404)


@require_POST
def answer(request, reference):
    opportunity = get_object_or_404(Opportunity, dossier__reference=reference)
    try:
        return redirect(answer_opportunity(opportunity.dossier, actor=request.user))
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("opportunities")


@require_http_methods(["GET", "POST"])
@keeps_typed
def interest(request, reference, pk):
    """The expert writes here until it is sent; the applicant reads once it is shortlisted."""
    interest = get_object_or_404(
        Interest.objects.for_user(request.user).with_details().select_related("dossier__authority"),
        pk=pk,
        dossier__reference=reference,
    )
    mine = interest.expert.user_id == request.user.pk
    writable = Interest.objects.editable_by(request.user).filter(pk=interest.pk).exists()
    form = InterestForm(request.POST or request.typed, instance=interest) if writable else None
    if request.method == "POST":
        if not writable and mine:
            words = _("This answer is now “%s”: it can no longer be changed.")
            raise MovedOn(words % interest.get_status_display(), interest.get_absolute_url())
        if not writable:
            raise Http404
        if "cv" in request.FILES:  # kept first: a browser cannot choose it again by itself
            try:
                kept = cv_room.keep(interest, request.FILES["cv"], actor=request.user)
                interest.cv, interest.cv_name = kept.cv, kept.cv_name
            except ValidationError as refusal:
                form.add_error(None, refusal)
        if form.is_valid():
            form.save()
            try:
                if "send" in request.POST:
                    submit_interest(interest, actor=request.user)
                    messages.success(request, _("Your answer is sent. Thank you."))
                else:
                    messages.success(request, _("Saved."))
                    for name, words in form.short_texts():
                        messages.warning(request, in_a_sentence(form.fields[name].label, words))
                return redirect(interest)
            except TransitionRefused as refusal:
                form.add_error(None, refusal)
                for name, words in form.short_texts():
                    form.add_error(name, f"{words}.")
    sees_events = mine or request.user.is_officer
    context = {
        "interest": interest,
        "dossier": interest.dossier,
        "form": form,
        "mine": mine,
        "may_read_cv": bool(interest.cv) and cv_room.may_read(request.user, interest),
        "may_withdraw": "withdraw" in interest_life.open_steps(interest, request.user),
        "events": interest.events.select_related("actor") if sees_events else [],
    }
    return render(request, "matching/interest.html", context)


@csp_replace({"default-src": [NONE], "sandbox": True})
@require_safe
def interest_cv(request, reference, pk):
    """Give the CV to whoever may read it, always as a download."""
    interest = get_object_or_404(
        Interest.objects.for_user(request.user).with_details(), pk=pk, dossier__reference=reference
    )
    if not interest.cv or not cv_room.may_read(request.user, interest):
        raise Http404
    if interest.expert.user_id != request.user.pk:
        record_reading(request, interest, "cv")
    return download(interest.cv, interest.cv_name, "application/pdf")


@require_POST
def withdraw_interest(request, reference, pk):
    interest = get_object_or_404(Interest.objects.of_expert(request.user), pk=pk)
    try:
        withdrawals.withdraw_answer(interest, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Your answer is withdrawn."))
    return redirect("my")


@require_http_methods(["GET", "POST"])
@keeps_typed
def match(request, reference):
    """A match as its sides see it; a POST is a message to the others."""
    match = get_object_or_404(
        Match.objects.for_user(request.user).with_list_details(), reference=reference
    )
    if "text" in request.POST and keep_message(request, match, actor=request.user):
        return redirect(f"{match.get_absolute_url()}#thread")
    consents = list(match.consents.select_related("interest__expert__user", "answered_by"))
    for consent in consents:
        consent.mine = (
            match.status == MatchStatus.PROPOSED
            and consent.answer == Answer.WAITING
            and consent_room.may_answer(request.user, consent)
        )
    context = {
        "match": match,
        "dossier": match.dossier,
        "consents": consents,
        "form": AnswerForm(),
        "agreed": match.status == MatchStatus.AGREED,  # contact data are shown only then
        "events": match.events.select_related("actor"),
        "thread": thread.shown(match),
        "speaks": thread.side_of(match, request.user) is not None,
        "begun": (request.typed or request.POST).get("text", ""),
    }
    return render(request, "matching/match.html", context)


def keep_message(request, match, **who):
    """Keep a posted message; say whether it was, and what is wrong with it if not."""
    try:
        thread.say(match, request.POST["text"], **who)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, _("Your message is sent to the other sides."))
    return True


def keep_answer(request, consent, **who):
    """Keep a posted answer; return the form if it has errors, else None."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return form
    try:
        consent_room.answer(
            consent,
            accept=form.cleaned_data["answer"] == "yes",
            reason=form.cleaned_data["reason"],
            **who,
        )
    except ValidationError as refusal:
        refuse(request, refusal.message)
    else:
        messages.success(request, _("Thank you: your answer is kept."))
    return None


@require_POST
def match_answer(request, reference, pk):
    match = get_object_or_404(Match.objects.for_user(request.user), reference=reference)
    consent = get_object_or_404(
        match.consents.select_related("match__dossier__authority", "interest__expert"), pk=pk
    )
    if keep_answer(request, consent, actor=request.user):
        messages.error(request, _("Choose yes or no."))
    return redirect(match)


@by_link(Consent)
def answer_by_link(request, token, consent):
    """The employer's page: reading it changes nothing, so a link scanner answers nothing."""
    form = AnswerForm()
    if "text" in request.POST:
        if keep_message(request, consent.match, consent=consent):
            return redirect("answer-by-link", token)
    elif request.method == "POST":
        form = keep_answer(request, consent, by_link=True)
        if form is None:
            return redirect("answer-by-link", token)
    context = {
        "consent": consent,
        "match": consent.match,
        "dossier": consent.match.dossier,
        "form": form,
        "thread": thread.shown(consent.match),
        "begun": request.POST.get("text", ""),
        "open": consent.answer == Answer.WAITING and consent.match.status == MatchStatus.PROPOSED,
    }
    return render(request, "matching/answer_by_link.html", context)
