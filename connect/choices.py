"""What a field of a form lets somebody choose from."""

from collections.abc import Iterable
from typing import Any, cast

from django import forms


def flat_choices(field: forms.ChoiceField) -> Iterable[tuple[Any, Any]]:
    """Yield (value, words) of each choice, groups opened."""
    for value, words in cast(Iterable[tuple[Any, Any]], field.choices):
        if isinstance(words, list | tuple):
            yield from words
        else:
            yield value, words
