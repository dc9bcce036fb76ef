"""Check Z9: whose right has ended is out at the next request, and so are their links."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matching.catalogue import catalogue_at
from matching.enums import InterestStatus
from matching.transitions import interest_life
from registry import availability, employers, members
from registry.models import Expert, Membership
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ineke():
    expert = make_expert("Ineke")
    make_offer(expert)
    return expert


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def codes(client, *pages):
    return [client.get(page).status_code for page in pages]


def test_a_colleague_whose_membership_ended_is_out_at_the_next_request():
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona)
    client = signed_in(efua)

    before = codes(client, dossier.get_absolute_url())
    members.end(Membership.objects.get(user=efua), actor=make_officer())

    assert (before, codes(client, dossier.get_absolute_url())) == ([200], [404])


def test_an_expert_whose_account_was_closed_is_signed_out_found_by_nobody_and_proposed_no_more(
    ineke,
):
    session, visitor = signed_in(ineke.user), Client()
    open_pages = [ineke.get_absolute_url(), availability.path_of(availability.give_address(ineke))]
    before = codes(visitor, *open_pages), codes(session, reverse("profile"))

    type(ineke.user).objects.filter(pk=ineke.user_id).update(is_active=False)

    assert before == ([200, 200], [200])
    assert codes(visitor, *open_pages) == [404, 404]
    assert codes(session, reverse("profile")) == [302]  # to the sign-in page
    assert len(catalogue_at(timezone.localdate())) == 0


def test_an_expert_who_left_the_town_is_hidden_until_they_say_where_they_work(ineke):
    make_offer(make_expert("Somebody else"))
    session, visitor = signed_in(ineke.user), Client()

    members.end(Membership.objects.get(user=ineke.user), actor=make_officer())
    refused = session.post(reverse("profile-confirm"), follow=True).text

    assert codes(visitor, ineke.get_absolute_url()) == [404]
    assert [offer.status for offer in ineke.offers.all()] == ["expired"]
    assert f"You have left {ineke.authority.name}" in refused
    assert Expert.objects.get(pk=ineke.pk).is_hidden


def test_an_interest_that_was_withdrawn_opens_nothing_any_more(ineke):
    dossier = make_dossier(status="published")
    interest = make_interest(dossier, ineke, status=InterestStatus.INVITED)
    town = signed_in(make_user(works_for=dossier.authority))
    session = signed_in(ineke.user)

    interest_life.advance(interest, "withdraw", actor=ineke.user)

    answer = reverse("interest", args=[dossier.reference, interest.pk])
    assert session.post(answer, {"motivation": "again"}).status_code in (302, 403, 404)
    interest.refresh_from_db()
    assert interest.motivation != "again"
    assert codes(town, reverse("interest-cv", args=[dossier.reference, interest.pk])) == [404]


@pytest.mark.parametrize("changed", ["employer_email", "authority"])
def test_the_link_of_a_superior_ends_with_their_right_to_answer(ineke, changed):
    employers.ask(ineke, user=ineke.user)
    page = f"/en{ineke.link_path}"
    before = Client().get(page).status_code

    value = "new@almere.example" if changed == "employer_email" else make_authority("Almere")
    setattr(ineke, changed, value)
    ineke.save()
    answered = Client().post(page, {"answer": "yes"}).status_code

    assert (before, Client().get(page).status_code, answered) == (200, 410, 410)
    assert Expert.objects.get(pk=ineke.pk).employer_agrees is None
    assert Client().get(f"/en{ineke.link_path}").status_code == 200
