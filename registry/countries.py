"""Countries that somebody names in words, in any language of the site."""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import override
from django_countries import countries

from registry.spellings import name_letters


@lru_cache(maxsize=1)
def codes_by_name():
    """Return {letters of a country's name: code}, of its names in every language of the site."""
    codes: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            codes |= {name_letters(str(name)): code for code, name in countries}
    return codes


def named_countries(words):
    """List (code, the other words) of each country whose whole name is among these words.

    >>> named_countries("water Tchad"), named_countries("Ghanaian")
    ([('TD', 'water')], [])
    """
    said, found = words.split(), []
    for first in range(len(said)):
        for end in range(len(said), first, -1):
            code = codes_by_name().get(name_letters(" ".join(said[first:end])))
            if code:
                found.append((code, " ".join(said[:first] + said[end:])))
                break
    return found
