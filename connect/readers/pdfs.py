"""Whether a PDF is one that everybody can open, and that does nothing by itself when opened."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

# What decrypts and unpacks is loaded before files can no longer be opened.
import cryptography.hazmat.primitives.ciphers.modes  # noqa: F401
import cryptography.hazmat.primitives.padding  # noqa: F401
import pypdf.filters  # noqa: F401
from pypdf import PasswordType, PdfReader
from pypdf.errors import PdfReadError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject
from refusal import ReadRefused

RUN = {"/Launch", "/JavaScript", "/ImportData"}  # actions that start something (ISO 32000-1, 12.6)
# Files in a PDF that are data: invoices hold their figures as XML (EN 16931).
DATA = ("xml", "csv", "txt", "json", "pdf", "jpg", "jpeg", "png", "tif", "tiff", "xlsx", "ods")
NAMES = ("/F", "/UF", "/DOS", "/Unix", "/Mac")  # of a file inside, for one system each
OBJECT = re.compile(rb"\d\s+\d+\s+obj\b")
ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
WRITTEN = (b"/Launch", b"/JavaScript", b"/JS", b"/EmbeddedFile", b"/ImportData")


def pdf(file: BinaryIO) -> Iterator[str]:
    """Yield nothing; raise ReadRefused for one without a page, locked, or with a program."""
    content = file.read()
    file.seek(0)
    if not holds_page(content):
        raise ReadRefused("unreadable")
    try:
        reader = PdfReader(file)
        if reader.is_encrypted and reader.decrypt("") == PasswordType.NOT_DECRYPTED:
            raise ReadRefused("locked")
        for held in objects_of(reader):
            refuse_active(held)
    except NotImplementedError:  # a lock that only its owner's program knows
        raise ReadRefused("locked") from None
    except (PdfReadError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        # Programs that show PDFs mend what this one cannot read: it is looked at as it is written.
        written = without_escapes(content)
        if b"/Encrypt" in written:
            raise ReadRefused("locked") from None
        if any(word in written for word in WRITTEN):
            raise ReadRefused("active") from None
        if b"/ObjStm" in written:  # what is packed in it, nobody has looked at
            raise ReadRefused("unreadable") from None
    yield from ()


def holds_page(content: bytes) -> bool:
    """True if some program may find a page in it, be its table of objects torn or wrong.

    A page stands there as it is, or packed with other objects (ISO 32000-1, 7.5.7).
    """
    return bool(OBJECT.search(content)) and any(word in content for word in (b"/Page", b"/ObjStm"))


def without_escapes(content: bytes) -> bytes:
    """Return what is written with its names spelt out: /J#53 is /JS (ISO 32000-1, 7.3.5)."""
    return ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), content)


def objects_of(reader: PdfReader) -> Iterator[Any]:
    """Yield the trailer and every object, also those that no page leads to."""
    yield reader.trailer
    for generation, numbers in list(reader.xref.items()):
        for number in list(numbers):
            yield IndirectObject(number, generation, reader).get_object()
    for number in list(reader.xref_objStm):
        yield IndirectObject(number, 0, reader).get_object()


def refuse_active(held: Any) -> None:
    """Refuse an object that holds an action that starts something, or a file that is no data."""
    parts = [held]
    while parts:
        part = parts.pop()
        if isinstance(part, DictionaryObject):
            if "/JS" in part or ("/S" in part and str(part["/S"]) in RUN):
                raise ReadRefused("active")
            if "/EF" in part and not is_data(part):
                raise ReadRefused("active")
            parts += [part.raw_get(key) for key in part]
        elif isinstance(part, ArrayObject):
            parts += list.__iter__(part)


def is_data(filespec: DictionaryObject) -> bool:
    names = [
        str(filespec[key]) for key in ("/F", "/UF", "/DOS", "/Unix", "/Mac") if key in filespec
    ]
    return bool(names) and all(name.lower().rpartition(".")[2] in DATA for name in names)
