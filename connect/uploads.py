"""Uploads that fill no disk: what comes after the limit is counted, and not kept."""

from django.core.files.uploadhandler import TemporaryFileUploadHandler

KEPT_AT_MOST = 11 * 1024 * 1024  # bytes of one file: a little more than any form accepts


class BoundedUpload(TemporaryFileUploadHandler):
    """Write a large file to disk up to the limit; its size is told as it was sent.

    So the form that refuses it can say why, though the rest was never kept.
    """

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) <= KEPT_AT_MOST:
            super().receive_data_chunk(raw_data, start)
