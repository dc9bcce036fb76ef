"""What people read is in the words of docs/words.md; words planted against it are found."""

import pytest
from django.core.management import CommandError, call_command

from connect.management.commands import check_words
from connect.words import GLOSSARY, read_glossary, refused_words

TABLE = """
| term | not in English | not in French | not in Spanish |
|---|---|---|---|
| e-mail | letter, your letters | lettre | carta |

## Where a word is right

| in | words |
|---|---|
| en | letter of commitment |
"""


def test_a_refused_word_is_found_whole_and_in_any_case():
    glossary = read_glossary(TABLE)
    texts = [
        "A Letter is on its way to %(letter)s.",
        "Your letters",
        "Lettering",
        "The letter of commitment follows.",
        "The letter of commitment comes by letter.",
    ]

    found = refused_words(texts, "en", glossary)

    assert [word for word, _text in found] == ["Letter", "Your letters", "letter"]
    assert refused_words(["Une lettre", "A letter"], "fr", glossary) == [("lettre", "Une lettre")]


def test_a_word_planted_in_each_catalogue_is_found(monkeypatch, capsys):
    planted = {
        "en": "Press the button: your letters are in order of date.",
        "fr": "Le jeter, ou à emporter.",
        "es": "Su ordenador, para llevar.",
        "pt": "A senha do usuário.",
        "ar": "إيميل العمدة.",
    }
    monkeypatch.setattr(check_words, "texts_of_site", lambda language: [planted[language]])

    with pytest.raises(CommandError, match="10 words"):
        call_command("check_words")

    assert "en: “your letters” in: Press the button" in capsys.readouterr().out


def test_every_text_of_the_site_is_in_the_words_of_the_glossary(capsys):
    refused, _right = read_glossary(GLOSSARY.read_text(encoding="utf-8"))

    call_command("check_words")

    assert min(len(words) for words in refused.values()) > 20
    assert "Every word" in capsys.readouterr().out
