"""Text as it is searched on the desk: in small letters, without accents, also misspelt.

The database has the same as an index (`connect_plain` of a migration), of the columns that a model
names in the same order: a word is looked up in it, by what it contains or by its letters in threes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, Func, IntegerField, Q, QuerySet, TextField, Value, When

from connect.characters import clean_text

LONGEST = 200  # characters of what is asked
MOST_WORDS = 6
LEAST_LETTERS = 4  # of a word that may be misspelt: in fewer, everything is alike


class Plain(Func):
    """Columns, or what was typed, joined by spaces in small letters without accents."""

    function = "connect_plain"
    arg_joiner = " || ' ' || "
    output_field = TextField()


def clean_query(typed: str) -> str:
    """Return what was typed to be found, on one line and not too long.

    >>> clean_query("  Agona   West ")
    'Agona West'
    """
    return " ".join(clean_text(typed, "").split())[:LONGEST].strip()


def split_words(text: str) -> list[str]:
    """Split a query into its first words, each once.

    >>> split_words("Agona West agona")
    ['agona', 'west']
    """
    return list(dict.fromkeys(text.lower().split()))[:MOST_WORDS]


def may_be_misspelt(word: str) -> bool:
    """True for a word; numbers, references and addresses are meant as they are typed.

    >>> may_be_misspelt("kumsi"), may_be_misspelt("CN-2026-0042"), may_be_misspelt("efua@agona.gh")
    (True, False, False)
    """
    is_plain = "@" not in word and not any(letter.isdigit() for letter in word)
    return is_plain and len(word) >= LEAST_LETTERS


def word_condition(column: str, word: str) -> Q:
    """Make a condition of the rows whose plain text in a column has a word, or one like it."""
    condition = Q(**{f"{column}__contains": Plain(Value(word))})
    if may_be_misspelt(word):
        condition |= Q(**{f"{column}__trigram_strict_word_similar": Plain(Value(word))})
    return condition


def keys_with_word(rows: QuerySet[Any], word: str, *columns: str) -> QuerySet[Any]:
    """Return the keys of rows that have a word in some of their own columns."""
    matches = rows.alias(letters=Plain(*columns)).filter(word_condition("letters", word))
    return matches.order_by().values("pk")


def sort_exact_first(
    rows: QuerySet[Any], text: str, columns: Sequence[str], then: Sequence[Any]
) -> QuerySet[Any]:
    """Sort rows that begin with what was typed first, then those that have it, then the alike.

    columns: those of its own that are searched; then: what sorts the rows of each of the three.
    """
    asked = Plain(Value(text))
    place = Case(
        When(letters__startswith=asked, then=0),
        When(letters__contains=asked, then=1),
        default=2,
        output_field=IntegerField(),
    )
    return rows.alias(letters=Plain(*columns)).order_by(place, *then, "pk")
