"""Consent: each side answers, the last yes agrees once, a no or silence goes back to the desk."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from applications.models import Dossier
from connect.links import Link
from exchanges.models import Exchange
from matching import consent
from matching.consent import reminder_stage
from matching.enums import InterestStatus, MatchStatus
from matching.models import Match
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.conftest import at_once
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    make_user,
)
from tests.worlds import Table, signed_in

pytestmark = pytest.mark.django_db


def test_the_last_yes_makes_the_match_agreed_and_the_exchange_exist():
    table = Table()

    table.answer("expert")
    table.answer("employer")
    before = table.state()
    table.answer("applicant")

    assert before == ("proposed", "consent_pending", "shortlisted", 0)
    assert table.state() == ("agreed", "matched", "chosen", 1)
    letters = Letter.objects.filter(template="match_agreed").select_related("opens")
    told = {letter.address: (letter, compose_letter(letter)[1]) for letter in letters}
    employer, (letter, body) = table.ineke.employer_email, told[table.ineke.employer_email]
    assert set(told) >= {table.efua.email, table.ineke.user.email, employer}
    leads = "where either side can propose them"  # not whoever has no account
    assert (leads in told[table.efua.email][1], leads in body) == (True, False)
    assert "Everyone has agreed" in Client().get(f"/en{letter.opens.path}").text


@pytest.mark.parametrize(
    ("form", "hosts"),
    {
        "expert_mission": False,
        "internship": True,
        "round_table": False,
        "study_visit": True,
    }.items(),
)
def test_who_would_receive_the_other_side_is_told_so_before_they_agree(form, hosts):
    """The employer agreed to working time alone, and a group of sixteen came."""
    Table()
    Match.objects.update(form=form)
    Letter.objects.all().delete()

    for one in Match.objects.get().consents.exclude(side="applicant"):
        consent.ask_consent(one, "asked")

    letters = Letter.objects.select_related("opens")
    words = [" ".join(compose_letter(letter)[1].split()) for letter in letters]
    words.append(Client().get(f"/en{letters.get(template='consent_employer').opens.path}").text)
    said = ["would come to you" in text for text in words]
    assert said == [hosts] * 3


@pytest.mark.parametrize(
    ("form", "travellers", "group"),
    [
        ("study_visit", 12, "12 visitors"),
        ("study_visit", None, "usually 3 to 16 visitors"),
        ("expert_mission", 2, ""),
    ],
)
def test_who_is_asked_reads_for_how_many_days_and_how_many_would_come(form, travellers, group):
    """The employer agreed without reading the days, nor how large the group was."""
    Table()
    Match.objects.update(form=form)
    days = {"days": 5, "starts_on": date(2030, 3, 4), "ends_on": date(2030, 4, 30)}
    Dossier.objects.update(travellers=travellers, **days)
    Letter.objects.all().delete()

    for one in Match.objects.get().consents.exclude(side="applicant"):
        consent.ask_consent(one, "asked")

    letters = Letter.objects.select_related("opens")
    when = "5 days between 4 March 2030 and 30 April 2030"
    said = [f"Dates: {when}", f"Group to receive: {group}" if group else "Group to receive"]
    for body in (compose_letter(letter)[1] for letter in letters):
        assert [words in body for words in said] == [True, bool(group)]
    page = Client().get(f"/en{letters.get(template='consent_employer').opens.path}").text
    assert [when in page, "Group to receive" in page] == [True, bool(group)]
    assert group in page


def test_every_side_agrees_to_one_form_and_who_has_answered_is_asked_no_more(client, settings):
    """E35: a mission became a "study visit"; E33: both were asked after their yes."""
    settings.UNDO_FOR = timedelta(0)
    agona = make_authority("Agona West")
    efua, ines = make_user("Efua", works_for=agona), make_officer("Ines")
    dossier = make_dossier(
        agona, status=Status.SHORTLISTING, forms=["study_visit", "expert_mission", "internship"]
    )
    ineke = make_offer(make_expert("Ineke"), forms=["expert_mission", "internship"]).expert
    interest = make_interest(dossier, ineke)
    client.force_login(ines)
    desk = reverse("admin:matching_desk", args=[dossier.pk])
    offered = client.get(desk).text
    said = {"verb": "propose", "interest": interest.pk, "note": "She did it."}
    client.post(desk, said | {"form": "round_table"})
    refused = Match.objects.exists()
    client.post(desk, said | {"form": "expert_mission"})
    match, seen = Match.objects.get(), []

    def own_page(person):
        client.force_login(person)
        for address in (match.get_absolute_url(), reverse("my")):
            text = client.get(address).text
            seen.append(text.split("Waiting for: ")[1].split("<")[0])
        return text

    client.force_login(ineke.user)
    shown = client.get(match.get_absolute_url()).text
    own_page(ineke.user)
    for side, person in (("expert", ineke.user), ("applicant", efua)):
        one = match.consents.get(side=side)
        client.force_login(person)
        client.post(reverse("match-answer", args=[match.reference, one.pk]), {"answer": "yes"})
    own_page(ineke.user)
    asked = Letter.objects.filter(template__startswith="consent_", cancelled_at=None)
    superior = asked.get()
    consent.answer_consent(match.consents.get(side="employer"), accept=True, by_link=True)

    assert '<option value="expert_mission" selected>' in offered and not refused
    assert "<dd>expert mission</dd>" in shown and "study visit" not in shown
    assert "Why would you like to help?" in shown and "Motivation" not in shown
    others = f"{ineke.employer_name} (the expert&#x27;s employer)"
    assert seen[:2] == [f"you; Agona West (the applicant); {others}"] * 2
    assert seen[2:] == [others] * 2
    assert superior.address == ineke.employer_email
    assert "Form of exchange: expert mission" in compose_letter(superior)[1]
    exchange = Exchange.objects.get()
    assert (exchange.form, exchange.place) == ("expert_mission", agona.place)


@pytest.mark.parametrize("side", ["applicant", "expert", "employer"])
def test_a_no_goes_back_to_staff_with_the_next_candidate(side):
    table = Table()
    following = make_interest(table.dossier, make_expert("Joseph"))

    table.answer(side, accept=False, reason="Not this spring.")

    assert table.state() == ("refused", "shortlisting", "declined", 0)
    letter = Letter.objects.get(template="match_refused")
    assert letter.address == table.ines.email
    assert letter.context["reason"] == "Not this spring."
    assert letter.context["following"] == str(following)
    asked = Letter.objects.filter(template__startswith="consent_")
    assert asked.exclude(cancelled_at=None).count() == asked.count()


def test_silence_for_ten_days_lapses_the_proposal_once():
    table = Table()
    table.answer("expert")

    assert consent.lapse_overdue(timezone.now() + timedelta(days=10)) == 0
    assert consent.lapse_overdue(timezone.now() + timedelta(days=11)) == 1
    assert consent.lapse_overdue(timezone.now() + timedelta(days=12)) == 0
    assert table.state() == ("lapsed", "shortlisting", "shortlisted", 0)


def test_an_answer_is_given_once_and_only_by_who_was_asked():
    table = Table()
    table.answer("employer")

    with pytest.raises(ValidationError, match="already been given"):
        table.answer("employer", accept=False)
    for side, stranger in (("expert", table.efua), ("applicant", table.ineke.user)):
        with pytest.raises(PermissionDenied):
            consent.answer_consent(table.of(side), accept=True, actor=stranger)
    with pytest.raises(PermissionDenied):
        consent.answer_consent(table.of("expert"), accept=True, by_link=True)
    assert table.state() == ("proposed", "consent_pending", "shortlisted", 0)


def test_a_link_answers_only_when_it_is_pressed_and_says_so_afterwards(client):
    table = Table()
    page = "/en" + table.of("employer").link_path

    for _ in range(3):
        client.get(page)
        client.head(page)
    unread, shown = table.of("employer").answer, client.get(page).text
    client.post(page, {"answer": "yes"})
    again = client.get(page).content.decode()

    assert (unread, table.of("employer").answer) == ("waiting", "yes")
    assert "Your answer has been saved" in again
    assert "Reasons for this proposal" in shown and table.match.note in shown
    assert client.get("/en/matches/answer/forged/").status_code == 404


def test_a_town_that_cannot_take_part_withdraws_and_the_proposal_ends(client):
    table = Table()
    client.force_login(table.efua)

    client.post(reverse("dossier-step", args=[table.dossier.reference, "withdraw"]))

    assert table.state() == ("lapsed", "withdrawn", "expired", 0)
    with pytest.raises(ValidationError, match="This proposal has ended"):
        table.answer("employer")


def test_an_expert_without_a_named_superior_is_not_proposed_and_nothing_is_left():
    dossier = make_dossier(status=Status.SHORTLISTING)
    interest = make_interest(dossier, make_expert(employer_email=""))

    with pytest.raises(ValidationError, match="names no superior"):
        consent.propose_match(dossier, [interest.pk], note="They did it.", actor=make_officer())

    assert Dossier.objects.get().status == Status.SHORTLISTING
    assert not Match.objects.exists()
    assert not Letter.objects.exists()


def test_a_proposal_of_an_answer_that_is_not_on_the_shortlist_is_refused_as_a_whole():
    dossier = make_dossier(status=Status.SHORTLISTING)
    ours = make_interest(dossier)
    screened = make_interest(dossier, status="screened")

    with pytest.raises(ValidationError) as refusal:
        consent.propose_match(
            dossier, [ours.pk, screened.pk], note="They did it.", actor=make_officer()
        )

    assert (refusal.value.code, Match.objects.count()) == ("choice", 0)


@pytest.mark.parametrize(
    ("waited", "stage"),
    [(0, None), (4, None), (5, "first"), (8, "first"), (9, "second"), (10, "second"), (11, None)],
)
def test_an_open_consent_calls_for_a_reminder(waited, stage):
    today = timezone.localdate()
    assert reminder_stage(today - timedelta(days=waited), today) == stage


def test_those_who_have_not_answered_are_reminded_once_a_stage():
    table = Table()
    letters = Letter.objects.filter(template__startswith="consent_").order_by("pk")
    asked = sorted(letters.values_list("address", flat=True))
    asked.remove(table.ineke.user.email)
    first = letters.count()
    table.answer("expert")
    today = timezone.localdate()

    posted = [
        consent.remind_waiting(today + timedelta(days=waited)) for waited in (4, 5, 6, 9, 9, 10, 11)
    ]

    assert posted == [0, len(asked), 0, len(asked), 0, 0, 0]
    assert [letter.context["again"] for letter in letters[first:]] == [True] * 2 * len(asked)
    assert sorted(letter.address for letter in letters[first:]) == sorted(2 * asked)


def test_a_reminder_that_has_left_is_not_sent_again_when_its_day_is_changed(monkeypatch):
    """Its key held "day9": who had it, and then "day8", had it twice."""
    table = Table()
    again = Letter.objects.filter(template__startswith="consent_", context__again=True)
    today = timezone.localdate()
    consent.remind_waiting(today + timedelta(days=5))
    sent = again.count()

    for days in (6, 4):
        monkeypatch.setitem(consent.REMIND_AFTER, "first", days)
        consent.remind_waiting(today + timedelta(days=7))

    assert again.count() == sent >= len(table.match.consents.all())


def test_contact_data_are_shown_only_after_everybody_agreed(client):
    table = Table()
    client.force_login(table.efua)
    page = reverse("match", args=[table.match.reference])

    before = client.get(page).content.decode()
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    after = client.get(page).content.decode()

    address = table.ineke.user.email
    assert (address in before, address in after) == (False, True)


def test_however_many_click_at_once_there_is_one_exchange(after_flush):
    table = Table()
    table.answer("expert")

    refused = at_once(
        *[lambda: table.answer("employer")] * 3, *[lambda: table.answer("applicant")] * 3
    )

    assert refused == ["answered"] * 4
    assert table.state() == ("agreed", "matched", "chosen", 1)
    assert table.match.events.filter(verb="agree").count() == 1


def test_the_last_place_of_an_expert_goes_to_one_of_two_towns(after_flush):
    offer = make_offer(capacity=1)
    first, second = Table(offer=offer), Table(offer=offer)
    for table in (first, second):
        table.answer("expert")
        table.answer("employer")

    refused = at_once(lambda: first.answer("applicant"), lambda: second.answer("applicant"))

    assert refused == ["incomplete"]
    assert Exchange.objects.count() == 1
    assert Match.objects.filter(status=MatchStatus.AGREED).count() == 1
    hanging = Match.objects.get(status=MatchStatus.PROPOSED)
    told = Letter.objects.filter(template="match_full")
    assert {letter.context["reference"] for letter in told} == {hanging.reference}


def test_what_is_agreed_after_midnight_in_brussels_counts_for_the_new_year():
    """18-9: at 23:30 in Greenwich on New Year's Eve the year there is still the old one."""
    offer = make_offer(capacity=1)
    old, new, last = Table(offer=offer), Table(offer=offer), Table(offer=offer)
    new_year = datetime(timezone.localdate().year, 12, 31, 23, 30, tzinfo=UTC)
    for table in (old, new, last):
        table.answer("employer")
        table.answer("expert")
    old.answer("applicant", now=new_year - timedelta(days=1))

    new.answer("applicant", now=new_year)
    with pytest.raises(ValidationError) as full:
        last.answer("applicant", now=new_year)

    assert full.value.code == "incomplete"
    year = new_year.year + 1
    assert Exchange.objects.filter(reference=f"EX-{year}-0001").count() == 1


