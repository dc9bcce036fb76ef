"""Reads why a letter was not delivered from a report, or from a server's free text."""

import email.policy
import importlib
import re
from collections.abc import Iterator
from email.message import EmailMessage, Message
from email.parser import BytesParser
from typing import Any, BinaryIO

from flufl.bounce import scan_message

# What mail servers write their reasons in; a word in any other is shown as it came.
for name in ("ascii", "cp1252", "iso8859_1", "iso8859_2", "iso8859_15", "utf_8"):
    importlib.import_module(f"encodings.{name}")

STATUS = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")  # RFC 3463
# The same as servers write it in words: "550 5.1.1 …", "(#5.1.1)".
IN_WORDS = re.compile(rf"(?:\b[45]\d\d[ -]#?|#)({STATUS.pattern})(?![\d.]*\d)")
# Where the letter itself begins, in a message that has it as text.
COPY = re.compile(r"^(?:Return-Path|Received|Message-ID|Date):", re.IGNORECASE | re.MULTILINE)


def mail(file: BinaryIO) -> Iterator[dict[str, Any]]:
    """Return a message: {"kind": its report type, "failures": [[status, words]], "text": decoded}.

    A status is as RFC 3463 has it, "" where none is said; its words are the server's.
    """
    raw = file.read()
    message = BytesParser(policy=email.policy.default).parsebytes(raw)
    kind = str(message.get_param("report-type", "")).lower()
    blocks = [(str(one.get("Action", "")).strip().lower(), one) for one in report_blocks(message)]
    # Some write comments after it.
    failures = [read_failure(one) for action, one in blocks if action.startswith(("fail", "error"))]
    text = "\n".join(message_texts(message))
    is_report = kind == "feedback-report" or any(action for action, _block in blocks)
    if not is_report and mentions_failure(BytesParser().parsebytes(raw)):
        failures = [read_free_text(COPY.split(text, maxsplit=1)[0])]
    yield {"kind": kind, "failures": failures, "text": text}


def report_blocks(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and part.is_multipart():
            yield from (block for block in part.get_payload() if isinstance(block, Message))


def read_failure(block: Message) -> tuple[str, str]:
    """Return (status, words) of a failed delivery; the words stand nearer to who refused it."""
    words = " ".join(str(block.get("Diagnostic-Code") or "").split())
    stated = STATUS.match(str(block.get("Status") or "").strip())
    match = IN_WORDS.search(words)
    status = match[1] if match else stated[0] if stated else ""
    return status, words or status or "failed"


def mentions_failure(message: Message) -> bool:
    """Ask the library if it reports a failure; it fails without a sender or on raw bytes."""
    if not message["From"]:
        message["From"] = "mailer-daemon"
    for part in message.walk():
        if part.get_content_maintype() == "text" and part["Content-Transfer-Encoding"]:
            words = content_of(part).decode("utf-8", "replace")
            del part["Content-Transfer-Encoding"]
            part.set_payload(words)
    return bool(scan_message(message))


def read_free_text(text: str) -> tuple[str, str]:
    """Return (status, words) of a failure that is told in free text."""
    for line in text.splitlines():
        if match := IN_WORDS.search(line):
            return match[1], " ".join(line.split())
    return "", "failed"


def message_texts(message: EmailMessage) -> Iterator[str]:
    """Return the texts of a message up to the letter that it brings back."""
    for part in message.walk():
        if part.get_content_type() == "message/rfc822":
            return
        if part.get_content_maintype() == "text":
            try:
                yield part.get_content()
            except (LookupError, ValueError):  # in no charset that there is
                yield content_of(part).decode("ascii", "replace")


def content_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""
