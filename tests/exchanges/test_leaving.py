"""People change their employer: the past names who it was then, and what is ahead is told."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts import closing
from accounts.holdings import Person
from applications.models import Dossier
from connect.transitions import TransitionRefused
from exchanges.models import Exchange
from impact.figures.authorities import AUTHORITIES
from impact.figures.flows import count_flows
from matching import desk, withdrawals
from matching.models import Interest
from notifications.letter_text import compose_letter
from notifications.models import Letter
from notifications.sending import send_waiting_letters
from registry import members, merging
from registry.enums import Role
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_user,
)
from tests.registry.profiles import profile_data
from tests.security.sign_in import enter, with_password
from tests.worlds import Table, agreed, signed_in

pytestmark = pytest.mark.django_db
TERMS = ("purpose", "tasks", "outputs", "means")


def told(template="person_left"):
    """Who was told, and the first lines of what."""
    letters = Letter.objects.filter(template=template, cancelled_at=None).order_by("address")
    return [(letter.address, compose_letter(letter)[0]) for letter in letters]


def move(expert, to):
    """Let an expert say on their profile that they work in another town now."""
    expert.user.memberships.create(authority=to, roles=["expert"], status="active")
    posted = profile_data(to) | {"function_title": "Adviser", "function": "water"}
    answer = signed_in(expert.user).post(reverse("profile"), posted)
    assert answer.status_code == 302, answer.context["form"].errors


def test_a_past_match_and_its_exchange_name_the_employer_of_then():
    table, exchange = agreed()
    then = table.ineke.authority
    Exchange.objects.update(status="closed")
    Letter.objects.all().delete()

    move(table.ineke, make_authority("Leuven", country="BE"))

    efua = signed_in(table.efua)
    pages = [table.match.get_absolute_url(), exchange.get_absolute_url()]
    pages += [reverse("interest", args=[table.dossier.reference, table.interest.pk])]
    shown = [efua.get(page).text for page in pages[:2]]
    shown += [signed_in(table.ines).get(pages[2]).text]
    assert [(then.place in text, "Leuven" in text, "Adviser" in text) for text in shown] == [
        (True, False, False)
    ] * 3
    assert all("Head of sludge" in text for text in shown[:2])
    assert told() == []


def test_the_figures_of_what_took_place_stay_with_the_employer_of_then():
    table, _exchange = agreed()
    then = table.ineke.authority
    Exchange.objects.update(status="closed")
    scope = SimpleNamespace(held=Exchange.objects.order_by("pk"), today=timezone.localdate())

    def figures():
        flows = [(one.source, one.target, one.count) for one in count_flows(scope.held)]
        return flows, set(AUTHORITIES.rows_in_scope(scope).values_list("name", flat=True))

    before = figures()
    move(table.ineke, make_authority("Leuven", country="BE"))

    flow = (str(then.country), str(table.agona.country), 1)
    assert before == figures() == ([flow], {then.name, table.agona.name})


def test_a_match_that_failed_names_the_employer_who_was_asked_then():
    """Once declined, the answer was free again, and the match of then named the new employer."""
    table = Table()
    then = table.ineke.authority
    withdrawals.withdraw_proposal(table.match, note="The mission is put off.", actor=table.ines)

    move(table.ineke, make_authority("Leuven", country="BE"))

    shown = signed_in(table.efua).get(table.match.get_absolute_url()).text
    answer = Interest.objects.get(pk=table.interest.pk)
    assert (then.place in shown, "Head of sludge" in shown) == (True, True)
    assert ("Leuven" in shown, "Adviser" in shown) == (False, False)
    assert (answer.authority.name, answer.function_title) == ("Leuven", "Adviser")
    assert table.match.expert_words == f"Ineke ({then})"


@pytest.mark.parametrize("how", ["leaves", "names another", "is proposed only"])
def test_an_expert_who_leaves_with_something_ahead_is_told_of_to_staff_and_the_town(how):
    table, about = agreed() if how != "is proposed only" else (Table(), None)
    about = about or table.match
    Letter.objects.all().delete()

    if how == "names another":
        move(table.ineke, make_authority("Brussels", country="BE"))
    else:
        members.end_membership(table.ineke.user.memberships.get(), actor=table.ineke.user)
        with time_machine.travel(timezone.now() + timedelta(days=3)):  # told of already
            move(table.ineke, make_authority("Brussels", country="BE"))

    words = f"{about.reference}: Ineke no longer works for {table.interest.authority.name}"
    told_to = [address for address, _words in told()]
    assert told_to == sorted({table.ines.email, *others(table)})
    assert {subject for _address, subject in told()} == {words}
    assert about.events.last().verb == "leave"


def test_who_left_acts_for_the_side_that_helps_no_more_and_nobody_is_told_otherwise():
    """She signed its terms the day she left, and her former superior read that she worked there."""
    table, exchange = agreed()
    ineke = signed_in(table.ineke.user)
    offer = make_offer(table.ineke)

    def page(name, *args):
        return reverse(name, args=[exchange.reference, *args])

    signed_in(table.efua).post(page("exchange-terms"), dict.fromkeys(TERMS, "A by-law. " * 10))
    members.end_membership(table.ineke.user.memberships.get(), actor=table.ineke.user)
    Letter.objects.all().delete()
    tries = [
        ineke.post(page("exchange-terms"), {"sign": "1"}),
        ineke.post(page("exchange-agenda"), {"title": "Arrival"}),
        ineke.post(page("exchange-participants"), {"name": "Rob", "side": "offering"}),
        ineke.post(reverse("profile-employer"), follow=True),
        ineke.post(reverse("offer-step", args=[offer.pk, "publish"]), follow=True),
    ]
    signed_in(table.efua).post(page("exchange-terms"), dict.fromkeys(TERMS, "A plan. " * 10))

    assert [one.status_code for one in tries] == [404, 404, 404, 200, 200]
    assert "You have left" in tries[3].text
    assert "a profile that says where you work now" in tries[4].text
    offer.refresh_from_db()
    assert (exchange.terms.last().signatures.count(), offer.status) == (0, "expired")
    assert exchange.participants.count() == 2 and not exchange.sessions.exists()
    assert not Letter.objects.exists()  # none to her, of the new terms, either
    town = signed_in(table.efua).get(exchange.get_absolute_url()).text
    left = f"Ineke no longer works for {table.interest.authority.name}"
    assert left in town and "no longer works there" in town
    own = ineke.get(table.ineke.get_absolute_url()).text
    assert [words in own for words in ("agreement by link", ">Publish<")] == [False, False]
    profile = ineke.get(reverse("profile")).text
    assert f"You have left {table.ineke.authority.name}, and your profile is hidden" in profile


@pytest.mark.parametrize("accept", [True, False])
def test_who_left_says_no_to_a_proposal_and_no_longer_yes(accept):
    table = Table()
    members.end_membership(table.ineke.user.memberships.get(), actor=table.ineke.user)
    page = reverse("match-answer", args=[table.match.reference, table.of("expert").pk])

    answer = {"answer": "yes" if accept else "no"}
    text = signed_in(table.ineke.user).post(page, answer, follow=True).text

    assert table.of("expert").answer == ("waiting" if accept else "no")
    assert ("You have left" in text) is accept


def test_who_left_answers_no_request_in_the_name_of_the_authority_of_before():
    expert = make_expert("Ineke")
    open_request = make_dossier(make_authority("Agona West"), status="published")
    begun = make_interest(open_request, expert, status="draft")
    members.end_membership(expert.user.memberships.get(), actor=expert.user)

    with pytest.raises(TransitionRefused, match="where you work now"):
        desk.submit_interest(begun, actor=expert.user)
    with pytest.raises(ValidationError, match="You have left"):
        desk.answer_opportunity(open_request, actor=expert.user)


def others(table):
    """The town's people: who writes for it, its contact and its representative."""
    dossier = table.dossier
    return {table.efua.email, dossier.focal_email, dossier.legal_email} - {""}