def test_a_colleague_who_is_proposed_is_neither_declined_nor_kept_in_reserve(client):
    """17-5.1: the desk shows no verb, the rule refuses, and the last yes agrees."""
    table = Table()
    client.force_login(table.ines)
    desk = reverse("admin:matching_desk", args=[table.dossier.pk])

    shown = client.get(desk).text
    for verb in ("decline", "keep_in_reserve", "undo"):
        client.post(desk, {"verb": f"{verb} {table.interest.pk}"})
    for side in ("expert", "employer", "applicant"):
        table.answer(side)

    assert (
        f"This answer is proposed in {table.match.reference}" in shown
        and 'value="decline' not in shown
    )
    assert table.state() == ("agreed", "matched", "chosen", 1)
    assert not Letter.objects.filter(template__startswith="interest_").exists()


def test_staff_undo_a_proposal_while_its_letters_wait_and_nobody_learns_of_it(client):
    """17-5.1."""
    table = Table(is_told=False)
    client.force_login(table.ines)
    desk = reverse("admin:matching_desk", args=[table.dossier.pk])
    shown = client.get(desk).text
    Match.objects.update(note="They know the river.")

    undone = client.post(desk, {"verb": f"undo_proposal {table.match.pk}"}, follow=True).text

    form = undone.split("Propose a match")[1].split("Propose and ask")[0]
    assert "They know the river." in form and form.count(" checked") == 1
    assert "Undo the proposal" in shown
    assert table.state() == ("taken_back", "shortlisting", "shortlisted", 0)
    assert not Letter.objects.filter(cancelled_at=None).exists()
    assert not Link.objects.not_withdrawn().exists()  # nobody was given the one of the superior
    for person in (table.efua, table.ineke.user):
        client.force_login(person)
        assert client.get(table.match.get_absolute_url()).status_code == 404
        assert table.match.reference not in client.get(reverse("my")).text


