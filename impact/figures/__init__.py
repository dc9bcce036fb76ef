"""What the programme comes to: every figure by query, with what it counts in words (domain.md 13).

One person in two exchanges is two participations and one participant; "not told" is a column of its
own; cancelled exchanges are counted apart, interrupted ones in.
"""

from django.conf import settings
from django.utils import translation

from impact.figures import afterwards, exchanges, money, opinions, people, requests
from impact.figures.counting import Counting, Scope
from impact.figures.flows import FLOW, counted_flows, of_flow

SECTIONS = (
    exchanges.SECTION,
    people.SECTION,
    requests.SECTION,
    afterwards.SECTION,
    opinions.SECTION,
    money.SECTION,
)
FIGURES = {figure.code: figure for section in SECTIONS for figure in section.figures}
TABLES = {table.code: table for section in SECTIONS for table in section.tables}


def impact_in_languages(asked, now):
    """Count once what is asked for, and name it in every language: {code: Impact}."""
    counting, impacts = Counting(asked, now, SECTIONS), {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            impacts[code] = counting.impact(counted_flows)
    return impacts


def exchanges_behind(asked, now, code, key=""):
    """Return the exchanges behind a figure, or behind a row by its key, and the words for what each
    adds, as its `added`: "" where each counts once.

    KeyError for what has no list of exchanges.
    """
    scope = Scope(asked, now)
    if not key:
        return FIGURES[code].exchanges(scope), FIGURES[code].each
    if code == FLOW:
        return of_flow(scope.held, key), ""
    return TABLES[code].exchanges(scope, key), TABLES[code].each
