"""Asking to postpone or cancel an exchange, and what staff answer."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from connect.posted_values import posted_text
from connect.typed_texts import restores_typed
from exchanges import stop_requests
from exchanges.forms.stop_forms import StopForm
from exchanges.terms import signing_side
from exchanges.views.common import get_exchange_or_404, is_allowed


@require_http_methods(["GET", "POST"])
@restores_typed
def stop_page(request, reference):
    """Ask for it, take it back, or, as staff, say that the exchange goes on."""
    exchange = get_exchange_or_404(request, reference, "meet")
    closes = request.method == "POST" and {"withdraw", "answer"} & request.POST.keys()
    if closes:
        try:
            return close_request(request, exchange)
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            exchange.refresh_from_db()
            if not exchange.stop_asked and request.POST.get("note", "").strip():
                words = _("What you typed was not saved: “%s”")
                messages.warning(request, words % request.POST["note"])
    asks = stop_requests.may_ask_to_stop(exchange, request.user)
    posted = None if closes else request.POST
    form = None
    if asks or (posted and is_allowed(request, exchange, "plan")):
        kinds = stop_requests.list_stop_kinds(exchange)
        form = StopForm(posted or request.typed, kinds=kinds)
    if form and posted and form.is_valid():
        try:
            stop_requests.ask_to_stop(exchange, **form.cleaned_data, actor=request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            words = _("The programme team and the other side receive an e-mail.")
            messages.success(request, words)
            return redirect(exchange)
    context = {
        "exchange": exchange,
        "dossier": exchange.dossier,
        "form": form,
        "asked": stop_requests.last_stop_event(exchange) if exchange.stop_asked else None,
        "is_own": signing_side(exchange, request.user) == exchange.stop_side,
        "typed_note": (request.POST or request.typed or {}).get("note", ""),
    }
    return render(request, "exchanges/stop.html", context)


def close_request(request, exchange):
    """Take back a request, or answer it, by the button that was pressed.

    Raises ValidationError where it is closed already, or the answer is missing or too long.
    """
    if "withdraw" in request.POST:
        stop_requests.withdraw_stop(exchange, actor=request.user)
        words = _("The request has been withdrawn.")
    else:
        note = posted_text(request, "note", 1000)
        stop_requests.answer_stop(exchange, note, actor=request.user)
        words = _("The request has been answered. Both sides receive an e-mail.")
    messages.success(request, words)
    return redirect(exchange.desk_path if request.user.is_officer else exchange)
