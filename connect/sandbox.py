"""Files that people send are read by a process of their own, with limits that stop it.

`parse` is the one way into `connect/readers`, which says what each kind of file gives. The child
is started fresh, imports the reader alone, and answers in JSON: whatever a file does to it, here
it is a refusal with a sentence.
"""

import io
import json
import logging
import os
import selectors
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO, Self

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from connect.characters import clean_texts

logger = logging.getLogger(__name__)

READERS = Path(__file__).with_name("readers")
MEGABYTE = 1024 * 1024
WATCHED_EVERY = 0.05  # seconds
AT_ONCE = threading.BoundedSemaphore(2)  # children of one process of ours
SLOW = threading.BoundedSemaphore(2)  # and those that turned out to be slow
QUICK_FOR = 2  # seconds, after which a child moves over to the slow ones, if there is room
GIVES_WAY = 5  # seconds, after which one for whom there is none ends, if somebody waits
OWN_PATIENCE = 5  # seconds that a person's next file waits for their last
PERSON: ContextVar = ContextVar("whose files are read", default=None)
TIMED_OUT = (-signal.SIGXCPU, -signal.SIGALRM)

Readable = bytes | BinaryIO | File  # what a person sent


@dataclass(frozen=True)
class Limits:
    """What a child may take: bytes of memory, seconds of a processor, bytes of answer."""

    memory: int = 256 * MEGABYTE
    seconds: int = 10
    output: int = 32 * MEGABYTE

    @property
    def timeout_seconds(self) -> int:
        """Seconds to wait for it: an honest file passes on a machine that is busy."""
        return 2 * self.seconds


COMMON = Limits()
TRUSTED = Limits(memory=2048 * MEGABYTE, seconds=6 * 3600, output=4096 * MEGABYTE)  # a command line
REFUSALS = {
    "memory": _("This file takes too much memory to read: make it smaller or simpler."),
    "time": _("This file takes too long to read: make it smaller or simpler."),
    "output": _(
        "This file holds more than we can take: make it smaller, or split it into several."
    ),
    "too_large": _(
        "This file holds more than we can take: make it smaller, or split it into several."
    ),
    "cells": _("This table has too many cells: import it as several smaller ones."),
    "nesting": _("This file is made of too many parts inside each other: make it simpler."),
    "pixels": _("This picture is too large: make it smaller than 50 megapixels."),
    "decoded": _("This picture is too large: save it as a JPEG, or make it smaller."),
    "locked": _(
        "This PDF is locked with a password, so that nobody else can open it: open it, print it to "
        "a PDF without a password, and choose that one."
    ),
    "active": _(
        "This PDF holds a program or a file that could run on the computer of whoever opens it: "
        "print it to a PDF, which leaves that out, and choose that one."
    ),
    "letters": _(
        "The letters of this table cannot be read: save it as XLSX, or as “CSV UTF-8”, and choose "
        "it again."
    ),
    "unreadable": _("This file cannot be read: open it, save it again, and choose it."),
    "busy": _("Many files are being read just now: try again in a minute."),
    "own": _("Another file of yours is being read just now: send this one once that is done."),
}


def refusal_for(code: str) -> ValidationError:
    return ValidationError(REFUSALS[code], code=code)


def parse_file(
    kind: str, file: Readable, limits: Limits = COMMON, **options: Any
) -> Generator[Any]:
    """Yield the content of a file in pieces, as the reader of its kind finds it; texts are clean.

    file: bytes, or an open file, read from its start. Raises ValidationError for one that cannot
    be read within the limits; what came before is then no whole. The child ends with the iterator.
    """
    with own_place(PERSON.get()), Place() as place:
        yield from run_child(kind, file, limits, options, place)


@contextmanager
def reading_for(person: Hashable) -> Iterator[None]:
    """Limit a person, named by any string, to one read at a time in this process."""
    token = PERSON.set(person)
    try:
        yield
    finally:
        PERSON.reset(token)


READING: set = set()  # the persons of whom a file is read
DONE = threading.Condition()


