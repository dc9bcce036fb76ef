"""Currencies as people write them: by a code, a sign or a name."""

import re
from functools import cache
from typing import Any

from babel import Locale, localedata
from babel.languages import get_official_languages
from babel.numbers import get_currency_name, get_currency_symbol, get_territory_currencies
from django import forms
from django.utils.translation import gettext_lazy as _

from connect.characters import bare_line
from connect.numbers import number_refusal
from connect.pasted_values import fold_text, known_languages

NO_CURRENCY = _("“%(typed)s” is not a currency: write three letters, for example EUR, XOF or GHS.")
WHICH_CURRENCY = _("“%(typed)s” may be %(codes)s: write the three letters of the one you mean.")
# What people write, and no list of names has.
SIGNS = {
    "XOF XAF": (
        *("fcfa", "f cfa", "cfa", "franc cfa", "francs cfa", "fr cfa", "frs cfa"),
        *("cfa franc", "cfa francs"),
    ),
    "USD": ("dollar us", "dollars us", "us dollar", "us dollars", "dolares us"),
    "GBP": ("pound sterling", "pounds sterling", "livre sterling", "livres sterling"),
    "GHS": ("gh₵", "gh¢", "ghc", "₵"),
    "KES": ("ksh", "kshs"),
    "TZS": ("tsh",),
    "UGX": ("ush",),
    "RWF": ("frw",),
    "CDF": ("fc",),
    "MAD": ("dh", "dhs"),
    "NGN": ("₦",),
    "PYG": ("₲",),
    "CRC": ("₡",),
    "LAK": ("₭",),
    "MNT": ("₮",),
    "TRY": ("₺",),
    "UAH": ("₴",),
    "KZT": ("₸",),
    "GEL": ("₾",),
    "AMD": ("֏",),
    "AZN": ("₼",),
    "KHR": ("៛",),
    "BDT": ("৳",),
    "JPY CNY": ("¥",),
    "INR LKR MUR NPR PKR SCR": ("₨",),
    "USD CAD COP CLP MXN ARS UYU DOP CUP NAD LRD CVE BZD JMD GYD SRD TTD XCD": ("$",),
    "GBP EGP LBP SSP SDG": ("£",),
}
# Letters that are a currency in its own country alone.
OWN_SIGNS = {
    "f": "XOF XAF CDF RWF BIF DJF GNF KMF CHF",
    "fr": "XOF XAF CDF RWF BIF DJF GNF KMF CHF",
    "frs": "XOF XAF CDF RWF BIF DJF GNF KMF CHF",
    "fbu": "BIF",
    "fg": "GNF",
    "br": "ETB BYN",
    "rs": "INR LKR MUR NPR PKR SCR",
    "r": "ZAR",
    "k": "ZMW MMK PGK",
    "mk": "MWK",
    "mt": "MZN",
    "kz": "AOA",
    "le": "SLE EGP",
    "tl": "TRY",
    "lei": "RON MDL",
    "lek": "ALL",
    "грн": "UAH",
    "din": "RSD",
    "дин": "RSD",
    "som": "KGS UZS",
    "сом": "KGS",
    "manat": "AZN TMT",
    "манат": "AZN TMT",
    "км": "BAM",
    "km": "BAM",
    "kr": "SEK NOK DKK ISK",
    "nis": "ILS",
    "jd": "JOD",
    "gs": "PYG",
    "c$": "NIO",
    "rd$": "DOP",
    "n$": "NAD",
    "b": "PAB",  # B/.
    "đ": "VND",
    "d": "GMD",
    "ar": "MGA",
    "sh": "KES TZS UGX SOS",
    "da": "DZD",
    "dt": "TND",
    "um": "MRU",
    "db": "STN",
    "q": "GTQ",
    "l": "HNL",
    "s": "PEN",  # S/
    "bs": "BOB VES",
    "g": "HTG",
    "rp": "IDR",
    "rm": "MYR",
    "tk": "BDT",
    "nu": "BTN",
}
CODE = re.compile(r"\b[A-Z]{3}\b")
CODE_BESIDE = re.compile(r"\(([A-Z]{3})\)$|^([A-Za-z]{3})\.? ?\(?[^\w\s]{0,2}\)?$")  # EUR (€)
SIGN_BESIDE = re.compile(r"(?<=\w)\s*\([^\w\s]{1,2}\)$")  # euros (€)
SHORTEST = 4  # letters of a word by which a currency may be known
MOST_NAMED = 4  # codes that a refusal names


NEW_MONEY = {"BG": ["EUR"]}  # since 2026, and our list of currencies is older


def currencies_of(country: str) -> list[str]:
    """List the codes of the currencies that one pays with in a country today."""
    return NEW_MONEY.get(country) or (get_territory_currencies(country) if country else [])


