"""The words that no reader should meet: listed by docs/words.md, and found in texts."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language_info

GLOSSARY = Path(settings.BASE_DIR, "docs", "words.md")
COLUMNS = {code: f"not in {get_language_info(code)['name']}" for code, _name in settings.LANGUAGES}
RIGHT_WORDS = "Where a word is right"  # the section that lists phrases, a language a row
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>")

Phrases = dict[str, list[str]]


def split_cell(cell: str) -> list[str]:
    return [phrase for phrase in (part.strip() for part in cell.split(",")) if phrase]


def read_glossary(text: str) -> tuple[Phrases, Phrases]:
    """Return the phrases that are not said, and those that are right all the same, by language.

    >>> table = "| term | not in English |\\n|---|---|\\n| e-mail | letter, mail |"
    >>> read_glossary(table)[0]["en"]
    ['letter', 'mail']
    """
    refused: Phrases = {language: [] for language in COLUMNS}
    right: Phrases = {language: [] for language in COLUMNS}
    section = ""
    heads: list[str] = []
    for line in text.splitlines():
        if line.startswith("#"):
            section = line.strip("# ")
        if not line.startswith("|"):
            heads = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if set("".join(cells)) == {"-"}:
            continue  # the line under the heads
        if not heads:
            heads = cells
        elif section == RIGHT_WORDS and cells[0] in right:
            right[cells[0]] += split_cell(cells[1])
        else:
            row = dict(zip(heads, cells, strict=False))
            for language, column in COLUMNS.items():
                refused[language] += split_cell(row.get(column, ""))
    return refused, right


def whole_words(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return what finds any of these phrases, in capitals or not, and never inside a word."""
    longest_first = sorted(phrases, key=len, reverse=True)
    pattern = "|".join(map(re.escape, longest_first))
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)" if pattern else r"(?!)", re.IGNORECASE)


def refused_words(
    texts: Iterable[str], language: str, glossary: tuple[Mapping[str, list[str]], ...]
) -> list[tuple[str, str]]:
    """List (word, text) of every text that says a word which the glossary refuses."""
    refused, right = (whole_words(phrases[language]) for phrases in glossary)
    return [
        (match[0], text)
        for text in texts
        for match in refused.finditer(
            right.sub(" ", PLACEHOLDER.sub("…", text).replace("\u00a0", " "))
        )
    ]
