"""A label and its value are joined by one translatable pattern: French has a space before it."""

import re
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

BASE = Path(settings.BASE_DIR)
TRANSLATED = re.compile(
    r"{% blocktranslate.*?{% endblocktranslate %}|{% comment.*?endcomment %}", re.S
)
JOINED = re.compile(r"(}}|%}|>): ?(?=[{<])")
BREAKABLE = re.compile(r" [:;?!»]|« ")  # a line could end before the sign
CLOSE = re.compile(r"[\w»)%]: |[\w»)]:$")


def test_no_template_joins_a_label_and_a_value_by_itself():
    """E26, C5, C24: "Code de conduite: non signé"."""
    wrong = {
        f"{path.relative_to(BASE)}: {found[0]}"
        for path in (BASE / "templates").rglob("*.html")
        if (found := JOINED.search(TRANSLATED.sub("", path.read_text())))
    }

    assert wrong == set()


def test_no_french_text_has_a_colon_without_its_space_that_does_not_break():
    with open(BASE / "locale/fr/LC_MESSAGES/django.po", "rb") as file:
        messages = [one for one in read_po(file) if one.id]
    texts = [
        text
        for one in messages
        for text in (one.string if isinstance(one.string, tuple) else [one.string])
    ]

    assert [text for text in texts if CLOSE.search(text)] == []
    assert [text for text in texts if BREAKABLE.search(text)] == []


def test_a_colon_is_the_readers():
    page = Template("{{ label }}{% colon %}{{ value }}")
    read = []
    for language in ("en", "fr", "es"):
        with translation.override(language):
            read.append(page.render(Context({"label": "CV", "value": "ok"})))

    assert read == ["CV: ok", "CV\u00a0: ok", "CV: ok"]
