"""Who was told that something is so is told when it is undone, or the table says why not."""

import pytest
from django.test import Client
from django.urls import reverse

from applications import co_applicants
from applications.enums import Status
from applications.models import Dossier, Meeting
from applications.transitions import dossier_machine
from connect.transitions import MACHINES, record_event
from exchanges import participants
from exchanges.models import Exchange
from exchanges.people import reachable_participants
from matching import desk, withdrawals
from matching.models import Interest, Match
from notifications.letter_text import compose_letter
from notifications.models import Letter
from practices.models import Practice
from practices.transitions import practice_machine
from registry.models import Offer
from tests.factories import make_interest, make_practice
from tests.notifications.stories import Stage, open_as_reader

pytestmark = pytest.mark.django_db

LIVES = [machine for machine in MACHINES if machine.model._meta.app_label != "tests"]
# Each step that undoes another one: (what it undoes, why its readers are not told by it, if so).
UNDOES = {
    Dossier: {
        "take_back": ("submit", ""),
        "withdraw": ("submit", ""),
        "withdraw_correction": ("ask_correction", ""),
        "lapse": ("submit", "staff see it in their list: nothing was asked of them"),
        "cancel": ("publish", ""),
        "find_ineligible": ("submit", "one of the staff has decided it"),
        "reopen": ("find_ineligible", ""),
        "close_no_match": ("publish", ""),
        "consent_failed": ("ask_consent", ""),
        "withdraw_proposal": ("ask_consent", ""),
        "undo_proposal": ("ask_consent", ""),
        "seek_again": ("shortlist", ""),
        "rematch": ("match", ""),
    },
    Interest: {
        "correct": ("submit", "the expert alone was told, and does it"),
        "withdraw": ("submit", "the expert alone was told, and does it"),
        "uninvite": ("begin", ""),
        "remove_draft": ("begin", ""),
        "unscreen": ("screen", ""),
        "restore": ("shortlist", "no letter has left: see `undo_decision`"),
        "restore_shortlisted": ("keep_in_reserve", "no letter has left: see `undo_decision`"),
        "restore_reserve": ("shortlist", "no letter has left: see `undo_decision`"),
        "decline": ("shortlist", ""),
        "keep_in_reserve": ("shortlist", ""),
        "expire": ("shortlist", ""),
        "end_with_exchange": ("choose", ""),
    },
    Match: {
        "undo": ("agree", "its exchange or dossier ends with it, and tells both sides"),
        "unpropose": ("withdraw", "nobody was asked yet"),
        "withdraw": ("agree", ""),
        "refuse": ("agree", ""),
        "lapse": ("agree", ""),
    },
    Exchange: {
        "postpone": ("plan", ""),
        "interrupt": ("plan", ""),
        "cancel": ("plan", ""),
        "resume": ("interrupt", ""),
    },
    Practice: {
        "send_back": ("submit_practice", ""),
        "archive": ("publish_practice", ""),
        "remove_draft": ("submit_practice", ""),
    },
    Offer: {},
    Meeting: {
        "send_back": ("send_to_chair", "who chairs does it, or is asked again once it is edited"),
    },
}
# Steps that go on, or end what nobody was told of: nothing is undone by them.
GO_ON = {
    Dossier: "hand_over submit open ask_correction move_correction answer_correction "
    "send_to_committee validate overrule reserve not_select publish shortlist ask_consent match "
    "close",
    Interest: "begin submit screen shortlist choose",
    Match: "agree",
    Exchange: "plan get_ready start complete evaluate follow_up_6m follow_up_12m close",
    Practice: "submit_practice approve_practice publish_practice",
    Offer: "publish pause expire remove",
    # Whom the planning invited, its cancelling tells: see test_meetings.py.
    Meeting: "cancel hold send_to_chair record_unsigned sign",
}


def readers(step):
    named = {notice.recipients.__name__ for notice in step.notifies}
    some = {"informed_applicants", "notified_applicants"}  # those of them who are to know, or do
    return {"applicants" if name in some else name for name in named}


def test_each_step_of_each_life_goes_on_or_undoes_another():
    for machine in LIVES:
        named = [*UNDOES[machine.model], *GO_ON[machine.model].split()]
        assert sorted(named) == sorted(machine.transitions)


@pytest.mark.parametrize(
    ("machine", "verb"),
    [
        pytest.param(machine, verb, id=f"{machine.model.__name__}-{verb}")
        for machine in LIVES
        for verb in UNDOES[machine.model]
    ],
)
def test_who_was_told_of_a_step_is_told_when_it_is_undone(machine, verb):
    undone, why_not = UNDOES[machine.model][verb]

    untold = readers(machine.transitions[undone]) - readers(machine.transitions[verb])

    assert bool(untold) == bool(why_not), untold


def told(*templates):
    return {(one.template, one.address) for one in Letter.objects.filter(template__in=templates)}