@contextmanager
def own_place(person: Hashable) -> Iterator[None]:
    """Take a person's one place, so that nobody's files fill those of all."""
    if person is None:
        yield
        return
    with DONE:
        if not DONE.wait_for(lambda: person not in READING, OWN_PATIENCE):
            raise refusal_for("own")
        READING.add(person)
    try:
        yield
    finally:
        with DONE:
            READING.discard(person)
            DONE.notify_all()


WAITING: list = []  # those who wait for a place


class Place:
    """The place of a child: among the quick ones, then among the slow, so that none waits long."""

    def __enter__(self) -> Self:
        WAITING.append(self)
        try:
            if not AT_ONCE.acquire(timeout=COMMON.timeout_seconds):
                raise refusal_for("busy")
        finally:
            WAITING.remove(self)
        self.among, self.since = AT_ONCE, time.monotonic()
        return self

    def __exit__(self, *error: object) -> None:
        self.among.release()

    def hold(self) -> None:
        """Move a slow read to the slow places; refuse to read on where they are full."""
        lasted = time.monotonic() - self.since
        if self.among is SLOW or lasted < QUICK_FOR:
            return
        if SLOW.acquire(blocking=False):
            self.among.release()
            self.among = SLOW
        elif lasted > GIVES_WAY and WAITING:
            raise refusal_for("busy")


def run_child(
    kind: str, file: Readable, limits: Limits, options: dict[str, Any], place: Place
) -> Iterator[Any]:
    arguments = asdict(limits) | {"patience": limits.timeout_seconds, "options": options}
    command: list[str | Path] = [sys.executable, "-I", "-B", READERS, kind, json.dumps(arguments)]
    with (
        as_real_file(file) as source,
        subprocess.Popen(
            command,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            start_new_session=True,
        ) as child,
    ):
        try:
            for line in child_lines(child, limits, place):
                if "piece" in line:
                    yield clean_texts(line["piece"])
                elif "whole" in line:
                    return
                else:
                    code = line.get("refused")
                    raise refusal_for(code if code in REFUSALS else "unreadable")
            # It ended without a last word.
            code = "time" if child.wait() in TIMED_OUT else "unreadable"
            logger.warning("the reader of a %s ended with %s", kind, child.returncode)
            raise refusal_for(code)
        finally:
            child.kill()


@contextmanager
def as_real_file(file: Readable) -> Iterator[Any]:
    """Open a file of the system, which a child can be given to read from its start."""
    if isinstance(file, io.BufferedReader):
        # The child shares the position in the file: it starts at 0, whatever was read here.
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        yield file
        return
    with TemporaryFile() as copied:
        if isinstance(file, bytes):
            copied.write(file)
        else:
            file.seek(0)
            shutil.copyfileobj(file, copied)
            file.seek(0)
        copied.seek(0)
        yield copied


def child_lines(
    child: subprocess.Popen[bytes], limits: Limits, place: Place
) -> Iterator[dict[str, Any]]:
    """Yield the lines of a child's answer, while it keeps to its limits.

    The system stops most children by itself; the time and the memory are watched here as well,
    for where it cannot.
    """
    until, bytes_left, begun = (
        time.monotonic() + limits.timeout_seconds,
        limits.output + MEGABYTE,
        bytearray(),
    )
    with selectors.DefaultSelector() as ready:
        assert child.stdout is not None  # a pipe
        ready.register(child.stdout, selectors.EVENT_READ)
        while True:
            if ready.select(WATCHED_EVERY):
                chunk = os.read(child.stdout.fileno(), MEGABYTE)
                if not chunk:
                    return
                bytes_left -= len(chunk)
                *whole, rest = chunk.split(b"\n")
                for line in whole:
                    yield parse_line(bytes(begun) + line)
                    begun = bytearray()
                begun += rest
            if bytes_left < 0:
                raise refusal_for("output")
            if time.monotonic() > until:
                raise refusal_for("time")
            if process_memory(child.pid) > limits.memory:
                raise refusal_for("memory")
            place.hold()


def parse_line(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except (ValueError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise refusal_for("unreadable")
    return answer


def process_memory(pid: int) -> int:
    """Return the bytes of memory that a process holds; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
