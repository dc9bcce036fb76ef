"""The life of a dossier: each way through, each refusal, nothing written after a refusal."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.formats import date_format

from applications.actors import by_administrator, by_neutral_officer, by_writer_or_clock
from applications.enums import FINAL, Check, Status
from applications.journey import describe_holder_to_staff
from applications.models import Dossier, DossierEvent, DossierVersion
from applications.transitions import dossier_machine
from connect.transitions import TransitionRefused, by_clock, by_officer, by_officer_or_clock
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_dossier,
    make_letter,
    make_member,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db

DETAILS = {
    "ask_correction": {
        "fields": [{"field": "problem", "comment": "How many households?"}],
        "due_on": "2030-01-01",
    },
    "move_correction": {"due_on": "2030-02-01"},
    "find_ineligible": {"reason": "country", "note": "The country is not on the list."},
    "not_select": {"note": "The cost is not clear."},
    "cancel": {"reason": "security", "note": "The region is closed."},
    "close_no_match": {"note": "Nobody was free."},
    "publish": {"closes_on": "2030-01-01"},
    "seek_again": {"closes_on": "2030-01-01"},
    "overrule": {"note": "The only town of its region."},
}


def ready(authority, status):
    """A dossier that lacks nothing for any step, in this status."""
    dossier = make_dossier(authority, status=status, summary_approved_at=timezone.now())
    make_letter(dossier)
    for member in (make_member(), make_member(), make_member()):
        dossier.scores.create(member=member, points={}, total=70, at=timezone.now())
    if status == Status.CORRECTION_ASKED:
        dossier.corrections.create(
            fields=DETAILS["ask_correction"]["fields"],
            due_on=timezone.localdate(),
            asked_at=timezone.now(),
        )
        dossier.versions.create(number=1, answers=dossier.raw_answers(), at=timezone.now())
    return dossier


def actor_for(step, agona):
    if step.allowed in (by_clock, by_writer_or_clock):
        return None
    officers = (by_officer, by_neutral_officer, by_officer_or_clock)
    if step.allowed in officers or step.allowed.__name__ == "by_another_officer":
        return make_officer()
    if step.allowed is by_administrator:
        administrator = make_officer()
        administrator.is_superuser = True
        return administrator
    return make_user(works_for=agona)


@pytest.mark.parametrize("verb", list(dossier_machine.transitions))
def test_each_step_goes_where_the_table_says_and_nowhere_from_elsewhere(verb):
    agona, step = make_authority(), dossier_machine.transitions[verb]
    actor, elsewhere = actor_for(step, agona), ready(agona, min(step.sources))

    for status in Status:
        dossier = ready(agona, status) if status in step.sources else elsewhere
        Dossier.objects.filter(pk=dossier.pk).update(status=status)
        dossier.refresh_from_db()
        if verb == "hand_over":
            dossier.created_by = make_user(works_for=agona)
            dossier.save()
        if status in step.sources:
            moved = dossier_machine.advance(dossier, verb, actor=actor, **DETAILS.get(verb, {}))
            assert moved.status == step.target
        else:
            with pytest.raises(TransitionRefused):
                dossier_machine.advance(dossier, verb, actor=actor, **DETAILS.get(verb, {}))
            assert not dossier.events.exists()


@pytest.mark.parametrize("verb", list(dossier_machine.transitions))
def test_each_step_is_refused_to_every_wrong_person(verb):
    agona, step = make_authority(), dossier_machine.transitions[verb]
    neighbour, expert = (
        make_user(works_for=make_authority()),
        make_user(works_for=agona, roles=["expert"]),
    )
    wrong = [neighbour, expert, make_member()]
    theirs = step.allowed.__name__ in ("by_applicant", "by_applicant_or_typist")
    if step.allowed is by_clock or theirs:  # no officer typed this one in
        wrong.append(make_officer())
    if not theirs:
        wrong.append(make_user(works_for=agona))
    dossier = ready(agona, sorted(step.sources)[0])

    for person in wrong:
        with pytest.raises(PermissionDenied):
            dossier_machine.advance(dossier, verb, actor=person, **DETAILS.get(verb, {}))

    assert not dossier.events.exists()
    assert not Letter.objects.exists()


def test_a_final_dossier_goes_nowhere_but_to_an_appeal():
    for status in FINAL:
        leaving = [
            verb for verb, step in dossier_machine.transitions.items() if status in step.sources
        ]
        assert leaving == (["reopen"] if status == Status.INELIGIBLE else [])


def test_an_unfinished_dossier_is_kept_but_not_sent():
    agona = make_authority()
    dossier = make_dossier(agona, typed=answers(problem="Too short"))

    with pytest.raises(TransitionRefused, match="What is the problem"):
        dossier_machine.advance(dossier, "submit", actor=make_user(works_for=agona))

    assert Dossier.objects.get().status == Status.DRAFT
    assert not DossierVersion.objects.exists()
    assert not Letter.objects.exists()


def test_a_dossier_is_sent_until_the_second_at_which_its_call_closes():
    agona = make_authority()
    writer, in_time, late = make_user(works_for=agona), make_dossier(agona), make_dossier(agona)

    before = in_time.call.closes_at - timedelta(seconds=1)
    assert (
        dossier_machine.advance(in_time, "submit", actor=writer, now=before).status == "submitted"
    )
    with pytest.raises(TransitionRefused, match="open call"):
        dossier_machine.advance(late, "submit", actor=writer, now=late.call.closes_at)


def test_what_was_sent_is_frozen_and_everybody_concerned_is_written_to_once():
    agona = make_authority("Agona West")
    efua, ines = make_user("Efua", works_for=agona), make_officer("Ines")
    dossier = make_dossier(agona)

    dossier_machine.advance(dossier, "submit", actor=efua)

    version = DossierVersion.objects.get()
    assert version.answers["problem"]["problem"] == [answers()["problem"]]
    assert sorted(Letter.objects.values_list("template", "address")) == sorted(
        ("dossier_submit", address)
        for address in [efua.email, "efua@agona.example", "justina@agona.example"]
    ) + [("dossier_submit_officer", ines.email)]


@pytest.mark.parametrize(
    ("status", "written", "public"),
    [("draft", False, False), ("submitted", True, False), ("published", True, True)],
)
def test_a_withdrawal_is_told_of_to_whom_it_was_sent_and_helpers_are_named_if_any(
    client, status, written, public
):
    """Of a draft that was never sent three officers read that whoever offered help is told."""
    agona, ines = make_authority(), make_officer("Ines")
    dossier, efua = ready(agona, status), make_user(works_for=agona)
    make_call(title="Next call")

    dossier_machine.advance(dossier, "withdraw", actor=efua)
    client.force_login(efua)
    page = client.get(dossier.get_absolute_url()).text
    letters = list(Letter.objects.filter(template__startswith="dossier_withdraw"))

    assert (ines.email in {one.address for one in letters}) == written == bool(letters)
    words = [
        "The experts who offered help have been told." in compose_letter(one)[1] for one in letters
    ]
    assert words == [public] * len(letters)
    if not written:  # it was never submitted
        assert ("Apply again" in page, "Start a new application from this one" in page) == (
            False,
            True,
        )


def test_the_second_officer_to_decide_learns_that_the_dossier_has_moved_on():
    first, second = make_officer("First"), make_officer("Second")
    seen_by_both = ready(make_authority(), Status.UNDER_SELECTION)

    dossier_machine.advance(seen_by_both, "validate", actor=first)
    with pytest.raises(TransitionRefused) as refusal:
        dossier_machine.advance(seen_by_both, "not_select", actor=second, note="No.")

    assert refusal.value.code == "moved_on"
    assert list(DossierEvent.objects.values_list("actor", flat=True)) == [first.pk]


def test_a_dossier_is_not_taken_back_once_it_could_not_be_sent_again():
    """17-5.12."""
    agona = make_authority()
    dossier = make_dossier(agona, status=Status.SUBMITTED)
    efua, closes = make_user(works_for=agona), dossier.call.closes_at

    with pytest.raises(TransitionRefused, match="could not be resubmitted"):
        dossier_machine.advance(dossier, "take_back", actor=efua, now=closes)

    in_time = closes - timedelta(seconds=1)
    assert (
        dossier_machine.advance(dossier, "take_back", actor=efua, now=in_time).status
        == Status.DRAFT
    )


def test_who_is_not_eligible_reads_why_and_until_when_to_appeal_by_letter_and_page(
    client,
):
    """The page named no appeal, the letter no ground."""
    town = make_authority()
    efua, officers = make_user("Efua", works_for=town), [make_officer(), make_officer()]
    dossier, read = ready(town, Status.ELIGIBILITY_CHECK), []
    client.force_login(efua)

    for officer in officers:
        details = DETAILS["find_ineligible"] | {"reason": "funding"}
        dossier = dossier_machine.advance(dossier, "find_ineligible", actor=officer, **details)
        letter = Letter.objects.filter(template="dossier_find_ineligible", address=efua.email)
        page = client.get(dossier.get_absolute_url()).text
        read += [compose_letter(letter.latest("pk"))[1], page]
        if officer is officers[0]:
            dossier = dossier_machine.advance(dossier, "reopen", actor=officers[1])

    last = date_format(timezone.localdate() + timedelta(days=15), "DATE_FORMAT")
    appeal = f"You can appeal until {last}"
    assert [appeal in text for text in read] == [True, True, False, False]  # it is heard once
    assert ["lready funded" in text for text in read] == [True] * 4


def test_an_appeal_is_heard_once_and_by_another_officer():
    first, second = make_officer("First"), make_officer("Second")
    dossier = ready(make_authority(), Status.ELIGIBILITY_CHECK)
    details = DETAILS["find_ineligible"]

    refused = dossier_machine.advance(dossier, "find_ineligible", actor=first, **details)
    with pytest.raises(PermissionDenied):
        dossier_machine.advance(refused, "reopen", actor=first)
    last = date_format(timezone.localdate() + timedelta(days=15), "DATE_FORMAT")
    assert describe_holder_to_staff(refused) == (
        f"The applicant can appeal until {last}; another officer then reopens it."
    )
    reopened = dossier_machine.advance(refused, "reopen", actor=second)
    assert reopened.case_officer == second
    again = dossier_machine.advance(reopened, "find_ineligible", actor=second, **details)

    assert "appeal" not in describe_holder_to_staff(again)
    with pytest.raises(TransitionRefused, match="first appeal"):
        dossier_machine.advance(again, "reopen", actor=first)


@pytest.mark.parametrize("lacking", Check.values)
def test_the_committee_gets_a_dossier_only_with_every_box_ticked(lacking):
    dossier = ready(make_authority(), Status.ELIGIBILITY_CHECK)
    Dossier.objects.update(checklist=[code for code in Check.values if code != lacking])

    with pytest.raises(TransitionRefused) as refusal:
        dossier_machine.advance(dossier, "send_to_committee", actor=make_officer())

    assert str(Check(lacking).label) in refusal.value.message