def test_two_experts_for_a_request_of_one_are_proposed_only_after_a_tick(client):
    """Both were ticked again after an undone proposal, and asked together without a word."""
    dossier = make_dossier(status=Status.SHORTLISTING)
    both = [make_interest(dossier, status="shortlisted").pk for _one in range(2)]
    client.force_login(make_officer())
    desk = reverse("admin:matching_desk", args=[dossier.pk])
    typed = {"verb": "propose", "interest": both, "note": "They know the river."}

    refused = client.post(desk, typed, follow=True).text
    before = Match.objects.count()
    client.post(desk, typed | {"together": "2"}, follow=True)
    made = Match.objects.get()
    undone = client.post(desk, {"verb": f"undo_proposal {made.pk}"}, follow=True).text

    assert "You chose 2 experts, and the request is for one." in refused and before == 0
    assert "Propose 2 experts together: each of them must agree" in refused
    assert refused.split("Propose a match")[1].split("Propose and ask")[0].count(" checked") == 2
    assert made.interests.count() == 2
    form = undone.split("Propose a match")[1].split("Propose and ask")[0]
    assert "They know the river." in form and " checked" not in form


def test_staff_withdraw_a_proposal_that_was_sent_and_every_side_is_told_why(client):
    """17-5.1."""
    table = Table()
    table.answer("expert")
    client.force_login(table.ines)
    desk = reverse("admin:matching_desk", args=[table.dossier.pk])
    number = table.match.pk

    late = client.post(desk, {"verb": f"undo_proposal {number}"}, follow=True).text
    withdrawal = {"verb": f"withdraw_proposal {number}"}
    silent = client.post(desk, withdrawal, follow=True).text
    said = {f"withdraw-{number}": "The mission is put off.", f"internal-{number}": "Called Efua."}
    client.post(desk, withdrawal | said)

    page = reverse("match", args=[table.match.reference])
    shown = [one.get(page).text for one in (client, signed_in(table.efua))]
    assert "Next steps" not in shown[0]
    assert [("The mission is put off." in one, "Called Efua." in one) for one in shown] == [
        (True, True),
        (True, False),
    ]

    assert "withdraw the proposal and tell them why" in late
    assert "Say why it is withdrawn" in silent
    assert table.state() == ("withdrawn", "shortlisting", "shortlisted", 0)
    told = Letter.objects.filter(template="match_withdrawn")
    assert {letter.context["note"] for letter in told} == {"The mission is put off."}
    sides = {table.efua.email, table.ineke.user.email, table.ineke.employer_email}
    assert sides <= set(told.values_list("address", flat=True))
    asked = Letter.objects.filter(template__startswith="consent_")
    assert asked.filter(cancelled_at=None, sent_at=None).count() == 0


