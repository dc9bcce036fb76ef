"""Countries that somebody names in words, in any language of the site."""

from functools import lru_cache

from django.conf import settings
from django.utils.translation import override
from django_countries import countries

from registry.spellings import name_letters

# What countries are or were called besides, in the languages of the site.
OTHER_NAMES = {
    "BO": ("Plurinational State of Bolivia",),
    "CD": ("DR Congo", "DRC", "RDC", "RD Congo", "Congo-Kinshasa", "RDP Congo"),
    "CG": ("Congo-Brazzaville", "Republic of the Congo", "République du Congo"),
    "CI": ("Ivory Coast", "Republic of Côte d’Ivoire"),
    "CV": ("Cape Verde", "Cap-Vert"),
    "CZ": ("Czech Republic", "République tchèque", "República Checa"),
    "GB": ("UK", "Great Britain", "Royaume-Uni", "Reino Unido"),
    "GM": ("The Gambia", "Gambie"),
    "KG": ("Kyrgyz Republic",),
    "LA": ("Lao PDR", "Laos"),
    "MD": ("Republic of Moldova",),
    "MK": ("Macedonia", "Macédoine"),
    "MM": ("Burma", "Birmanie", "Birmania"),
    "NL": ("The Netherlands", "Holland"),
    "PS": ("State of Palestine", "Palestinian Territories"),
    "RU": ("Russian Federation",),
    "SY": ("Syria",),
    "SZ": ("Swaziland",),
    "TL": ("East Timor",),
    "TR": ("Turkey", "Turquie", "Turquía"),
    "TZ": ("United Republic of Tanzania",),
    "US": ("USA", "United States", "États-Unis", "EE. UU."),
    "VN": ("Viet Nam", "Vietnam"),
}


@lru_cache(maxsize=1)
def codes_by_name():
    """Return {letters of a country's name: code}, of its names in every language of the site."""
    codes: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            codes |= {name_letters(str(name)): code for code, name in countries}
    for code, names in OTHER_NAMES.items():
        codes = {name_letters(name): code for name in names} | codes
    return codes


def code_of_country(words):
    """Return a country's two letters by a name of it, or by its three letters; or "".

    >>> code_of_country("COTE D'IVOIRE"), code_of_country("Turkey"), code_of_country("GHA")
    ('CI', 'TR', 'GH')
    """
    return codes_by_name().get(name_letters(words)) or code_of_three_letters(words)


def code_of_three_letters(words):
    three = words.strip().upper()
    return countries.alpha2(three) if len(three) == 3 else ""


def named_countries(words):
    """List (code, the other words) of each country whose whole name is among these words.

    >>> named_countries("water Tchad"), named_countries("Ghanaian")
    ([('TD', 'water')], [])
    """
    parts, matches = words.split(), []
    for first in range(len(parts)):
        for end in range(len(parts), first, -1):
            code = codes_by_name().get(name_letters(" ".join(parts[first:end])))
            if code:
                matches.append((code, " ".join(parts[:first] + parts[end:])))
                break
    return matches
