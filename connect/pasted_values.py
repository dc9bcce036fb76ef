"""What people paste into a field, converted into the usual form.

What is clear is brought into it, as a telephone of a known country. Where it is not, the refusal
says what to write. What was typed stays in the box.
"""

import re
import unicodedata
from datetime import date
from functools import cache
from typing import Any

import phonenumbers
from babel import localedata
from babel.dates import get_month_names
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator, validate_email
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import to_locale

from connect.characters import bare_line, is_mark, one_line, remove_disguise
from connect.numbers import MINUS, number_refusal
from connect.telephone_numbers import find_dialled

LONGEST_ADDRESS = 2000  # of a page: what every browser takes


def fold_text(text: str) -> str:
    """Return words without accents, capitals and marks, to be compared.

    >>> fold_text("1er Août, 2027")
    '1er aout 2027'
    """
    split = unicodedata.normalize("NFKD", text.casefold())
    plain = (c for c in split if not unicodedata.combining(c))
    return " ".join("".join(c if is_part_of_word(c) else " " for c in plain).split())


def is_part_of_word(letter: str) -> bool:
    """True for a letter, a digit or a sign of a currency, and no mark between words."""
    return letter.isalnum() or letter == "_" or unicodedata.category(letter) == "Sc"


# Names


class LineField(forms.CharField):
    """A name or another text of one line, without the ends of lines and blanks pasted along."""

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        return typed and one_line(typed)


# Addresses of pages


PAGE = re.compile(r"(?:https?://|(?<![\w/.@:-])www\.)[^\s<>\"“”«»‹›]+", re.IGNORECASE)
OPENING = {")": "(", "]": "[", "}": "{", "）": "（"}  # noqa: RUF001 - wide ones
AROUND = "*_~|`"  # on both sides, where messages write in bold or as a code
NOT_A_PAGE = _("Write the address of one page, for example https://www.example.org/page.")
BLANK_WITHIN = _("An address has no blanks: copy all of it, and nothing behind it.")
GOES_ON = re.compile(r" +[^\W_]")
# A password or a name before the address would make it look like another's.
PAGE_CHECKS = [
    URLValidator(schemes=["http", "https"], message=NOT_A_PAGE),
    RegexValidator(r"^[^/]*//[^/?#]*@", NOT_A_PAGE, "invalid", inverse_match=True),
]
HOST = re.compile(r"^[^/]*//(?:[^/?#]*@)?([^/?#]*)")


def is_host(name: str) -> bool:
    """True if a domain has letters, digits, hyphens and dots alone, of any script.

    A library writes any mark in the letters of ASCII, and so takes it for a part of the domain.

    >>> is_host("agona.gov.gh"), is_host("مدينة.إمارات"), is_host("agona.gov.gh،")
    (True, True, False)
    """
    return not any(is_mark(letter) for letter in name)


class PageField(forms.URLField):
    """The address of a page, also where it is pasted with words or brackets around it."""

    default_error_messages = {"invalid": NOT_A_PAGE}
    default_validators = [*PAGE_CHECKS]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("assume_scheme", "https")
        kwargs.setdefault("max_length", LONGEST_ADDRESS)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str | None:
        value = bare_line(value or "")
        marks = ".,;:" if PAGE.fullmatch(value) else ".,;:!?"  # a password may end in one of these
        addresses, goes_on = set(), False
        for one in PAGE.finditer(value):
            before = value[one.start() - 1 : one.start()]
            address = end_page(one[0], marks + (before if before in AROUND else ""))
            addresses.add(address)
            # What stands behind an address apart from it begins with a mark, or one ends it.
            goes_on |= bool(address == one[0] and GOES_ON.match(value, one.end()))
        if len(addresses) > 1:
            raise ValidationError(NOT_A_PAGE, code="invalid")
        if goes_on:
            raise ValidationError(BLANK_WITHIN, code="blank")
        page: str | None = super().to_python(addresses.pop() if addresses else value)
        if page and (host := HOST.match(page)) and not is_host(host[1]):
            raise ValidationError(NOT_A_PAGE, code="invalid")
        return page


