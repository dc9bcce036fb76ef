"""What changes places in a line from right to left, as mail programs and documents lay it."""

import re
import unicodedata

ISOLATED = re.compile("[\u2066-\u2068][^\u2066-\u2069]*\u2069")
OBJECT = "\ufffc"  # what is isolated counts as neither Latin nor Arabic
SEPARATOR = re.compile("( · |، | / |, | – |؛ )")


def first_kind(letters, kinds):
    """Return the first of these kinds of letters; "" where there is none."""
    found = (unicodedata.bidirectional(letter) for letter in letters)
    return next((kind for kind in found if kind in kinds), "")


def confused_lines(text):
    """List the lines in which two Latin pieces stand side by side, neither isolated.

    They are laid from left to right together, with what is isolated between them, so that the
    second is read first. A number after a Latin piece goes with it.
    """
    found = []
    for line in text.split("\n"):
        plain = ISOLATED.sub(OBJECT, line)
        if not first_kind(plain, ("R", "AL")):
            continue  # a line of Latin alone, as a sentence that somebody wrote
        pieces = SEPARATOR.split(plain)
        for place in range(1, len(pieces), 2):
            before, after = "".join(pieces[:place]), "".join(pieces[place + 1 :])
            ends = first_kind(reversed(before), ("L", "R", "AL"))
            begins = first_kind(after, ("L", "R", "AL", "EN"))
            if ends == "L" and begins in ("L", "EN"):
                found.append(" ".join(line.split()))
                break
    return found
