"""The files of a dossier, and its answers as a document."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from applications import dossier_files
from applications.document import dossier_pdf
from applications.enums import UNSENT
from applications.models import Attachment
from applications.reading import CONTACT, STAFF_ONLY
from applications.views.common import (
    get_dossier_of_withdrawal_or_404,
    get_dossier_or_404,
    is_writer,
)
from connect.documents import pdf_response
from connect.files import download_response, printable_name
from connect.headers import sandboxed_response
from connect.languages import label_with_value
from connect.posted_values import as_number, posted_number
from connect.restricted import record_reading
from connect.withdrawals import withdraw_file_response


@require_POST
def post_files(request, reference):
    """Save uploaded files; the script that sends them one by one gets JSON."""
    dossier = get_dossier_or_404(request, reference)
    kept, refused = [], []
    for upload in request.FILES.getlist("file"):
        try:
            file = dossier_files.add_file(
                dossier,
                upload,
                request.POST.get("kind", ""),
                actor=request.user,
                stands_for=posted_number(request, "stands_for")
                if "stands_for" in request.POST
                else None,
            )
            kept.append(file.name)
        except ValidationError as refusal:
            refused.append(label_with_value(printable_name(upload.name), refusal.message))
    if not kept and not refused:
        refused.append(_("Choose a file first."))
    if len(kept) == 1:
        messages.success(request, _("%s has been saved with the application.") % kept[0])
    elif kept:
        words = ngettext(
            "%d file has been saved with the application.",
            "%d files have been saved with the application.",
            len(kept),
        )
        messages.success(request, words % len(kept))
    if request.headers.get("Accept") == "application/json":
        return JsonResponse({"refused": refused}, status=400 if refused else 200)
    for message in refused:
        messages.error(request, message)
    return redirect(dossier)


@require_POST
def post_file_change(request, reference, token):
    """Change the kind of a file after its upload."""
    dossier = get_dossier_or_404(request, reference)
    file = get_object_or_404(dossier.attachments, token=token)
    try:
        dossier_files.change_file(file, request.POST.get("kind", ""), actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        words = _("Type of %(name)s: %(kind)s.")
        kind = file.get_kind_display()
        messages.success(request, words % {"name": file.name, "kind": kind})
    return redirect(dossier)


@require_POST
def post_file_removal(request, reference, token):
    dossier = get_dossier_or_404(request, reference)
    file = get_object_or_404(dossier.attachments, token=token)
    try:
        dossier_files.remove_file(file, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The file has been removed."))
    return redirect(dossier)


@require_http_methods(["GET", "POST"])
def withdraw_file_page(request, reference):
    """List the files of a dossier for staff; a POST deletes one, with a reason."""
    dossier = get_dossier_of_withdrawal_or_404(request, reference)
    files = dossier_files.withdrawable_files(dossier)
    return withdraw_file_response(
        request, "applications/withdraw_file.html", dossier, files, dossier_files.withdraw_file
    )


@sandboxed_response
@require_safe
def file(request, reference, token):
    """Serve a file to whoever may read its dossier, always as a download."""
    dossier = get_dossier_or_404(request, reference)
    attachment = get_object_or_404(Attachment, dossier=dossier, token=token)
    if not is_writer(request, dossier):
        record_reading(request, attachment, attachment.kind)
    return download_response(attachment.file, attachment.name, attachment.content_type)


def hidden_from(request, dossier):
    """Return the answers that are hidden from this reader."""
    return set() if is_writer(request, dossier) or request.user.is_officer else STAFF_ONLY | CONTACT


@require_safe
def dossier_document(request, reference):
    """Serve the dossier as PDF: the version of a number, or the current text."""
    dossier = get_dossier_or_404(request, reference)
    number = request.GET.get("version", "")
    version = None
    if number:
        version = get_object_or_404(dossier.versions, number=as_number(number))
    elif dossier.status not in UNSENT:
        version = dossier.versions.last()
    hidden = hidden_from(request, dossier)
    name = f"{dossier.reference}-v{version.number}" if version else dossier.reference
    return pdf_response(dossier_pdf(dossier, version, hidden=hidden), name)
