"""Asks ClamAV about a file before it is kept, where CLAMAV_ADDRESS names a server.

It is spoken to as its manual says (clamd(8), INSTREAM): each piece with its length in front,
an empty one at the end, and one line comes back.
"""

from __future__ import annotations

import logging
import socket
from contextlib import suppress
from functools import partial
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext as _

logger = logging.getLogger(__name__)

PATIENCE = 20  # seconds for the server to take a piece, and to answer
PIECE = 64 * 1024  # bytes
LONGEST = 4096  # bytes of an answer


def find_virus(file: IO[bytes] | File[bytes], address: str) -> str:
    """Return the name of the virus that a server finds in an open file, "" if it finds none.

    Raises OSError where nothing answers at this address, or not as a scanner does.
    """
    host, _colon, port = address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE) as server:
        # One who refuses the rest, as too much, has said so: what it said is read all the same.
        with suppress(BrokenPipeError, ConnectionResetError):
            server.sendall(b"zINSTREAM\0")
            for piece in iter(partial(file.read, PIECE), b""):
                server.sendall(len(piece).to_bytes(4, "big") + piece)
            server.sendall(bytes(4))
        answer = read_answer(server)
    name, colon, verdict = answer.partition(": ")
    if name == "stream" and verdict == "OK":
        return ""
    if colon and verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise OSError(answer or "it said nothing")


def read_answer(server: socket.socket) -> str:
    """Read what a server says, up to its end or a zero byte."""
    answer = b""
    while b"\0" not in answer and len(answer) < LONGEST and (more := server.recv(LONGEST)):
        answer += more
    return answer.partition(b"\0")[0].decode(errors="replace").strip()


def refuse_infected(upload: File[bytes]) -> None:
    """Read a file through the scanner, and rewind it.

    Raises ValidationError for one with a virus, and for any while the scanner is away: a file
    that nobody looked at is not kept.
    """
    if not settings.CLAMAV_ADDRESS:
        return
    upload.seek(0)
    try:
        virus = find_virus(upload, settings.CLAMAV_ADDRESS)
    except OSError as error:
        logger.warning("the virus scanner does not answer: %s", error)
        raise ValidationError(
            _("Files cannot be checked for viruses just now: try again in a few minutes."),
            code="unchecked",
        ) from error
    finally:
        upload.seek(0)
    if virus:
        logger.warning("a file with %s was refused", virus)
        raise ValidationError(
            _("This file contains a virus: clean the computer that it comes from."), code="virus"
        )
