"""Telephone numbers within a text, told from days, hours, periods, money and numbers of people.

Two places look for them. A text for everybody is refused for a number as one dials it: with a zero
or a plus before it. In messages before an agreement any eight digits are hidden, however they are
spaced. Neither may take for one what people write of days and money.
"""

import re
from collections.abc import Iterator

import phonenumbers
from babel.numbers import is_currency

DASHES = r"\-‐‑‒–—−"  # noqa: RUF001 - what word processors make of one
RUN = re.compile(rf"(?:\+\s?)?\(?\d(?:[\s()./:{DASHES}]{{0,3}}\d){{6,}}")
# As one dials from abroad or at home.
DIALLED = re.compile(
    rf"(?:\+|\b00)[\s()./{DASHES}\d]{{7,}}\d"
    rf"|\b0\)?[\s()./{DASHES}]{{0,3}}\d(?:[\s()./{DASHES}]{{0,3}}\d){{6,}}\b"
)
FEWEST_DIGITS = 8  # of a number that no sign says is one; 115 000 people have fewer

MARK = rf"\s?[./{DASHES}]\s?"
D, M = "(?:[12][0-9]|3[01]|0?[1-9])(?![0-9])", "(?:1[0-2]|0?[1-9])(?![0-9])"
Y = "(?:19|20)[0-9]{2}(?![0-9])"
DAY = rf"(?:{D}{MARK}{M}{MARK}{Y}|{M}{MARK}{D}{MARK}{Y}|{Y}{MARK}{M}{MARK}{D})\.?"
DAY_OR_HOUR = [
    re.compile(shape)
    for shape in (
        DAY,
        rf"{D}(?:[./]{M})?\.?\s?[/{DASHES}]\s?{DAY}",  # 12-16.03.2027, 28.02-03.03.2027
        r"(?:[01]?[0-9]|2[0-4])(?::[0-5][0-9](?::[0-5][0-9])?|\.[0-5][05])",
    )
]
PERIOD = [
    re.compile(shape)
    for shape in (
        Y,
        rf"{D}[./]{M}[./][0-9]{{2}}(?![0-9])",
        rf"{Y}[/{DASHES}][0-9]{{2}}",
        rf"{M}{MARK}{Y}|{Y}{MARK}{M}",
        rf"{D} {M} {Y}|{Y} {M} {D}",
        rf"0[0-9]{{1,4}}/{Y}",  # of an act: 0145/2023
    )
]
BETWEEN = re.compile(rf"[\s()]*[/{DASHES}][\s()]*|[\s()]+")
GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:([\s.])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]{1,2})?(?![0-9])")
WHOLE = re.compile(r"[1-9][0-9]{4,}(?:\.[0-9]{1,2})?(?![0-9])")
NORM = re.compile(r"\b(?:ISO|IEC|EN|NF|DIN)[\s/-]*(?:ISO|IEC|EN)?\s*$")
NORM_NUMBER = re.compile(rf"[0-9]{{3,5}}(?:[-.][0-9]{{1,2}})?[\s:{DASHES}]+{Y}")
LAST_GOAL = 17  # of sustainable development: lists of them are pairs of digits

UNIT = (
    r"\s*(?:%|m[²³23]?\b|km[²2]?\b|ha\b|hectares?|hectáreas?|tonn?e?s?\b|toneladas?|lit(?:re|er)s?|"
    r"litros?|[km]wh\b|euros?|d[oó]l+are?s?\b|fran(?:c|co)s?\b|f\.?\s?cfa\b|cfa\b|cedis?\b|pesos?\b|"
    r"soles\b|shillings?|[ktu]shs?\b|nairas?|birrs?|kwachas?|rands?\b|dirhams?|dinare?s?\b|reais\b|"
    r"pounds?|livres?|libras?|gourdes?|lempiras?|quetzales|bolivianos|guaran[ií]e?s|colones|"
    r"rup(?:ee|ia)s?|roupies?|ariarys?|meticais|kwanzas?|hryvnias?|"
    r"people|persons?|inhabitants?|residents?|citizens|users?|households?|famil(?:y|ies)|"
    r"hab(?:itant(?:e?s)?)?\b|personnes?|ménages?|usagers?|familles?|personas?|vecinos|hogares|"
    r"famílias?|familias?|usuarios?|pessoas?|moradores|munícipes|agregados|"
    r"دولار|يورو|فرنك|دينار|درهم|جنيه|شلن|ليرة|نسمة|ساكن|شخص|أسرة|مواطن)"
)
UNIT_BEHIND = re.compile(rf"(?:,[0-9]{{1,2}})?{UNIT}", re.IGNORECASE)
UNIT_BEFORE = re.compile(r"(?:f\.?\s?cfa|cfa|gh¢|[ktu]shs?\.?)\s*$", re.IGNORECASE)
SIGN_BEHIND, SIGN_BEFORE = (
    re.compile(r"(?:,[0-9]{1,2})?\s*(?:[$€£¥¢₠-⃏]|([A-Z]{3})\b)"),
    re.compile(r"(?:[$€£¥¢₠-⃏]|\b([A-Z]{3}))\s*$"),
)


