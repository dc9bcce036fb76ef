"""Finding and removing what names a person in typed text: whole words and values only.

Erasing Ama leaves Ama Serwaa, the town of Ama and everybody else's words as they are.
"""

import re
from dataclasses import dataclass, replace

from engine.words import STOP
from notifications.outbox import NOWHERE

NAMELESS = "Erased person"

# Keys of answers, facts of letters and columns that hold the name of a person and nothing else.
NAMES = frozenset(
    "focal_name legal_name signed_name contact follow_up_person responsible approved_name"
    " remark_by credit speakers employer_name person expert who cv_name".split()
)
# Those that hold the name of a place, an organisation or a thing: a person's is none of theirs.
PLACES = frozenset(
    "authority place town country organisation association partner call reference".split()
)
# Beside a name stands the address of whom it names: where that is another's, so is the name.
ADDRESSES = {
    "focal_name": "focal_email",
    "legal_name": "legal_email",
    "employer_name": "employer_email",
    "contact": "address",
    "name": "address",
    "signed_name": "address",
}
BEFORE, AFTER = r"(?<![^\W_])(?<!\w-)", r"(?![^\W_])(?!-\w)"
SHORTEST_NUMBER = 7  # digits: years and amounts are shorter


@dataclass(frozen=True)
class PersonMarks:
    """What identifies a person; `replacement` is what erasure writes in place of their address."""

    names: frozenset = frozenset()
    addresses: frozenset = frozenset()
    numbers: frozenset = frozenset()
    replacement: str = f"erased@{NOWHERE}"
    others: frozenset = frozenset()  # addresses of those who are called alike

    def __post_init__(self):
        for kind in ("names", "addresses", "numbers"):
            words = {" ".join(word.split()) for word in getattr(self, kind)}
            object.__setattr__(self, kind, frozenset(words - {"", NAMELESS}))

    @property
    def without_names(self):
        """The same marks without the names, for use where others have the same names."""
        return replace(self, names=frozenset())

    def replacement_of(self, value, of_name):
        """Return the replacement of a value that is one of the marks; None if it is none."""
        value = " ".join(value.split()).casefold()
        if value in {address.casefold() for address in self.addresses}:
            return self.replacement
        if value in {number.casefold() for number in self.numbers}:
            return ""
        if of_name and value in {name.casefold() for name in self.names}:
            return NAMELESS
        return None

    def spans(self, text, alone=False):
        """Return (start, end, replacement) of each mark in a text, without overlaps.

        A name of one word is known only where it stands for itself, for May is a month as well;
        with `alone` the text is known to speak of this person, and it counts as well. What is
        written as no name is, “of the”, is known nowhere: a name is anybody's to choose. A name
        with another word of a name behind it is somebody else's, or a place's. A number is known
        as one is dialled: an amount is none.
        """
        spans = []
        for address in self.addresses:
            words = rf"(?<![\w.+%-]){re.escape(address)}(?![\w-]|\.\w)"
            spans += [
                (*m.span(), self.replacement) for m in re.finditer(words, text, re.IGNORECASE)
            ]
        for number in self.numbers:
            digits = re.sub(r"\D", "", number)
            is_dialled = number.strip().startswith(("+", "0", "("))
            if len(digits) >= SHORTEST_NUMBER and is_dialled:
                plus = r"\+" if number.strip().startswith("+") else r"(?<!\+)"
                words = plus + r"(?<!\d)" + r"[\s().\-/]*".join(digits) + r"(?!\d)"
                spans += [(*m.span(), "") for m in re.finditer(words, text)]
        for name in self.names:
            parts = name.split()
            if len(telling_words(name)) < (1 if alone else 2):
                continue
            words = BEFORE + r"[\s_]+".join(map(re.escape, parts)) + AFTER
            for m in re.finditer(words, text, re.IGNORECASE):
                if is_written_as(m[0], name) and not name_continues(text, m.end()):
                    spans.append((*m.span(), NAMELESS))
        spans.sort(key=lambda span: (span[0], -span[1]))
        kept: list = []
        for span in spans:
            if not kept or span[0] >= kept[-1][1]:
                kept.append(span)
        return kept


