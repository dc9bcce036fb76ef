"""What people think of an exchange, and its report."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from connect.anonymity import FEW
from connect.typed_texts import restores_beside
from exchanges import evaluation
from exchanges.forms.follow_up_forms import EvaluationForm
from exchanges.models import Evaluation
from exchanges.permissions import BEGUN
from exchanges.report import report_of
from exchanges.views.common import get_exchange_or_404, is_allowed
from notifications.by_link import by_link


@by_link(Evaluation)
@restores_beside
def questionnaire(request, token, asked):
    """Show a questionnaire by link; it is answered once, and answers are never shown again."""
    is_open = evaluation.is_evaluation_open(asked, timezone.now())
    data = request.POST if request.method == "POST" else None
    form = EvaluationForm(data, evaluation=asked)
    if request.method == "POST" and is_open and form.is_valid():
        try:
            evaluation.save_evaluation(asked, form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you. Your answers have been saved."))
            return redirect("evaluate", token)
    context = {"asked": asked, "exchange": asked.exchange, "form": form, "is_open": is_open}
    context["least"] = FEW
    context["asks_few"] = asked.exchange.evaluations.filter(moment=asked.moment).count() < FEW
    return render(request, "exchanges/evaluate.html", context)


@require_safe
def results(request, reference):
    """Show the results as means: nobody is known by an answer."""
    exchange = get_exchange_or_404(request, reference, "meet")
    context = {
        "exchange": exchange,
        "results": evaluation.results_for(exchange, request.user, timezone.now()),
        "least": FEW,
        "own": evaluation.questionnaires_to_answer(exchange, request.user, timezone.now()),
    }
    return render(request, "exchanges/results.html", context)


@require_safe
def whole_report(request, reference):
    """The report of the exchange, written from what is known."""
    exchange = get_exchange_or_404(request, reference)
    if exchange.status not in BEGUN:
        raise Http404
    context = {
        "exchange": exchange,
        "report": report_of(exchange, timezone.now(), request.user),
        "interests": exchange.match.interests.select_related("authority"),
        "meets": is_allowed(request, exchange, "meet"),
    }
    return render(request, "exchanges/whole_report.html", context)
