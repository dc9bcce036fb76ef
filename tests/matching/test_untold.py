"""While an officer's decision can be undone, nobody outside sees it; and never once it was undone.

Of a proposal, an invitation and a decision on an answer: on My work, in the header, on the pages.
"""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.copies import collect_data
from accounts.holdings import Person
from applications import worklist
from applications.enums import Status
from applications.models import Dossier
from applications.transitions import dossier_machine
from connect.links import Link
from connect.my_work import count_asked
from connect.transitions import record_event
from matching import consent, decisions, desk, withdrawals
from matching.enums import InterestStatus, MatchStatus
from matching.models import Interest, Match
from matching.transitions import interest_machine
from notifications.models import Letter
from registry import members
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
PROPOSED = "Answer to the proposed exchange"


class Latrines:
    """Agona West asks; Ineke de Vries is on the shortlist; Pieter, her superior, has an account."""

    def __init__(self):
        agona = make_authority("Agona West")
        self.efua, self.ines = make_user("Efua", works_for=agona), make_officer("Ines")
        self.dossier = make_dossier(agona, status=Status.SHORTLISTING)
        self.pieter = make_user("Pieter")
        self.ineke = make_expert("Ineke de Vries", employer_email=self.pieter.email)
        self.interest = make_interest(self.dossier, self.ineke)
        self.browsers = {}
        for person in (self.efua, self.ineke.user, self.pieter, self.ines):
            self.browsers[person] = Client()
            self.browsers[person].force_login(person)

    def propose(self, now=None):
        shortlist, note = [self.interest.pk], "She did it."
        return consent.propose_match(self.dossier, shortlist, note=note, actor=self.ines, now=now)

    def see(self, person, path):
        return self.browsers[person].get(path)

    def my_page(self, person):
        return self.see(person, reverse("my")).text


def minutes_ago():
    return timezone.now() - settings.UNDO_FOR - timedelta(seconds=1)


def test_a_proposal_that_can_be_undone_is_seen_by_the_programme_team_alone():
    town = Latrines()
    match = town.propose()

    for person in (town.efua, town.ineke.user, town.pieter):
        assert PROPOSED not in town.my_page(person)
        assert count_asked(person, timezone.now()) == 0
        assert town.see(person, match.get_absolute_url()).status_code == 404
    page = town.my_page(town.efua)
    assert "Ineke de Vries" not in page and match.reference not in page
    assert "Selecting an expert" in page and "Waiting for everyone" not in page
    file = town.see(town.efua, town.dossier.get_absolute_url()).text
    assert "Selecting an expert" in file
    assert "agreement requested" not in file and match.reference not in file
    link = Link.objects.get(purpose="matching.consent")
    assert link.address == town.pieter.email  # and nobody has told him of it
    leaves = timezone.localtime(match.status_since + settings.UNDO_FOR)
    said = (
        f"The e-mails are sent at {leaves:%-H:%M} (Brussels time): until then, only the programme "
        "team knows"
    )
    for path in (match.get_absolute_url(), reverse("admin:matching_desk", args=[town.dossier.pk])):
        assert said in town.see(town.ines, path).text.replace(f"{leaves:%H:%M}", f"{leaves:%-H:%M}")


def test_a_proposal_is_there_for_every_side_once_its_minutes_are_over():
    town = Latrines()
    match = town.propose(minutes_ago())

    for person in (town.efua, town.ineke.user, town.pieter):
        assert PROPOSED in town.my_page(person)
        assert count_asked(person, timezone.now()) == 1
    for person in (town.efua, town.ineke.user):
        assert town.see(person, match.get_absolute_url()).status_code == 200
    assert "Everyone&#x27;s agreement requested" in (
        town.see(town.efua, town.dossier.get_absolute_url()).text
    )
    assert "The e-mails are sent at" not in town.see(town.ines, match.get_absolute_url()).text


def test_nothing_is_left_of_a_proposal_that_was_undone_but_for_the_programme_team():
    town = Latrines()
    match = town.propose()
    desk_page = reverse("admin:matching_desk", args=[town.dossier.pk])
    town.browsers[town.ines].post(desk_page, {"verb": f"undo_proposal {match.pk}"})

    file = town.see(town.efua, town.dossier.get_absolute_url()).text
    assert Match.objects.get().status == MatchStatus.UNDONE
    assert "agreement requested" not in file and "Back to matching" not in file
    verbs = [event.verb for event in town.dossier.events.all()]
    assert verbs[-2:] == ["ask_consent", "undo_proposal"]


def test_a_proposal_of_which_nobody_was_told_ends_without_a_word():
    """Its expert withdraws, or the applicant: no other side reads of a refusal."""
    withdrawn, ended = Latrines(), Latrines()
    for town in (withdrawn, ended):
        town.propose()
    withdrawals.withdraw_answer(withdrawn.interest, actor=withdrawn.ineke.user)
    ended.browsers[ended.efua].post(
        reverse("dossier-step", args=[ended.dossier.reference, "withdraw"]), {"note": "No time."}
    )

    assert {match.status for match in Match.objects.all()} == {MatchStatus.UNDONE}
    states = [Dossier.objects.get(pk=town.dossier.pk).status for town in (withdrawn, ended)]
    assert states == [Status.SHORTLISTING, Status.WITHDRAWN]
    assert not Letter.objects.unsent().filter(template__startswith="match_").exists()
    assert not Letter.objects.unsent().filter(template__startswith="consent_").exists()