@pytest.mark.parametrize("said", [None, True])
def test_an_expert_who_withdraws_ends_the_proposal_whatever_they_said(client, said):
    """17-5.1: staff learn of it at once, rather than after ten days."""
    table = Table()
    if said:
        table.answer("expert", said)
    client.force_login(table.ineke.user)

    client.post(reverse("interest-withdraw", args=[table.dossier.reference, table.interest.pk]))

    assert table.state() == ("refused", "shortlisting", "withdrawn", 0)
    assert Letter.objects.get(template="match_refused").address == table.ines.email
    assert not Letter.objects.filter(template="interest_decline").exists()


@pytest.mark.parametrize("accept", [True, False])
def test_an_answer_and_a_withdrawal_at_once_leave_a_legal_state(after_flush, accept):
    from applications.transitions import dossier_machine  # noqa: PLC0415

    table = Table()
    table.answer("expert")
    table.answer("employer")

    at_once(
        lambda: table.answer("applicant", accept),
        lambda: dossier_machine.advance(table.dossier, "withdraw", actor=table.efua),
    )

    withdrawn = ("withdrawn", "expired", 0)
    legal = {
        ("agreed", "matched", "chosen", 1),
        ("lapsed", *withdrawn),
        ("refused", "withdrawn", "declined", 0),
    }
    assert table.state() in legal


def test_a_second_match_on_a_dossier_waits_for_the_first():
    table = Table()
    other = make_interest(table.dossier, make_expert(), status=InterestStatus.SHORTLISTED)

    with pytest.raises(ValidationError, match="In the meantime"):
        consent.propose_match(table.dossier, [other.pk], note="They did it.", actor=table.ines)
