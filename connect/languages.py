"""The languages of pages and letters: those that the settings list, and nobody else does."""

import functools
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from babel import Locale
from django.conf import settings
from django.utils.translation import (
    get_language,
    get_language_info,
    get_supported_language_variant,
    pgettext,
    to_locale,
)
from django.utils.translation import gettext as _

from connect.types import Reader, Words


def language_choices() -> Sequence[tuple[str, Words]]:
    """Return (code, name) of each language, for a column: one that is added needs no migration."""
    return settings.LANGUAGES


def nearest_language(code: str) -> str:
    """Return the language of the site that is nearest to one; English where there is none.

    >>> nearest_language("fr-ca"), nearest_language("nl"), nearest_language("")
    ('fr', 'en', 'en')
    """
    try:
        return get_supported_language_variant(code)
    except LookupError:
        return settings.LANGUAGE_CODE


def current_language() -> str:
    """Return the language that the reader of this page reads; English where no page is open."""
    return nearest_language(get_language() or "")


def is_right_to_left(code: str) -> bool:
    """Return whether a language is written from right to left.

    >>> is_right_to_left("ar"), is_right_to_left("pt"), is_right_to_left("")
    (True, False, False)
    """
    try:
        return get_language_info(code)["bidi"]
    except KeyError:
        return False


def arrow() -> str:
    """Return the arrow from a former value to the new one, in the reading direction."""
    return "←" if is_right_to_left(current_language()) else "→"


def from_left(words: str) -> str:
    """Keep the order of a number's parts, such as a telephone's, on a page from right to left."""
    return f"\u2066{words}\u2069" if is_right_to_left(current_language()) else words


def isolate(words: Words) -> str:
    """Let a name stand in its own direction within a line from right to left.

    Else what stands beside it, a reference or another Latin name, would change places with it.
    """
    return f"\u2068{words}\u2069" if is_right_to_left(current_language()) else str(words)


def cldr_name(code: str) -> str:
    """Return what CLDR calls a language of the site: its Portuguese is the Brazilian one.

    >>> cldr_name("pt"), cldr_name("fr")
    ('pt_PT', 'fr')
    """
    return {"pt": "pt_PT"}.get(code, to_locale(code))


@functools.cache
def read_language_names(language: str) -> Mapping[str, str]:
    """Return {code: name} in a language of the site, as CLDR writes them within a sentence."""
    return Locale.parse(cldr_name(language)).languages


def language_within(code: str) -> str:
    """Return a language's name within a sentence: French and Spanish use no capital."""
    return read_language_names(current_language()).get(code, code)


@dataclass(frozen=True)
class TextInLanguage:
    """A text of staff in the reader's language, or as it was written where that lacks."""

    text: str
    language: str

    def __str__(self) -> str:
        return self.text

    @property
    def is_foreign(self) -> bool:
        return self.language != current_language()

    @property
    def language_name(self) -> str:
        return language_within(self.language)


def own_names() -> list[tuple[str, str]]:
    """List (code, name) of the languages, each by its own name."""
    return [(code, own_name(code, name)) for code, name in settings.LANGUAGES]


def own_name(code: str, name: Words) -> str:
    """Return what a language calls itself, or the name in the settings where Django knows none."""
    try:
        return get_language_info(code)["name_local"].capitalize()
    except KeyError:
        return str(name)


def describe_languages(readers: Iterable[Reader]) -> str:
    """Name the languages of these readers, each once, within a sentence."""
    return ", ".join(sorted({language_within(one.language) for one in readers}))


Row = TypeVar("Row")


def sort_alphabetically(rows: Iterable[Row], name: Callable[[Row], object] = str) -> list[Row]:
    """Sort rows by name, as a dictionary of the reader's language does.

    An accent counts only where all else is the same; in Spanish, ñ is a letter after n.

    >>> sort_alphabetically(["Zambie", "Équateur", "élu", "Burkina Faso", "Bénin"])
    ['Bénin', 'Burkina Faso', 'élu', 'Équateur', 'Zambie']
    """
    is_spanish = current_language() == "es"

    def key(row: Row) -> tuple[str, str]:
        text = str(name(row)).casefold().replace("œ", "oe")
        letters = unicodedata.normalize("NFD", text)
        if is_spanish:
            letters = letters.replace("n\u0303", "n\uffff")  # after every other letter
        plain = "".join(one for one in letters if not unicodedata.combining(one))
        return plain, text

    return sorted(rows, key=key)


def join_names(names: Iterable[Words]) -> str:
    """Join names, or other words without a comma, with the comma of the reader's language.

    >>> join_names(["Ghana", "Peru"])
    'Ghana, Peru'
    """
    return comma().join(map(str, names))


def comma() -> str:
    # Translators: it stands between names in a list.
    return pgettext("names", ", ")


def join_parts(parts: Iterable[Words]) -> str:
    """Join parts of a list that may hold commas, with the language's semicolon."""
    # Translators: it stands between the parts of a list; French has a space before it.
    return pgettext("list", "; ").join(map(str, parts))


def label_with_value(label: object, value: object) -> str:
    """Join a label and its value as the reader's language does: French has a space before it."""
    return _("%(label)s: %(value)s") % {"label": label, "value": value}
