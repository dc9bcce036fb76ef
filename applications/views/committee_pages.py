"""The committee's pages: conflicts declared, then a dossier read and scored."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from applications import assignment
from applications import committee as committee_rules
from applications.forms.committee_forms import ConflictForm, ScoreForm
from applications.models import Dossier, Score
from applications.reading import CONTACT, STAFF_ONLY, list_answers
from applications.views.common import get_dossier_to_judge_or_404
from connect.pages import paginate
from connect.typed import keeps_typed


@require_safe
def committee(request):
    if not request.user.is_committee_member:
        raise Http404
    dossiers = Dossier.objects.for_committee(request.user).with_list_details()
    page = paginate(request, dossiers.order_by("status_since", "pk"))
    scored = set(
        Score.objects.filter(member=request.user, dossier__in=page.object_list).values_list(
            "dossier_id", flat=True
        )
    )
    complete = scored & assignment.dossiers_with_all_scores(list(page.object_list))
    context = {"page": page, "scored": scored, "complete": complete}
    return render(request, "applications/committee.html", context)


@require_http_methods(["GET", "POST"])
@keeps_typed
def committee_dossier(request, reference):
    """Let a member declare conflicts before the file is shown, then score."""
    dossier = get_dossier_to_judge_or_404(request, reference)
    declared = committee_rules.declaration_of(dossier, request.user)
    if declared is None:
        form = ConflictForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            has_conflict = form.cleaned_data["has_conflict"] == "yes"
            if has_conflict and "is_sure" not in request.POST:
                context = {"dossier": dossier, "form": form, "asks_again": True}
                return render(request, "applications/committee_conflict.html", context)
            committee_rules.declare_conflict(
                dossier,
                member=request.user,
                has_conflict=has_conflict,
                text=form.cleaned_data["text"],
            )
            if has_conflict:
                messages.success(request, _("Thank you. You will not see this application again."))
                return redirect("committee")
            return redirect("committee-dossier", reference)
        context = {"dossier": dossier, "form": form}
        return render(request, "applications/committee_conflict.html", context)
    own = dossier.scores.filter(member=request.user).first()
    all_in = assignment.has_all_scores(dossier)
    score_form = ScoreForm(
        request.POST or request.typed,
        grid=dossier.call.grid,
        initial=own and own.points | {"comment": own.comment},
    )
    if request.method == "POST" and score_form.is_valid():
        points = dict(score_form.cleaned_data)
        comment = points.pop("comment")
        try:
            committee_rules.save_score(dossier, member=request.user, points=points, comment=comment)
        except ValidationError as refusal:
            if refusal.code == "stands":  # nothing is left to type: the page as it is now
                messages.info(request, refusal.message)
                return redirect("committee-dossier", reference)
            score_form.add_error(None, refusal)
        else:
            messages.success(request, _("Your score for %s has been saved.") % reference)
            return redirect("committee")
    context = {
        "dossier": dossier,
        "form": score_form,
        "own": own,
        # What others gave is shown once one's own and all that are needed are in.
        "others": dossier.scores.exclude(member=request.user) if own and all_in else [],
        "all_in": all_in,
        "stands": committee_rules.STANDS,
        "answers": list_answers(dossier, hidden=STAFF_ONLY | CONTACT),
        "opinions": dossier.opinions.select_related("association"),
    }
    return render(request, "applications/committee_dossier.html", context)
