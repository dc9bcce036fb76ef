"""An expert's page, and the room where they keep it: profile, offers, employer, calendar."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect.lengths import labelled_length_warning, length_warning
from connect.transitions import TransitionRefused
from connect.typed_texts import restores_typed
from notifications.by_link import by_link, hide_address
from registry import availability, employers, profiles
from registry.enums import OfferStatus, Role
from registry.forms import ExpertForm
from registry.models import Expert, Membership, Offer
from registry.offer_forms import OfferForm
from registry.transitions import LEAST, offer_machine
from registry.views.common import (
    get_editable_offer_or_404,
    get_expert_or_404,
    get_own_profile_or_404,
)


@require_safe
@login_not_required
def expert(request, slug):
    expert = get_expert_or_404(request, slug)
    offers = Offer.objects.for_user(request.user).filter(expert=expert)
    offers = offers.exclude(status=OfferStatus.REMOVED)
    mine = request.user.is_authenticated and expert.user_id == request.user.pk
    context = {
        "expert": expert,
        "offers": offers.prefetch_related("topics__theme", "windows"),
        "missions": expert.past_missions.all(),
        "mine": mine,
        "left": mine and profiles.has_left(expert),
    }
    if mine:
        lacking = profiles.profile_gaps(expert)
        context |= {
            "lacking": [words for words, _weight in lacking],
            "complete": 100 - sum(weight for _words, weight in lacking),
            "suggested": profiles.suggested_topics(expert),
        }
        if link := availability.calendar_link(expert, timezone.now()):
            context["calendar"] = request.build_absolute_uri(availability.calendar_path(link))
            context["calendar_until"] = link.last_day
    return render(request, "registry/expert.html", context)


@require_safe
@login_not_required
def expert_photo(request, slug):
    expert = get_expert_or_404(request, slug)
    if not expert.photo:
        raise Http404
    return FileResponse(expert.photo.open("rb"), content_type="image/jpeg")


@require_http_methods(["GET", "POST"])
@restores_typed
def profile(request):
    existing = Expert.objects.filter(user=request.user).first()
    data = request.POST or request.typed
    removed = data and data.get("remove", "")
    form = ExpertForm(
        ExpertForm.without_row(data, removed) if removed else data,
        request.FILES or None,
        instance=existing or Expert(),
        user=request.user,
    )
    if request.method == "POST" and removed:
        messages.success(request, _("The row has been removed. Save the profile to confirm."))
    elif request.method == "POST" and form.is_valid():
        saved = profiles.save_profile(form, user=request.user)
        messages.success(request, _("Your profile has been saved."))
        return redirect(saved)
    context = {
        "form": form,
        "removed": removed,
        "member": form.is_bound or form.employers.exists(),
        "left": existing if existing and profiles.has_left(existing) else None,
        "without_role": Membership.objects.lacking(request.user, Role.EXPERT),
        "waiting": request.user.memberships.pending().with_role(Role.EXPERT),
    }
    return render(request, "registry/profile.html", context)


@require_POST
def post_confirmation(request):
    expert = get_own_profile_or_404(request)
    try:
        profiles.confirm_profile(expert, user=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return redirect("profile")
    messages.success(request, _("Thank you. Your profile stays visible for another year."))
    return redirect(expert)


@require_POST
def post_topic(request):
    expert = get_own_profile_or_404(request)
    profiles.add_topic(expert, request.POST.get("topic", ""), user=request.user)
    messages.success(
        request, _("The topic has been added. Add in your profile how well you know it.")
    )
    return redirect(expert)


@require_POST
def ask_employer(request):
    expert = get_own_profile_or_404(request)
    try:
        employers.ask_superior(expert, user=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("An e-mail has been sent to %s.") % expert.employer_name)
    return redirect(expert)


@require_POST
def give_calendar(request):
    """Create the address of one's calendar, or replace it."""
    expert = get_own_profile_or_404(request)
    availability.create_calendar_link(expert)
    messages.success(request, _("Your calendar has a new address."))
    return redirect(expert)


@by_link(Expert)
def superior_answer_page(request, token, expert):
    """Show the employer's page by link: reading it changes nothing."""
    if request.method == "POST" and request.POST.get("answer") in ("yes", "no"):
        employers.answer_as_superior(expert, agrees=request.POST["answer"] == "yes")
        messages.success(request, _("Thank you. Your answer has been saved."))
        return redirect("employer-agrees", token)
    return render(request, "registry/agree.html", {"expert": expert})


@require_safe
@login_not_required
def calendar(request, token):
    """Serve an expert's free days as a calendar to follow, for whoever has its address."""
    expert = availability.find_expert_by_key(token, timezone.now())
    if expert is None:
        raise Http404
    content = availability.availability_calendar(expert)
    return hide_address(HttpResponse(content, content_type="text/calendar; charset=utf-8"))


@require_http_methods(["GET", "POST"])
@restores_typed
def offer(request, pk=None):
    expert = get_own_profile_or_404(request)
    existing = get_editable_offer_or_404(request, pk) if pk else Offer()
    form = OfferForm(request.POST or request.typed, instance=existing)
    if request.method == "POST" and form.is_valid():
        saved = profiles.save_offer(form, expert=expert)
        if saved.status == OfferStatus.PUBLISHED:
            words = _("Your offer has been saved. It is published.")
        else:
            words = _("Your offer has been saved. Others can find it once it is published.")
        messages.success(request, words)
        if words := length_warning(form.cleaned_data["text"], LEAST):
            messages.warning(request, labelled_length_warning(form["text"].label, words))
        return redirect(expert)
    context = {
        "form": form,
        "title": _("What I can help with"),
        "button": _("Save"),
        "back": "my",
    }
    return render(request, "form.html", context)


@require_POST
def offer_step(request, pk, verb):
    offer = get_editable_offer_or_404(request, pk)
    step = offer_machine.transitions.get(verb)
    if step is None or not step.done:
        raise Http404
    try:
        offer = offer_machine.advance(offer, verb, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, step.done)
        if verb == "publish" and offer.expert.employer_agrees is False:
            words = _("%s does not agree in principle: each exchange needs their agreement.")
            messages.warning(request, words % offer.expert.employer_name)
    return redirect(offer.expert)