def telling_words(name):
    """List the words of a name that are written as a name's: neither “de” nor “The” is."""
    return [word for word in name.split() if not is_common(word)]


def is_common(word):
    return word[0].islower() or word.casefold() in STOP


def have_word_in_common(one, other):
    """True if two names share a word: Efua Mensah and E. Mensah-Boateng do."""

    def split(name):
        words = re.split(r"[\W\d_]+", " ".join(telling_words(name)).casefold())
        return {word for word in words if len(word) > 1}

    return not split(one).isdisjoint(split(other))


def is_other_name(typed, expected):
    """True if a name as somebody typed it has no word of the expected one, in capitals or not."""
    return not have_word_in_common(typed.title(), expected.title())


def is_written_as(words, name):
    """True if a name's words begin as the name does: Will Power is not “will power”."""
    pairs = zip(re.split(r"[\s_]+", words), name.split())
    return all(word[0] == part[0] or word.isupper() for word, part in pairs)


def name_continues(text, end):
    """True if a space and a capital follow: the words before are a part of a longer name."""
    rest = text[end:]
    word = rest.lstrip(" \N{NO-BREAK SPACE}")
    return rest != word and word[:1].isupper()


def remove_marks_from(value, marks, *, key="", names=NAMES, places=PLACES):
    """Return a value without the marks of a person: a text, or lists and dictionaries of them.

    `key` is the column or key that holds it: `names` are those that hold a person's name and
    nothing else, `places` those that hold the name of something else.
    """
    if isinstance(value, dict):
        return {
            one: held
            if is_of_another(one, value, marks)
            else remove_marks_from(held, marks, key=one, names=names, places=places)
            for one, held in value.items()
        }
    if isinstance(value, list):
        return [remove_marks_from(one, marks, key=key, names=names, places=places) for one in value]
    if not isinstance(value, str) or key in places:
        return value
    instead = marks.replacement_of(value, key in names)
    return instead if instead is not None else remove_from_text(value, marks)


def is_of_another(key, values, marks):
    """True for a name that is followed by the address of somebody else."""
    beside = values.get(ADDRESSES.get(key, ""), "")
    typed = beside if isinstance(beside, list) else [beside]
    addresses = {one.strip().casefold() for one in typed if isinstance(one, str)}
    return not addresses.isdisjoint(marks.others)


def remove_from_text(text, marks, *, alone=False, others=()):
    """Return a text without the marks; names of `others` in it stay, longest first."""
    others = sorted((one for one in others if one and " " in one), key=len, reverse=True)
    if others:
        kept = "|".join(map(re.escape, others))
        parts = re.split(rf"({BEFORE}(?:{kept}){AFTER})", text)
        parts[::2] = [remove_from_text(part, marks, alone=alone) for part in parts[::2]]
        return "".join(parts)
    written, end = [], 0
    for start, stop, instead in marks.spans(text, alone):
        written += [text[end:start], instead]
        end = stop
    return "".join([*written, text[end:]])


def find_passages(value, marks, *, key="", names=NAMES, places=PLACES):
    """List the lines of a value that name a person, without its other lines."""
    if isinstance(value, dict):
        return [
            line
            for one, held in value.items()
            for line in find_passages(held, marks, key=one, names=names, places=places)
        ]
    if isinstance(value, list):
        return [
            line
            for one in value
            for line in find_passages(one, marks, key=key, names=names, places=places)
        ]
    if not isinstance(value, str) or key in places:
        return []
    if marks.replacement_of(value, key in names) is not None:
        return [value]
    return [line.strip() for line in value.splitlines() if marks.spans(line)]
