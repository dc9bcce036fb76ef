"""The days and the terms of reference that both sides agree on, and the documents."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from connect.double_posts import adds_once
from connect.posted_values import posted_number
from connect.typed_texts import restores_typed, save_beside
from exchanges import days, papers, report_paper
from exchanges.enums import Readiness
from exchanges.forms.plan_forms import DaysForm, TermsForm
from exchanges.models import Terms
from exchanges.permissions import BEFORE_COMPLETED
from exchanges.terms import (
    changes,
    needs_signature,
    save_terms,
    save_terms_draft,
    sign_terms,
    signed_before,
    signing_side,
    terms_questions,
    unsigned_sides,
)
from exchanges.views.common import get_exchange_or_404, is_allowed, pdf_or_404

TERMS_SAVED = gettext_lazy("Version %d has been saved: both sides can now sign it.")
DRAFT_SAVED = gettext_lazy("The draft has been saved. Nobody is asked to sign it yet.")
TERMS_SAVED_UNSIGNED = gettext_lazy(
    "Version %d has been saved. The programme team waived its signatures."
)

# Dates

DAYS_ANSWERS = {
    "agree": (
        days.agree_days,
        gettext_lazy("The dates have been agreed. Next, the programme team confirms the plan."),
    ),
    "withdraw": (
        days.withdraw_days,
        gettext_lazy("The dates are no longer proposed. The other side receives an e-mail."),
    ),
}


def answer_days(request, exchange):
    """Agree to the days proposed, or take them back, by the button that was pressed."""
    name = next(name for name in DAYS_ANSWERS if name in request.POST)
    answer, words = DAYS_ANSWERS[name]
    proposal = get_object_or_404(exchange.proposed_days, pk=posted_number(request, name))
    try:
        answer(proposal, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
        save_beside(request, DaysForm(request.POST, exchange=exchange))
        return redirect("exchange-days", exchange.reference)
    messages.success(request, words)
    return redirect(exchange)


@require_http_methods(["GET", "POST"])
@restores_typed
@adds_once
def days_page(request, reference):
    """Propose days for one's side, or accept those that the other proposes."""
    exchange = get_exchange_or_404(request, reference, "meet")
    proposal = days.open_proposal(exchange)
    proposes = days.may_propose_days(exchange, request.user)
    if proposes and request.method == "POST" and DAYS_ANSWERS.keys() & request.POST.keys():
        return answer_days(request, exchange)
    answers = proposes or (request.method == "POST" and is_allowed(request, exchange, "plan"))
    data = request.POST or request.typed
    form = DaysForm(data, exchange=exchange, proposal=proposal) if answers else None
    if form and request.method == "POST" and form.is_valid():
        try:
            days.propose_days(form, exchange, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
            proposal = days.open_proposal(exchange)
            form.show_proposal(proposal)
        else:
            messages.success(
                request, _("The dates have been proposed. The other side gets an e-mail.")
            )
            return redirect("exchange-days", reference)
    context = {
        "exchange": exchange,
        "dossier": exchange.dossier,
        "proposal": proposal,
        "agrees": proposes and proposal and signing_side(exchange, request.user) != proposal.side,
        "is_open": exchange.status in days.OPEN,
        "is_changed_by_staff": exchange.status in BEFORE_COMPLETED,
        "form": form,
        "button": _("Propose these dates"),
    }
    return render(request, "exchanges/days.html", context)


# Terms of reference


def terms_form(request, exchange, last):
    """Return the form of the terms: as their draft has them, else the last version."""
    begun = exchange.terms_draft
    if last and begun is None:
        begun = {name: getattr(last, name) for name in TermsForm.Meta.fields}
    return TermsForm(
        request.POST or request.typed,
        initial=begun,
        exchange=exchange,
        is_draft="draft" in request.POST,
    )


@require_http_methods(["GET", "POST"])
@restores_typed
def terms_page(request, reference):
    """Write the terms of reference, and sign them."""
    exchange = get_exchange_or_404(
        request, reference, "plan" if request.method == "POST" else "meet"
    )
    last = exchange.terms.prefetch_related("signatures").last()
    plans = is_allowed(request, exchange, "plan")
    form = terms_form(request, exchange, last) if plans else None
    if form and request.method == "POST" and "sign" in request.POST:
        chosen = get_object_or_404(Terms, exchange=exchange, number=posted_number(request, "sign"))
        # A draft beside it is no other text of this version.
        is_read = bool(exchange.terms_draft) or not form.changed_meanwhile
        try:
            sign_terms(chosen, actor=request.user, is_read=is_read)
        except ValidationError as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("You have signed version %d.") % chosen.number)
        save_beside(request, form)
        return redirect("exchange-terms", reference)
    if form and request.method == "POST" and form.is_valid():
        if "draft" in request.POST:
            save_terms_draft(form, exchange, actor=request.user)
            messages.success(request, DRAFT_SAVED)
            return redirect("exchange-terms", reference)
        kept = save_terms(form, exchange, actor=request.user)
        words = TERMS_SAVED if needs_signature(kept, exchange) else TERMS_SAVED_UNSIGNED
        messages.success(request, words % kept.number)
        return redirect("exchange-terms", reference)
    is_waived = last and not needs_signature(last, exchange)
    signed = last and any(one.user_id == request.user.pk for one in last.signatures.all())
    context = {
        "exchange": exchange,
        "last": last,
        "changes": changes(last) if last else [],
        "replaced": getattr(last and signed_before(last), "number", None),
        "unsigned": unsigned_sides(last) if last else [],
        "waived": is_waived,
        "is_next_waived": exchange.is_waived(Readiness.TERMS, str(last.number + 1 if last else 1)),
        "said": [(question, getattr(last, name)) for name, question in terms_questions(exchange)]
        if last
        else [],
        "form": form,
        "signs": plans
        and last
        and not signed
        and not is_waived
        and signing_side(exchange, request.user),
    }
    return render(request, "exchanges/terms.html", context)


# Documents


@require_safe
def exchange_document(request, reference, kind):
    """Serve a document of the exchange as PDF."""
    exchange = get_exchange_or_404(request, reference, "meet")
    if kind not in ("terms", "agenda", "report", "attendance"):
        raise Http404
    now = timezone.now()
    if kind == "report":
        content = report_paper.report_pdf(exchange, now, request.user)
    else:
        content = getattr(papers, f"{kind}_pdf")(exchange, now)
    return pdf_or_404(content, f"{reference}-{kind}")
