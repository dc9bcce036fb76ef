"""The style sheets hold what the pages use, serve both directions of writing, and are light."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from bench.weights import list_assets
from docs.make_styles import SHEET, make_styles
from tests.factories import make_practice
from tests.worlds import agreed

STATIC = Path(settings.BASE_DIR, "static")
LIMIT = 60_000  # bytes of a first visit of the home page, on the line
PHYSICAL = re.compile(
    r"\b(?:margin|padding|border|inset)-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:"
    r"|\b(?:text-align|float|clear)\s*:\s*(?:left|right)\b|-(?:left|right)-radius\b"
    r"|\bto (?:left|right)\b|\bposition\s*:[^;}]*\b(?:left|right)\b"
)
SIDE = r"([^\s;}!]+)"
FOUR_SIDES = re.compile(
    rf"\b(?:margin|padding|inset|border-width)\s*:\s*{SIDE} {SIDE} {SIDE} {SIDE}"
)
# What may name a side, and why.
ALLOWED = [
    r"/\*.*?\*/",  # comments
    r'\[dir="rtl"\][^{}]*\{[^}]*\}',  # the other direction itself, where CSS has no word for it
    r"border-width: 0 2px 2px 0; rotate: 45deg",  # a square's two sides, turned to point downwards
    r"\.scroll, #changelist \.results \{[^}]*\}",  # shadows at both edges alike
    # Pictures inside a box of Bootstrap's: look.css turns them round.
    r"background-position:(?:top calc\([^)]*\) )?right [^;}]*",
]


def test_the_sheet_has_what_the_templates_use():
    """Where this fails, run `python -m docs.make_styles`."""
    assert SHEET.read_text(encoding="utf-8") == make_styles()


@pytest.mark.parametrize("name", ["tokens.css", "look.css", "admin.css", "bootstrap.css"])
def test_no_sheet_names_left_or_right(name):
    text = (STATIC / name).read_text(encoding="utf-8")
    for allowed in ALLOWED:
        text = re.sub(allowed, "", text)

    found = [match[0] for match in PHYSICAL.finditer(text)]
    found += [sides[0] for sides in FOUR_SIDES.finditer(text) if sides[2] != sides[4]]

    assert found == []


@pytest.mark.django_db
def test_a_first_visit_of_the_home_page_is_light():
    _table, exchange = agreed()
    for number in range(3):
        make_practice(exchange, title=f"Licences, part {number}")
    browser = Client(headers={"accept-encoding": "br, gzip"})
    page = browser.get("/en/")
    html = Client().get("/en/").text

    weights = {"the page": len(page.content)}
    for address in list_assets(html):
        answer = browser.get(address)
        weights[address] = len(b"".join(answer) if answer.streaming else answer.content)

    assert "/static/fonts/" in str(weights)
    assert sum(weights.values()) <= LIMIT, weights
