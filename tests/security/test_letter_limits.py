"""Letters to others: so many a day by one person, to one address and about one thing."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications import beginning, co_applicants, signature
from applications.dossier_contact import become_contact
from applications.enums import Status
from applications.models import Dossier
from applications.transitions import dossier_machine
from connect.links import Link
from connect.schedule import RULES, rule_name
from exchanges import agenda_link
from exchanges.models import Incident
from exchanges.transitions import exchange_machine
from matching import match_messages
from notifications import limits
from notifications.models import Letter, LetterCount
from practices import writing
from registry import employers, members
from tests.conftest import at_once
from tests.exchanges.conftest import planned, planned_once  # noqa: F401
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_officer,
    make_practice,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(datetime(2027, 3, 1, 9))


def letters(template):
    return Letter.objects.filter(template=template).count()


@pytest.fixture
def dossier(db):
    agona = make_authority("Agona West")
    dossier = make_dossier(agona)
    dossier.efua = make_user("Efua", works_for=agona)
    return dossier


def press(times, call):
    """Do the same so often; return the words of the first refusal, and after how many it came."""
    for done in range(times):
        try:
            call(done)
        except ValidationError as refusal:
            return done, refusal.message
    return times, ""


def test_a_signature_is_asked_for_five_times_a_day_and_again_the_next(dossier):
    """H10: a mayor was asked to sign twelve times by one person pressing a button."""
    done, words = press(
        12,
        lambda n: signature.request_signature(
            dossier, actor=dossier.efua, now=NOW + timedelta(minutes=n)
        ),
    )

    assert (done, words) == (
        5,
        "You have asked for this signature 5 times today. Ask again tomorrow.",
    )
    tomorrow = NOW + timedelta(days=1)
    assert signature.request_signature(dossier, actor=dossier.efua, now=tomorrow)


def test_one_address_is_asked_no_oftener_by_many_people_and_one_person_asks_no_more_people(db):
    """H10: limits hold for the reader and for the writer, not for the thing alone."""
    agona = make_authority()
    efua = make_user("Efua", works_for=agona)
    dossiers = [make_dossier(agona) for _number in range(7)]

    same, _words = press(7, lambda n: signature.request_signature(dossiers[n], actor=efua, now=NOW))
    LetterCount.objects.all().delete()

    def to_others(number):
        dossier = dossiers[number % 7]
        type(dossier).objects.filter(pk=dossier.pk).update(legal_email=f"m{number}@x.example")
        signature.request_signature(dossier, actor=efua, now=NOW)

    assert same == limits.LIMITS["signature"].address
    assert press(30, to_others)[0] == limits.LIMITS["signature"].person


def test_eight_presses_at_once_ask_once(after_flush):
    """H10: a double post is one letter, whichever came first."""
    agona = make_authority()
    efua = make_user("Efua", works_for=agona)
    dossier = make_dossier(agona)

    raised = at_once(
        *[lambda: signature.request_signature(dossier, actor=efua) for _number in range(8)]
    )

    assert (raised, letters("signature_asked")) == ([], 1)


def test_parallel_counts_of_one_kind_never_pass_the_most(after_flush):
    """H10: where no other lock makes them wait, the count does."""
    raised = at_once(
        *[
            lambda: limits.count_message("contact", actor="somebody", now=NOW)
            for _number in range(14)
        ]
    )

    assert raised == ["limit"] * 4
    assert LetterCount.objects.get().number == 10


def test_a_count_names_nobody_and_goes_with_its_day(db):
    """H10: what limits is no list of who wrote to whom."""
    LetterCount.objects.all().delete()
    limits.count_message(
        "contact", actor=make_user("Efua"), address="justina@agona.example", now=NOW
    )

    assert "justina" not in str(list(LetterCount.objects.values()))
    assert rule_name(limits.delete_old_counts) in RULES
    assert limits.delete_old_counts(NOW) == 0
    assert limits.delete_old_counts(NOW + timedelta(days=1)) == 2


def test_an_expert_and_an_applicant_write_to_no_more_superiors_and_partners(dossier):
    """H10: each address that somebody types is a letter to a stranger."""
    expert = make_expert("Ineke")

    def to_superior(number):
        expert.employer_email = f"boss{number}@almere.example"
        expert.save()
        employers.ask_superior(expert, user=expert.user, now=NOW)

    def to_partner(number):
        made = co_applicants.add_co_applicant(
            dossier,
            name=f"Town {number}",
            country="GH",
            contact="X",
            address=f"t{number}@x.example",
            actor=dossier.efua,
            now=NOW,
        )
        co_applicants.remove_co_applicant(made, actor=dossier.efua)

    superiors, partners = press(9, to_superior)[0], press(20, to_partner)[0]

    assert (superiors, letters("employer_asked")) == (5, 5)
    assert (partners, letters("co_applicant_asked")) == (15, 15)


def test_a_co_applicant_changes_its_mind_ten_times_a_day_by_its_link(dossier):
    """H16: each answer is a line of the timeline, and a link needs no account."""
    named = co_applicants.add_co_applicant(
        dossier,
        name="Kofi Town",
        country="GH",
        contact="X",
        address="kofi@x.example",
        actor=dossier.efua,
        now=NOW,
    )
    before = dossier.events.count()

    def change_mind(number):
        co_applicants.answer_by_link(named, takes_part=number % 2 == 0, now=NOW)

    done, words = press(30, change_mind)

    assert (done, dossier.events.count() - before) == (10, 10)
    assert words == "This has been answered 10 times today. Change it again tomorrow."
    co_applicants.answer_by_link(named, takes_part=True, now=NOW + timedelta(days=1))


def test_an_agenda_is_followed_anew_twenty_times_a_day(planned):  # noqa: F811
    """H16: each press gives a link in the place of the one before, and keeps both."""
    browser = planned.town
    for _number in range(21):
        last = browser.post(
            reverse("exchange-agenda", args=[planned.reference]), {"follow": "1"}, follow=True
        )

    assert Link.objects.filter(purpose=agenda_link.FEED).count() == 20
    assert "You have asked for 20 such addresses today" in last.text


def test_who_joins_and_leaves_again_and_again_is_told_to_wait(db):
    """H10: each request to join writes to those who answer it."""
    kofi, agona = make_user("Kofi"), make_authority("Agona West")
    make_user("Efua", works_for=agona)

    def join(number):
        made = members.ask_to_join(kofi, authority=agona, roles=["editor"], function="", now=NOW)
        members.end_membership(made, actor=kofi)

    done, words = press(12, join)

    assert (done, letters("membership_asked")) == (2, 2)
    assert words == "You have asked to join it 2 times today. Please ask again tomorrow."


def test_colleagues_who_take_the_contact_from_each_other_are_told_to_wait(dossier):
    """H10: each change writes to who was the contact before."""
    pair = [dossier.efua, make_user("Kofi", works_for=dossier.authority)]
    type(dossier).objects.update(status=Status.SUBMITTED)

    done, _words = press(9, lambda n: become_contact(dossier, actor=pair[n % 2], now=NOW))

    assert done == 5


def test_a_message_that_comes_twice_is_one_and_the_last_of_many_waits(planned):  # noqa: F811
    """H10: a press of the button that came twice is one letter to each, and a flood is stopped."""
    match, ineke = planned.match, planned.match.interests.get().expert.user

    first = match_messages.post_match_message(match, "When do you arrive?", actor=ineke)
    second = match_messages.post_match_message(match, "When do you arrive?", actor=ineke)
    done, words = press(
        80, lambda n: match_messages.post_match_message(match, f"Message {n}", actor=ineke)
    )

    assert first == second and match.messages.filter(text="When do you arrive?").count() == 1
    assert done == limits.LIMITS["message"].person - 1 and "tomorrow" in words


def test_a_question_about_a_practice_that_comes_twice_is_one_and_nothing_typed_is_lost(
    planned,  # noqa: F811
):
    """H10: the contact form wrote to a town as often as somebody pressed."""
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    practice, hans = make_practice(planned), make_user("Hans")
    client = Client()
    client.force_login(hans)
    page = reverse("practice-contact", args=[practice.slug])

    asked = [
        writing.send_message_to_town(practice, "How much?", actor=hans, now=NOW) for _n in range(2)
    ]
    for number in range(10):
        client.post(page, {"text": f"Question {number}"})
    refused = client.post(page, {"text": "What I have written for an hour."})

    assert asked[0] > 0 and asked[1] == 0
    assert "10 questions have been sent today" in refused.text
    assert "What I have written for an hour." in refused.text
    assert Letter.objects.filter(context__text__startswith="What I have").count() == 0


def test_an_incident_is_always_kept_though_the_duty_officer_is_written_to_no_more(
    planned,  # noqa: F811
    settings,
):
    """H10: twenty letters are enough to wake somebody; no report is refused for it."""
    today = planned.local_day(timezone.now()).isoformat()
    fields = {"happened_on": today, "kind": "accident", "severity": 4}
    page = reverse("incident", args=[planned.reference])

    for _press in range(2):
        planned.town.post(page, fields | {"account": "The pump fell on a foot of somebody."})
    twice = Incident.objects.count()
    for number in range(25):
        planned.town.post(page, fields | {"account": f"The pump fell again, number {number}."})

    assert twice == 1
    assert Incident.objects.count() == 26
    assert letters("incident_serious") == limits.LIMITS["incident"].person


def test_a_draft_that_was_never_sent_is_written_of_to_nobody_and_begun_twenty_times_a_day(dossier):
    """H21: begin, name two victims, withdraw with a note: letters to them and to every officer."""
    agona, efua, call = dossier.authority, dossier.efua, dossier.call
    ines = make_officer("Ines")

    def begin_and_withdraw(_done):
        dossier_machine.advance(
            beginning.begin_dossier(call, agona, actor=efua), "withdraw", actor=efua, note="Buy!"
        )

    refused = press(25, begin_and_withdraw)
    after_withdrawals = Letter.objects.count()
    unsent = make_dossier(agona)
    typed_in = make_dossier(make_authority("Typed in"), typed_by=ines)
    association = typed_in.authority.associations.create(
        name="NALAG", country="GH", scope="national"
    )
    make_user("Abena").memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    for draft in (unsent, typed_in):
        dossier_machine.advance(
            draft, "cancel", actor=ines, reason="security", note="The region is closed."
        )

    # The first goes on with the draft that there is.
    assert refused == (21, "20 applications have been started today. Start the next one tomorrow.")
    assert after_withdrawals == 0
    told = Letter.objects.values_list("template", "address")
    assert [one for one in told if one[1] == efua.email] == [("dossier_cancel", efua.email)]
    assert {template for template, _address in told} == {"dossier_cancel"}  # no association's


def test_an_address_in_many_applications_is_written_to_ten_times_a_day(db):
    """H21: what is submitted, withdrawn and submitted again writes to an address as often.

    R8 4: the eleventh town that named the same association could not apply on the last day.
    """
    agona = make_authority()
    for _ in range(12):
        efua = make_user(works_for=agona)
        dossier = dossier_machine.advance(make_dossier(agona), "submit", actor=efua)
        dossier.co_applicants.create(
            name="NALAG",
            contact="Abena",
            address="abena@example.org",
            takes_part=True,
            asked_at=timezone.now(),
        )
        dossier = dossier_machine.advance(dossier, "take_back", actor=efua)
        dossier = dossier_machine.advance(dossier, "submit", actor=efua)
        dossier_machine.advance(dossier, "withdraw", actor=efua, note="Later.")

    assert set(Dossier.objects.values_list("status", flat=True)) == {Status.WITHDRAWN}
    guest = Letter.objects.filter(address="justina@agona.example")
    for step in ("submit", "take_back", "withdraw"):
        assert guest.filter(template=f"dossier_{step}").count() == 10, step
    assert Letter.objects.filter(address="abena@example.org").count() == 30


def test_an_officer_types_in_as_many_applications_as_came_on_paper(db):
    """R8 4: the twenty-first was refused, on the last day of the call."""
    ines = make_officer("Ines")
    drafts = [make_dossier(make_authority(), typed_by=ines) for _ in range(21)]
    for one in drafts:
        now, later = timezone.now(), timezone.now() + timedelta(days=9)
        told = {"name": "Mayor", "address": "m@example.org", "asked_at": now, "expires_at": later}
        one.signatures.create(**told, signed_at=now, digest=one.digest())

    sent = [dossier_machine.advance(one, "submit", actor=ines).status for one in drafts]

    assert set(sent) == {Status.SUBMITTED}


def test_what_was_sent_five_times_today_stays_sent(dossier):
    """R8 3: “Edit again” was let, the sixth “Submit” was not: at midnight the call had closed."""
    efua = Client()
    efua.force_login(dossier.efua)

    def press(verb):
        page = efua.post(reverse("dossier-step", args=[dossier.reference, verb]), follow=True)
        dossier.refresh_from_db()
        return dossier.status, page.text

    for _ in range(4):
        assert press("submit")[0] == Status.SUBMITTED
        assert press("take_back")[0] == Status.DRAFT
    assert press("submit")[0] == Status.SUBMITTED
    status, page = press("take_back")

    assert status == Status.SUBMITTED
    assert "has been submitted 5 times today" in page
    tomorrow = timezone.now() + timedelta(days=1)
    back = dossier_machine.advance(dossier, "take_back", actor=dossier.efua, now=tomorrow)
    assert back.status == Status.DRAFT
