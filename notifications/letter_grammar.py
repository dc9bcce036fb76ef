"""The grammar of a letter's text: words, placeholders and one conditional.

`{title}` stands for a fact; `{if note}…{else}…{end}` says its words where there is such a fact, and
what is behind `{else}`, which may be left out, where there is none. Conditionals may stand in each
other. A text is no template: nothing but the facts that it is given can be reached from it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _

MARK = re.compile(r"\{([^{}]*)\}")


def fill_text(text: str, facts: Mapping[str, Any]) -> str:
    """Fill a text with these facts; empty lines close up.

    >>> fill_text("{if note}{title}: {note}{else}{title}{end}", {"title": "Water", "note": ""})
    'Water'
    """
    parts: list[str] = []
    cases: list[bool] = []  # of each conditional that is open, whether its words are said
    for kind, words in read_marks(text):
        if kind == "if":
            cases.append(bool(words in facts and facts[words]))
        elif kind == "else" and cases:
            cases[-1] = not cases[-1]
        elif kind == "end" and cases:
            cases.pop()
        elif kind in ("words", "fact") and all(cases):
            parts.append(words if kind == "words" else str(localize(facts[words])))
    return collapse_empty_lines("".join(parts))


def read_marks(text: str) -> Iterator[tuple[str, str]]:
    """Yield a text part by part: (words, fact, if, else or end; the words or the fact's name)."""
    for number, part in enumerate(MARK.split(text)):
        if number % 2 == 0:
            yield "words", part
        elif part in ("else", "end"):
            yield part, ""
        elif part.startswith("if "):
            yield "if", part[3:].strip()
        else:
            yield "fact", part


def names_of(text: str, kind: str) -> set[str]:
    """Return the names of a text's placeholders (`fact`), or of its conditions (`if`)."""
    return {name for one, name in read_marks(text) if one == kind}


def describe_faults(text: str) -> str:
    """Describe what is wrong with a text's braces and conditionals; "" where each is whole."""
    opened: list[tuple[str, bool]] = []  # the fact, and whether its {else} was met
    for kind, name in read_marks(text):
        if kind == "words" and (brace := re.search(r"[{}]", name)):
            words = name[max(brace.start() - 10, 0) : brace.end() + 20].strip()
            return _("“%s” has one brace without the other: write {title}.") % words
        if kind == "if":
            opened.append((name, False))
        elif kind in ("else", "end") and not opened:
            return _("{%(mark)s} needs an {if …} before it.") % {"mark": kind}
        elif kind == "end":
            opened.pop()
        elif kind == "else":
            fact, has_else = opened.pop()
            if has_else:
                return _("{if %(fact)s} has two {else}: one is enough.") % {"fact": fact}
            opened.append((fact, True))
    if opened:
        return _("{if %(fact)s} needs an {end} after its words.") % {"fact": opened[-1][0]}
    return ""


def collapse_empty_lines(text: str) -> str:
    """Leave one empty line between paragraphs, however many facts between them are lacking."""
    return re.sub(r"\n[ \t]*\n\s*\n", "\n\n", text).strip()
