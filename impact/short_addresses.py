"""Short addresses, as e-mails have them: /r/ and a reference leads to the page of its thing."""

from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_safe

from applications.models import Dossier
from connect.languages import nearest_language
from matching.models import Opportunity

PAGES = {"CN": "dossier", "MA": "match", "EX": "exchange"}  # by how a reference begins


@require_safe
def short_address(request, reference):
    """Lead to the page of a reference in its reader's language; that page says who may read it."""
    reference = reference.strip("/.,;:!?)]}>»”’\"'").upper()  # as it was heard, or copied
    kind = reference.partition("-")[0]
    if kind not in PAGES or "/" in reference:
        raise Http404
    page = "opportunity" if kind == "CN" and is_request_to(request.user, reference) else PAGES[kind]
    with translation.override(nearest_language(request.user.language)):
        return redirect(reverse(page, args=[reference]))


def is_request_to(user, reference):
    """True of an open request whose application this person does not read."""
    if Dossier.objects.for_user(user).filter(reference=reference).exists():
        return False
    return (
        Opportunity.objects.open(timezone.localdate()).filter(dossier__reference=reference).exists()
    )
