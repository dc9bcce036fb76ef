"""Colleagues who write one draft: invited and removed by its authority, and their own page."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import contributors
from applications.actors import by_applicant
from applications.enums import Status
from applications.forms.applicant_forms import ContributorForm
from applications.models import Contributor, Dossier
from applications.reading import first_to_do, task_list
from applications.signature import outdated_signature
from applications.views.common import get_editable_dossier_or_404
from connect.languages import current_language
from connect.letter_language import guess_language
from connect.typed_texts import restores_typed, save_beside, settle_typed
from notifications.by_link import by_link


def get_own_draft_or_404(request, reference):
    """Return a draft for whose authority this person writes, or 404."""
    dossier = get_editable_dossier_or_404(request, reference)
    if dossier.status != Status.DRAFT or not by_applicant(request.user, dossier):
        raise Http404
    return dossier


@require_http_methods(["GET", "POST"])
@restores_typed
def contributors_page(request, reference):
    """List those who were invited to write a draft; a POST invites one more, by e-mail."""
    dossier = get_own_draft_or_404(request, reference)
    guess = guess_language(str(dossier.authority.country), current_language())
    form = ContributorForm(request.POST or request.typed, initial={"language": guess})
    if request.method == "POST" and form.is_valid():
        try:
            made = contributors.invite_contributor(dossier, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%s receives an e-mail with a link.") % made.name)
            return redirect("contributors", reference)
    invited = dossier.contributors.filter(ended_at=None).select_related("user")
    context = {"dossier": dossier, "form": form, "invited": invited}
    return render(request, "applications/contributors.html", context)


@require_POST
def post_contributor_removal(request, reference, pk):
    """Remove a contributor: by the authority, or by themselves."""
    rows = Contributor.objects.filter(dossier__reference=reference)
    contributor = get_object_or_404(rows.select_related("dossier"), pk=pk)
    is_self = contributor.user_id == request.user.pk
    dossier = contributor.dossier
    if not is_self and not by_applicant(request.user, dossier):
        raise Http404
    contributors.remove_contributor(contributor, actor=request.user)
    if is_self:
        messages.success(request, _("You no longer write this application."))
        return redirect("my")
    messages.success(request, _("%s can no longer open this application.") % contributor.name)
    if dossier.status != Status.DRAFT:  # sent meanwhile, which ended what all of them may do
        return redirect(dossier)
    save_beside(request, ContributorForm(request.POST), sent=["remove"])
    settle_typed(request, request.path.rpartition(f"{pk}/")[0])
    return redirect("contributors", dossier.reference)


@by_link(Contributor)
def join_page(request, token, contributor):
    """Show who invites to what; a POST of somebody signed in joins, no visit does."""
    dossier, user = contributor.dossier, request.user
    if request.method == "POST" and user.is_authenticated:
        try:
            contributors.join_as_contributor(contributor, actor=user)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
            return redirect("contribute-join", token)
        return redirect("contribute", dossier.reference)
    context = {
        "contributor": contributor,
        "dossier": dossier,
        "is_over": contributor.asks_nothing,
        # Whose account was erased is named no more.
        "person": contributor.invited_by or dossier.authority,
        "has_joined": user.is_authenticated and contributor.user_id == user.pk,
        "is_taken": contributor.user_id is not None,
    }
    return render(request, "applications/contribute_join.html", context)


@require_safe
def contribute(request, reference):
    """Show a contributor the sections of the draft, or that their part has ended."""
    mine = Contributor.objects.filter(user=request.user, dossier__reference=reference)
    own = mine.select_related("dossier__authority", "dossier__call").order_by("ended_at", "pk")
    contributor = own.filter(ended_at=None).first() or own.last()
    if contributor is None:
        raise Http404
    dossier = contributor.dossier
    context: dict[str, Any] = {"contributor": contributor, "dossier": dossier, "parts": None}
    may_write = Dossier.objects.filter_allowed(request.user, "fill in").filter(pk=dossier.pk)
    if not contributor.is_over and may_write.exists():
        parts, done = task_list(dossier, timezone.localdate())
        total = sum(len(tasks) for _heading, tasks in parts)
        context |= {"parts": parts, "done": done, "total": total}
        context["next_task"] = first_to_do(dossier, parts)
        context["lost"] = outdated_signature(dossier)
    return render(request, "applications/contribute.html", context)
