"""What countries are called: by django-countries where we read its names, by CLDR elsewhere."""

import functools
from collections.abc import Mapping
from typing import cast

from babel import Locale
from django.utils.functional import lazy
from django_countries.base import CountriesBase
from django_countries.data import COUNTRIES

from connect.languages import cldr_name, current_language
from connect.types import Words

# In other languages the list of countries has misspelt and foreign names.
READ = ("en", "fr", "es")


@functools.cache
def cldr_countries(language: str) -> Mapping[str, str]:
    return Locale.parse(cldr_name(language)).territories


def name_country(code: str, name: Words) -> str:
    """Return a country's name in the reader's language."""
    language = current_language()
    return str(name) if language in READ else cldr_countries(language).get(code, str(name))


def name_countries(ours: Mapping[str, Words]) -> dict[str, Words]:
    """Return {code: name} of all countries; ours, which are in our catalogues, go before."""
    theirs = {**COUNTRIES, **CountriesBase.COMMON_NAMES, "XK": "Kosovo"}
    named: dict[str, Words] = {
        code: lazy(name_country, str)(code, name)
        for code, name in cast(dict[str, Words], theirs).items()
    }
    return named | dict(ours)
