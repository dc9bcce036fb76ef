"""Searches find a topic by what people call it, in any language, and forgive its spelling."""

import pytest
from django.test import Client
from django.urls import reverse
from lxml import html

from applications.enums import Status
from matching.opportunities import index_opportunities
from registry import search_index
from registry.models import Theme
from registry.topic_search import correct_spelling
from tests.factories import make_dossier, make_expert, make_offer, make_practice, make_user
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


def found(page, **asked):
    """What a page of results lists, and what it says above it."""
    response = Client().get(reverse(page), asked)
    [status] = html.fromstring(response.content).xpath("//form[@role='search']/following::p[1]")
    return [str(one) for one in response.context["page"]], " ".join(status.text_content().split())


@pytest.fixture
def experts():
    """Ineke composts, Rob lights streets, Paula treats wastewater: their texts say nothing."""
    for name, topic in (
        ("Ineke", "solid-waste/composting"),
        ("Rob", "energy/street-lighting"),
        ("Paula", "water-sanitation/sewerage"),
    ):
        make_offer(make_expert(name), topic=topic, title="—", text="—")
    search_index.reindex()


WASTE = ["garbage", "basura", "Basuras", "poubelle", "Poubelles", "lixo", "قمامة", "afval"]


@pytest.mark.parametrize("asked", WASTE)
def test_an_expert_of_waste_is_found_by_its_words_in_every_language(experts, asked):
    """A topic is found by the words of its theme, too."""
    assert found("experts", q=asked)[0] == ["Ineke"]


@pytest.mark.parametrize("asked", ["garbage", "basura", "poubelle", "lixo", "قمامة"])
def test_requests_and_practices_are_found_by_the_same_words(asked):
    compost = Theme.objects.get(code="solid-waste/composting")
    dossier = make_dossier(status=Status.PUBLISHED, title="Nothing of the kind")
    dossier.needs.update(theme=compost)
    index_opportunities([dossier.opportunity.pk])
    _table, exchange = agreed()
    practice = make_practice(exchange, status="published")
    practice.topics.set([compost])
    search_index.reindex()

    assert len(found("opportunities", q=asked)[0]) == 1
    assert len(found("practices", q=asked)[0]) == 1


def test_what_has_the_words_stands_before_what_has_the_topic(experts):
    make_offer(make_expert("Zoë"), topic="energy/street-lighting", title="Garbage trucks", text="—")
    search_index.reindex()

    assert found("experts", q="garbage")[0] == ["Zoë", "Ineke"]


@pytest.mark.parametrize(
    ("asked", "meant", "names"),
    [
        ("sewrage", "sewerage", ["Paula"]),
        ("assainisement", "assainissement", ["Paula"]),
        ("street lightning", "street lighting", ["Rob"]),
        ("basurra", "basura", ["Ineke"]),
        ("recycling and compsting", "recycling and composting", None),
    ],
)
def test_a_misspelt_topic_is_found_as_it_is_spelt(experts, asked, meant, names):
    things, status = found("experts", q=asked)

    assert correct_spelling(asked) == meant
    if names is not None:
        assert things == names
        assert f"There are none for “{asked}”. Did you mean “{meant}”? Its results are shown." in (
            status
        )


def test_few_results_are_shown_as_they_are_and_more_are_offered_beside_them(experts):
    make_offer(make_expert("Sewrage"), topic="gender/violence", title="—", text="—")
    make_offer(make_expert("Piet"), topic="water-sanitation/sewerage", title="—", text="—")
    search_index.reindex()

    response = Client().get(reverse("experts"), {"q": "sewrage", "country": "NL"})
    links = html.fromstring(response.content).xpath("//p[@role='status']/a")

    assert [str(one) for one in response.context["page"]] == ["Sewrage"]
    assert [(a.text, a.get("href")) for a in links] == [("sewerage", "?q=sewerage&country=NL")]


def test_the_nearest_topics_are_offered_where_there_is_nothing(experts):
    response = Client().get(reverse("experts"), {"q": "kitchen compost heaters"})
    page = html.fromstring(response.content)

    links = page.xpath("//h2[text()='Nearest topics']/following-sibling::ul[1]/li/a")
    assert response.context["result"].count == 0
    offered = {a.get("href").partition("?")[2]: a.text for a in links}
    assert offered["theme=solid-waste/composting"] == "Organic waste and composting"
    assert 1 <= len(links) <= 5
    assert found("experts", theme="solid-waste/composting")[0] == ["Ineke"]


@pytest.mark.parametrize(
    "asked",
    [
        "street waste collection zzzz",
        "recogida de los residuos en las calles zzzz",
        "collecte des déchets dans les rues zzzz",
    ],
)
def test_the_nearest_topics_come_near_to_most_of_the_words(experts, asked):
    """Arts and street lighting came first, in the order of the themes, and waste was cut off."""
    nearest = Client().get(reverse("experts"), {"q": asked}).context["result"].nearest

    assert nearest[0].code == "solid-waste/collection"


@pytest.mark.parametrize("asked", ["Ineke", "Ghana", "x", "' OR 1=1", "%s", "sewerage"])
def test_names_short_words_and_right_ones_are_not_corrected(experts, asked):
    assert correct_spelling(asked) == ""


@pytest.mark.parametrize(
    ("asked", "status", "first"),
    [
        ("basura", "topics", "Waste fees and service contracts"),
        ("sewrage", "Did you mean “sewerage”? Its results are shown.", "Sewerage"),
        ("kitchen compost heaters", "These come nearest.", "Organic waste and composting"),
        ("zzzzz", "No results. Try another word.", ""),
    ],
)
def test_the_page_of_topics_finds_them_by_the_same_words(asked, status, first):
    page = Client().get(reverse("topics"), {"q": asked})

    assert status in page.text and first in page.text
    names = html.fromstring(page.content).xpath("//ul[@class='tasks']/li/strong/text()")
    assert bool(names) == bool(first)


def test_a_form_in_which_one_chooses_a_topic_leads_to_their_search():
    ineke = make_expert("Ineke")
    dossier = make_dossier(status=Status.DRAFT)
    efua = signed_in(make_user("Efua", works_for=dossier.authority))
    pages = [
        signed_in(ineke.user).get(reverse("profile")),
        signed_in(ineke.user).get(reverse("offer-new")),
        efua.get(reverse("section", args=[dossier.reference, "needs"])),
    ]
    other = efua.get(reverse("section", args=[dossier.reference, "problem"]))

    assert all('href="/en/topics/" target="_blank"' in page.text for page in pages)
    assert "/topics/" not in other.text
    assert len(Client().get(reverse("topics")).context["themes"]) == 22


def test_every_topic_has_words_in_each_language_of_the_site():
    lacking = [
        (theme.code, code)
        for theme in Theme.objects.all()
        for code in ("en", "fr", "es", "pt", "ar")
        if not any(theme.synonyms.get(code, []))
    ]

    assert lacking == []
