"""Check Z9: whose right has ended is out at the next request, and so are their links."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications import committee
from exchanges import participants
from exchanges.models import Exchange
from matching.enums import InterestStatus
from matching.models import Match
from matching.offer_catalogue import catalogue_at
from matching.transitions import interest_machine
from notifications import limits
from practices.models import Practice
from registry import availability, employers, members
from registry.models import Expert, Membership
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_member,
    make_offer,
    make_officer,
    make_picture,
    make_practice,
    make_user,
)
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ineke():
    expert = make_expert("Ineke")
    make_offer(expert)
    return expert


def codes(client, *pages):
    return [client.get(page).status_code for page in pages]


def test_a_colleague_whose_membership_ended_is_out_at_the_next_request():
    agona = make_authority()
    efua, dossier = make_user(works_for=agona), make_dossier(agona)
    client = signed_in(efua)

    before = codes(client, dossier.get_absolute_url())
    members.end_membership(Membership.objects.get(user=efua), actor=make_officer())

    assert (before, codes(client, dossier.get_absolute_url())) == ([200], [404])


def test_an_expert_whose_account_was_closed_is_signed_out_found_by_nobody_and_proposed_no_more(
    ineke,
):
    session, visitor = signed_in(ineke.user), Client()
    open_pages = [
        ineke.get_absolute_url(),
        availability.calendar_path(availability.create_calendar_link(ineke)),
    ]
    before = codes(visitor, *open_pages), codes(session, reverse("profile"))

    type(ineke.user).objects.filter(pk=ineke.user_id).update(is_active=False)

    assert before == ([200, 200], [200])
    assert codes(visitor, *open_pages) == [404, 404]
    assert codes(session, reverse("profile")) == [302]  # to the sign-in page
    assert len(catalogue_at(timezone.localdate())) == 0


def test_an_expert_who_left_the_town_is_hidden_until_they_say_where_they_work(ineke):
    make_offer(make_expert("Somebody else"))
    session, visitor = signed_in(ineke.user), Client()

    members.end_membership(Membership.objects.get(user=ineke.user), actor=make_officer())
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

    interest_machine.advance(interest, "withdraw", actor=ineke.user)

    answer = reverse("interest", args=[dossier.reference, interest.pk])
    assert session.post(answer, {"motivation": "again"}).status_code in (302, 403, 404)
    interest.refresh_from_db()
    assert interest.motivation != "again"
    assert codes(town, reverse("interest-cv", args=[dossier.reference, interest.pk])) == [404]


@pytest.mark.parametrize("changed", ["employer_email", "authority"])
def test_the_link_of_a_superior_ends_with_their_right_to_answer(ineke, changed):
    employers.ask_superior(ineke, user=ineke.user)
    page = f"/en{ineke.link_path}"
    before = Client().get(page).status_code

    value = "new@almere.example" if changed == "employer_email" else make_authority("Almere")
    setattr(ineke, changed, value)
    ineke.save()
    answered = Client().post(page, {"answer": "yes"}).status_code

    assert (before, Client().get(page).status_code, answered) == (200, 410, 410)
    assert Expert.objects.get(pk=ineke.pk).employer_agrees is None
    assert Client().get(f"/en{ineke.link_path}").status_code == 200


def test_a_participant_who_was_taken_out_has_no_link_any_more_and_a_successor_has_another():
    """Z9: their page, their diary and a picture of them."""
    _table, exchange = agreed()
    kofi = exchange.participants.create(
        name="Kofi", address="kofi@example.org", side="requesting", part="intern"
    )
    yaw = exchange.participants.create(
        name="Yaw", address="yaw@example.org", side="requesting", part="intern"
    )
    Exchange.objects.update(status="running", planned_start="2026-01-01", planned_end="2100-01-01")
    picture = make_picture(exchange)
    for person in (kofi, yaw):
        picture.people.create(participant=person)
    paths = {
        person.name: [
            f"/en{person.link_path}{rest}" for rest in ("", "diary/", f"picture/{picture.pk}.jpg")
        ]
        for person in (kofi, yaw)
    }
    before = [codes(Client(), *pages) for pages in paths.values()]

    participants.remove_participant(kofi, actor=make_officer())
    type(yaw).objects.filter(pk=yaw.pk).update(address="adwoa@example.org")

    assert before == [[200] * 3] * 2
    assert [codes(Client(), *pages) for pages in paths.values()] == [[410, 410, 410]] * 2


def test_whoever_left_the_committee_the_association_or_the_town_is_out_at_the_next_request():
    """Z9: each loses what the place had opened, and names, confirms and answers nothing more."""
    agona = make_authority()
    nalag = agona.associations.create(name="NALAG", country="GH", scope="national")
    judged = make_dossier(agona, status="under_selection")
    named = judged.co_applicants.create(
        name="Agona",
        country="GH",
        address="a@example.org",
        asked_at=timezone.now(),
        authority=agona,
    )
    anna, abena, efua = make_member("Anna"), make_user("Abena"), make_user(works_for=agona)
    abena.memberships.create(association=nalag, roles=["association_officer"], status="active")
    pages = {
        anna: reverse("committee-dossier", args=[judged.reference]),
        abena: judged.get_absolute_url(),
        efua: f"/en{named.path}",
    }
    sessions = {person: signed_in(person) for person in pages}
    before = [codes(sessions[person], page) for person, page in pages.items()]

    anna.groups.clear()
    for person in (abena, efua):
        members.end_membership(person.memberships.get(), actor=make_officer())

    assert before == [[200]] * 3
    assert [codes(sessions[person], page) for person, page in pages.items()] == [[404]] * 3


def test_people_of_another_exchange_cannot_be_slipped_into_a_form():
    """Z2 and Z3: by their number in the address, in the sheet, or among those on a picture."""
    _table, ours = agreed()
    dossier = make_dossier(status="matched")
    match = Match.objects.create(reference="MA-2", dossier=dossier, answer_by="2030-01-01")
    theirs = Exchange.objects.create(
        reference="EX-2", match=match, dossier=dossier, form="expert_mission"
    )
    stranger = theirs.participants.create(name="Kofi", side="requesting", part="delegate")
    Exchange.objects.update(status="running")
    editor = make_user(works_for=ours.dossier.authority)
    session, reference = signed_in(editor), ours.reference

    edit = reverse("exchange-participant", args=[reference, stranger.pk])
    answers = [session.post(edit, {"remove": "1"}).status_code]
    session.post(reverse("exchange-attendance", args=[reference]), {f"there-{stranger.pk}": "yes"})
    participants.record_attendance(ours, {stranger.pk: (True, 5)}, actor=editor)
    sent = {"alt": "A bed", "credit": "Esi", "people": [stranger.pk]}
    file = make_picture(theirs).file
    session.post(reverse("exchange-pictures", args=[reference]), sent | {"file": file.open("rb")})

    stranger.refresh_from_db()
    assert answers == [404]
    assert (stranger.attended, stranger.confirmed_at) == (None, None)
    assert not ours.pictures.exists() and not stranger.pictured.exists()


def posted(client, page, **typed):
    """Post a form as a browser moves by it; return the address of the page that answers."""
    headers = {"sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    answer = client.post(page, typed, headers=headers)
    assert (answer.status_code, "_answer=" in answer.url) == (303, True)
    return answer.url


def test_a_page_that_answered_a_form_opens_no_longer_than_the_page_itself(monkeypatch):
    """H22: kept for an hour, it showed the whole file to who had lost the right to read it."""
    _table, exchange = agreed()
    Exchange.objects.update(status="running", planned_start="2026-01-01", planned_end="2100-01-01")
    kofi = exchange.participants.create(
        name="Kofi", address="kofi@example.org", side="requesting", part="intern"
    )
    judged, anna = make_dossier(status="under_selection"), make_member("Anna")
    committee.declare_conflict(judged, member=anna, has_conflict=False)
    practice, ama = make_practice(exchange), make_user("Ama")
    clients = committee_client, guest, asker = signed_in(anna), Client(), signed_in(ama)
    monkeypatch.setitem(limits.LIMITS, "contact", limits.Limit(0, 0, 0, _("Save")))
    diary = f"/en{kofi.link_path}diary/"
    guest.get(diary)
    kept = [
        posted(committee_client, reverse("committee-dossier", args=[judged.reference]), points="x"),
        posted(guest, diary, did=""),
        posted(asker, reverse("practice-contact", args=[practice.slug]), text="Hello"),
    ]

    before = [codes(client, page) for client, page in zip(clients, kept, strict=True)]
    anna.groups.clear()
    participants.remove_participant(kofi, actor=make_officer())
    Practice.objects.update(status="draft")
    after = [codes(client, page) for client, page in zip(clients, kept, strict=True)]

    assert (before, after) == ([[200]] * 3, [[404], [410], [404]])
