"""What a public list counts is what it shows, whatever becomes of an account or a town."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import closing
from accounts.erasure import erase_person
from accounts.holdings import Person
from accounts.models import Closing, User
from registry import search_index
from registry.merging import merge_authority
from tests.factories import make_authority, make_expert, make_offer, make_officer

pytestmark = pytest.mark.django_db


def counted(page, **asked):
    """The names that a list shows, its count, and the count of each country."""
    context = Client().get(reverse(page), asked).context
    [countries] = [facet for facet in context["result"].facets if facet.name == "country"]
    by_country = {value: number for value, _words, number in countries.options if number}
    return [str(row) for row in context["page"]], context["result"].count, by_country


def deactivate(user, monkeypatch, **fields):
    """Save an account on its page of the desk, as an administrator."""
    monkeypatch.setattr(
        "allauth.account.internal.flows.reauthentication.did_recently_reauthenticate",
        lambda request: True,
    )
    vera, desk = make_officer(), Client()
    User.objects.filter(pk=vera.pk).update(is_superuser=True)
    desk.force_login(User.objects.get(pk=vera.pk))
    page = reverse("admin:accounts_user_change", args=[user.pk])
    assert desk.post(page, {"name": user.name, "language": "en", **fields}).status_code == 302


def test_an_expert_whose_account_is_inactive_is_in_no_count(monkeypatch):
    saskia = make_expert("Saskia Vermeulen")
    make_offer(saskia)
    search_index.reindex()
    before = counted("experts", q="saskia")
    home_before = Client().get(reverse("home")).context["experts"]

    deactivate(saskia.user, monkeypatch)
    inactive = counted("experts", q="saskia"), Client().get(reverse("home")).context["experts"]
    deactivate(saskia.user, monkeypatch, is_active="on")
    again = counted("experts", q="saskia")

    assert (before, home_before) == ((["Saskia Vermeulen"], 1, {"NL": 1}), 1)
    assert inactive == (([], 0, {}), 0)
    assert again == before


def test_an_expert_who_leaves_connect_is_in_no_count_unless_they_stay():
    ineke = make_expert("Ineke")
    search_index.reindex()
    listed = [counted("experts", q="ineke")[:2]]

    closing.begin_closing(Person.from_user(ineke.user))
    listed.append(counted("experts", q="ineke")[:2])
    closing.cancel_closing(Closing.objects.get())
    listed.append(counted("experts", q="ineke")[:2])
    person = Person.from_user(User.objects.get(pk=ineke.user_id))
    erase_person(person, why="asked", now=timezone.now())
    listed.append(counted("experts", q="ineke")[:2])

    assert listed == [(["Ineke"], 1), ([], 0), (["Ineke"], 1), ([], 0)]
    officer = Client()
    officer.force_login(make_officer())
    assert officer.get(reverse("experts"), {"q": "ineke"}).context["result"].count == 0


def test_an_expert_who_has_another_name_is_found_by_that_one():
    make_expert("Ineke Bakker")
    search_index.reindex()

    user = User.objects.get(name="Ineke Bakker")
    user.name = "Wilhelmina Jansen"
    user.save()

    assert counted("experts", q="wilhelmina")[:2] == (["Wilhelmina Jansen"], 1)
    assert counted("experts", q="bakker")[:2] == ([], 0)


def test_a_town_that_was_merged_is_in_no_count():
    old, new = make_authority("Roosdaal", country="BE"), make_authority("Dilbeek", country="BE")
    search_index.reindex()
    before = counted("authorities", q="roosdaal")

    merge_authority(old, new, actor=make_officer())

    assert before == (["Roosdaal"], 1, {"BE": 1})
    assert counted("authorities", q="roosdaal") == (["Dilbeek"], 1, {"BE": 1})
    assert not [name for name in counted("authorities")[0] if name == "Roosdaal"]
