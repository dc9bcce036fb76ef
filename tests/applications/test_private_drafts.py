"""Whoever waits to be let in writes already: alone, seen by nobody, and loses nothing."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.erasure import erase_person
from accounts.holdings import Person
from applications import beginning, retention, worklist
from applications.models import Attachment, Dossier
from applications.sections import SECTIONS
from applications.transitions import dossier_machine
from impact.figures.selection import Selection
from notifications.models import Letter
from registry import members, merging, search_index
from registry.models import Authority
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_dossier,
    make_officer,
    make_user,
    pdf_of,
    section_data,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
KYTEMBO = {
    "name": "Kitembo Wa Tatu",
    "country": "CD",
    "website": "kitembo.example",
    "proof": "The gazette of 2018, number 14, created our commune.",
    "function": "Head of waste",
    "roles": ["editor"],
}


class Newcomer:
    """Didier asks to write for Agona, where Efua is at work already, and begins."""

    def __init__(self, **ago):
        self.agona, self.call = make_authority("Agona", slug="agona"), make_call(slug="round")
        self.efua, self.didier = make_user("Efua", works_for=self.agona), make_user("Didier")
        self.ines = make_officer()
        self.place = members.ask_to_join(
            self.didier,
            authority=self.agona,
            roles=["editor"],
            function="Head of waste",
            now=timezone.now() - timedelta(days=3),
        )
        self.browser = signed_in(self.didier)
        self.begin()
        self.draft = Dossier.objects.get(created_by=self.didier)

    def begin(self):
        self.browser.post(reverse("begin", args=["round"]), {"authority": "agona"})

    def page(self):
        return self.browser.get(self.draft.get_absolute_url()).text

    def answer(self, accept, grounds=""):
        words = {"grounds": grounds, "reply": grounds}
        members.decide_membership(self.place, actor=self.efua, accept=accept, **words)
        self.draft.refresh_from_db()

    def write_all(self):
        for slug in SECTIONS:
            data = section_data(slug, answers()).copy()
            self.browser.post(reverse("section", args=[self.draft.reference, slug]), data)


def test_a_town_that_is_not_in_the_registry_is_proposed_and_its_draft_begun_at_once():
    didier, call, ines = make_user("Didier"), make_call(slug="round"), make_officer()
    make_authority("Kitembo", slug="kitembo", country="CD")
    search_index.reindex()
    browser = signed_in(didier)
    list_page = browser.get(reverse("memberships"), {"q": "Kitembo Wa Tatu"}).text
    asked = browser.post(reverse("propose-authority"), KYTEMBO).text
    assert ("Propose it" in list_page, "Is it this one?" in asked, "Kitembo, " in asked) == (
        *(True, True),
        True,
    )

    browser.post(reverse("propose-authority"), KYTEMBO | {"none_of_these": "yes"})
    proposed = Authority.objects.get(name="Kitembo Wa Tatu")
    browser.post(reverse("begin", args=["round"]), {"authority": proposed.slug})
    draft = Dossier.objects.get(created_by=didier)

    assert (draft.status, draft.authority, proposed.website) == (
        *("private", proposed),
        "https://kitembo.example",
    )
    assert Client().get(proposed.get_absolute_url()).status_code == 404
    waiting = signed_in(ines).get(reverse("memberships")).text
    assert ("Not in the registry yet" in waiting, KYTEMBO["proof"] in waiting) == (True, True)
    asked = didier.memberships.get()
    signed_in(ines).post(
        reverse("membership-decide", args=[asked.pk]),
        {"answer": "accept", f"grounds-{asked.pk}": "The mayor's letter."},
    )
    draft.refresh_from_db()
    assert (draft.status, [event.verb for event in draft.events.all()]) == ("draft", ["hand_over"])
    assert Client().get(proposed.get_absolute_url()).status_code == 200
    assert beginning.begin_dossier(call, proposed, actor=didier) == draft


def test_who_proposed_a_town_is_asked_whether_it_is_meant_again_and_proposes_it_once():
    didier, _officer, _call = make_user("Didier"), make_officer(), make_call(slug="round")
    browser, page = signed_in(didier), reverse("propose-authority")
    browser.post(page, KYTEMBO)

    alike = browser.post(page, KYTEMBO | {"name": "Kitembo Tatu"}).text
    twice = KYTEMBO | {"name": "kitembo wa-tatu", "none_of_these": "yes"}
    refused = browser.post(page, twice).text

    own = f'href="{reverse("memberships")}">Kitembo Wa Tatu, '
    assert [own in page for page in (alike, refused)] == [True, False]
    assert "Is it this one?" in alike and "none_of_these" not in refused
    assert "You have already proposed this local authority, on" in refused
    assert (Authority.objects.count(), didier.memberships.count()) == (1, 1)
    assert Letter.objects.filter(template="membership_asked").count() == 1
    assert browser.get(reverse("call", args=["round"])).text.count("Start an application") == 1
    browser.post(page, KYTEMBO | {"name": "Kitembo Tatu", "none_of_these": "yes"})
    assert Authority.objects.count() == 2


def test_until_confirmed_a_draft_is_its_writers_alone_and_takes_and_counts_nothing():
    room = Newcomer()
    room.write_all()
    letters = Letter.objects.count()
    reference = room.draft.reference

    assert "asked on" in room.page() and "waiting for 3 days" in room.page()
    assert "waiting for 3 days" in room.browser.get(reverse("my")).text
    assert "waiting for 3 days" in room.browser.get(reverse("memberships")).text
    theirs = beginning.begin_dossier(room.call, room.agona, actor=room.efua)
    assert theirs != room.draft  # the authority's one open draft is still free
    room.begin()
    assert Dossier.objects.filter(created_by=room.didier).count() == 1
    others = [signed_in(one) for one in (room.efua, room.ines)]
    page = reverse("dossier", args=[reference])
    assert [other.get(page).status_code for other in others] == [404, 404]
    assert reference not in others[0].get(reverse("my")).text
    assert theirs.reference not in room.browser.get(reverse("my")).text
    assert theirs.reference not in room.browser.get(reverse("call", args=["round"])).text
    room.browser.post(reverse("ask-signature", args=[reference]))
    room.browser.post(
        reverse("co-applicants", args=[reference]),
        {"name": "Ho", "country": "GH", "contact": "Yao", "address": "yao@ho.example"},
    )
    refused = room.browser.post(reverse("dossier-step", args=[reference, "submit"]), follow=True)
    assert "once your membership of Agona is confirmed" in refused.text
    room.draft.refresh_from_db()
    assert (room.draft.status, room.draft.co_applicants.count()) == ("private", 0)
    assert Letter.objects.count() == letters
    assert not Selection().dossiers().filter(pk=room.draft.pk).exists()
    assert worklist.take_over([room.draft], actor=room.ines) == 0
    admin = signed_in(room.ines).get(reverse("admin:applications_dossier_changelist"))
    assert reference not in admin.text


@pytest.mark.parametrize("begun_elsewhere", [False, True])
def test_a_confirmed_writers_draft_becomes_the_authoritys_unless_it_has_another(begun_elsewhere):
    room = Newcomer()
    room.write_all()
    other = begun_elsewhere and beginning.begin_dossier(room.call, room.agona, actor=room.efua)

    room.answer(accept=True)

    hand_over = reverse("dossier-step", args=[room.draft.reference, "hand_over"])
    if begun_elsewhere:
        assert (room.draft.status, "has started another application" in room.page()) == (
            *("private",),
            True,
        )
        assert other.reference in room.browser.post(hand_over, follow=True).text
        dossier_machine.advance(other, "withdraw", actor=room.efua)
        room.browser.post(hand_over)
        room.draft.refresh_from_db()
    assert room.draft.status == "draft"
    assert room.draft.title == "Organise the emptying of latrines"
    assert signed_in(room.efua).get(room.draft.get_absolute_url()).status_code == 200


def test_what_a_refused_writer_wrote_is_copied_for_another_town_and_deleted():
    room = Newcomer()
    room.write_all()
    file = ContentFile(pdf_of("plan"), name="plan.pdf")
    room.browser.post(
        reverse("add-file", args=[room.draft.reference]), {"file": file, "kind": "plan"}
    )
    stored = room.draft.attachments.get().file
    room.answer(accept=False, grounds="Nobody here knows you.")
    ho = make_authority("Ho", slug="ho")
    members.ask_to_join(room.didier, authority=ho, roles=["editor"], function="Head of waste")

    assert "your request was refused" in room.page() and "Ho, Ghana · Call" in room.page()
    room.browser.post(reverse("copy", args=[room.draft.reference]), {"call": "round ho"})
    copied = Dossier.objects.get(authority=ho)
    assert (copied.status, copied.title, copied.attachments.count()) == (
        *("private", "Organise the emptying of latrines"),
        1,
    )
    delete = reverse("delete-draft", args=[room.draft.reference])
    assert signed_in(room.efua).post(delete).status_code == 404
    room.browser.post(delete)
    assert not Dossier.objects.filter(pk=room.draft.pk).exists()
    assert not Attachment.objects.filter(dossier=room.draft.pk).exists()
    assert stored.name and Letter.objects.filter(template__startswith="dossier_").count() == 0
    shared = make_dossier(room.agona)
    assert (
        signed_in(room.efua).post(reverse("delete-draft", args=[shared.reference])).status_code
        == 403
    )


def test_a_proposal_that_turns_out_to_be_a_known_town_takes_request_and_draft_along():
    room = Newcomer()
    swedru = make_authority("Swedru", slug="swedru")
    yaw = make_user("Yaw", works_for=swedru)
    members.ask_to_join(yaw, authority=room.agona, roles=["editor"], function="Clerk")
    of_yaw = beginning.begin_dossier(room.call, room.agona, actor=yaw)

    merging.merge_authority(room.agona, swedru, actor=room.ines)

    assert [
        (place.authority.name, place.status)
        for person in (room.didier, yaw)
        for place in person.memberships.order_by("authority__name")
    ] == [("Swedru", "asked"), ("Agona", "ended"), ("Swedru", "active")]
    drafts = Dossier.objects.order_by("pk").values_list("pk", "authority__name", "status")
    assert list(drafts) == [
        (room.draft.pk, "Swedru", "private"),
        (of_yaw.pk, "Swedru", "draft"),
    ]


def test_a_private_draft_goes_with_its_writer_and_after_a_year_and_tells_nobody_else():
    room, later = Newcomer(), timezone.now() + timedelta(days=366)
    room.write_all()
    assert retention.people_of(Dossier.objects.get(pk=room.draft.pk))[0] == [room.didier]
    due = retention.PRIVATE.rows().filter(ended_at__lte=later - timedelta(days=365))
    assert [row.pk for row in due] == [room.draft.pk]

    erase_person(Person.from_user(room.didier), why="asked", now=timezone.now())

    assert not Dossier.objects.filter(pk=room.draft.pk).exists()


def test_who_alone_writes_for_an_authority_reads_what_stays_there_when_they_leave():
    """The page said nothing of the draft, and that a colleague would admit them again."""
    agona, ines = make_authority("Agona West"), make_officer("Ines")
    efua = make_user("Efua", works_for=agona)
    kofi = make_user("Kofi", works_for=agona)
    draft, client = make_dossier(agona), signed_in(efua)
    make_dossier(agona, status="closed")
    words = f"Nobody else writes for Agona West. Not submitted yet: {draft.reference}."
    with_kofi = client.get(reverse("memberships")).text
    members.end_membership(kofi.memberships.get(), actor=kofi)

    alone = client.get(reverse("memberships")).text
    leave = reverse("membership-leave", args=[efua.memberships.get().pk])
    left = client.post(leave, follow=True).text
    shut = client.get(draft.get_absolute_url()).status_code
    asked = members.ask_to_join(efua, authority=agona, roles=["editor"], function="Clerk")
    members.decide_membership(asked, actor=ines, accept=True, grounds="Official address")
    again = client.get(draft.get_absolute_url()).status_code

    assert words not in with_kofi and words in alone and words in left
    assert (shut, again) == (404, 200)


def test_a_draft_that_cannot_be_sent_is_not_to_be_sent_and_a_refusal_ends_with_the_next_request():
    room = Newcomer()
    promise, to_do = "Only you can see it until your membership", "Finish the application"
    room.browser.force_login(room.didier)
    waiting = (promise in room.page(), to_do in room.browser.get(reverse("my")).text)

    room.answer(accept=False, grounds="Ask with your municipal address.")
    mine = room.browser.get(reverse("my")).text
    refused = (promise in room.page(), to_do in mine, "Copy or delete this draft" in mine)
    other = members.ask_to_join(
        room.didier, authority=make_authority("Agona East"), roles=["editor"], function="Clerk"
    )
    members.end_membership(other, actor=room.didier)
    after = room.browser.get(reverse("my")).text

    assert (waiting, refused) == ((True, True), (False, False, True))
    assert ["was refused:" in page for page in (mine, after)] == [True, False]