def test_of_the_side_that_asks_the_contact_and_the_last_who_writes_are_news_to_the_expert():
    table, _exchange = agreed()
    kofi = make_user("Kofi", works_for=table.agona, roles=[Role.EDITOR])
    asks = make_user("Abena")
    Dossier.objects.update(legal_email=asks.email)
    asks.memberships.create(authority=table.agona, roles=[Role.EDITOR], status="asked")
    Letter.objects.all().delete()

    members.end_membership(asks.memberships.get(), actor=asks)  # was never there
    members.end_membership(kofi.memberships.get(), actor=kofi)
    before = told()
    members.end_membership(table.efua.memberships.get(), actor=table.efua)
    yaw = make_user("Yaw", works_for=table.agona, roles=[Role.EXPERT])
    members.end_membership(yaw.memberships.get(), actor=yaw)

    assert before == []
    assert sorted(address for address, _words in told()) == sorted(
        [table.ines.email, table.ineke.user.email]
    )


def asked_to_help(table):
    return sorted([table.ines.email, table.ineke.user.email])


@pytest.mark.parametrize(
    "who", ["expert", "superior", "contact", "last who writes", "traveller", "of a proposal only"]
)
def test_who_closes_their_account_with_something_ahead_is_told_of_the_same_day(who):
    """3.1: nobody was told, and an exchange waited for somebody who no longer was there."""
    table, exchange = agreed() if who != "of a proposal only" else (Table(), None)
    about, asks = exchange or table.match, make_user("Abena")
    Dossier.objects.update(focal_email=asks.email)
    table.dossier.refresh_from_db()
    if exchange:
        traveller = {"name": "Kofi", "address": "kofi@agona.example", "part": "intern"}
        exchange.participants.create(side="requesting", **traveller)
    person, name, readers = {
        "superior": (Person.from_address(table.ineke.employer_email), None, others(table)),
        "contact": (Person.from_user(asks), "Abena", {table.ineke.user.email}),
        "last who writes": (Person.from_user(table.efua), "Efua", {table.ineke.user.email}),
        "traveller": (Person.from_address("kofi@agona.example"), "Kofi", {table.ineke.user.email}),
    }.get(who, (Person.from_user(table.ineke.user), "Ineke", others(table)))
    Letter.objects.all().delete()

    row = closing.begin_closing(person)
    letters = told("person_closes")
    send_waiting_letters(timezone.now())
    closing.cancel_closing(row)

    name = name or table.ineke.employer_name
    assert letters == sorted(
        (address, f"{about.reference}: {name} is leaving CONNECT")
        for address in {table.ines.email, *readers}
    )
    stay = [(address, f"{about.reference}: {name} stays") for address, _words in letters]
    assert told("person_stays") == stay
    # Whoever had left their authority, too, was said to go on there as before.
    bodies = {compose_letter(one)[1] for one in Letter.objects.filter(template="person_stays")}
    words = f"This has been cancelled: {name} stays in CONNECT, and nothing is erased."
    assert [words in " ".join(body.split()) for body in bodies] == [True] * len(bodies)
    verbs = list(about.events.values_list("verb", flat=True))[-2:]
    assert verbs == ["close_account", "keep_account"]