@cache
def currencies_in_use() -> frozenset[str]:
    """Return the codes of the currencies that one pays with somewhere today.

    No withdrawn one, which may be worth ten thousand times less, no metal and no test code.
    """
    territories = [code for code in map(str, Locale("en").territories) if code.isalpha()]
    return frozenset(code for territory in territories for code in currencies_of(territory))


def is_currency_code(code: str) -> bool:
    """True for the code of a currency, of a withdrawn one too; not for one of tests or of none."""
    return code in Locale("en").currencies and code not in ("XTS", "XXX")


@cache
def currency_names() -> dict[str, set[str]]:
    """Return {folded name or sign: {codes}} of the currencies that are in use anywhere."""
    names: dict[str, set] = {}
    for language in known_languages():
        for code in currencies_in_use():
            several = (get_currency_name(code, count, language) for count in (None, 1, 2))
            for name in (*several, get_currency_symbol(code, language)):
                names.setdefault(fold_text(name), set()).add(code)
    for codes, signs in SIGNS.items():
        names |= {fold_text(sign): set(codes.split()) for sign in signs}
    names.pop("", None)  # a sign of marks alone
    return names


def read_currency(text: str, *countries: str) -> str:
    """Return the code of a currency; where it may be several, that of the country.

    countries: of those who may have written it. Where they would mean different ones, it is asked.

    >>> read_currency("fcfa", "SN"), read_currency("euros"), read_currency("cedis")
    ('XOF', 'EUR', 'GHS')
    """
    line = bare_line(text)
    if code := code_within(line):
        return code
    name = fold_text(SIGN_BESIDE.sub("", line) or line)
    every = codes_of(name)
    own = {code for country in countries for code in own_codes(name, every, country)}
    codes = own or every
    if len(codes) == 1:
        return next(iter(codes))
    if 1 < len(codes) <= MOST_NAMED:
        raise number_refusal(WHICH_CURRENCY, "unclear", text, codes=", ".join(sorted(codes)))
    raise number_refusal(NO_CURRENCY, "currency", text)


def code_within(text: str) -> str:
    """Return the code that somebody wrote, alone or beside its name, as in “EUR (€)”; or ""."""
    code = text.strip().upper()
    if code in currencies_in_use():
        return code
    beside = CODE_BESIDE.search(text.strip())
    code = (beside[1] or beside[2]).upper() if beside else ""
    return code if code in currencies_in_use() else code_beside_name(text)


def code_beside_name(text: str) -> str:
    """Return the one code of a text if the words beside it call the same currency, or "".

    >>> code_beside_name("XOF - FCFA"), code_beside_name("GH₵ GHS"), code_beside_name("XOF or EUR")
    ('XOF', 'GHS', '')
    """
    matches = [code for code in CODE.findall(text) if code in currencies_in_use()]
    if len(matches) != 1:
        return ""
    name = fold_text(text.replace(matches[0], " ", 1))
    called = [codes for one in {name, *name.split()} if (codes := codes_of(one) | own_signs(one))]
    return matches[0] if called and all(matches[0] in codes for codes in called) else ""


def own_signs(name: str) -> set[str]:
    """Return the codes of the currencies that are so called in their own countries, as L.E."""
    return set(OWN_SIGNS.get(name.replace(" ", ""), "").split())


def codes_of(name: str) -> set[str]:
    """Return the codes of the currencies that are called so anywhere."""
    names = currency_names()
    if codes := names.get(name):
        return codes
    if len(name) < SHORTEST:
        return set()
    # “cedis”, where the list has “Ghanaian cedis”
    return set().union(*(names[one] for one in names if name in one.split()))


def own_codes(name: str, codes: set[str], country: str) -> set[str]:
    """Return the one currency of a country that is called so there; none where it may be two."""
    paid = set(currencies_of(country))
    own = (codes or own_signs(name)) & paid
    if not codes and not own:
        own = {code for code in paid if name in local_names(code, country)}
    return own if len(own) == 1 else set()


@cache
def local_names(code: str, country: str) -> set[str]:
    """Return what a currency is called and how it is signed where one pays with it: each word."""
    names: set[str] = set()
    for language in get_official_languages(country, regional=True, de_facto=True):
        for locale in (language, f"{language}_{country}"):
            if localedata.exists(locale):
                names.add(fold_text(get_currency_symbol(code, locale)))
                for count in (None, 1, 2, 5):
                    names |= set(fold_text(get_currency_name(code, count, locale)).split())
    return names - {""}


class CurrencyField(forms.CharField):
    """A currency by its code, its sign or its name; `countries` decide between several."""

    countries: tuple[str, ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Three letters, for example EUR, XOF or GHS."))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str | None:
        typed = super().to_python(value)
        return typed and read_currency(typed, *self.countries)
