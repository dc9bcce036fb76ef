"""The receipt of an application: what was sent, when, and what happens next."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from applications.enums import UNSENT
from applications.journey import list_stops
from applications.signature import signature_of_version
from applications.views.common import get_dossier_or_404, is_writer


def sent_title(version):
    """Return the title that the version has: its applicant may be correcting it."""
    typed = version.answers.get("summary", {}).get("dossier_title", [])
    return typed[0] if typed else ""


@require_safe
def receipt(request, reference):
    """Show the receipt of what was sent last, to print and to keep."""
    dossier = get_dossier_or_404(request, reference)
    version = dossier.versions.select_related("by").last()
    if version is None or dossier.status in UNSENT:
        raise Http404
    writes = is_writer(request, dossier)
    stops = list_stops(dossier, dossier.open_correction(), is_own=writes)
    signed, outdated = signature_of_version(dossier, version) if writes else (None, None)
    context = {
        "signed": signed,
        "outdated": outdated,
        "awaits_letter": writes and not dossier.has_commitment(),
        "dossier": dossier,
        "version": version,
        "partners": dossier.partner_names(),
        "sender": version.by if writes else None,
        "title": sent_title(version) or dossier.heading,
        "files": dossier.attachments.of_version(version),
        "here": next((stop for stop in stops if stop.state == "now"), None),
        "ahead": [stop for stop in stops if stop.state == "next"],
    }
    return render(request, "applications/receipt.html", context)
