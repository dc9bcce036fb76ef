"""The arithmetic of the audit: what a row's digest is, how seals hang together, what is wrong.

Pure functions without a database, so that an auditor can read them at one sitting. A seal names
rows by lines, `table number digest`; its own digest covers its number, its time, the seal before
it and all its lines, and is signed with an Ed25519 key that is kept outside the database.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FIRST = "0" * 64  # what the first seal hangs on
FIELDS = ("number", "at", "count", "previous", "lines", "digest", "key", "signature")


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def stored_json(value: Any) -> str:
    """Return a JSON value as PostgreSQL writes a jsonb as text, which is what it digests.

    >>> stored_json({"note": "Too late", "a": [1, True, None, 0.5]})
    '{"a": [1, true, null, 0.5], "note": "Too late"}'
    """
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, list):
        return "[" + ", ".join(map(stored_json, value)) + "]"
    if isinstance(value, dict):  # shorter keys first, as jsonb keeps them
        names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
        return "{" + ", ".join(f"{stored_json(n)}: {stored_json(value[n])}" for n in names) + "}"
    return json.dumps(value, ensure_ascii=False)


def text_digest(salt: str, value: Any) -> str:
    """Return the digest that a row keeps of one text that stands beside it."""
    return sha256(salt + stored_json(value))


def row_digest(columns: dict[str, Any]) -> str:
    """Return the digest of a row's values in any order, without the empty ones."""

    def plain(value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime) else value

    values = {name: plain(value) for name, value in columns.items() if value is not None}
    return sha256(json.dumps(values, ensure_ascii=False, sort_keys=True))


def faults_of_texts(details: dict, salts: dict, digests: dict) -> list[str]:
    """Name what is wrong with the typed texts of a row; a text erased with its salt is not wrong.

    >>> faults_of_texts({"note": ""}, {}, {"note": "9f86d0"})
    []
    >>> faults_of_texts({"note": "Changed"}, {"note": "1"}, {"note": "9f86d0"})
    ['note was changed']
    """
    faults = [f"{name} was added" for name in sorted(details.keys() - digests.keys())]
    for name in sorted(digests):
        if name not in details:
            faults.append(f"{name} was taken out")
        elif name not in salts:
            if details[name] != "":
                faults.append(f"{name} has lost its salt")
        elif text_digest(salts[name], details[name]) != digests[name]:
            faults.append(f"{name} was changed")
    return faults


@dataclass(frozen=True)
class SealRecord:
    """A seal as it is sent to the auditor: `lines` is the digest of its lines."""

    number: int
    at: str
    count: int
    previous: str
    lines: str
    digest: str
    key: str = ""
    signature: str = ""

    def __str__(self) -> str:
        return "".join(f"{name}: {getattr(self, name)}\n" for name in FIELDS)


def digest_of_seal(number: int, at: str, count: int, previous: str, lines: str) -> str:
    return sha256(f"CONNECT seal\n{number}\n{at}\n{count}\n{previous}\n{lines}\n")


def make_seal(
    number: int, at: datetime, previous: str, lines: str, private_key: Ed25519PrivateKey
) -> SealRecord:
    """Make a signed seal of some lines and the seal before them."""
    facts = (number, at.isoformat(), lines.count("\n"), previous, sha256(lines))
    digest = digest_of_seal(*facts)
    signature = private_key.sign(digest.encode()).hex()
    return SealRecord(*facts, digest, public_key_of(private_key), signature)


def public_key_of(private_key: Ed25519PrivateKey) -> str:
    return private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def is_signed(seal: SealRecord, keys: Iterable[str]) -> bool:
    """True if one of these public keys signed the seal."""
    if seal.key not in keys:
        return False
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(seal.key))
        public.verify(bytes.fromhex(seal.signature), seal.digest.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def read_seal(text: str) -> SealRecord:
    """Read a seal from the auditor's letter or file; ValueError if there is none."""
    fields = dict(re.findall(rf"^\W*({'|'.join(FIELDS)}): *(\S+)", text, re.MULTILINE))
    if missing := [name for name in FIELDS if name not in fields]:
        raise ValueError(f"no seal is written there: {', '.join(missing)} missing")
    return SealRecord(**fields | {"number": int(fields["number"]), "count": int(fields["count"])})


def faults_of_link(
    seal: SealRecord, lines: str, before: SealRecord | None, keys: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield (kind, words) for what is wrong with a seal, given the one before it."""
    number, previous = (before.number + 1, before.digest) if before else (1, FIRST)
    if seal.number != number:
        words = "is" if seal.number == number + 1 else f"to {seal.number - 1} are"
        yield "seal removed", f"seal {number} {words} gone"
    elif seal.previous != previous:
        yield "chain broken", f"seal {seal.number} does not hang on the one before it"
    if sha256(lines) != seal.lines or lines.count("\n") != seal.count:
        yield "seal changed", f"the lines of seal {seal.number} are not those that were sealed"
    if seal.digest != digest_of_seal(seal.number, seal.at, seal.count, seal.previous, seal.lines):
        yield "seal changed", f"seal {seal.number} does not have the digest of what it says"
    elif not is_signed(seal, keys):
        yield "wrong signature", f"seal {seal.number} is not signed with the key of the audit"
