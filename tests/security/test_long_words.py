"""A long text of any shape is read in a time that grows as its length, not as the square of it.

Each took minutes of a web process for one request of somebody without an account: patterns that
tried each place of a long word anew, and marks piled on a letter, which Unicode's form sorts.
"""

import re
import signal
from unicodedata import normalize

from connect.characters import clean_text, remove_disguise
from notifications import letter_text
from tests.modules import modules_of_the_product

LONG = 60_000
SHAPES = ["A", "é", "1", "-", ".", "a.", "1.", "a-", "a@", "@", "www.", "+1", "00 ", "://", "_"]


def patterns_of_the_product():
    for module in modules_of_the_product():
        for key, one in vars(module).items():
            if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                yield f"{module.__name__}.{key}", one


def test_a_long_word_of_any_shape_is_read_at_once():
    """H35: tried each place of a long word anew."""

    def too_long(*_):
        raise TimeoutError(f"{name} on {shape!r}")

    before = signal.signal(signal.SIGALRM, too_long)
    try:
        for name, pattern in patterns_of_the_product():  # noqa: B007 - said by too_long
            if pattern is letter_text.DOMAIN:
                continue  # it is tried on words up to LONGEST_WORD alone: see below
            for shape in SHAPES:
                signal.alarm(20)
                pattern.search(shape * (LONG // len(shape)) + "\N{SPACE}")
        for shape in SHAPES:
            name = "break_addresses"
            signal.alarm(20)
            letter_text.break_addresses(shape * (LONG // len(shape)))
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def test_marks_piled_on_a_letter_are_cut_where_no_writing_has_more():
    assert clean_text("x" + "\u0301\u0316" * 500) == normalize("NFC", "x" + "\u0301\u0316" * 15)
    assert remove_disguise("x" + "\u0301" * 500) == "x" + "\u0301" * 30
