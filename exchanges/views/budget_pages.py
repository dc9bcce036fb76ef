"""The budget of an exchange, as both sides and staff write it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from connect.double_posts import adds_once
from connect.files import download_response
from connect.headers import sandboxed_response
from connect.typed_texts import restores_typed, save_beside, settle_typed
from exchanges import budget
from exchanges.forms.budget_forms import BudgetLineForm
from exchanges.models import BudgetLine
from exchanges.spending import weigh_approval
from exchanges.views.common import get_exchange_or_404, is_allowed


def lines_form(request, **kwargs):
    return BudgetLineForm(request.POST or request.typed, request.FILES or None, **kwargs)


def save_valid_line(request, form, exchange):
    """Save a valid line; return whether it was saved, and the errors."""
    try:
        line = form.save(commit=False)
        budget.save_line(line, exchange, actor=request.user, bill=form.cleaned_data["bill"])
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    messages.success(request, _("The line has been saved."))
    return True


@require_http_methods(["GET", "POST"])
@restores_typed
@adds_once
def budget_page(request, reference):
    """Show the lines and their sums in euros, and add one."""
    exchange = get_exchange_or_404(
        request, reference, "account" if request.method == "POST" else "meet"
    )
    accounts = is_allowed(request, exchange, "account")
    form = lines_form(request, prior=exchange) if accounts else None
    if (
        form
        and request.method == "POST"
        and form.is_valid()
        and save_valid_line(request, form, exchange)
    ):
        return redirect("exchange-budget", reference)
    lines = list(exchange.budget.all())
    approves = accounts and request.user.is_officer
    present = exchange.participants.not_absent()
    # A sum over those alone whose days are known would make each day too dear.
    days = 0 if present.filter(days=None).exists() else present.aggregate(n=Sum("days"))["n"]
    context = {
        "exchange": exchange,
        "lines": [(line, line.in_euros(line.planned_amount)) for line in lines],
        "sums": budget.sum_lines(lines, days or 0),
        "form": form,
        "approves": approves,
        "doubts": budget.list_doubts(exchange, timezone.localdate()) if approves else [],
        "seen": budget.digest_lines(lines),
        "weighed": weigh_approval(exchange, lines) if approves else None,
        "open": any(not line.is_approved or line.is_overspent for line in lines),
    }
    return render(request, "exchanges/budget.html", context)


@require_http_methods(["GET", "POST"])
@restores_typed
def line(request, reference, pk):
    """Change a line, record what was spent, or delete it."""
    exchange = get_exchange_or_404(request, reference, "account")
    line = get_object_or_404(BudgetLine, pk=pk, exchange=exchange)
    form = lines_form(request, instance=line)
    if request.method == "POST" and "remove" in request.POST:
        try:
            budget.remove_line(line, actor=request.user)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            save_beside(request, form)
            return redirect("exchange-budget-line", reference, pk)
        messages.success(request, _("The line has been removed."))
        return redirect("exchange-budget", reference)
    if request.method == "POST" and form.is_valid() and save_valid_line(request, form, exchange):
        return redirect("exchange-budget", reference)
    context = {"exchange": exchange, "line": line, "form": form}
    return render(request, "exchanges/budget_line.html", context)


@sandboxed_response
@require_safe
def receipt(request, reference, pk):
    exchange = get_exchange_or_404(request, reference, "meet")
    line = get_object_or_404(exchange.budget.exclude(receipt=""), pk=pk)
    return download_response(line.receipt, line.receipt_name, line.receipt_type)


@require_POST
def post_budget_approval(request, reference):
    """Let staff approve what is planned, and what was spent beyond it."""
    exchange = get_exchange_or_404(request, reference, "account")
    seen = request.POST.get("approve", "")
    try:
        changed = budget.approve_budget(exchange, actor=request.user, seen=seen)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        words = ngettext("%d line has been approved.", "%d lines have been approved.", changed)
        messages.success(request, words % changed)
    save_beside(request, BudgetLineForm(request.POST, prior=exchange), sent=["approve"])
    settle_typed(request, reverse("exchange-budget", args=[reference]))
    return redirect("exchange-budget", reference)
