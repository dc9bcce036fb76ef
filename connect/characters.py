"""The one normal form of text, on the way in and out; what no page means and no XML holds.

Whoever compares, counts or digests texts does so in this form: composed letters, and a line feed
at the end of a line. Browsers send two characters there and scripts one; a Mac takes accents apart.
A null is refused: no keyboard types it, and PostgreSQL keeps none. The others come along with what
is pasted. XML 1.0, and so a feed, a spreadsheet or a document, cannot hold them: one of them in one
row made a whole file unreadable. They are left out of what is typed, and out of every file, for a
row may be older or have come with a table. So are the marks that turn the direction of writing:
what somebody is called would read as something else.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from connect.types import GetResponse, View

NULL = "\x00"
# What takes no room, and parts what a reader takes for one word; and letters that are blank.
HIDDEN = re.compile("[\u00ad\u180e\u200b\u2060-\u2064\U000e0000-\U000e007f]")
BLANK = re.compile("[\u115f\u1160\u2800\u3164\uffa0]")
DOTS = re.compile("[。｡](?=[a-z0-9])", re.IGNORECASE)  # which browsers take for one in addresses
UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
BREAKS = re.compile("[\x0b\x0c]")  # word processors break lines and pages by them
ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")  # of lines, however a system writes them
# Marks above and below one letter: no writing has so many, and sorting them takes the square of
# their number (Unicode's "stream-safe" text, UAX 15, has at most 30).
MOST_MARKS = 30
PILE = re.compile(rf"[^\w\s]{{{MOST_MARKS + 1},}}")
# A name that `isolate` lets stand in its own direction: nobody can type these marks.
ISOLATED = re.compile("\u2068([^\u202a-\u202e\u2066-\u2069]*)\u2069")
MARK = "\ufeff"  # of the start of a file: it comes along with what is pasted


def clean_text(text: str, mark: str = "") -> str:
    """Return a text in its normal form; `mark` replaces what was left out.

    >>> clean_text("two\\x0blines\\x02"), clean_text("Sa\\u0303o\\r\\nTome\\u0301") == "São\\nTomé"
    ('two lines', True)
    """
    if text.isascii() and text.isprintable():
        return text
    text = ENDS.sub("\n", BREAKS.sub(" ", text.replace(MARK, "")))
    text = cut_marks(UNFIT.sub(mark, text))
    return unicodedata.normalize("NFC", text)


def clean_between_isolates(text: str) -> str:
    """Clean a text, but for the marks around names that stand in their own direction."""
    parts = ISOLATED.split(text)  # every second one is such a name, and its marks are ours
    cleaned = [clean_text(one) for one in parts]
    return "".join(f"\u2068{one}\u2069" if n % 2 else one for n, one in enumerate(cleaned))


def cut_marks(text: str) -> str:
    """Return a text without the marks that no letter can bear.

    >>> len(cut_marks("-" + "\u0301" * 1000)), cut_marks("." * 40) == "." * 40
    (31, True)
    """
    return PILE.sub(lambda pile: limit_marks(pile[0]), text)


def limit_marks(pile: str) -> str:
    kept, marks = [], 0
    for one in pile:
        marks = marks + 1 if unicodedata.combining(one) else 0
        if marks <= MOST_MARKS:
            kept.append(one)
    return "".join(kept)


def one_line(text: str) -> str:
    """Return a text of one line in its normal form: no end of a line, nothing that is not seen.

    >>> one_line("Efua\\u2028\\u3164 Men\\u200bsah\\r\\n")
    'Efua Mensah'
    """
    return " ".join(BLANK.sub(" ", HIDDEN.sub("", clean_text(text))).split())


def bare_line(text: str) -> str:
    """Return one line of what is no words: an address, a number or a day, all of it seen.

    Pages from right to left have marks of direction, in which a word may need what joins letters.

    >>> bare_line("25\\u200f/\\u202f03\\u200f/\\u202f2027")
    '25/ 03/ 2027'
    """
    return one_line("".join(one for one in text if unicodedata.category(one) != "Cf"))


def is_mark(letter: str) -> bool:
    """True for a mark or a sign beyond those of a keyboard: a guillemet, an Arabic comma, a dash.

    >>> is_mark("،"), is_mark("»"), is_mark("."), is_mark("é")
    (True, True, False, False)
    """
    return not letter.isascii() and unicodedata.category(letter)[0] in "PS"


def remove_disguise(text: str) -> str:
    """Return what a text reads as: in usual letters, digits and dots, without what is not seen.

    >>> remove_disguise("ⓔvil．com +２３\\u200b3")
    'evil.com +233'
    """
    if text.isascii():
        return text
    text = cut_marks(BLANK.sub(" ", text))
    plain = DOTS.sub(".", unicodedata.normalize("NFKC", text))
    return "".join(one for one in plain if unicodedata.category(one) != "Cf")


def clean_texts(value: Any) -> Any:
    """Clean every text in lists and mappings, as they become JSON."""
    return change_texts(value, clean_text)


def change_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Change every text in lists and mappings, as they become JSON.

    >>> change_texts({"a": ["x", (1, "y")]}, str.upper)
    {'a': ['X', [1, 'Y']]}
    """
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: change_texts(one, change) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [change_texts(one, change) for one in value]
    return value


def clean_posted(data: QueryDict) -> QueryDict:
    """Return what was typed in its normal form; the same object if it was in it."""
    if all(clean_text(text) == text for _name, texts in data.lists() for text in texts):
        return data
    kept = data.copy()
    for name, texts in data.lists():
        kept.setlist(name, [clean_text(text) for text in texts])
    kept._mutable = False  # as every request's
    return kept


class Utf8Alone:
    """Answer 400 to a request whose characters are in another encoding, before anything reads it.

    Browsers send UTF-8. Whoever names another made each page that reads the request a bare error,
    and so the page of the error too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        charset = (request.content_params or {}).get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
            request.encoding = "utf-8"
            raise BadRequest("characters in another encoding than UTF-8")
        return self.get_response(request)


class FitCharacters:
    """Answer 400 to a null in a path, a query or a form, and clean the rest, before any page.

    The API says itself, in its own words, what it does not take.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: list[Any], kwargs: dict[str, Any]
    ) -> None:
        if request.path.startswith("/api/"):
            return
        # Here and not before: the check against forgery has read the form by now.
        posted = (text for data in (request.GET, request.POST) for _, text in data.lists())
        if NULL in request.path or any(NULL in text for texts in posted for text in texts):
            raise BadRequest("a null character")
        request.GET = clean_posted(request.GET)  # type: ignore[assignment]  # the stubs know none that was changed
        request.POST = clean_posted(request.POST)  # type: ignore[assignment]  # the stubs know none that was changed