def test_an_invitation_that_can_be_undone_is_not_on_the_experts_pages():
    ines, dossier = make_officer("Ines"), make_dossier(status=Status.PUBLISHED)
    offers = make_offer(), make_offer()
    fresh, older = (
        desk.invite_expert(dossier, offer.pk, actor=ines, now=now)
        for offer, now in zip(offers, (None, minutes_ago()), strict=True)
    )

    for interest, is_told in ((fresh, False), (older, True)):
        expert, client = interest.expert.user, Client()
        client.force_login(expert)
        page, own = client.get(reverse("my")).text, client.get(interest.get_absolute_url())
        assert ("Answer the request, to which you are invited" in page) == is_told
        assert (dossier.title in page) == is_told
        assert count_asked(expert, timezone.now()) == is_told
        assert own.status_code == (200 if is_told else 404)
    assert list(Interest.objects.editable_by(fresh.expert.user)) == []


def test_an_expert_who_answers_by_themselves_in_these_minutes_takes_up_the_invitation():
    ines, dossier, offer = make_officer("Ines"), make_dossier(status=Status.PUBLISHED), make_offer()
    invited, client = desk.invite_expert(dossier, offer.pk, actor=ines), Client()
    client.force_login(offer.expert.user)
    page = client.post(reverse("answer", args=[dossier.reference]), follow=True)

    begun = Interest.objects.get()
    assert (begun.pk, begun.status) == (invited.pk, InterestStatus.DRAFT)
    assert page.status_code == 200 and page.redirect_chain[0][0] == begun.get_absolute_url()
    assert not decisions.may_undo_decision(begun, timezone.now())


@pytest.mark.parametrize(
    ("begun", "verb", "shown", "decided"),
    [
        ("screened", "shortlist", "eligible", "Shortlisted"),
        ("screened", "keep_in_reserve", "eligible", "Put on the reserve list"),
        ("submitted", "decline", "sent", "Declined"),
        ("shortlisted", "decline", "shortlisted", "Declined"),
    ],
)
def test_a_decision_on_an_answer_is_shown_once_it_cannot_be_undone(begun, verb, shown, decided):
    ines, dossier = make_officer("Ines"), make_dossier(status=Status.PUBLISHED)
    efua = make_user("Efua", works_for=dossier.authority)
    fresh, older = make_interest(dossier, status=begun), make_interest(dossier, status=begun)
    interest_machine.advance(fresh, verb, actor=ines)
    interest_machine.advance(older, verb, actor=ines, now=minutes_ago())
    applicant = Client()
    applicant.force_login(efua)

    for interest, is_told in ((fresh, False), (older, True)):
        client = Client()
        client.force_login(interest.expert.user)
        words = interest_machine.transitions[verb].target.label if is_told else shown
        own = client.get(interest.get_absolute_url()).text
        assert (decided in own) == is_told
        for page in (own, client.get(reverse("my")).text):
            assert f"</svg>{words.capitalize()}</span>" in page
    was_seen = begun == "shortlisted"
    seen = applicant.get(fresh.get_absolute_url()).status_code
    assert seen == (200 if was_seen else 404)
    decisions.undo_decision(fresh, actor=ines)
    client = Client()
    client.force_login(fresh.expert.user)
    assert decided not in client.get(fresh.get_absolute_url()).text
    assert "undone" not in client.get(fresh.get_absolute_url()).text


def test_a_file_taken_over_meanwhile_tells_nothing_of_a_proposal():
    """A line that moves nothing names no status of before: it was read as a step."""
    town = Latrines()
    match = town.propose()
    worklist.take_over(Dossier.objects.filter(pk=town.dossier.pk), actor=make_officer("Tomas"))

    file = town.see(town.efua, town.dossier.get_absolute_url()).text
    withdrawals.undo_proposal(match, actor=town.ines)
    after = town.see(town.efua, town.dossier.get_absolute_url()).text

    for page in (file, after):
        assert "Selecting an expert" in page
        assert "agreement requested" not in page and "before anybody was asked" not in page


def test_whoever_leaves_in_these_minutes_tells_the_other_side_nothing_of_a_proposal():
    town = Latrines()
    town.propose()

    members.end_membership(town.ineke.user.memberships.get(), actor=town.ineke.user)

    assert not Letter.objects.filter(template="person_left", address=town.efua.email).exists()


def test_the_copy_of_ones_data_holds_nothing_that_can_be_undone_or_was():
    town, other = Latrines(), make_dossier(status=Status.PUBLISHED)
    offer = make_offer(town.ineke)
    desk.invite_expert(other, offer.pk, actor=town.ines)
    withdrawals.undo_proposal(town.propose(), actor=town.ines)
    town.propose()

    held = collect_data(Person.from_user(town.ineke.user))["held"]

    rows = {one["table"]: one["rows"] for one in held if one["table"] != "matching.consent"}
    consents = [row for one in held if one["table"] == "matching.consent" for row in one["rows"]]
    assert len(rows["matching.interest"]) == 1 and consents == []


