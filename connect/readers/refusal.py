"""Why a file is not read: a code, whose sentence `connect.sandbox` knows."""

from typing import BinaryIO
from zipfile import ZipFile

MOST_PARTS = 1000  # files in a zipped document


class ReadRefused(Exception):  # noqa: N818 - it is no error of ours
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_zipped(file: BinaryIO, unpacked: int) -> None:
    """Refuse a zipped document that would unpack to more bytes, before anything is unpacked."""
    with ZipFile(file) as parts:
        listed = parts.infolist()
    if len(listed) > MOST_PARTS or sum(part.file_size for part in listed) > unpacked:
        raise ReadRefused("too_large")
    file.seek(0)
