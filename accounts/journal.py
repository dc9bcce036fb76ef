"""The journal of erasures: who was erased, by keyed digests that name nobody without the key.

After a restore the journal of the day is replayed, so that no erased person comes back. The key is
kept outside the database (ERASURE_KEY); who has the file alone learns nothing from it.
"""

import hashlib
import hmac
import json
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max

from accounts.holdings import HOLDINGS, Person
from accounts.models import Erasure, User
from accounts.naming import NOWHERE

PROOF = "the key of this journal"


class WrongKey(Exception):
    """The file was written with another ERASURE_KEY: none of its lines can be recognised."""


def proof_of_key():
    """Return the proof of key that a line of the journal begins with."""
    return digest_person(PROOF)


def lines_of_other_keys():
    """Count the lines that were written with another ERASURE_KEY: they recognise nobody."""
    return Erasure.objects.exclude(proof__in=["", proof_of_key()]).count()


def digest_person(*words):
    """Return the keyed digest of what a person is known by."""
    text = "\n".join(word.casefold() for word in words)
    return hmac.new(settings.ERASURE_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def digest_of_address(address):
    return digest_person("address", address.strip())


def digest_of_account(user):
    """Return the digest of an account; the second of joining guards against numbers used twice."""
    return digest_person("account", str(user.pk), f"{user.date_joined.timestamp():.6f}")


def record_erasure(person, *, why, actor, now):
    """Write a person into the journal, with the highest row of each table at this time."""
    keys = {digest_of_address(address) for address in person.addresses}
    if person.user:
        keys.add(digest_of_account(person.user))
    models = {holding.model._meta.label: holding.model for holding in HOLDINGS}
    return Erasure.objects.create(
        proof=proof_of_key(),
        keys=sorted(keys),
        until={
            label: model._base_manager.aggregate(last=Max("pk"))["last"] or 0
            for label, model in models.items()
        },
        at=now,
        why=why,
        by=actor,
    )


def export_lines():
    """Yield the journal as lines of JSON, the oldest first; the first proves the key."""
    yield json.dumps({"key": proof_of_key(), "made": "erasures of CONNECT"})
    for line in Erasure.objects.order_by("at", "pk").iterator():
        entry = {"id": str(line.uid), "keys": line.keys, "until": line.until, "why": line.why}
        yield json.dumps(entry | {"at": line.at.isoformat(), "proof": line.proof})


@transaction.atomic
def read_journal(lines):
    """Add the lines of a file that are not in the journal; return how many were.

    Raises WrongKey, and ValueError for a file that is none; nothing is added then.
    """
    first, *rest = [json.loads(line) for line in lines if line.strip()] or [{}]
    if not hmac.compare_digest(str(first.get("key", "")), proof_of_key()):
        raise WrongKey
    return sum(
        Erasure.objects.get_or_create(
            uid=line["id"],
            defaults={
                "proof": line.get("proof", ""),
                "keys": line["keys"],
                "until": line["until"],
                "why": line["why"],
                "at": datetime.fromisoformat(line["at"]),
            },
        )[1]
        for line in rest
    )


def lines_by_key():
    lines: dict = {}
    for line in Erasure.objects.order_by("at", "pk"):
        lines |= dict.fromkeys(line.keys, line)
    return lines


def returned_accounts():
    """List (line, person) of accounts in the journal that exist again."""
    lines = lines_by_key()
    users = User.objects.exclude(email__endswith=f"@{NOWHERE}").order_by("pk")
    accounts = [(lines.get(digest_of_account(user)), user) for user in users.iterator()]
    return [(line, Person.from_user(user)) for line, user in accounts if line]


def returned_addresses():
    """List (line, person) of addresses in the journal that are in a table again.

    A row that came after the erasure is a new beginning, and stays.
    """
    lines = lines_by_key()
    addresses: set[str] = set()
    for holding in HOLDINGS:
        for path in holding.address:
            rows = holding.model._base_manager.values_list(F(path), flat=True).distinct()
            addresses.update(address.lower() for address in rows if address)
    entries = [(lines.get(digest_of_address(one)), one) for one in sorted(addresses)]
    people = [(line, Person(None, frozenset({one}), line.until)) for line, one in entries if line]
    return [
        (line, person)
        for line, person in people
        if any(holding.rows(person).exists() for holding in HOLDINGS)
    ]