def test_an_expert_who_withdraws_in_these_minutes_reads_nothing_of_the_decision():
    town = Latrines()
    interest_machine.advance(town.interest, "decline", actor=town.ines)

    page = reverse("interest-withdraw", args=[town.dossier.reference, town.interest.pk])
    said = town.browsers[town.ineke.user].post(page, follow=True).text

    assert "declined" not in said.lower()
    assert "It cannot be changed at the moment: try again in a few minutes." in said


def test_what_was_undone_has_its_status_since_it_had_it():
    town = Latrines()
    long_ago = timezone.now() - timedelta(days=20)
    record_event(town.dossier, "shortlist", source="published", actor=town.ines, now=long_ago)

    withdrawals.undo_proposal(town.propose(), actor=town.ines)

    dossier = Dossier.objects.get(pk=town.dossier.pk)
    assert (dossier.status, dossier.status_since) == (Status.SHORTLISTING, long_ago)


class Choice:
    """Ines decides on Ineke's answer, which is eligible; Efua, who asked, and Ineke look at it."""

    def __init__(self, status="screened"):
        self.ines = make_officer("Ines")
        self.dossier = make_dossier(status=Status.PUBLISHED)
        self.interest = make_interest(self.dossier, status=status)
        self.efua, self.ineke = Client(), Client()
        self.efua.force_login(make_user("Efua", works_for=self.dossier.authority))
        self.ineke.force_login(self.interest.expert.user)

    def decide(self, verb, *, minutes_ago=0):
        now = timezone.now() - timedelta(minutes=minutes_ago)
        interest_machine.advance(self.interest, verb, actor=self.ines, now=now)

    def seen(self):
        """What the applicant is answered, and what stands on the expert's page."""
        page = self.interest.get_absolute_url()
        return self.efua.get(page), self.ineke.get(page).text


def test_two_decisions_on_an_answer_within_a_minute_are_both_unseen_outside():
    choice = Choice()
    choice.decide("keep_in_reserve", minutes_ago=1)
    choice.decide("shortlist")

    applicant, expert = choice.seen()

    assert applicant.status_code == 404
    assert "Shortlisted" not in expert and "reserve list" not in expert.lower()
    assert "</svg>Eligible</span>" in expert


def test_the_second_of_two_decisions_is_the_one_that_is_seen_in_the_end():
    choice = Choice()
    choice.decide("keep_in_reserve", minutes_ago=7)
    choice.decide("shortlist", minutes_ago=6)

    applicant, expert = choice.seen()

    assert applicant.status_code == 200
    assert "Shortlisted" in expert and "Put on the reserve list" not in expert


def test_an_answer_declined_from_the_shortlist_looks_to_its_applicant_as_before_for_its_minutes():
    choice = Choice("shortlisted")
    before, _expert = choice.seen()
    choice.decide("decline")
    fresh, _expert = choice.seen()
    older = Choice("shortlisted")
    older.decide("decline", minutes_ago=6)

    assert (before.status_code, fresh.status_code) == (200, 200)
    assert "</svg>Shortlisted</span>" in fresh.text and "eclined" not in fresh.text
    assert older.seen()[0].status_code == 404


def test_a_decision_undone_within_its_minutes_leaves_the_earlier_one_unseen_for_its_own():
    choice = Choice()
    choice.decide("keep_in_reserve", minutes_ago=1)
    choice.decide("shortlist")
    decisions.undo_decision(choice.interest, actor=choice.ines)

    applicant, expert = choice.seen()

    assert applicant.status_code == 404 and "</svg>Eligible</span>" in expert


def test_a_decision_that_another_step_ended_before_it_was_told_is_never_told():
    """Its e-mail was cancelled: the line of the timeline came up when its minutes were over."""
    choice, long_ago = Choice(), timezone.now() - timedelta(minutes=30)
    choice.decide("shortlist", minutes_ago=31)
    interest_machine.advance(
        choice.interest, "withdraw", actor=choice.interest.expert.user, now=long_ago
    )

    _applicant, expert = choice.seen()

    assert "</svg>Withdrawn</span>" in expert and "Shortlisted" not in expert


def test_who_withdraws_while_agreement_is_being_asked_reads_nothing_of_it_later():
    town = Latrines()
    asked_at = timezone.now() - timedelta(minutes=31)
    town.propose(asked_at)
    dossier_machine.advance(
        town.dossier, "withdraw", actor=town.efua, now=asked_at + timedelta(minutes=1)
    )

    file = town.see(town.efua, town.dossier.get_absolute_url()).text

    assert "Withdrawn" in file and "agreement requested" not in file


def test_the_buttons_of_an_answer_are_those_of_the_status_that_its_expert_reads():
    choice = Choice("submitted")
    choice.decide("decline")

    _applicant, expert = choice.seen()

    assert "Withdraw my answer" in expert
