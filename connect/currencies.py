"""Currencies as people write them: by a code, a sign or a name."""

from functools import cache
from typing import Any

from babel import Locale
from babel.numbers import get_currency_name, get_currency_symbol, get_territory_currencies
from django import forms
from django.utils.translation import gettext_lazy as _

from connect.numbers import number_refusal
from connect.pasted import fold_text, known_languages

NO_CURRENCY = _("“%(typed)s” is not a currency: write three letters, for example EUR, XOF or GHS.")
WHICH_CURRENCY = _("“%(typed)s” may be %(codes)s: write the three letters of the one you mean.")
# What people write, and no list of names has.
SIGNS = {
    "XOF XAF": ("fcfa", "f cfa", "cfa", "franc cfa", "francs cfa"),
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
    "fbu": "BIF",
    "fg": "GNF",
    "br": "ETB BYN",
    "rs": "INR LKR MUR NPR PKR SCR",
    "r": "ZAR",
    "k": "ZMW MMK PGK",
    "mk": "MWK",
    "mt": "MZN",
    "kz": "AOA",
    "le": "SLE",
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
SHORTEST = 4  # letters of a word by which a currency may be known
MOST_NAMED = 4  # codes that a refusal names


@cache
def currencies_in_use() -> frozenset[str]:
    """Return the codes of the currencies that one pays with somewhere today.

    No withdrawn one, which may be worth ten thousand times less, no metal and no test code.
    """
    territories = [code for code in map(str, Locale("en").territories) if code.isalpha()]
    return frozenset(
        code for territory in territories for code in get_territory_currencies(territory)
    )


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


def read_currency(text: str, country: str = "") -> str:
    """Return the code of a currency; where it may be several, that of the country.

    >>> read_currency("fcfa", "SN"), read_currency("euros"), read_currency("cedis")
    ('XOF', 'EUR', 'GHS')
    """
    code = text.strip().upper()
    if code in currencies_in_use():
        return code
    name, names = fold_text(text), currency_names()
    codes = names.get(name, set())
    if not codes and len(name) >= SHORTEST:  # “cedis”, where the list has “Ghanaian cedis”
        codes = set().union(*(names[one] for one in names if name in one.split()))
    paid = set(get_territory_currencies(country) if country else ())
    own = (codes or set(OWN_SIGNS.get(name, "").split())) & paid
    if len(own) == 1:
        codes = own
    if len(codes) == 1:
        return next(iter(codes))
    if 1 < len(codes) <= MOST_NAMED:
        raise number_refusal(WHICH_CURRENCY, "unclear", text, codes=", ".join(sorted(codes)))
    raise number_refusal(NO_CURRENCY, "currency", text)


class CurrencyField(forms.CharField):
    """A currency by its code, its sign or its name; `country` decides between several."""

    country = ""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("Three letters, for example EUR, XOF or GHS."))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str | None:
        typed = super().to_python(value)
        return typed and read_currency(typed, self.country)
