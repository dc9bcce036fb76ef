"""What a scanner found that walked over every page of the demonstration."""

import pytest
from django.urls import reverse
from django.utils import translation

from registry.enums import LANGUAGES
from tests.factories import make_dossier, make_expert
from tests.languages import CODES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("reader", CODES)
def test_a_working_language_is_named_in_the_readers_language_whichever_it_is(client, reader):
    """I5: Django names no Sinhala and no Khmer; the page of such an expert failed."""
    expert = make_expert(languages=dict.fromkeys(LANGUAGES, "C1"))

    with translation.override(reader):
        page = client.get(reverse("expert", args=[expert.slug])).content.decode()
        missing = [str(name) for name in LANGUAGES.values() if f"{name} C1" not in page]

    assert missing == []


@pytest.mark.parametrize("name", ["opportunities", "practices"])
def test_a_country_that_has_nothing_is_no_circle_on_the_map(client, name):
    """I5: asked for by hand where a list has nothing of it, the page failed."""
    make_dossier(status="published")

    answer = client.get(reverse(name), {"country": "TV", "q": "nobody writes of this"})

    assert (answer.status_code, answer.context["marks"]) == (200, [])
