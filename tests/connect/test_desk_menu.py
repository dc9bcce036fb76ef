"""The navigation of the desk: by task, what one may open, and how much waits there."""

import pytest
from django.contrib import admin
from django.urls import reverse
from lxml import html

from applications.enums import Status
from connect.desk_menu import MENU
from tests.factories import make_dossier, make_officer, make_practice
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


def read_menu(client, page):
    """Give {section: (what waits, [its pages where it is open])} as the desk shows them."""
    tree = html.fromstring(client.get(reverse(page)).content)
    sections = tree.xpath("//details[@class='side']/nav/ul/li")
    return {
        section.find("a").xpath("string(text())"): (
            section.xpath("string(a/span[@class='waiting']/text())"),
            section.xpath("ul/li/a/text()"),
        )
        for section in sections
    }


def test_every_list_of_the_desk_stands_under_one_task():
    lists = [page for section in MENU for page in section.pages if isinstance(page, str)]

    assert sorted(lists) == sorted(model._meta.label_lower for model in admin.site._registry)


def test_an_officer_sees_the_tasks_the_pages_of_the_one_where_they_are_and_what_waits():
    _table, exchange = agreed()
    make_practice(exchange, status="review")
    make_dossier(status=Status.SUBMITTED)
    make_dossier(status=Status.SHORTLISTING)

    menu = read_menu(signed_in(make_officer()), "admin:applications_call_changelist")

    assert menu == {
        "To do": ("", []),
        "Applications": ("1", ["Applications", "Calls"]),
        "Matching": ("1", []),
        "Exchanges": ("", []),
        "Results": ("1", []),
        "People": ("", []),
        "E-mails": ("", []),
        "Budget": ("", []),
        "Settings": ("", []),
    }


def test_the_page_where_one_is_is_marked_also_below_a_list():
    dossier = make_dossier(status=Status.SUBMITTED)
    desk = signed_in(make_officer())

    page = desk.get(reverse("admin:applications_dossier_change", args=[dossier.pk]))

    marked = html.fromstring(page.content).xpath("//nav//a[@aria-current='page']")
    assert [one.text_content() for one in marked] == ["Applications"]


def test_pages_that_one_may_not_open_are_not_shown():
    ines, vera = make_officer(), make_officer()
    vera.is_superuser = True
    vera.save()
    officer, administrator = (
        signed_in(person).get(reverse("admin:index")).content for person in (ines, vera)
    )
    factors = reverse("admin:accounts_lostfactor_changelist").encode()

    assert (factors in officer, factors in administrator) == (False, True)


def test_the_demonstration_leads_back_to_its_persons_from_the_desk(settings):
    settings.DEMO = True

    assert reverse("demo").encode() in signed_in(make_officer()).get(reverse("admin:index")).content
