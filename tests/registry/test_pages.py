"""Long lists: every row is reached, a page at a time."""

import re

import pytest
from django.urls import reverse

from connect.pages import PER_PAGE
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_a_title_of_the_desk_in_french_has_no_elision_to_miss(client):
    """B9: “Affichage de adhésion”, as this was called then."""
    place = make_user("Yaw", works_for=make_authority()).memberships.get()
    client.force_login(make_officer())
    client.post(reverse("admin:language"), {"language": "fr"})

    page = client.get(reverse("admin:registry_membership_change", args=[place.pk])).text

    assert "<title>Yaw · " in page and "de appartenance" not in page


def titles(client, address, pattern):
    return re.findall(pattern, client.get(address).content.decode())


def test_the_experts_of_an_authority_are_shown_a_page_at_a_time(client):
    agona = make_authority()
    made = {make_expert(authority=agona, visibility="public").slug for _ in range(PER_PAGE + 1)}
    address = reverse("authority", args=[agona.slug])

    pages = [titles(client, f"{address}?page={n}", r"/experts/([\w-]+)/") for n in (1, 2)]

    assert [len(page) for page in pages] == [PER_PAGE, 1]
    assert {slug for page in pages for slug in page} == made


def test_one_list_of_my_work_turns_and_the_others_stay(client):
    ineke = make_expert()
    agona = make_authority()
    ineke.user.memberships.create(authority=agona, status="active", roles=["editor"])
    for _ in range(PER_PAGE + 1):
        make_dossier(agona)
        make_interest(make_dossier(status="published"), ineke)
    client.force_login(ineke.user)
    address = reverse("my") + "?page=2&answers=1"

    links = titles(client, address, r'href="(\?[^"]*answers[^"]*)"')

    assert links == ["?page=1&amp;answers=1", "?page=2&amp;answers=2"]
    own, answers = r"/dossiers/(CN[\d-]+)/", r"/interests/(\d+)/"
    last = reverse("my") + "?page=2&answers=2"
    waiting = PER_PAGE + 1  # each draft stands among what waits for her as well
    shown = len(titles(client, last, own)), len(titles(client, last, answers))
    assert shown == (waiting + 1, 1)
