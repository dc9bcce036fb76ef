"""The ways of calling the services that translate: LibreTranslate's, and the EU's eTranslation.

Both take plain text in JSON. LibreTranslate answers at once; eTranslation takes the text, and
posts its translation later to an address of ours (REST v2: `askTranslate`, its answer by
`notifications`). What is wrong is one of three: `Away`, ask again later; `Refused`, it will not
translate this; `Nonsense`, what came is no translation.
"""

import base64
import http.client
import json
import time
import urllib.error
import urllib.request
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from connect.no_redirects import OPENER

TIMEOUT = 60  # seconds for the whole of a call: a long text, without a graphics card
MOST_BYTES = 1_000_000  # of an answer
# A snippet of eTranslation has 5000 characters at most; LibreTranslate's limit is its operator's.
LONGEST = 5000
# Too many texts of ours at once (-20028, CONCURRENCY_QUOTA_EXCEEDED), or for now (-11200).
QUOTAS = {-20028, -11200}
TOO_MANY = 429
AWAY = {408, 425, 502, 503, 504}  # 500 is LibreTranslate's of a text that it cannot translate


class TranslatorError(Exception):
    """Why a text was not translated."""


class Away(TranslatorError):
    """The service does not answer, or not now."""


class Busy(Away):
    """The service answers, and wants to be asked later."""


class Refused(TranslatorError):
    """The service will not translate this: the languages, the length, our key."""


class Nonsense(TranslatorError):
    """What came back is no translation."""


class Translator(Protocol):
    name: str  # for readers: whose service it is
    patience: int  # seconds until a text without an answer is asked for again

    def translate(self, text: str, source: str, target: str, *, answer_to: str) -> str | None:
        """Return the translation; None where the service will post it to `answer_to`."""


class LibreTranslate:
    """POST {q, source, target, format, api_key} to /translate: {"translatedText": …}."""

    patience = 10 * 60

    def __init__(self, url: str, key: str = "") -> None:
        self.url, self.key = url, key
        self.name = f"LibreTranslate ({urlsplit(url).hostname})"

    def translate(self, text: str, source: str, target: str, *, answer_to: str = "") -> str:
        body = {"q": text, "source": source or "auto", "target": target, "format": "text"}
        if self.key:
            body["api_key"] = self.key
        answer = call_for_object(f"{self.url}/translate", body).get("translatedText")
        if not isinstance(answer, str):
            raise Nonsense("an answer without translatedText")
        return answer

    def list_pairs(self) -> set[tuple[str, str]]:
        """Return the (source, target) that it translates between, as /languages lists them."""
        try:
            return {
                (one["code"], target)
                for one in call(f"{self.url}/languages")
                for target in one["targets"]
            }
        except (TypeError, KeyError):
            raise Nonsense("a list of languages without code and targets") from None


class ETranslation:
    """POST to /askTranslate, Basic authentication: {"requestId": …}; the rest comes by a callback.

    A number below zero, or an errorCode, is a refusal.
    """

    name = "eTranslation (European Commission)"
    patience = 6 * 3600

    def __init__(self, url: str, key: str) -> None:
        self.url = url
        self.headers = {"Authorization": f"Basic {base64.b64encode(key.encode()).decode()}"}

    def translate(self, text: str, source: str, target: str, *, answer_to: str) -> None:
        if not source:
            raise Refused("eTranslation wants to know the language")
        body = {
            "textToTranslate": text,
            "sourceLanguage": source.upper(),
            "targetLanguages": [target.upper()],
            "domain": "GEN",
            "notifications": {"success": {"http": answer_to}, "failure": {"http": answer_to}},
        }
        answer = call_for_object(f"{self.url}/askTranslate", body, self.headers)
        refusal, taken = answer.get("errorCode"), answer.get("requestId")
        try:
            number = int(refusal or taken)  # type: ignore[arg-type]  # whatever came
        except (TypeError, ValueError):
            raise Nonsense("an answer without requestId") from None
        if number in QUOTAS:
            raise Busy(f"eTranslation has too much to do ({number})")
        if refusal or number <= 0:
            raise Refused(f"eTranslation answers {number}")


def read_callback(answer: dict[str, Any]) -> str:
    """Return the translation in what eTranslation posts; raise Refused for its refusal.

    What is neither, as a word that a text has been taken, is Nonsense.
    """
    if answer.get("errorCode"):
        raise Refused(f"eTranslation answers {str(answer['errorCode'])[:20]}")
    if not isinstance(answer.get("translatedText"), str):
        raise Nonsense("a callback without translatedText")
    return answer["translatedText"]


def find_translator() -> Translator | None:
    """Return the service of the settings; None where there is none."""
    if not settings.TRANSLATION_URL:
        return None
    kinds = {"libretranslate": LibreTranslate, "etranslation": ETranslation}
    return kinds[settings.TRANSLATION_API](settings.TRANSLATION_URL, settings.TRANSLATION_KEY)


def call(url: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
    """Post JSON, or get where there is no body; return what the JSON of the answer holds."""
    sent = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json"} | (headers or {})
    request = urllib.request.Request(url, sent, headers)  # noqa: S310 - http and https: options.py
    until = time.monotonic() + TIMEOUT
    try:
        with OPENER.open(request, timeout=TIMEOUT) as answer:
            content = read_until(answer, until)
    except urllib.error.HTTPError as error:
        error.close()
        kind = Busy if error.code == TOO_MANY else Away if error.code in AWAY else Refused
        raise kind(f"HTTP {error.code}") from None
    except (OSError, http.client.HTTPException) as error:
        raise Away(type(error).__name__) from None
    try:
        return json.loads(content)
    except ValueError:
        raise Nonsense("an answer that is no JSON") from None


def call_for_object(
    url: str, body: dict[str, Any], headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Post JSON and return the object of the answer."""
    answer = call(url, body, headers)
    if not isinstance(answer, dict):
        raise Nonsense("an answer that is no object")
    return answer


def read_until(answer: Any, until: float) -> bytes:
    """Read an answer: not for ever, and not without end."""
    content = b""
    while part := answer.read1(65536):
        content += part
        if len(content) > MOST_BYTES:
            raise Nonsense("an answer without end")
        if time.monotonic() > until:
            raise TimeoutError
    return content
