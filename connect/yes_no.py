"""Yes and no as people write them in a cell of a table or a document, and as programs do."""

import re

from connect.pasted_values import fold_text

TICK = re.compile("[☒☑✓✔✅]")
IF = re.compile(r"\W{0,40}si\s+\w", re.IGNORECASE)  # of French, “si possible”: no yes of Spanish
YES = frozenset("yes oui sí sim نعم ja true vrai verdadero verdadeiro wahr on".split())
NO = frozenset("no non não لا nein nee false faux falso falsch off".split())
# Where nothing else is written.
YES_ALONE, NO_ALONE = frozenset("x y o s 1".split()), frozenset("n 0".split())
YES_WORDS, NO_WORDS = frozenset(map(fold_text, YES)), frozenset(map(fold_text, NO))


def read_yes_or_no(text: str) -> bool | None:
    """Return what an answer means; None where it is neither.

    >>> read_yes_or_no("Oui !"), read_yes_or_no("☒"), read_yes_or_no("VRAI"), read_yes_or_no("NO")
    (True, True, True, False)
    >>> read_yes_or_no("☐ Yes ☒ No"), read_yes_or_no("☐"), read_yes_or_no("perhaps")
    (False, None, None)
    """
    before, *ticked = TICK.split(text)
    words = fold_text(ticked[0] if ticked else text).split()
    if ticked and not words:
        words = fold_text(before).split()[-1:] or ["x"]  # the box may stand behind its word
    if not words or IF.match(text) or (not ticked and "☐" in text):
        return None
    alone = len(words) == 1
    if words[0] in YES_WORDS or (alone and words[0] in YES_ALONE):
        return True
    return False if words[0] in NO_WORDS or (alone and words[0] in NO_ALONE) else None
