"""Search: in each language, by misspelt names, with facets that count and nothing that leaks."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from applications.enums import Status
from matching.opportunities import index_opportunities
from registry import search, search_index
from registry import search_pages as lists
from registry.enums import OfferStatus, functions_by_name, languages_by_name
from registry.forms import topic_choices
from registry.models import Expert, SearchEntry
from registry.names import similar_towns
from registry.transitions import offer_machine
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_offer,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db


def found(page, client=None, **asked):
    """The names on a page of results, in their order."""
    response = (client or Client()).get(reverse(page), asked)
    return [str(thing) for thing in response.context["page"]]


def options(page, name, **asked):
    """What a facet offers: {value: count}."""
    facets = Client().get(reverse(page), asked).context["result"].facets
    return {
        value: number
        for facet in facets
        if facet.name == name
        for value, _words, number in facet.options
    }


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("Sandgerði", "Sandgerdi"),
        ("Agona West", "agona ouest"),
        ("Agona West", "AGONA"),
        ("Chefchaouen", "chefchaoun"),
        ("Călărași", "calarasi"),
        ("Thiès", "thies"),
        ("São Tomé", "sao tome"),
    ],
)
def test_a_town_is_found_by_a_name_without_its_accents_or_a_letter_wrong(name, asked):
    towns = [make_authority(name), make_authority("Rotterdam"), make_authority("Moroto")]
    search_index.index_authorities([town.pk for town in towns])

    assert found("authorities", q=asked) == [name]


@pytest.mark.parametrize(
    ("typed", "asked_about"),
    [
        ("Effutu Municipal", []),
        ("Cape Coast Metropolitan", []),
        ("Kumassi Metropolis", ["Kumasi Metropolitan"]),
        ("Agona West District Assembly", ["Agona West Municipal"]),
        ("Commune de Thies", ["Ville de Thiès"]),
        ("Municipio de Ambato", []),
        ("Municipalidad de Mira Flores", ["Distrito de Miraflores"]),
    ],
)
def test_the_kind_of_a_town_makes_no_two_names_alike(typed, asked_about):
    """“Effutu Municipal” was asked about as “Agona West Municipal”."""
    names = ["Agona West Municipal", "Kumasi Metropolitan", "Ville de Thiès"]
    names += ["Distrito de Miraflores", "Municipio de Quito"]
    search_index.index_authorities([make_authority(name).pk for name in names])

    assert [town.name for town in similar_towns(typed)] == asked_about


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("fr", "J'ai organisé des vidanges de fosses septiques.", "vidange fosse"),
        ("es", "Organizamos el vaciado de las fosas sépticas.", "fosa septica"),
        ("nl", "Wij organiseerden het legen van de putten.", "put"),
        ("pt", "Organizámos o esvaziamento das fossas.", "fossa"),
        ("en", "We organised the emptying of pits.", "pit emptied"),
        ("ar", "نظّمنا تفريغ الحفر الصحية في البلديات.", "بلدية"),
        ("is", "Tæming rotþróa.", "tæming"),
    ],
)
def test_words_are_found_in_the_language_they_were_written_in(language, text, asked):
    expert = make_expert("Ineke")
    make_offer(expert, language=language, text=text, title="—", topic="local-finance/property-tax")
    make_offer(
        make_expert("Somebody else"),
        text="Something else",
        title="—",
        topic="energy/street-lighting",
    )
    search_index.reindex()

    assert found("experts", q=asked) == ["Ineke"]


def test_a_topic_is_found_by_its_name_in_any_language():
    make_offer(make_expert("Ineke"), topic="water-sanitation/faecal-sludge", text="—", title="—")
    search_index.reindex()

    assert found("experts", q="boues de vidange") == ["Ineke"]


def test_facets_count_what_is_left_under_all_the_others():
    for name, country, form in (
        ("A", "NL", "internship"),
        ("B", "NL", "study_visit"),
        ("C", "GH", "internship"),
    ):
        expert = make_expert(name, make_authority(country=country))
        make_offer(expert, forms=[form], topic="local-finance/property-tax")
    search_index.reindex()

    assert options("experts", "country", form="internship") == {"NL": 1, "GH": 1}
    assert options("experts", "form", country="NL") == {"internship": 1, "study_visit": 1}
    assert options("experts", "theme", country="GH", form="internship") == {"local-finance": 1}
    assert found("experts", country="NL", form="internship") == ["A"]
    assert found("experts", theme="local-finance", sort="name") == ["A", "B", "C"]
    assert options("experts", "country", country="FR") == {"NL": 2, "GH": 1, "FR": 0}


def test_what_is_not_public_is_neither_listed_nor_counted_nor_suggested():
    hidden = make_expert("Canary", visibility="matched")
    make_offer(hidden, text="A canary's text", topic="local-finance/property-tax")
    make_offer(make_expert("Ineke"))
    search_index.reindex()
    staff = Client()
    staff.force_login(make_officer())

    assert found("experts") == ["Ineke"]
    assert found("experts", q="canary") == []
    assert "local-finance" not in options("experts", "theme")
    assert Client().get(reverse("experts")).context["result"].count == 1
    assert found("experts", staff, q="canary") == ["Canary"]


def test_a_profile_that_became_private_is_gone_with_the_next_request_even_before_its_entry():
    ineke = make_expert("Ineke")
    search_index.reindex()

    Expert.objects.update(visibility="staff")

    assert found("experts") == []
    search_index.index_experts([ineke.pk])
    assert Client().get(reverse("experts"), {"q": "ineke"}).context["result"].count == 0


def test_a_published_or_paused_offer_changes_what_is_found_at_once():
    ineke = make_expert("Ineke")
    offer = make_offer(ineke, status=OfferStatus.DRAFT, text="Scheduled emptying. " * 10)
    search_index.reindex()
    before = found("experts", q="scheduled emptying")

    offer_machine.advance(offer, "publish", actor=ineke.user)
    published = found("experts", q="scheduled emptying")
    offer_machine.advance(offer, "pause", actor=ineke.user)

    assert (before, published, found("experts", q="scheduled emptying")) == ([], ["Ineke"], [])


def test_an_opportunity_is_found_by_its_public_words_while_it_is_open():
    dossier = make_dossier(make_authority("Agona West"), status=Status.PUBLISHED)
    type(dossier).objects.update(commitment="A canary that is not public")
    opportunity = dossier.opportunity
    index_opportunities([opportunity.pk])

    def titles(**asked):
        page = Client().get(reverse("opportunities"), asked).context["page"]
        return [one.dossier.reference for one in page]

    assert titles(q="latrine") == titles(q="agona") == [dossier.reference]
    for words in ("Ghana", "ghana latrines", "LATRINES AU GHANA"):
        assert titles(q=words) == [dossier.reference]
    assert titles(q="Chad") == titles(q="Guinea") == []
    assert titles(theme="water-sanitation", form="expert_mission") == [dossier.reference]
    assert titles(q="canary") == titles(form="internship") == []
    type(opportunity).objects.update(closes_on=timezone.localdate() - timedelta(days=1))
    assert titles(q="latrine") == []


def test_what_came_in_without_an_entry_is_found_after_the_next_hour():
    make_authority("Agona West")
    before = found("authorities")

    made = search_index.index_missing()

    assert (before, made, search_index.index_missing()) == ([], 1, 0)
    assert found("authorities") == ["Agona West"]


def test_entries_of_what_is_gone_are_dropped_when_all_is_written_anew():
    expert = make_expert()
    search_index.reindex()
    expert.delete()

    search_index.reindex()

    assert not SearchEntry.objects.filter(kind="expert").exists()


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "' OR 1=1 --"},
        {"q": "\U0001f600" * 300},
        {"q": "!!! & | <-> :* ("},
        {"q": "-"},
        {"q": "-" * 40},
        {"q": "- _" * 40},
        {"theme": "no-such-theme", "country": "ZZ", "form": "x", "language": "y"},
        {"sort": "drop table"},
        {"page": "9999999999999"},
        {"page": "-1"},
        {"q": "a" * 100_000},
    ],
)
def test_no_question_breaks_the_page(asked):
    make_expert()
    search_index.reindex()

    for page in ("experts", "authorities", "opportunities"):
        assert Client().get(reverse(page), asked).status_code == 200


@pytest.mark.parametrize("number", [2, 60])
def test_a_page_of_results_asks_the_database_as_often_for_sixty_experts(
    number, django_assert_max_num_queries
):
    for _ in range(number):
        make_offer(make_expert())
    search_index.reindex()

    with django_assert_max_num_queries(12):
        Client().get(reverse("experts"), {"q": "emptying"})


def test_a_person_finds_their_authority_by_a_misspelt_name(client):
    make_authority("Agona West", slug="gh-agona-west")
    search_index.index_missing()
    client.force_login(make_user())

    page = client.get(reverse("memberships"), {"q": "agona ouest"}).content.decode()

    assert "Agona West" in page


@pytest.mark.parametrize(
    "kind", ["commune de", "municipio de", "Ville de", "Gemeente", "Municipality of", "جماعة"]
)
def test_the_kind_of_a_town_finds_no_other_one(client, kind):
    """“commune de sefrou” found Ziniaré and Chefchaouen, by the word “commune”."""
    others = ["Commune de Ziniaré", "Municipio de Quito", "Ville de Thiès", "Gemeente Almere"]
    others += ["Municipality of Kampala", "جماعة شفشاون"]
    for name in [*others, "Azrou"]:
        make_authority(name)
    search_index.index_missing()
    client.force_login(make_user())
    for_members = client.get(reverse("memberships"), {"q": f"{kind} Sefrou"})

    assert found("authorities", q=f"{kind} Sefrou") == []
    assert found("authorities", q=f"{kind} Azrou") == ["Azrou"]
    assert for_members.context["authorities"] == []


def test_counts_of_a_choice_are_kept_for_a_minute_and_those_of_words_never(monkeypatch):
    monkeypatch.setattr("registry.search.REMEMBERED_FOR", 60)
    entries = SearchEntry.objects.filter(kind=SearchEntry.EXPERT)
    name = f"test-{uuid.uuid4()}"

    def count(**asked):
        return search.search_entries(
            entries, search.Search(**asked), facets=["country"], remember=name
        ).count

    make_expert("Ineke")
    search_index.reindex()
    before = [count(country="NL"), count(q="Ineke")]
    make_expert("Ineke")
    search_index.reindex()

    assert before == [1, 1]
    assert [count(country="NL"), count(q="Ineke"), count(country="NL", sort="new")] == [1, 2, 1]
    assert count() == 2  # another choice, counted now


def test_a_large_list_is_counted_before_anybody_opens_it(monkeypatch):
    monkeypatch.setattr("registry.search.REMEMBERED_FOR", 60)
    entries, name = SearchEntry.objects.filter(kind=SearchEntry.EXPERT), f"test-{uuid.uuid4()}"
    make_expert("Ineke")
    search_index.reindex()

    search.count_ahead(name, entries, ["country"])
    make_expert("Rob")
    search_index.reindex()
    found_ahead = search.search_entries(entries, search.Search(), facets=["country"], remember=name)
    monkeypatch.setattr(lists, "LARGE", [(name, SearchEntry.EXPERT, ["country"])])

    assert (found_ahead.count, lists.count_large_lists()) == (1, 2)


def test_a_saint_is_found_however_it_is_written_and_staff_find_a_town_by_its_former_name(client):
    """1.5: "St Denis" was not Saint-Denis, and the admin knew no town by what it was called."""
    for name in ("Saint-Brieuc", "Sainte-Ode", "St. Asaph", "Lomé"):
        make_authority(name, slug=f"t-{len(name)}")
    make_authority("Évry-Courcouronnes", slug="evry", former_names=["Bondoufle-Évry"])
    search_index.reindex()
    client.force_login(make_officer())
    lists = [reverse("authorities"), reverse("admin:registry_authority_changelist")]
    asked = {
        "St Brieuc": ["Saint-Brieuc"],
        "st. brieuc": ["Saint-Brieuc"],
        "Ste Ode": ["Sainte-Ode"],
        "saint ode": ["Sainte-Ode"],
        "Saint Asaph": ["St. Asaph"],
        "bondoufle evry": ["Évry-Courcouronnes"],
        "lome": ["Lomé"],
    }

    def names(page, words):
        found = client.get(page, {"q": words}).context
        return [one.name for one in (found["cl"].queryset if "cl" in found else found["page"])]

    # The site's own search goes on with names that are nearly so.
    first = {words: names(lists[0], words)[:1] for words in asked}
    assert [first, {words: names(lists[1], words) for words in asked}] == [asked, asked]


def test_lists_are_in_the_order_of_the_readers_alphabet():
    """F2.38: Éducation stood behind Urbanisme, and what is none of them in the middle."""
    with translation.override("fr"):
        themes = [name for name, _topics in topic_choices()[1:]]
        functions = [str(label) for _value, label in functions_by_name()]
        spoken = [str(name) for _code, name in languages_by_name()]
        asked = search.Search(theme="energy")
        [facet] = [
            search.make_facet("theme", [("urban-planning", 1), ("education-youth", 2)], asked)
        ]

    assert themes[7:12] == [
        "Éducation, enfance et jeunesse",
        "Égalité femmes-hommes",
        "Énergie",
        "Environnement et climat",
        "État civil et services à la population",
    ]
    assert (spoken[0], functions[-2:]) == ("Abkhaze", ["urbanisme et planification", "autre"])
    assert [value for value, *_rest in facet.options] == [
        *("education-youth", "energy", "urban-planning"),
    ]


def test_the_desk_finds_names_and_titles_without_their_accents(client):
    """Z: “bogota” found no application, and an officer took it that there was none."""
    bogota = make_authority("Bogotá")
    dossier = make_dossier(bogota, status="published", title="Assainissement à Thiès")
    expert = make_expert("Karin Öberg")
    client.force_login(make_officer())

    found = [
        str(thing) in client.get(reverse(f"admin:{name}_changelist"), {"q": typed}).text
        for name, typed, thing in (
            ("applications_dossier", "bogota", dossier.reference),
            ("applications_dossier", "a thies", dossier.reference),
            ("matching_dossiertomatch", "bogota", dossier.reference),
            ("registry_expert", "oberg", expert.user.name),
            ("accounts_user", "oberg", expert.user.name),
        )
    ]

    assert found == [True] * 5