def test_who_closes_and_keeps_at_once_or_has_nothing_ahead_is_no_news():
    table, _exchange = agreed()
    make_user("Kofi", works_for=table.agona)  # writes for it as well
    Letter.objects.all().delete()

    closing.begin_closing(Person.from_user(table.efua))
    closing.cancel_closing(closing.begin_closing(Person.from_user(table.ineke.user)))
    Exchange.objects.update(status="closed")
    closing.begin_closing(Person.from_user(table.ineke.user))

    assert told("person_closes") == told("person_stays") == []
    assert Letter.objects.filter(template="person_closes").count() == len(others(table)) + 1


def administrator(table):
    table.ines.is_superuser = True
    return enter(with_password(table.ines))


def switch(desk, person, **fields):
    """Save the form of a person's account with these of its boxes ticked; return the page."""
    account = reverse("admin:accounts_user_change", args=[person.pk])
    saved = {"name": person.name, "language": person.language} | fields
    return desk.post(account, saved, follow=True)


@pytest.mark.parametrize("who", ["expert", "last who writes", "of a proposal only"])
def test_who_staff_deactivate_with_something_ahead_is_told_of_the_same_day(who):
    """3.1: the one who was counted on could sign in no more, and nobody read a word of it."""
    table, exchange = agreed() if who != "of a proposal only" else (Table(), None)
    about = exchange or table.match
    person, readers = table.ineke.user, others(table)
    if who == "last who writes":
        person, readers = table.efua, {table.ineke.user.email}
    desk = administrator(table)
    Letter.objects.all().delete()

    page = switch(desk, person).text
    letters = told("person_inactive")
    send_waiting_letters(timezone.now())
    switch(desk, person, is_active="on")
    back = told("person_active")
    switch(desk, person)
    switch(desk, person, is_active="on")  # at once: what was not sent is not told

    account = f"{about.reference}: the account of {person.name}"
    assert f"told by e-mail: {about.reference}" in page
    expected = sorted({table.ines.email, *readers} - {person.email})
    assert letters == [(address, f"{account} is no longer active") for address in expected]
    assert back == [(address, f"{account} is active again") for address in expected]
    assert told("person_active") == back
    assert told("person_inactive") == letters
    verbs = list(about.events.values_list("verb", flat=True))[-4:]
    assert verbs == ["deactivate_account", "activate_account"] * 2


