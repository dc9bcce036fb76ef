"""Asking for reading help, hearing whether it is there, and the answers of a service that posts."""

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from connect.languages import current_language
from connect.models import TranslationState
from connect.pages import redirect_back
from connect.reading_help import count_waiting, find_named_rows, request_translations
from connect.schedule import nudge_worker
from connect.translating import find_answered, settle, settle_answer, translate_waiting
from connect.translators import Nonsense, Refused, find_translator, read_callback
from connect.typed_texts import save_beside, save_typed
from connect.types import SignedInRequest

OURS = {"csrfmiddlewaretoken", "reload", "version"}  # of a form beside, what nobody typed


@never_cache
@require_http_methods(["GET", "POST"])
def reading_help(request: SignedInRequest) -> HttpResponse:
    """Request the texts of rows in the language of this page; a GET tells how many wait.

    A post that only reloads the page asks for nothing.
    """
    translator = find_translator()
    named: Iterable[str] = [*request.POST.getlist("what"), *request.GET.getlist("what")]
    named_rows = find_named_rows(named, request.user) if translator else []
    if translator is None or not named_rows:
        raise Http404
    if request.method == "GET":
        return JsonResponse({"waiting": count_waiting(named_rows, current_language())})
    if "beside" in request.GET:
        save_page(request)
    if "reload" in request.POST:
        return redirect_back(request, "my")
    try:
        request_translations(named_rows, request.user, current_language())
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        nudge_worker(translate_waiting)  # the page says how many wait
    return redirect_back(request, "my")


def save_page(request: SignedInRequest) -> None:
    """Keep what stands in the form of the page whose button was pressed: it shows it again."""
    page = urlsplit(request.GET.get("next", "")).path
    request.typed = None
    save_beside(request, texts=request.POST.keys() - OURS, sent=OURS)
    if request.typed_beside and page.startswith("/"):
        save_typed(request, page)


@csrf_exempt  # a service posts here; the signed key in the address says for which text
@never_cache
@login_not_required
@require_POST
def take_answer(request: HttpRequest, key: str) -> HttpResponse:
    """Save what a service posts of a text: its translation, or why there is none."""
    row = find_answered(key)
    if row is None:
        raise Http404
    try:
        answer = json.loads(request.body)
        settle_answer(row, read_callback(answer if isinstance(answer, dict) else {}))
    except Refused as refusal:
        settle(row.pk, TranslationState.FAILED, error=f"Refused: {refusal}"[:300])
    except (ValueError, RecursionError, Nonsense):
        return JsonResponse({"status": "not understood"}, status=400)
    return JsonResponse({"status": "received"})