def test_an_application_taken_back_is_told_of_and_its_earlier_e_mails_lead_to_what_is_true():
    """A17: the mayor, the officers and the association still believed that it was sent."""
    stage, efua = Stage(), Client()
    dossier, ines = stage.dossier(), stage.ines
    efua.force_login(stage.efua)
    efua.post(reverse("dossier-step", args=[dossier.reference, "submit"]))
    sent = list(Letter.objects.filter(template__startswith="dossier_submit"))
    before = {one.address for one in sent}

    efua.post(reverse("dossier-step", args=[dossier.reference, "take_back"]))

    assert Dossier.objects.get(pk=dossier.pk).status == Status.DRAFT
    back = list(Letter.objects.filter(template__startswith="dossier_take_back"))
    # Not who took it back: that is no news to them.
    assert {one.address for one in back} == before - {stage.efua.email} and ines.email in before
    assert all("again" in compose_letter(one)[1] for one in back)
    for letter in [*sent, *back]:
        if letter.path:
            status, page = open_as_reader(letter)
            assert (status, "login" in page) == (200, False), letter.template
    officer = Client()
    officer.force_login(ines)
    page = officer.get(dossier.desk_path, follow=True)
    assert f"is editing {dossier.reference} again" in page.text


def test_a_draft_that_was_never_sent_is_found_by_nobody_else():
    stage, officer, abena = Stage(), Client(), Client()
    dossier = stage.dossier()
    officer.force_login(stage.ines)
    abena.force_login(stage.abena)

    asked = [officer.get(dossier.desk_path), abena.get(dossier.get_absolute_url())]

    assert [answer.status_code for answer in asked] == [404, 404]


def test_an_opinion_typed_while_an_application_is_taken_back_is_not_lost():
    stage, abena = Stage(), Client()
    dossier = dossier_machine.advance(stage.dossier(), "submit", actor=stage.efua)
    dossier_machine.advance(dossier, "take_back", actor=stage.efua)
    abena.force_login(stage.abena)

    association = stage.agona.associations.get()
    address = reverse("opinion", args=[dossier.reference, association.pk])
    page = abena.post(address, {"verdict": "support", "text": "A town that needs it."})

    assert page.status_code == 404 and "A town that needs it." in page.text


def test_staff_are_told_when_an_expert_takes_an_answer_back_or_withdraws_it():
    stage = Stage()
    dossier = stage.dossier(Status.PUBLISHED)
    interest = make_interest(dossier, stage.ineke, status="draft")
    for undo in (desk.correct_interest, withdrawals.withdraw_answer):
        interest = desk.submit_interest(interest, actor=stage.ineke.user)
        interest = undo(interest, actor=stage.ineke.user)

    staff = {stage.ines.email, stage.jan.email}
    names = ("interest_correct", "interest_withdraw")
    assert told(*names) == {(name, address) for name in names for address in staff}


def test_a_practice_deleted_after_both_sides_were_asked_to_read_it_is_told_of():
    stage, efua = Stage(), Client()
    exchange, _guest = stage.exchange(status="completed")
    practice = make_practice(exchange, status="review")
    event = record_event(practice, "submit_practice", actor=None, now=stage.now)
    practice_machine.post_notices(practice, event)
    practice = practice_machine.advance(practice, "send_back", actor=stage.ines, note="Too long.")
    practice_machine.advance(practice, "remove_draft", actor=stage.ines)
    asked = Letter.objects.filter(template="practice_to_read")
    efua.force_login(stage.efua)

    assert {one.address for one in asked} == {
        one.address for one in Letter.objects.filter(template="practice_removed")
    }
    page = efua.get(practice.get_absolute_url(), follow=True)
    assert "This draft of a practice was deleted." in page.text


def test_who_was_asked_to_take_part_is_told_when_they_are_no_longer_named():
    """And who was only written down, and never heard of it, is told nothing."""
    stage = Stage()
    exchange, guest = stage.exchange(status="planned")
    for person in reachable_participants(exchange):
        participants.ask_part(person, exchange)
    unheard = exchange.participants.create(
        name="Yaw", address="yaw@agona.example", side="requesting", part="delegate"
    )
    for person in (guest, unheard):
        participants.remove_participant(person, actor=stage.ines)

    assert told("part_removed") == {("part_removed", "kofi@agona.example")}
    # Nobody had confirmed a plan: she has no dates to remove.
    assert "calendar" not in compose_letter(Letter.objects.get(template="part_removed"))[1]
    assert not Letter.objects.unsent().filter(template="take_part", address=guest.address).exists()


def test_who_was_asked_to_apply_together_is_told_when_they_are_no_longer_named():
    stage = Stage()
    dossier, asked = stage.dossier(), {"actor": stage.efua, "country": "GH"}
    heard, unheard = (
        co_applicants.add_co_applicant(
            dossier, name=name, contact="Yaw", address=f"yaw@{name.lower()}.example", **asked
        )
        for name in ("Awutu", "Keta")
    )
    Letter.objects.filter(address="yaw@awutu.example").update(sent_at=stage.now)
    for one in (heard, unheard):
        co_applicants.remove_co_applicant(one, actor=stage.efua)

    assert told("co_applicant_removed") == {("co_applicant_removed", "yaw@awutu.example")}