def test_of_who_is_deactivated_with_nothing_ahead_or_was_inactive_nobody_is_told():
    table, _exchange = agreed()
    make_user("Kofi", works_for=table.agona)  # writes for it as well
    Exchange.objects.filter(match=table.match).update(status="closed")
    desk = administrator(table)
    Letter.objects.all().delete()

    pages = [switch(desk, one).text for one in (table.efua, table.efua, table.ineke.user)]

    assert told("person_inactive") == []
    assert ["told by e-mail" in page for page in pages] == [False] * 3


@pytest.mark.parametrize("how", ["moves", "merger"])
def test_open_answers_follow_their_expert_and_what_is_decided_names_who_it_was(how):
    """3.1: the open ones were read, and told of, under the employer of before."""
    table = Table()  # proposed: it asked the superior of then
    then, brussels = table.interest.authority, make_authority("Brussels", country="BE")
    states = ["draft", "submitted", "screened", "shortlisted", "reserve", "chosen", "declined"]
    for state in [*states, "withdrawn"]:
        make_interest(make_dossier(table.agona), table.ineke, status=state)

    if how == "moves":
        move(table.ineke, brussels)
    else:
        merging.merge_authority(then, brussels, actor=table.ines)
    held = Interest.objects.get(pk=table.interest.pk).authority
    withdrawals.withdraw_proposal(table.match, note="Put off.", actor=table.ines)

    assert held == then
    names = Interest.objects.exclude(pk=table.interest.pk).values_list("status", "authority__name")
    past = ["chosen", "declined", "withdrawn"]
    assert dict(names) == dict.fromkeys(states, "Brussels") | dict.fromkeys(past, then.name)
    title = "Adviser" if how == "moves" else "Head of sludge"
    table.interest.refresh_from_db()
    assert (table.interest.authority, table.interest.function_title) == (brussels, title)


def test_a_request_to_join_that_is_withdrawn_ends_nothing():
    """5.12: the profile was hidden, its offers ended, and a letter said that they had left."""
    table = Table(offer=make_offer())
    ineke, town = table.ineke, table.ineke.authority
    ineke.user.memberships.all().delete()  # named by staff, never confirmed
    asked = members.ask_to_join(ineke.user, authority=town, roles=["expert"], function="Clerk")
    Letter.objects.all().delete()

    answer = signed_in(ineke.user).post(reverse("membership-leave", args=[asked.pk]), follow=True)

    ineke.refresh_from_db()
    shown = signed_in(ineke.user).get(reverse("expert", args=[ineke.slug])).text
    assert (ineke.is_hidden, ineke.offers.get().status) == (False, "published")
    assert not Letter.objects.exists() and "You have left" not in shown
    assert "Your request to join has been withdrawn." in answer.text
    assert "Withdrawn</span>" in answer.text and "no longer a member" not in answer.text
