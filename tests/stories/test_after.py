"""From an agreed match to a published practice and the figures of the impact page, by HTTP.

Each of the four forms, and one that is a row and no more, with a postponement, an interruption, an
association that observes, and a measure that is done and one that is dropped.
"""

from dataclasses import replace

import pytest
from django.utils import translation

from exchanges.models import Exchange
from registry.exchange_forms import EXCHANGE_FORMS, TermsDocument
from tests.stories.lives import live_on
from tests.worlds import Table

pytestmark = pytest.mark.django_db


# A form more is its row, and nothing else here knows it.
SHADOWING = replace(
    EXCHANGE_FORMS["internship"],
    code="shadowing",
    label="shadowing of a colleague",
    days=(2, 4),
    required_part="facilitator",
    closing_session="debrief",
    filled_halves=1,
    terms=TermsDocument(
        "Shadowing plan",
        "Shadowing plan signed by both sides",
        {"tasks": "Who is shadowed on which day?"},
    ),
)


@pytest.mark.parametrize("form", [*EXCHANGE_FORMS, SHADOWING.code])
def test_an_exchange_is_planned_held_followed_and_its_practice_counted(form, monkeypatch):
    monkeypatch.setitem(EXCHANGE_FORMS, SHADOWING.code, SHADOWING)
    with translation.override("en"):
        live_through(form)


def live_through(form):
    table = Table()
    type(table.match.dossier).objects.update(forms=[form])
    type(table.match).objects.update(form=form)
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    live_on(Exchange.objects.get(), table.efua, table.ineke.user, table.ines)
