"""The committee's pages: conflicts declared, then a dossier read and scored."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import assignment, committee
from applications.forms.committee_forms import ConflictForm, CorrectForm, ScoreForm
from applications.models import Dossier, Meeting, Score
from applications.reading import CONTACT, STAFF_ONLY, list_answers
from applications.views.common import get_dossier_to_judge_or_404
from connect.files import download_response
from connect.headers import sandboxed_response
from connect.pages import paginate
from connect.restricted import record_reading
from connect.typed_texts import restores_typed


@require_http_methods(["GET", "POST"])
def committee_page(request):
    """List what waits for a member's score; a POST corrects a declaration made by mistake."""
    if not request.user.is_committee_member:
        raise Http404
    declared = committee.list_correctable(request.user, timezone.now())
    form = CorrectForm(request.POST or None, declared=declared)
    if request.method == "POST" and form.is_valid() and correct_declaration(request, form):
        return redirect("committee")
    dossiers = Dossier.objects.for_committee(request.user).with_list_details()
    page = paginate(request, dossiers.order_by("status_since", "pk"))
    own = Score.objects.filter(member=request.user, dossier__in=page.object_list)
    shown_at = dict(own.values_list("dossier_id", "shown_at"))
    scored = set(shown_at)
    all_in = assignment.dossiers_with_all_scores(list(page.object_list))
    complete = {pk for pk, at in shown_at.items() if at or pk in all_in}
    context: dict[str, Any] = {"page": page, "scored": scored, "complete": complete}
    context["meetings"] = Meeting.objects.filter(members__member=request.user).order_by(
        "-starts_at"
    )
    context["form"] = form if request.method == "POST" or declared.exists() else None
    return render(request, "applications/committee.html", context)


def correct_declaration(request, form):
    """Take back the chosen declaration; return whether it was, or say why not in the form."""
    chosen, reason = form.cleaned_data["declared"], form.cleaned_data["reason"]
    try:
        dossier = committee.correct_conflict(chosen, member=request.user, reason=reason)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    words = _("Corrected: you can read and score %s. The programme team sees both declarations.")
    messages.success(request, words % dossier.reference)
    return True


@require_http_methods(["GET", "POST"])
@restores_typed
def committee_dossier(request, reference):
    """Let a member declare conflicts before the file is shown, then score."""
    dossier = get_dossier_to_judge_or_404(request, reference)
    declared = committee.declaration_of(dossier, request.user)
    own = dossier.scores.filter(member=request.user).first()
    if declared is None or "declare" in request.GET and own is None:
        return declaration_page(request, dossier)
    return score_page(request, dossier, own)


def declaration_page(request, dossier):
    """Ask whether a member can judge a dossier freely, and whether they are sure that they cannot.

    One who had said that they can may say that they cannot, until they score.
    """
    form = ConflictForm(request.POST or request.typed)
    context = {"dossier": dossier, "form": form}
    if request.method != "POST" or not form.is_valid() or "back" in request.POST:
        return render(request, "applications/committee_conflict.html", context)
    has_conflict = form.cleaned_data["has_conflict"] == "yes"
    if has_conflict and "is_sure" not in request.POST:
        context["asks_again"] = True
        return render(request, "applications/committee_conflict.html", context)
    committee.declare_conflict(
        dossier,
        member=request.user,
        has_conflict=has_conflict,
        text=form.cleaned_data["text"],
    )
    if not has_conflict:
        return redirect("committee-dossier", dossier.reference)
    words = _(
        "Thank you. You will not see this application again. If it was a mistake, correct it below."
    )
    messages.success(request, words)
    return redirect("committee")


@sandboxed_response
@require_safe
def committee_commitment(request, reference):
    """Serve the letter of commitment to a member who declared no conflict of interest."""
    dossier = get_dossier_to_judge_or_404(request, reference)
    declared = committee.declaration_of(dossier, request.user)
    letter = dossier.commitment_letter()
    if declared is None or declared.has_conflict or letter is None:
        raise Http404
    record_reading(request, letter, letter.kind)
    return download_response(letter.file, letter.name, letter.content_type)


def score_page(request, dossier, own):
    """Show a dossier to a member without a conflict of interest, with the form of their score."""
    all_in = bool(own and (own.shown_at or assignment.reveal_scores(dossier, timezone.now())))
    score_form = ScoreForm(
        request.POST or request.typed,
        grid=dossier.call.grid,
        initial=own and own.points | {"comment": own.comment},
    )
    if request.method == "POST" and score_form.is_valid():
        points = dict(score_form.cleaned_data)
        comment = points.pop("comment")
        try:
            committee.save_score(dossier, member=request.user, points=points, comment=comment)
        except ValidationError as refusal:
            if refusal.code == "stands":  # nothing is left to type: the page as it is now
                messages.info(request, refusal.message)
                return redirect("committee-dossier", dossier.reference)
            score_form.add_error(None, refusal)
        else:
            messages.success(request, _("Your score for %s has been saved.") % dossier.reference)
            return redirect("committee")
    context = {
        "dossier": dossier,
        "form": score_form,
        "typed_form": "" if all_in and not score_form.errors else "typed",
        "own": own,
        # What others gave is shown once one's own and all that are needed are in; that of who
        # came later, once theirs is in too.
        "others": dossier.scores.exclude(member=request.user).exclude(shown_at=None)
        if all_in
        else [],
        "all_in": all_in,
        "stands": committee.STANDS,
        "answers": list_answers(dossier, hidden=STAFF_ONLY | CONTACT),
        "opinions": dossier.opinions.select_related("association"),
        "letter": dossier.commitment_letter(),
        "signature": dossier.signatures.signed().first(),
    }
    return render(request, "applications/committee_dossier.html", context)
