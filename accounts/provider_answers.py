"""What providers of sign-in answer: read within bounds, and known for ten minutes."""

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from redis.exceptions import RedisError
from requests import ConnectionError, RequestException, Response
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from connect.cached_counts import cached_value
from connect.variables import LOOPBACK

LARGEST, LONGEST, CHUNK = 1_000_000, 10, 65_536  # bytes, seconds, bytes
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
KNOWN_FOR, AWAY_FOR = 600, 30  # seconds


class WrongAnswer(OAuth2Error):
    """An answer that we refuse, in words of ours alone."""


class BoundedAdapter(HTTPAdapter):
    """Reads an answer of this size in this time at most, however slowly it drips."""

    def send(self, *args: Any, **kwargs: Any) -> Response:
        response = super().send(*args, **kwargs)
        parts, size, ends = [], 0, time.monotonic() + LONGEST
        try:
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                parts.append(chunk)
                size += len(chunk)
                if size > LARGEST or time.monotonic() > ends:
                    raise ConnectionError("the answer is too large or too slow")
        except HTTPError as error:
            raise ConnectionError(type(error).__name__) from error
        finally:
            response.raw.close()
        response.raw = io.BytesIO(b"".join(parts))
        return response


@contextmanager
def refuse_wrong_answers() -> Iterator[None]:
    """Raise WrongAnswer where an answer is not what the standard says: any code reads it so."""
    try:
        yield
    except (RequestException, OAuth2Error):
        raise
    except (
        *(jwt.PyJWTError, ImproperlyConfigured),
        *(AttributeError, LookupError, TypeError, ValueError),
    ) as error:
        raise WrongAnswer(type(error).__name__) from error


def fetch_document(address: str) -> Any:
    """Return a JSON document; who did not answer is asked again after half a minute only."""
    away = f"provider-away:{address}"
    with suppress(RedisError):
        if cache.get(away):
            raise ConnectionError("it did not answer a moment ago")
    try:
        with get_adapter().get_requests_session() as session:
            answer = session.get(address)
            answer.raise_for_status()
            return answer.json()
    except RequestException:
        with suppress(RedisError):
            cache.set(away, True, AWAY_FOR)
        raise


def read_configuration(server):
    """Return what a provider says of itself: by its own name, and at safe addresses."""
    address = f"{server}/.well-known/openid-configuration"

    def read():
        known = fetch_document(address)
        with refuse_wrong_answers():
            if known["issuer"].rstrip("/") != server:
                raise WrongAnswer("it calls itself by another url than the settings do")
            if not all(is_safe(known[name]) for name in ENDPOINTS):
                raise WrongAnswer("an address of it is not https")
        return known

    return cached_value(f"provider-configuration:{address}", KNOWN_FOR, read)


def is_safe(address):
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in LOOPBACK


def find_key(address, key_id):
    """Return the key of this name that a provider publishes for signatures.

    The header of a token need not name it where there is one alone. One that is not known yet may
    be new: it is looked for again, at most once in half a minute.
    """
    for kind, seconds in (("provider-keys", KNOWN_FOR), ("provider-new-keys", AWAY_FOR)):
        document = cached_value(f"{kind}:{address}", seconds, lambda: fetch_document(address))
        published = jwt.PyJWKSet.from_dict(document).keys
        signing = [key for key in published if key.public_key_use in (None, "sig")]
        if keys := [key for key in signing if key_id in (None, key.key_id)]:
            return keys[0]
    raise WrongAnswer("no key that it publishes has that name")
