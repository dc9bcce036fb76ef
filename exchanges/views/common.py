"""Which exchange a page is about: what this person may not see is not found."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from connect.documents import pdf_response
from connect.moved_on_forms import moved_on_or_404
from connect.types import SignedInRequest
from exchanges.models import Exchange
from exchanges.permissions import EXCHANGES


def get_exchange_or_404(request: SignedInRequest, reference: str, verb: str = "read") -> Exchange:
    """Return the exchange if this person may do so with it, else raise a 404.

    Where its status alone forbids it, the page says so.
    """
    rows = Exchange.objects.select_related("match", "dossier__authority", "dossier__case_officer")
    allowed = rows.filter(pk__in=Exchange.objects.filter_allowed(request.user, verb).values("pk"))
    if exchange := allowed.filter(reference=reference).first():
        return exchange
    exchange = get_object_or_404(Exchange.objects.for_user(request.user), reference=reference)
    words = _(
        "The status of %(reference)s is “%(status)s”: this can no longer be done or changed there."
    )
    values = {"reference": reference, "status": exchange.get_status_display()}
    raise moved_on_or_404(request.user, EXCHANGES, verb, exchange, words % values)


def is_allowed(request: SignedInRequest, exchange: Exchange, verb: str) -> bool:
    return EXCHANGES.allows(request.user, verb, exchange)


def pdf_or_404(content: bytes | None, name: str) -> HttpResponse:
    if content is None:
        raise Http404
    return pdf_response(content, name)
