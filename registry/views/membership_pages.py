"""Who belongs to which organisation: asked for, answered, ended."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from connect.pages import paginate
from connect.posted_values import as_number, posted_text
from connect.typed_texts import restores_typed, save_beside, settle_typed
from registry import members, search
from registry.enums import AUTHOR_ROLES, MembershipStatus, Role
from registry.membership_forms import JoinAssociationForm, JoinForm, ProposeForm
from registry.models import Association, Authority, Membership, SearchEntry
from registry.spellings import name_letters


@require_http_methods(["GET", "POST"])
@restores_typed
def memberships(request):
    """Show one's memberships, the requests one may decide, and a search for where to ask.

    A POST is Enter in a box: it decides nothing, and the page has what was typed.
    """
    if request.method == "POST":
        messages.info(request, _("Choose “Accept” or “Refuse”."))
    return render_memberships(request, request.POST or request.typed)


def render_memberships(request, posted=None):
    """Render the page of one's memberships, with what was posted in the boxes of the requests."""
    words = request.GET.get("q", "").replace("\x00", "").strip()
    authorities, associations = [], []
    if words:
        entries = SearchEntry.objects.findable_by(SearchEntry.AUTHORITY, request.user)
        keys = search.search_entries(entries, search.TownSearch(q=words), facets=[]).keys[:20]
        authorities = search.rows_in_order(Authority.objects.verified(), keys)
        letters = name_letters(words)
        associations = [
            one
            for one in Association.objects.all()
            if letters
            and (letters == name_letters(one.acronym) or letters in name_letters(one.name))
        ][:20]
    asked = Membership.objects.decidable_by(request.user).select_related(
        "user", "authority", "association"
    )
    there = Membership.objects.active().select_related("user").order_by("user__name", "pk")
    own = request.user.memberships.without_replaced().select_related("authority", "association")
    own = own.prefetch_related(
        Prefetch("authority__memberships", there, to_attr="colleagues"),
        Prefetch("association__memberships", there, to_attr="colleagues"),
    )
    page_of_requests, own_page = paginate(request, asked), paginate(request, own, "own")
    context = {
        "own": own_page,
        "asking": set(request.user.memberships.pending().values_list("authority", flat=True)),
        "left_behind": members.find_left_behind(request.user, own_page),
        "asked": page_of_requests,
        "first": members.find_first(page_of_requests.object_list),
        "words": words,
        "authorities": authorities,
        "associations": associations,
        "typed": {one.pk: typed_of(one, posted or {}) for one in page_of_requests},
    }
    return render(request, "registry/memberships.html", context)


def typed_of(asked, posted):
    """Return {field: text} of what was posted for the answer to one request."""
    return {name: posted.get(f"{name}-{asked.pk}", "") for name in ("grounds", "told")}


def sent_words(roles):
    if set(roles) & set(AUTHOR_ROLES):
        return _("Your request has been sent. You can start an application while you wait.")
    return _(
        "Your request has been sent. Once it is confirmed you can write your profile as an expert."
    )


@require_http_methods(["GET", "POST"])
def propose_authority_page(request):
    """Propose an authority that the registry lacks; first ask whether it is a known one."""
    form = ProposeForm(request.POST or None, initial={"name": request.GET.get("name", "")[:200]})
    alike, own = [], []
    if request.method == "POST" and form.is_valid():
        own = members.pending_proposals(request.user, form.cleaned_data["country"])
        if "none_of_these" not in request.POST:
            alike = members.similar_authorities(
                form.cleaned_data["name"], form.cleaned_data["country"]
            )
        if not alike and ("none_of_these" in request.POST or not own):
            try:
                members.propose_authority(request.user, **form.cleaned_data)
            except ValidationError as refusal:
                own = []  # it was asked about before
                form.add_error(None, refusal)
            else:
                messages.success(request, sent_words(form.cleaned_data["roles"]))
                return redirect("memberships")
    return render(request, "registry/propose.html", {"form": form, "alike": alike, "own": own})


@require_http_methods(["GET", "POST"])
def join_page(request, kind, key):
    organisation: Authority | Association
    form: JoinForm | JoinAssociationForm
    held = None
    if kind == "authority":
        organisation = get_object_or_404(Authority.objects.verified(), slug=key)
        held = Membership.objects.active_at(request.user, organisation, None).first()
        if held and not held.other_tasks:
            messages.info(request, _("You have every role there already."))
            return redirect("memberships")
        form = JoinForm(request.POST or None, held=held, role=request.GET.get("role", ""))
    elif kind == "association":
        organisation = get_object_or_404(Association, pk=as_number(key))
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
            messages.success(
                request,
                sent_words(form.cleaned_data["roles"])
                if kind == "authority"
                else _("Your request has been sent. We will write to you soon."),
            )
            return redirect("memberships")
    context = {
        "form": form,
        "title": (_("Ask for another role at %s") if held else _("Join %s")) % organisation,
        "intro": _(
            "A colleague who writes or signs for it answers, or the programme team where "
            "there is none."
        ),
        "button": _("Send the request"),
        "back": "memberships",
    }
    return render(request, "form.html", context)


@require_POST
def post_decision(request, pk):
    asked = get_object_or_404(Membership.objects.decidable_by(request.user), pk=pk)
    accept = request.POST.get("answer") == "accept"
    own = {"grounds": f"grounds-{asked.pk}", "reply": f"told-{asked.pk}"}
    try:
        words = {
            name: posted_text(request, box, members.MOST_CHARACTERS) for name, box in own.items()
        }
        members.decide_membership(asked, actor=request.user, accept=accept, **words)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        return render_memberships(request, request.POST)
    sentence = (
        _("%(name)s is now a member of %(organisation)s.")
        if accept
        else _("The request of %(name)s to join %(organisation)s has been refused.")
    )
    named = {"name": asked.user.name, "organisation": asked.organisation}
    messages.success(request, sentence % named)
    boxes = [name for name in request.POST if name.startswith(("grounds-", "told-"))]
    save_beside(request, texts=set(boxes) - set(own.values()), sent=["answer", *own.values()])
    settle_typed(request, reverse("memberships"))
    return redirect("memberships")


@require_POST
def post_leaving(request, pk):
    membership = get_object_or_404(request.user.memberships, pk=pk)
    left_behind = members.find_left_behind(request.user, [membership])
    members.end_membership(membership, actor=request.user)
    membership.refresh_from_db()
    if membership.status == MembershipStatus.WITHDRAWN:
        messages.success(request, _("Your request to join has been withdrawn."))
    else:
        messages.success(request, _("You are no longer a member."))
        for words in left_behind.values():
            messages.warning(request, words)
    return redirect("memberships")
