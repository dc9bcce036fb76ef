"""What is written in several ways and is one name: St, St., Saint, Ste, Sainte."""

import re

# With their plurals, and as in Sankt Gallen and Sint-Niklaas.
SAINTS = ("saint", "sainte", "saints", "saintes", "st", "ste", "sts", "stes", "sankt", "sint")
ANY = "|".join(SAINTS)
# Where a name goes on: Saintes is a town itself.
SAINT = re.compile(rf"\b(?:{ANY})\b\.?(?=\W*\w)", re.IGNORECASE)


def spellings_of(words):
    """List how what somebody types may be written; itself alone where nothing is shortened.

    >>> spellings_of("Lyon"), spellings_of("Saintes"), spellings_of("St. Denis")[:2]
    (['Lyon'], ['Saintes'], ['saint Denis', 'sainte Denis'])
    """
    return list(dict.fromkeys(SAINT.sub(saint, words) for saint in SAINTS))


def pattern_of(words):
    """Give a regular expression, of Python and PostgreSQL alike, for all these spellings.

    >>> bool(re.fullmatch(pattern_of("Ville-St-Denis"), "Ville-Sainte-Denis"))
    True
    """
    return rf"(?:{ANY})\.?".join(map(re.escape, SAINT.split(words)))


def with_short_saints(words):
    """Shorten every saint in a list of words, so that names can be compared.

    >>> with_short_saints(["ville", "sainte", "marie"]), with_short_saints(["saintes"])
    (['ville', 'st', 'marie'], ['saintes'])
    """
    return [*("st" if one in SAINTS else one for one in words[:-1]), *words[-1:]]
