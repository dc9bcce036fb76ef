"""One box on every page of the desk finds a person, a town, a file; a page gathers all of one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from applications.enums import Status
from applications.models import ConflictDeclaration
from matching.models import Match
from notifications.outbox import post_letter
from registry import search_index
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_offer,
    make_practice,
    make_user,
)
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    """Agona West and Ineke of the Netherlands, agreed on an exchange; everything is indexed."""
    table, exchange = agreed()
    table.exchange, table.browser = exchange, signed_in(table.ines)
    search_index.reindex()
    return table


def find(desk, words, **more):
    return desk.browser.get(reverse("admin:find"), {"q": words} | more)


def lines(page):
    """Give {kind: titles} of what a page found."""
    tree = html.fromstring(page.text)
    return {
        section.get("aria-labelledby").removeprefix("found-"): section.xpath(".//li/a/text()")
        for section in tree.xpath("//section[@aria-labelledby]")
    }


def test_the_box_is_on_every_page_of_the_desk_and_needs_no_script(desk):
    pages = [
        reverse("admin:index"),
        reverse("admin:applications_dossier_changelist"),
        reverse("admin:applications_dossier_change", args=[desk.dossier.pk]),
        reverse("admin:exchanges_exchange_change", args=[desk.exchange.pk]),
        reverse("admin:exports"),
    ]

    for address in pages:
        tree = html.fromstring(desk.browser.get(address).text)
        (form,) = tree.xpath("//header//form[@role='search']")
        assert form.get("action") == "/admin/find/", address
        assert form.get("method", "get") == "get"
        assert form.xpath(".//input[@name='q']/@aria-keyshortcuts") == ["/"]


def test_a_town_brings_all_that_belongs_to_it_by_kind(desk):
    make_practice(desk.exchange)
    search_index.reindex()

    found = lines(find(desk, "agona"))

    kinds = ["applications", "people", "authorities", "matches", "exchanges", "practices"]
    assert list(found) == [*kinds, "emails"]
    assert found["applications"] == [desk.dossier.heading]
    assert found["people"] == ["Efua"]
    assert found["authorities"] == ["Agona West, Ghana"]
    assert found["matches"] == [desk.match.reference]
    assert found["exchanges"] == [desk.exchange.reference]


@pytest.mark.parametrize("typed", ["Agonna West", "agona  WEST", "Ágona", "agon"])
def test_a_town_is_found_misspelt_with_accents_or_in_part(desk, typed):
    assert lines(find(desk, typed))["applications"] == [desk.dossier.heading]


def test_a_town_is_found_by_its_former_name(desk):
    desk.agona.former_names = ["Swedru"]
    desk.agona.save()
    search_index.index_authorities([desk.agona.pk])

    found = lines(find(desk, "swedru"))

    assert found["authorities"] == ["Agona West, Ghana"]
    assert found["applications"] == [desk.dossier.heading]


def test_a_person_is_found_by_name_misspelt_by_address_and_with_their_town(desk):
    teresa = make_user("Thérèse Kouamé", works_for=desk.agona)

    for typed in ("terese kuame", "Thérèse", teresa.email, teresa.email.upper(), "kouame agona"):
        assert lines(find(desk, typed))["people"] == ["Thérèse Kouamé"], typed


def test_an_association_is_found_by_its_acronym_with_who_speaks_for_it_now(desk):
    """Neither was, and a town found who had left it years ago."""
    nalag = desk.agona.associations.create(
        name="National Association of Local Authorities", acronym="NALAG", country="GH", scope="x"
    )
    for name, status in (("Abena", "active"), ("Kojo", "ended"), ("Kwame", "refused")):
        make_user(name).memberships.create(
            association=nalag, roles=["association_officer"], status=status
        )
    gone = make_user("Esi", works_for=desk.agona)
    gone.memberships.update(status="ended")

    found = lines(find(desk, "nalag"))

    assert found["associations"] == ["National Association of Local Authorities"]
    assert found["people"] == ["Abena"]
    assert lines(find(desk, "agona"))["people"] == ["Efua"]
    assert find(desk, "nalag", kind="associations").status_code == 200


def test_a_reference_finds_its_file_and_no_other_that_looks_alike(desk):
    make_dossier(desk.agona, status=Status.SUBMITTED)

    found = lines(find(desk, desk.dossier.reference.lower()))

    assert found["applications"] == [desk.dossier.heading]
    assert lines(find(desk, desk.match.reference))["matches"] == [desk.match.reference]
    assert lines(find(desk, desk.exchange.reference))["exchanges"] == [desk.exchange.reference]


def test_words_of_a_title_are_found_in_any_order_and_a_percent_sign_is_none_of_them(desk):
    assert lines(find(desk, "latrines emptying"))["applications"] == [desk.dossier.heading]
    assert lines(find(desk, "%%")) == {}


def test_an_expert_is_found_by_the_words_of_an_offer(desk):
    make_offer(make_expert("Joost"), title="Composting toilets", text="Dry composting " * 20)
    search_index.reindex()

    assert lines(find(desk, "composting"))["experts"] == ["Joost"]


def test_a_practice_and_an_e_mail_are_found_by_their_words(desk):
    practice = make_practice(desk.exchange)
    search_index.reindex()
    post_letter("exchange_complete", key="w", to=[desk.efua], reference="EX-1", title="A")

    assert lines(find(desk, "licences emptiers"))["practices"] == [str(practice)]
    assert len(lines(find(desk, desk.efua.email))["emails"]) >= 1


def test_an_officer_with_a_conflict_of_interest_finds_no_file(desk):
    ConflictDeclaration.objects.create(
        dossier=desk.dossier, member=desk.ines, has_conflict=True, at=timezone.now()
    )

    assert "applications" not in lines(find(desk, "agona"))
    person = desk.browser.get(reverse("admin:accounts_user_person", args=[desk.efua.pk]))
    town = desk.browser.get(reverse("admin:registry_authority_about", args=[desk.agona.pk]))
    file = reverse("admin:applications_dossier_change", args=[desk.dossier.pk])
    assert file not in person.text
    assert file not in town.text


def test_a_draft_is_nobodys_but_its_authors(desk):
    make_dossier(desk.agona, title="Our secret plan")

    assert "applications" not in lines(find(desk, "secret plan"))


def test_nobody_but_officers_finds_anything_here(desk):
    for person in (desk.efua, desk.ineke.user):
        page = signed_in(person).get(reverse("admin:find"), {"q": "agona"})
        assert page.status_code == 302
        assert (
            signed_in(person)
            .get(reverse("admin:accounts_user_person", args=[desk.efua.pk]))
            .status_code
            == 302
        )


def test_five_of_a_kind_are_shown_with_a_link_to_all_of_them(desk):
    for number in range(29):
        make_user(f"Kwame {number}")

    page = find(desk, "kwame")
    more = html.fromstring(page.text).xpath("//section[@aria-labelledby='found-people']/p/a/@href")
    everybody = desk.browser.get(reverse("admin:find") + more[0])

    assert len(lines(page)["people"]) == 5
    assert "Show all 29" in page.text
    assert len(html.fromstring(everybody.text).xpath("//ul[@class='hits']/li")) == 25
    assert "29 results" in everybody.text
    assert "page=2" in everybody.text


def test_a_search_that_finds_nothing_leads_on(desk):
    for typed in ("", "x", "qqqqzzzz"):
        page = find(desk, typed)
        assert page.status_code == 200
        assert reverse("admin:applications_dossier_changelist") in page.text
    assert reverse("admin:accounts_user_look_up") in find(desk, "qqqqzzzz").text
    assert find(desk, "agona", kind="nonsense").status_code == 200
    assert find(desk, "'; \\ % _ (").status_code == 200


def count_queries(ask):
    with CaptureQueriesContext(connection) as queries:
        assert ask().status_code == 200
    return len(queries)


def test_neither_a_search_nor_a_page_of_a_person_asks_more_with_more_rows(desk):
    def pages():
        yield lambda: find(desk, "agona")
        yield lambda: find(desk, "agona", kind="people")
        yield lambda: desk.browser.get(
            reverse("admin:accounts_user_person", args=[desk.ineke.user.pk])
        )
        yield lambda: desk.browser.get(
            reverse("admin:registry_authority_about", args=[desk.agona.pk])
        )

    make_user("Agona Zero", works_for=desk.agona)
    for one in pages():  # what is remembered for a while is not counted
        one()
    before = [count_queries(one) for one in pages()]
    for number in range(4):
        make_user(f"Agona {number}", works_for=desk.agona)
        dossier = make_dossier(desk.agona, status=Status.SUBMITTED)
        match = Match.objects.create(
            reference=f"MA-8-{number}", dossier=dossier, answer_by="2030-01-01", status="refused"
        )
        match.interests.add(desk.interest)
        make_offer(desk.ineke)
    search_index.reindex()

    assert [count_queries(one) for one in pages()] == before


def sections(page):
    """Give {heading: titles} of what a page gathers."""
    tree = html.fromstring(page.text)
    return {
        section.xpath("string(h2/text())").strip(): section.xpath(".//li/a/text()")
        for section in tree.xpath("//section[@aria-labelledby]")
    }


def test_the_page_of_a_person_gathers_all_there_is_of_them(desk):
    make_offer(desk.ineke)

    page = desk.browser.get(reverse("admin:accounts_user_person", args=[desk.ineke.user.pk]))

    gathered = sections(page)
    assert list(gathered) == [
        *("Organisations", "Expert profile", "Offers", "Answers to requests", "Matches"),
        *("Exchanges", "E-mails", "What they did last"),
    ]
    assert gathered["Matches"] == [desk.match.reference]
    assert gathered["Exchanges"] == [desk.exchange.reference]
    assert desk.ineke.user.email in page.text


def test_a_contact_a_signer_and_a_writer_are_told_apart(desk):
    desk.dossier.focal_email = desk.efua.email.upper()
    desk.dossier.save()

    page = desk.browser.get(reverse("admin:accounts_user_person", args=[desk.efua.pk]))

    assert sections(page)["Applications"] == [desk.dossier.heading]
    assert "contact person" in page.text
    assert "legal representative" not in page.text


def test_the_page_of_an_authority_gathers_members_applications_and_exchanges(desk):
    practice = make_practice(desk.exchange)

    page = desk.browser.get(reverse("admin:registry_authority_about", args=[desk.agona.pk]))

    gathered = sections(page)
    assert gathered["Members"] == ["Efua"]
    assert gathered["Applications"] == [desk.dossier.heading]
    assert gathered["Exchanges"] == [desk.exchange.reference]
    assert gathered["Good practices"] == [str(practice)]


def test_somebody_new_has_a_page_that_says_what_will_be_there(desk):
    page = desk.browser.get(
        reverse("admin:registry_authority_about", args=[make_authority("Kpone").pk])
    )

    assert "will be listed on this page" in page.text


def test_lists_and_files_lead_to_these_pages(desk):
    people = desk.browser.get(reverse("admin:accounts_user_changelist"))
    towns = desk.browser.get(reverse("admin:registry_authority_changelist"))
    file = desk.browser.get(reverse("admin:applications_dossier_change", args=[desk.dossier.pk]))

    assert reverse("admin:accounts_user_person", args=[desk.efua.pk]) in people.text
    town = reverse("admin:registry_authority_about", args=[desk.agona.pk])
    assert town in towns.text
    assert town in file.text
    assert desk.browser.get(reverse("admin:accounts_user_person", args=[0])).status_code == 404