def end_page(address: str, marks: str) -> str:
    """Return a page's address without the marks behind it, or a bracket that it does not open.

    >>> end_page("https://agona.example/a_(b),", ".,"), end_page("https://agona.example/a)،", ".")
    ('https://agona.example/a_(b)', 'https://agona.example/a')
    """
    while address and is_behind(address, marks):
        address = address[:-1]
    return address


def is_behind(address: str, marks: str) -> bool:
    """True if the last letter of a page's address is no part of it."""
    last = address[-1]
    if last in OPENING:
        return address.count(last) > address.count(OPENING[last])
    return last in marks + "'" or is_mark(last)


# Addresses of mailboxes


MAILBOX = re.compile(r"(?<![^\s<>\"“”(),;:])[^\s<>\"“”(),;:]+@[^\s<>\"“”(),;:]+")

# A name in front stands apart by a bracket or a colon; behind an address stand signs alone, or
# words in brackets.
COPIED_AROUND = re.compile(
    r"^(?:[^@]*[<(\[:])?[\s\"'*]*@(?:[\s<(\[\"]*(?:mailto:)?@)?[\s>)\]\"'.,;:!?*]*"
    r"(?:\([^\W\d_][^()@.]{2,}\))?",
    re.IGNORECASE,
)
QUERY = re.compile(r"^(\s*mailto:[^?]*)\?.*", re.IGNORECASE)  # of a link: a subject, for example
ONE_ADDRESS = _("Write one e-mail address, for example name@town.example.")


class MailboxField(forms.EmailField):
    """An e-mail address, also as mail programs copy it: with a name, brackets or “mailto:”.

    What may be a part of the address, as in “mayor@town.gov,gh”, is refused, never left out.
    """

    def to_python(self, value: Any) -> str | None:
        value = QUERY.sub(r"\1", bare_line(value or ""))
        plain = "".join('"' if is_mark(letter) else letter for letter in value)
        addresses = {one.strip(".'[]*!?") for one in MAILBOX.findall(plain)}
        if len(addresses) > 1:
            raise ValidationError(ONE_ADDRESS, code="several")
        if addresses:
            address = addresses.pop()
            if COPIED_AROUND.fullmatch(plain.replace(address, "@")):
                value = address
        if not is_host(value.rpartition("@")[2]):
            raise ValidationError(validate_email.message, code="invalid")
        return super().to_python(value)


# Telephones

PAGE_NAMED = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"“”«»]*", re.IGNORECASE)


def find_contact(text: str) -> str:
    """Return the first e-mail address, page's address or telephone number of a text; else "".

    >>> find_contact("Write to efua@agona.example"), find_contact("28 000 people, 1.5 million")
    ('efua@agona.example', '')
    >>> find_contact("See https://www.agona.example/x."), find_contact("Call 024 123 4567.")
    ('https://www.agona.example/x', '024 123 4567')
    """
    text = remove_disguise(text)
    match = MAILBOX.search(text) or PAGE_NAMED.search(text)
    return (match[0] if match else find_dialled(text)).strip().rstrip(".,;:!?)]}'’")


def check_no_contact(text: str) -> None:
    """Raise ValidationError for a text for everybody that holds an address or a number."""
    if contact := find_contact(text):
        words = _(
            "Everybody can read this: leave out e-mail addresses, telephone numbers "
            "and web addresses. This is one: “%s”."
        )
        raise ValidationError(words % contact, code="contact")


