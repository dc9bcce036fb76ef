"""Files in the storage: how they are served, and whether rows and storage agree."""

from __future__ import annotations

import logging
import mimetypes
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta

import filetype
from django.apps import apps
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import FileField, Model
from django.http import FileResponse

from connect.schedule import daily, process_one_by_one

ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
TAKEN = ENDINGS | {"image/heic": "heic"}  # of pictures, what is kept as another
MARKUP = re.compile(rb"<[!?/a-z]", re.IGNORECASE)  # before a PDF: then it is a page, and none
PRINT_JOB = re.compile(rb"^(?:\x1b%-12345X)?@PJL[^\r\n]*", re.MULTILINE)  # it may name a file
HEAD = 1024  # bytes in which a PDF begins: scanners and printers write a line or a job before it
# Photographs of telephones: the brands of HEIC (ISO/IEC 23008-12), at the place of a box's type.
HEIC = re.compile(rb"^.{4}ftyp(?:hei[csmx]|hev[cmsx]|mif1|msf1)", re.DOTALL)
LONGEST = 140  # bytes of a name without its ending: three letters of most scripts are nine
# Control and formatting characters, which turn the writing direction, and what is no character.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
ENDING = re.compile(r"\.[^\W\d_][^\W_]{0,5}$")
# What systems read more into, and a dot that would make the rest look like an ending.
STRANGE = re.compile(r'[<>:"/|?*;]|%(?=[0-9a-fA-F]{2})|\.(?=[^\W\d_])')
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?=$|[ .])", re.IGNORECASE)
# A file is written before its row: one younger than this may still get it.
YOUNG = timedelta(days=1)
MOST_LEFT = 20  # files: so few say nothing of the database
logger = logging.getLogger(__name__)


def download_response(file: File[bytes], name: str, content_type: str = "") -> FileResponse:
    """Answer with a stored file, always as a download.

    content_type: of what somebody sent, as it was detected; none for what we wrote ourselves.
    """
    if content_type:  # also of what was kept before names were cleaned
        name = clean_name(name, content_type)
    return FileResponse(
        file.open("rb"),
        as_attachment=True,
        filename=name,
        content_type=content_type or mimetypes.guess_type(name)[0] or "application/octet-stream",
    )


def detect_type(file: File[bytes]) -> str:
    """Return the type of an open file by its first bytes; "" for one that nobody knows."""
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    kind = filetype.guess(head)
    if (kind is None or kind.mime == "image/heic") and HEIC.match(head):
        return "image/heic"
    before, mark, _rest = head.partition(b"%PDF-")
    is_printed = kind is None or kind.mime == "application/postscript"  # as Distiller writes one
    if is_printed and mark and not MARKUP.search(PRINT_JOB.sub(b"", before)):
        return "application/pdf"
    return kind.mime if kind else ""


def printable_name(name: str) -> str:
    """Return the name of a refused file as its sender may see it again."""
    return "".join(letter for letter in name if letter.isprintable())[:150]


def clean_name(name: str, content_type: str) -> str:
    """Return a clean file name that can be stored, shown and sent.

    Nothing invisible, no path and nothing that a system takes for more than a name; its ending is
    that of what the file was found to be, whatever it was sent as.
    """
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(one for one in name if unicodedata.category(one) not in UNSEEN)
    stem = STRANGE.sub("_", ENDING.sub("", name.strip()))
    stem = " ".join(stem.encode()[:LONGEST].decode(errors="ignore").split()).strip(". ")
    if RESERVED.match(stem):
        stem = f"_{stem}"
    return f"{stem or 'file'}.{ENDINGS.get(content_type, 'bin')}"


def delete_replaced_file(thing: Model, field: str, name: str | None) -> None:
    """Delete a row's former file after the commit, if no other row names it."""
    rows = type(thing)._base_manager.filter(**{field: name})

    def forget() -> None:
        if name and not rows.exists():
            default_storage.delete(name)

    transaction.on_commit(forget, robust=True)  # `remove_leftovers` deletes the rest


def named_files() -> Iterator[tuple[str, str]]:
    """Return (name, whose) of every file that a row names, over all models."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, FileField):
                rows = model._base_manager.exclude(**{field.name: ""}).values_list("pk", field.name)
                for pk, name in rows.iterator():
                    yield name, f"{model._meta.label} {pk}"


def stored_files(folder: str = "") -> Iterator[str]:
    """Return the name of every file in the storage."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:  # nothing was ever stored, or another process emptied the folder
        return
    for name in files:
        yield f"{folder}{name}"
    for name in folders:
        yield from stored_files(f"{folder}{name}/")


def missing_files() -> list[tuple[str, str]]:
    """List (name, whose) of the files that a row names and the storage lacks."""
    stored = set(stored_files())  # not asked for one by one: in a bucket each asks the service
    named = [(name, whose) for name, whose in named_files() if name not in stored]
    return [(name, whose) for name, whose in named if not default_storage.exists(name)]


@daily(at="03:30", only_workers=True)
def remove_leftovers(now: datetime) -> int:
    """Remove the files that no row names since a day; return how many.

    They are left where a change was undone after its file was written. Where most of the storage
    seems left over, it is the database that lacks rows, as after a restore: then nothing goes.
    """
    names = leftover_files(now)
    if len(names) > MOST_LEFT and len(names) > sum(1 for _name in named_files()):
        logger.error("%d files have no row: nothing is removed, look at check_files", len(names))
        return 0
    return len(process_one_by_one(default_storage.delete, names))


def leftover_files(now: datetime) -> list[str]:
    """List the files that no row names and that are old enough to delete."""
    known = {name for name, _whose in named_files()}
    return [
        name
        for name in stored_files()
        if name not in known and default_storage.get_modified_time(name) < now - YOUNG
    ]
