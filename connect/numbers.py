"""Numbers as people write them anywhere, read the same way in every language.

Countries part thousands by a point, a comma, a blank or an apostrophe, and decimals by a point or a
comma. Where 45.300 could be either, what the place asks for decides: a whole number, at most two
decimals, 90 at most. Where that leaves both, one is asked: no number becomes smaller in silence.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format, number_format
from django.utils.translation import gettext_lazy as _

from connect.types import Words

LONGEST = 40  # characters of a number
MOST_REPEATED = 60  # characters that a refusal repeats of what was typed
BLANK, APOSTROPHE = re.compile(r"\s"), re.compile("[’‘ʼ′`´٬،⹁]")  # these part thousands alone
MINUS = str.maketrans("−‐‑–", "----")  # noqa: RUF001 - what looks like one, and is pasted for one
# Groups of three, or of two before the last three as in India.
GROUPED = "(?:[1-9][0-9]{{0,2}}(?:{0}[0-9]{{3}})+|[1-9][0-9]?(?:{0}[0-9]{{2}})+{0}[0-9]{{3}})"
WHOLE = [("", "[0-9]+"), *((mark, GROUPED.format(re.escape(mark))) for mark in " '.,")]
# (the mark of thousands, the mark of decimals, the shape of a number written with them)
SHAPES = [
    (mark, point, re.compile(f"[+-]?{whole}" + (f"{re.escape(point)}[0-9]+" if point else "")))
    for mark, whole in [*WHOLE[1:], WHOLE[0], ("", "")]
    for point in ("", ".", ",", "٫")
    if mark != point or not point
]

NOT_A_NUMBER = _("“%(typed)s” is not a number: write digits alone, for example 1200 or 12.5.")
NOT_WHOLE = _("“%(typed)s” is not a whole number: write no decimals, for example %(whole)s.")
WHOLE_TO = _("“%(typed)s” is not a whole number from %(least)s to %(most)s.")
NOT_A_WHOLE_NUMBER = _("“%(typed)s” is not a number: write digits alone, for example 12.")
UNCLEAR = _("“%(typed)s” may mean %(one)s or %(other)s: enter the one you mean.")


Number = int | float | Decimal  # a bound


def number_refusal(message: Words, code: str, typed: str, **params: str) -> ValidationError:
    """Return a ValidationError that repeats what was typed, cut to a readable length."""
    return ValidationError(
        message, code=code, params={"typed": typed.strip()[:MOST_REPEATED]} | params
    )


def plain_number(text: str) -> str:
    """Return a number with digits and marks that `SHAPES` know."""
    text = "".join(c for c in text.strip() if unicodedata.category(c) != "Cf").translate(MINUS)
    digits = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)
    return APOSTROPHE.sub("'", BLANK.sub(" ", digits))


def possible_readings(text: str) -> dict[Decimal, str]:
    """Return {number: the mark of its decimals} of what a text may stand for, thousands first."""
    written = plain_number(text)
    readings: dict[Decimal, str] = {}
    for mark, point, shape in SHAPES if len(text) <= LONGEST else ():
        if written.strip("+-") and shape.fullmatch(written):
            digits = written.replace(mark, "") if mark else written
            readings.setdefault(Decimal(digits.replace(point, ".") if point else digits), point)
    return readings


def possible_numbers(text: str) -> list[Decimal]:
    """List the numbers that a text may stand for, the one with thousands first.

    >>> possible_numbers("45.300"), possible_numbers("1 234,5"), possible_numbers("4.5.3")
    ([Decimal('45300'), Decimal('45.300')], [Decimal('1234.5')], [])
    """
    return list(possible_readings(text))


def mark_of_decimals(texts: list[str]) -> str:
    """Return the decimal mark of those numbers that are clear; None where they differ.

    >>> mark_of_decimals(["1.0845", "655.957", "12"]), mark_of_decimals(["1,5", "1.5"])
    ('.', '')
    """
    ways = [possible_readings(text) for text in texts]
    marks = {point for way in ways if len(way) == 1 for point in way.values() if point}
    return marks.pop() if len(marks) == 1 else ""


def read_whole(text: str) -> int:
    """Return a whole number; raise ValidationError for anything else.

    >>> read_whole("45.300"), read_whole("12 000"), read_whole("7.0")
    (45300, 12000, 7)
    """
    numbers = possible_numbers(text)
    for number in numbers:
        if number == int(number):
            return int(number)
    if numbers:
        raise number_refusal(NOT_WHOLE, "invalid", text, whole=f"{abs(int(numbers[0]))}")
    raise number_refusal(NOT_A_WHOLE_NUMBER, "invalid", text)


def read_amount(
    text: str,
    places: int | None = None,
    least: Number | None = None,
    most: Number | None = None,
    point: str = "",
) -> Decimal:
    """Return a Decimal; raise ValidationError for no number, and for one that is not clear.

    places: decimals that may be written; least, most: its bounds; point: the mark of decimals that
    its neighbours have.

    >>> read_amount("1.200", places=2), read_amount("5,533", most=90)
    (Decimal('1200'), Decimal('5.533'))
    >>> read_amount("2.500,500", places=2)
    Decimal('2500.5')
    """
    readings = possible_readings(text)
    if not readings:
        raise number_refusal(NOT_A_NUMBER, "invalid", text)
    fitting = [
        number
        for number, its_point in readings.items()
        if (places is None or -int(number.as_tuple().exponent) <= places)
        and (least is None or number >= least)
        and (most is None or number <= most)
        and (not point or its_point in ("", point) and (its_point or point not in text))
    ]
    if not fitting and places is not None:  # 12.500 of what has two decimals
        whole = [number.normalize() for number in readings]
        fitting = [number for number in whole if -int(number.as_tuple().exponent) <= places]
    if len(fitting) > 1:
        one, other = (number_format(format(number.normalize(), "f")) for number in fitting[:2])
        raise number_refusal(UNCLEAR, "unclear", text, one=one, other=other)
    return next(iter(fitting or readings))


def with_places(number: Decimal, places: int | None) -> Decimal:
    """Return a number with so many decimals, as a column shows it; as it is, if it has more."""
    if places is None or not number.is_finite():
        return number
    whole = number.quantize(Decimal(1).scaleb(-places))
    return whole if whole == number else number


class AmountField(forms.DecimalField):
    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    min_value: int | None
    max_value: int | None

    def prepare_value(self, value: Any) -> Any:
        """Return a number as its reader writes it, which is read back without doubt."""
        if not isinstance(value, Decimal):
            return value
        text = format(value.normalize(), "f")
        if len(possible_numbers(text)) > 1:  # 655.957 might be a large one
            text += "0"
        return text.replace(".", get_format("DECIMAL_SEPARATOR"))

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            value = read_amount(value, self.decimal_places, self.min_value, self.max_value)
        return super().to_python(value)


class QuantityField(AmountField):
    """A quantity on a page: who writes 100.000 is asked what it means.

    Its column may keep fewer decimals than people write.
    """

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            value = read_amount(value, None, self.min_value, self.max_value)
        return super().to_python(value)


class WholeField(forms.IntegerField):
    widget = forms.TextInput(attrs={"inputmode": "numeric"})

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, str) and value.strip():
            try:
                value = self.read_within_bounds(value)
            except ValidationError as error:
                if self.max_value is None:
                    raise
                # An example that this box would take.
                most = {"least": str(self.min_value or 0), "most": str(self.max_value)}
                raise number_refusal(WHOLE_TO, "invalid", value, **most) from error
        return super().to_python(value)

    def read_within_bounds(self, text: str) -> int:
        """Return a whole number; ValidationError for none, and for one beyond both its bounds."""
        number = read_whole(text)
        least, most = self.min_value or 0, self.max_value
        if isinstance(most, int) and isinstance(least, int) and not least <= number <= most:
            raise ValidationError(WHOLE_TO, code="invalid")
        return number
