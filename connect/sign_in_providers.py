"""Who signs people in for an organisation, as OIDC_PROVIDERS names them (OpenID Connect)."""

import json
import re
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import urlsplit

from connect.mail import is_reserved
from connect.variables import LOOPBACK

ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
TAKEN = ("sign-up",)  # the address of our own page


@dataclass(frozen=True)
class SignInProvider:
    """id: in addresses and beside each person's number there, so that it stays. url: its issuer."""

    id: str
    name: str
    url: str
    client_id: str
    secret: str = field(repr=False)
    scope: str = "openid profile email"


def parse_providers(text: str) -> list[SignInProvider]:
    """Read the list of providers, in JSON; ValueError with what is wrong.

    >>> parse_providers('[{"id": "eu", "name": "EU Login"}]')
    Traceback (most recent call last):
    ValueError: “eu” lacks url, client_id, secret
    """
    try:
        rows = json.loads(text) if text else []
    except ValueError:
        raise ValueError("it is no JSON") from None
    if not isinstance(rows, list):
        raise ValueError("write a list, between [ and ]")
    providers = [read_provider(row) for row in rows]
    for name in ("id", "client_id"):
        if len({getattr(one, name) for one in providers}) < len(providers):
            raise ValueError(f"two providers have the same {name}")
    return providers


def read_provider(row: Any) -> SignInProvider:
    if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values()):
        raise ValueError("each provider is an object of texts, between { and }")
    name = row.get("id", "")
    if not ID.fullmatch(name) or name in TAKEN:
        raise ValueError("the id of a provider is small letters, digits and hyphens, not “sign-up”")
    known = {one.name for one in fields(SignInProvider)}
    if unknown := sorted(row.keys() - known):
        raise ValueError(f"“{name}” has {', '.join(unknown)}, which is unknown")
    needed = [one.name for one in fields(SignInProvider) if one.name != "scope"]
    if lacking := [one for one in needed if not row.get(one, "").strip()]:
        raise ValueError(f"“{name}” lacks {', '.join(lacking)}")
    provider = SignInProvider(**row)
    address = urlsplit(provider.url)
    is_here = address.hostname in LOOPBACK
    if not address.hostname or not (address.scheme == "https" or is_here):
        raise ValueError(f"the url of “{name}” is unsafe: write https://")
    if is_reserved(address.hostname) and not is_here:
        raise ValueError(f"the url of “{name}” is a placeholder")
    if "openid" not in provider.scope.split():
        raise ValueError(f"the scope of “{name}” lacks openid")
    return provider