DIALLED = phonenumbers.PhoneNumberFormat.E164
# Words and marks before the first digit or the sign of a country's code, and behind the last digit.
BESIDE_DIGITS = re.compile(r"^[^\d+＋]+|\D+$")  # noqa: RUF001 - one of the wide letters
NO_TELEPHONE = _("“%(typed)s” is not a telephone number: write it like +233 24 123 4567.")
NO_EXTENSION = _(
    "“%(typed)s” is not a telephone number: write an extension like +233 24 123 4567 ext. 12."
)
ONE_NUMBER = _("Write one telephone number, for example +233 24 123 4567.")
BETWEEN_NUMBERS = re.compile(
    r"[/;,،؛\n|&]|\b(?:or|and|ou|et|o|y|e|of|en)\b|\bأو\b|(?<=\s)و(?=[\s+\d])", re.IGNORECASE
)
FEWEST = 7  # digits by which something beside another number is one too
BETWEEN_DIGITS = re.compile("[·•∙⋅‧]")  # which the library does not know
# As we write it in other languages; the library knows those of English and Spanish.
EXTENSION = re.compile(
    r"[\s,،;(]*\b(?:poste|ramal|toestel|extens[aã]o|extensi[oó]n|extension|interno|anexo|anexe|"
    r"التحويلة|تحويلة)\s*[.:]?\s*(\d{1,7})[\s).]*$",
    re.IGNORECASE,
)
NO_COUNTRY = _("Start with + and the country code, for example +233 24 123 4567.")


def read_telephone(text: str, country: str = "") -> str:
    """Return a number as it is dialled from anywhere; without its code it is one of `country`.

    Words before and behind it are left out. Raises ValidationError where there is no such number,
    or it may be of any country.

    >>> read_telephone("024 123 4567", "GH"), read_telephone("0033 1 44 55 66 77")
    ('+233 24 123 4567', '+33 1 44 55 66 77')
    """
    parts = BETWEEN_NUMBERS.split(text)
    if sum(sum(map(str.isdecimal, part)) >= FEWEST for part in parts) > 1:
        raise ValidationError(ONE_NUMBER, code="several")
    typed = BETWEEN_DIGITS.sub(" ", bare_line(text)).replace("(0)", "")
    typed = EXTENSION.sub(r" ext. \1", typed)
    digits = BESIDE_DIGITS.sub("", typed[max(typed.find("+"), 0) :])  # “24h: +233 …”
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    if not (digits.startswith(("+", "＋")) or country):  # noqa: RUF001 - one of the wide letters
        raise ValidationError(NO_COUNTRY, code="invalid")
    try:
        number = phonenumbers.parse(digits, country or None)
    except phonenumbers.NumberParseException as error:
        raise number_refusal(NO_TELEPHONE, "invalid", text) from error
    if not phonenumbers.is_possible_number(number) or has_words_within(number, digits):
        has_words = any(c.isalpha() for c in digits)
        raise number_refusal(NO_EXTENSION if has_words else NO_TELEPHONE, "invalid", text)
    if number.extension:  # as short as columns are
        extension, number.extension = number.extension, None
        return f"{phonenumbers.format_number(number, DIALLED)}x{extension}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def has_words_within(number: phonenumbers.PhoneNumber, typed: str) -> bool:
    """True where words stand within a number, which may be read as digits: “fax” as 329.

    Those before an extension are known.
    """
    if not any(c.isalpha() for c in typed):
        return False
    figures = "".join(str(unicodedata.decimal(c)) for c in typed if c.isdecimal())
    return not number.extension or str(number.national_number) not in figures


def format_telephone(number: str) -> str:
    """Return a number that was read as people write it, its extension in the reader's words.

    >>> format_telephone("+59139622028x12"), format_telephone("+233 24 123 4567")
    ('+591 3 9622028, ext. 12', '+233 24 123 4567')
    """
    try:
        read = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    extension, read.extension = read.extension, None
    written = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    if not extension:  # as it was typed
        return number
    return _("%(number)s, ext. %(extension)s") % {"number": written, "extension": extension}


