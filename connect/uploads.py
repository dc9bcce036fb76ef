"""Uploads that fill no disk: what comes after the limit is counted, and not kept.

And those of one person are read one at a time, so that they hold up nobody else.
"""

from django.core.files.uploadhandler import TemporaryFileUploadHandler

from connect.sandbox import files_of

LARGEST_FILE = 10 * 1024 * 1024  # bytes of a file that any form takes; told to browsers, too
KEPT_AT_MOST = 11 * 1024 * 1024  # bytes of one file: a little more than any form accepts


class BoundedUpload(TemporaryFileUploadHandler):
    """Write a large file to disk up to the limit; its size is told as it was sent.

    So the form that refuses it can say why, though the rest was never kept.
    """

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) <= KEPT_AT_MOST:
            super().receive_data_chunk(raw_data, start)


class OneFileAPerson:
    """Say whose files a request brings; those of all who are not signed in share one place."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.content_type != "multipart/form-data":
            return self.get_response(request)
        with files_of(request.user.pk or "visitors"):
            return self.get_response(request)