def find_dialled(text: str) -> str:
    """Return the first telephone number of a text as one dials it, or "".

    >>> find_dialled("Call 024 123 4567."), find_dialled("Since 01.03.2024, 08.00-12.00")
    ('024 123 4567', '')
    """
    for start, end in unclear_runs(text, is_grouped_enough=True):
        for match in DIALLED.finditer(text[start:end]):
            if is_possible(match[0]):
                return match[0]
    return ""


def is_possible(dialled: str) -> bool:
    """True for a number as dialled at home, and for one of a country that has such numbers."""
    digits = "".join(c for c in dialled.replace("(0)", "") if c.isdecimal())
    if not dialled.startswith(("+", "00")):
        return True
    try:
        number = phonenumbers.parse(f"+{digits.removeprefix('00')}")
    except phonenumbers.NumberParseException:
        return False
    reason = phonenumbers.is_possible_number_with_reason(number)
    return reason == phonenumbers.ValidationResult.IS_POSSIBLE


def hide_numbers(text: str, hidden: str) -> str:
    """Return a text with `hidden` in place of every eight digits that may be a telephone number.

    >>> hide_numbers("12.03.2027 or 024 123 4567; 12 000 000 FCFA", "…")
    '12.03.2027 or …; 12 000 000 FCFA'
    """
    parts, after = [], 0
    for start, end in unclear_runs(text):
        if sum(c.isdecimal() for c in text[start:end]) >= FEWEST_DIGITS:
            parts += [text[after:start], hidden]
            after = end
    return "".join([*parts, text[after:]])


def unclear_runs(text: str, is_grouped_enough: bool = False) -> Iterator[tuple[int, int]]:
    """Yield where digits stand that are no days, hours, periods and amounts.

    is_grouped_enough: whether groups of three digits are an amount with nothing beside them.
    """
    for match in RUN.finditer(text):
        run, end = match[0], match.end()
        sign = re.match(r"[+(\s]*", run)
        bare = run[sign.end() :] if sign else run
        shapes = [GROUPED] if is_grouped_enough and "+" not in run else []
        if has_unit(text, match.start(), end):
            shapes = [GROUPED, WHOLE]
        norm = NORM.search(text, 0, match.start()) and NORM_NUMBER.fullmatch(bare)
        if norm or are_goals(bare):
            continue
        read = read_so_far(bare, shapes)
        is_after_days = read and bare[read:] and "+" not in run
        if read == len(bare) and not ("+" in run and is_valid(run)):
            continue
        yield (end - len(bare) + read if is_after_days else match.start()), end


def is_valid(run: str) -> bool:
    """True for a number that a country has given out, whatever its digits look like."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(run))
    except phonenumbers.NumberParseException:
        return False


def has_unit(text: str, start: int, end: int) -> bool:
    """True where a currency or what is counted stands beside digits."""
    before = text[max(0, start - 12) : start]
    if UNIT_BEHIND.match(text, end) or UNIT_BEFORE.search(before):
        return True
    signs = (SIGN_BEHIND.match(text, end), SIGN_BEFORE.search(before))
    return any(sign and (sign[1] is None or is_currency(sign[1])) for sign in signs)


def are_goals(digits: str) -> bool:
    """True for a list of goals, as in 06 11 13 15."""
    parts = digits.split()
    if not all(len(part) <= 2 and part.isdecimal() for part in parts):
        return False
    goals = [int(part) for part in parts]
    return goals == sorted(set(goals)) and goals[-1] <= LAST_GOAL


def read_so_far(digits: str, amounts: list[re.Pattern[str]]) -> int:
    """Return where what is no day, hour, period or amount begins: the end where all of it is.

    amounts: how those are written that need no noughts. Where not all is read, days and hours
    before it are known by their marks.
    """
    reached, parted = {0}, 0
    for place in range(len(digits)):
        if place not in reached:
            continue
        for end, is_marked in ends_of_items(digits, place, amounts):
            between = BETWEEN.match(digits, end)
            if end < len(digits) and not between:
                continue
            after = between.end() if between else end
            reached.add(after)
            if is_marked and parted == place and (not between or " " in between[0]):
                parted = after
    if len(digits) in reached:
        return len(digits)
    return parted - 1 if digits[:parted].endswith("(") else parted


def ends_of_items(
    digits: str, place: int, amounts: list[re.Pattern[str]]
) -> Iterator[tuple[int, bool]]:
    """Yield the end of each day, hour, period or amount that begins here; and if it has marks."""
    for shapes, is_marked in ((DAY_OR_HOUR, True), (PERIOD, False)):
        for shape in shapes:
            if match := shape.match(digits, place):
                yield match.end(), is_marked
    for shape in amounts:
        if match := shape.match(digits, place):
            yield match.end(), False
    if (match := GROUPED.match(digits, place)) and is_round(match[0]):
        yield match.end(), False


def is_round(amount: str) -> bool:
    """True for thousands, or for millions with many noughts: telephone numbers have few."""
    digits = re.sub(r"\D", "", amount)
    return digits.endswith("000" if len(digits) <= 6 else "00000")