class TelephoneField(forms.CharField):
    """`country` says of which country a number is that comes without its code."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    country = ""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", _("With the country code, for example +233 24 123 4567."))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str | None:
        typed = super().to_python(value)
        return typed and read_telephone(typed, self.country)


# Days


EARLIEST, LATEST = date(1900, 1, 1), date(2099, 12, 31)  # of all that people plan or did
FAR_DAY = _("“%(typed)s” is too far away: choose a day from 1900 to 2099.")
NO_DAY = _("“%(typed)s” is not a date: write it like 2027-03-12 or 12 March 2027.")
WHICH_DAY = _("“%(typed)s” may be %(one)s or %(other)s: write the month as a word.")
YEAR_FIRST = re.compile(r"(\d{4})[-/. ]+(\d{1,2})[-/. ]+(\d{1,2})\.?")
# The month comes first with strokes alone, and not everywhere.
YEAR_LAST = re.compile(r"(\d{1,2})[-/. ]+(\d{1,2})[-/. ]+(\d{4})\.?")
# No word of a month has more than twenty letters; in Beirut some have two words.
WORDED = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th|er|o)? (?:de |of )?([^\W\d_]{1,20}(?: [^\W\d_]{1,20})??)"
    r"|([^\W\d_]{1,20}) (\d{1,2})(?:st|nd|rd|th)?)"
    r" (?:de |del )?(\d{4})"
)


@cache
def known_languages() -> list[str]:
    """List those of the site in which months and currencies are known."""
    codes = {to_locale(code) for code, _name in settings.LANGUAGES}
    return sorted(code for code in codes if localedata.exists(code))


# Where other months are said than in the languages of the site: the Levant, the Maghreb, Peru.
ELSEWHERE = ("ar_LB", "ar_DZ", "ar_MA", "ar_MR", "es_PE")


@cache
def month_numbers() -> dict[str, int]:
    """Return {folded name of a month, in full or short: its number}."""
    return {
        fold_text(name): number
        for language in (*ELSEWHERE, *known_languages())
        for width in ("wide", "abbreviated")
        for context in ("format", "stand-alone")
        for number, name in get_month_names(width, context, language).items()
    }


def read_day(text: str) -> date:
    """Return a day as people of any country write it; raise ValidationError where it is not clear.

    >>> str(read_day("25/03/2027")), str(read_day("1er octobre 2026")), str(read_day("2027.3.25"))
    ('2027-03-25', '2026-10-01', '2027-03-25')
    """
    typed = bare_line(text).translate(MINUS)
    if match := YEAR_FIRST.fullmatch(typed):
        return make_day(typed, *map(int, match.groups()))
    if match := YEAR_LAST.fullmatch(typed):
        first, second, year = map(int, match.groups())
        if "/" in typed and first <= 12 and second <= 12 and first != second:
            one, other = (
                date_format(make_day(typed, year, month, day))
                for day, month in ((first, second), (second, first))
            )
            raise number_refusal(WHICH_DAY, "unclear", typed, one=one, other=other)
        return make_day(typed, year, *((first, second) if second > 12 else (second, first)))
    words = fold_text(typed).split(" ")
    while words[0].isalpha() and words[0] not in month_numbers() and len(words) > 3:
        words = words[1:]  # “Friday the”
    if match := WORDED.fullmatch(" ".join(words)):
        before, name, first_name, after, worded_year = match.groups()
        if number := month_numbers().get(name or first_name):
            return make_day(typed, int(worded_year), number, int(before or after))
    raise number_refusal(NO_DAY, "invalid", typed)


def make_day(typed: str, year: int, month: int, number: int) -> date:
    try:
        day = date(year, month, number)
    except ValueError as error:
        raise number_refusal(NO_DAY, "invalid", typed) from error
    if not EARLIEST <= day <= LATEST:
        raise number_refusal(FAR_DAY, "far", typed)
    return day


class DayField(forms.DateField):
    """A day, in a box that a browser knows as one; read alike in every language."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str) and value.strip():
            return read_day(value)
        return super().to_python(value)
