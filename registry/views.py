"""Authorities, memberships, experts and offers."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect.pages import paginate
from connect.transitions import TransitionRefused
from connect.typed import keeps_typed
from registry import members, profiles, search
from registry.enums import Role
from registry.forms import ExpertForm, JoinAssociationForm, JoinForm, OfferForm
from registry.found import FACETS, found_page
from registry.models import Association, Authority, Expert, Membership, Offer, SearchEntry
from registry.transitions import life


@require_safe
@login_not_required
def authority(request, slug):
    authority = get_object_or_404(Authority.objects.for_user(request.user), slug=slug)
    experts = Expert.objects.for_user(request.user).filter(authority=authority).with_list_details()
    mine = request.user.is_authenticated and authority.memberships.filter(
        user=request.user, status__in=["asked", "active"]
    )
    context = {"authority": authority, "experts": paginate(request, experts), "mine": mine}
    return render(request, "registry/authority.html", context)


@require_safe
def memberships(request):
    """One's own places, the requests one may answer, and a search for where to ask."""
    words = request.GET.get("q", "").replace("\x00", "").strip()
    found, associations = [], []
    if words:
        entries = SearchEntry.objects.of(SearchEntry.AUTHORITY, request.user)
        keys = search.search(entries, search.Asked(q=words), facets=[]).keys[:20]
        found = search.in_order(Authority.objects.verified(), keys)
        named = Q(name__unaccent__icontains=words) | Q(acronym__iexact=words)
        associations = Association.objects.filter(named)[:20]
    asked = Membership.objects.decidable_by(request.user).select_related(
        "user", "authority", "association"
    )
    own = request.user.memberships.select_related("authority", "association")
    context = {
        "own": paginate(request, own, "own"),
        "asked": paginate(request, asked),
        "words": words,
        "found": found,
        "associations": associations,
    }
    return render(request, "registry/memberships.html", context)


@require_http_methods(["GET", "POST"])
def join(request, kind, key):
    if kind == "authority":
        organisation = get_object_or_404(Authority.objects.verified(), slug=key)
        form = JoinForm(request.POST or None)
    elif kind == "association":
        organisation = get_object_or_404(Association, pk=int(key) if key.isdecimal() else 0)
        form = JoinAssociationForm(request.POST or None)
    else:
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            members.ask_to_join(
                request.user,
                **{kind: organisation},
                roles=form.cleaned_data.get("roles", [Role.ASSOCIATION_OFFICER]),
                function=form.cleaned_data["function"],
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Your request is sent. We write to you soon."))
            return redirect("memberships")
    context = {
        "form": form,
        "title": _("Join %s") % organisation,
        "intro": _(
            "A colleague who is already a member answers, or our staff if you are the first."
        ),
        "button": _("Send the request"),
        "back": "memberships",
    }
    return render(request, "form.html", context)


@require_POST
def decide(request, pk):
    asked = get_object_or_404(Membership.objects.decidable_by(request.user), pk=pk)
    accept = request.POST.get("answer") == "accept"
    members.decide(
        asked, actor=request.user, accept=accept, grounds=request.POST.get("grounds", "")[:300]
    )
    messages.success(request, _("The request of %s is answered.") % asked.user)
    return redirect("memberships")


@require_POST
def leave(request, pk):
    members.end(get_object_or_404(request.user.memberships, pk=pk), actor=request.user)
    messages.success(request, _("You are no longer a member."))
    return redirect("memberships")


@require_safe
@login_not_required
def experts(request):
    entries = SearchEntry.objects.of(SearchEntry.EXPERT, request.user)
    visible = Expert.objects.for_user(request.user).with_list_details()
    context = found_page(request, entries, visible, "experts", FACETS)
    return render(request, "registry/experts.html", context)


@require_safe
@login_not_required
def authorities(request):
    entries = SearchEntry.objects.of(SearchEntry.AUTHORITY, request.user)
    visible = Authority.objects.for_user(request.user)
    context = found_page(request, entries, visible, "authorities", ["country"])
    return render(request, "registry/authorities.html", context)


@require_safe
@login_not_required
def expert(request, slug):
    expert = get_object_or_404(Expert.objects.for_user(request.user).with_list_details(), slug=slug)
    offers = Offer.objects.for_user(request.user).filter(expert=expert)
    context = {
        "expert": expert,
        "offers": offers.prefetch_related("topics__theme", "windows"),
        "mine": request.user.is_authenticated and expert.user_id == request.user.pk,
    }
    return render(request, "registry/expert.html", context)


@require_http_methods(["GET", "POST"])
@keeps_typed
def profile(request):
    existing = Expert.objects.filter(user=request.user).first()
    form = ExpertForm(
        request.POST or request.typed, instance=existing or Expert(), user=request.user
    )
    if request.method == "POST" and form.is_valid():
        saved = profiles.save_profile(form, user=request.user)
        messages.success(request, _("Your profile is saved."))
        return redirect(saved)
    context = {
        "form": form,
        "title": _("My profile as an expert"),
        "intro": _("We write to you only when a request fits you."),
        "button": _("Save"),
        "back": "my",
    }
    return render(request, "form.html", context)


@require_http_methods(["GET", "POST"])
@keeps_typed
def offer(request, pk=None):
    expert = get_object_or_404(Expert, user=request.user)
    editable = Offer.objects.editable_by(request.user)
    existing = get_object_or_404(editable, pk=pk) if pk else Offer()
    form = OfferForm(request.POST or request.typed, instance=existing)
    if request.method == "POST" and form.is_valid():
        profiles.save_offer(form, expert=expert)
        messages.success(request, _("Your offer is saved. It is found once it is published."))
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
    offer = get_object_or_404(Offer.objects.editable_by(request.user), pk=pk)
    if verb not in ("publish", "pause", "remove"):
        raise Http404
    try:
        offer = life.advance(offer, verb, actor=request.user)
    except TransitionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The offer is now: %s.") % offer.get_status_display())
    return redirect(offer.expert)
