"""Uploads that fill no disk: what exceeds the limit is counted, and not stored.

And those of one person are read one at a time, so that they hold up nobody else. What is kept of
them was looked at: `clean_upload`.
"""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from connect.files import TAKEN, detect_type
from connect.pictures import PICTURES, remove_metadata
from connect.sandbox import parse_file, reading_for
from connect.types import GetResponse, Upload
from connect.viruses import refuse_infected

LARGEST_FILE = 10 * 1024 * 1024  # bytes of a file that any form takes; told to browsers, too
KEPT_AT_MOST = 11 * 1024 * 1024  # bytes of one file: a little more than any form accepts
CALLED = {"pdf": "PDF", "jpg": "JPEG", "jpeg": "JPEG", "png": "PNG", "heic": "HEIC", "heif": "HEIC"}


class BoundedUpload(TemporaryFileUploadHandler):
    """Write a large file to disk up to the limit; its size is told as it was sent.

    So the form that refuses it can say why, though the rest was never kept.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if start + len(raw_data) <= KEPT_AT_MOST:
            super().receive_data_chunk(raw_data, start)


class OneFileAPerson:
    """Middleware: reads a request's files under its person; all signed-out share one place."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.content_type != "multipart/form-data":
            return self.get_response(request)
        with reading_for(request.user.pk or "visitors"):
            return self.get_response(request)


def refuse_large(upload: Upload) -> None:
    if upload.size > LARGEST_FILE:
        raise ValidationError(_("This file is larger than 10 MB."), code="too_large")


def wrong_type_words(upload: Upload, kinds: Collection[str]) -> str:
    """Describe what to do with a file of another type, whatever its name says."""
    called = CALLED.get(upload.name.rpartition(".")[2].lower())
    if called in {CALLED[TAKEN[kind]] for kind in kinds}:
        return _(
            "Despite its name, this file is not a %(kind)s: open it with the program that made "
            "it, and save it as %(kind)s."
        ) % {"kind": called}
    if "application/pdf" in kinds:
        return _(
            "Choose a PDF, or a picture as JPEG, PNG or HEIC. Save any other document as a PDF "
            "first."
        )
    return _("Choose a JPEG, PNG or HEIC picture.")


def clean_upload(
    upload: Upload,
    kinds: Collection[str] = TAKEN,
    within: tuple[int, int] | None = None,
    save_as: str | None = None,
) -> tuple[File, str]:
    """Return a file of one of these kinds as it may be kept, and its type by its content.

    A picture is drawn anew; within, save_as: see `remove_metadata`. Raises ValidationError for a
    file that is empty, too large, infected, or not what its type says, and for a PDF that nobody
    can open, or that could run something.
    """
    if upload.size == 0:
        raise ValidationError(_("This file is empty: choose it again."), code="empty")
    if upload.size > LARGEST_FILE:
        raise ValidationError(
            _("This file is larger than 10 MB: scan it in lower quality."), code="too_large"
        )
    kind = detect_type(upload)
    if kind not in kinds:
        raise ValidationError(wrong_type_words(upload, kinds), code="type")
    refuse_infected(upload)
    if kind not in PICTURES:
        list(parse_file("pdf", upload))
        return upload, kind
    drawn = remove_metadata(upload, PICTURES[kind], within, save_as)
    return drawn, f"image/{drawn.format.lower()}"


def clean_picture(upload: Upload, within: tuple[int, int]) -> File:
    """Return a picture that fits into (width, height), as a JPEG; refuses as `clean_upload`."""
    return clean_upload(upload, PICTURES, within, "JPEG")[0]
