"""Closing an account: what goes is said first, ten days to think better of it, then it is gone."""

import re
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts import closing, journal, unused
from accounts.erasure import erase_person, list_fates
from accounts.holdings import HOLDINGS, Person
from accounts.models import Closing, Erasure, User
from accounts.naming import NAMELESS
from connect import links
from connect.links import Link
from connect.models import Reading
from notifications.letter_text import compose_letter
from notifications.models import Letter
from notifications.sending import send_waiting_letters
from tests.accounts.world import CANARY, World, spoken
from tests.factories import make_authority, make_dossier, make_officer, make_user
from tests.worlds import agreed

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def at(days):
    return NOW + timedelta(days=days)


def begun(user, days=0, **more):
    return closing.begin_closing(Person.from_user(user), now=at(days), **more)


def test_a_person_closes_their_account_and_is_erased_after_ten_days(client):
    """D1: the page says what goes; the account rests; two letters; then no trace is left."""
    world = World()
    client.force_login(world.efua)
    page = client.get(reverse("close-account")).text.replace("&#x27;", "'")
    expected = [str(fate.what) for fate in list_fates(Person.from_user(world.efua))]

    left = client.post(reverse("close-account"))
    shown = client.get(left.url).text
    signed_out = client.get(reverse("my")).status_code
    early = closing.follow_closings(timezone.now() + timedelta(days=6))
    again = closing.follow_closings(timezone.now() + timedelta(days=7, minutes=1))
    kept = closing.follow_closings(timezone.now() + timedelta(days=9, hours=23))
    gone = closing.follow_closings(timezone.now() + timedelta(days=10, minutes=1))

    assert len(expected) > 20 and all(what in page for what in expected)
    assert "Messages that you wrote" in page and "It is deleted." in page
    assert "Keep my account" in shown and signed_out == 302
    assert (early, again, kept, gone) == ((0, 0), (1, 0), (0, 0), (0, 1))
    erased = spoken(f"Efua {CANARY}") | spoken(world.efua.email)
    assert erased == set()
    assert Erasure.objects.values_list("why", "by").get() == ("asked", None)
    assert not Closing.objects.exists()


def test_the_link_of_the_letter_keeps_the_account_as_it_was(client):
    """D1: reading the link changes nothing; its button opens the account again."""
    efua = make_user("Efua Mensah")
    path = f"/en{begun(efua).link_path}"
    rests = User.objects.get(pk=efua.pk).is_active

    open_page = client.get(path)
    looked = [client.get(path).status_code for _ in range(3)]
    still = Closing.objects.count()
    pressed = client.post(path, follow=True)
    over = client.get(path)
    twice = client.post(path)
    after = closing.follow_closings(at(30))

    assert (rests, looked, still, after) == (False, [200] * 3, 1, (0, 0))
    pages = (pressed, over, twice)
    assert [page.status_code for page in pages] == [200] * 3
    assert all("nothing has been erased" in page.text for page in pages)
    assert all(reverse("account_login") in page.text for page in pages)
    headings = [re.search("<h1[^>]*>(.*?)</h1>", page.text)[1] for page in (open_page, *pages)]
    assert headings == ["Your account is being closed", *["Nothing is erased"] * 3]
    person = User.objects.get(pk=efua.pk)
    assert (person.is_active, person.name) == (True, "Efua Mensah")


def test_a_browser_that_presses_the_button_reads_that_the_account_is_kept(client):
    """The page of the answer is opened once more: it said that the link had expired."""
    path = f"/en{begun(make_user('Efua Mensah')).link_path}"
    browser = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}

    kept = client.post(path, headers=browser, follow=True)

    assert kept.status_code == 200 and "nothing has been erased" in kept.text


def test_an_older_link_says_nothing_of_an_account_that_is_being_closed_again(client):
    efua = make_user("Efua Mensah")
    first = f"/en{begun(efua).link_path}"
    client.post(first)
    begun(User.objects.get(pk=efua.pk))

    assert "nothing has been erased" not in client.get(first).text


def test_who_was_shut_out_by_staff_is_not_let_in_by_closing_and_keeping():
    """D1: keeping an account opens it only where it was open."""
    efua = make_user("Efua Mensah", is_active=False)

    closing.cancel_closing(begun(efua))

    assert not User.objects.get(pk=efua.pk).is_active


def test_who_is_shut_out_by_staff_while_closing_is_not_let_in_by_keeping(client, monkeypatch):
    """D1: staff may shut an account on any day of the ten; its owner's link opens it no more."""
    monkeypatch.setattr(
        "allauth.account.internal.flows.reauthentication.did_recently_reauthenticate",
        lambda request: True,
    )
    ada, efua = make_officer("Ada"), make_user("Efua Mensah")
    User.objects.filter(pk=ada.pk).update(is_superuser=True)
    row = begun(efua)
    client.force_login(User.objects.get(pk=ada.pk))

    fields = {"name": efua.name, "language": "en", "phone": ""}
    page = reverse("admin:accounts_user_change", args=[efua.pk])
    saved = client.post(page, fields, follow=True)
    closing.cancel_closing(row)

    assert "it stays inactive" in saved.text
    assert not User.objects.get(pk=efua.pk).is_active


def test_what_should_never_have_been_recorded_is_kept_by_no_link(client):
    """D1: the letter says the day and whom to write to; a page that asks again does not fail."""
    officer, efua = make_officer(), make_user("Efua Mensah")
    row = begun(efua, actor=officer, why="unlawful")
    send_waiting_letters(timezone.now())
    body = Letter.objects.get(template="closing").body
    User.objects.filter(pk=efua.pk).update(is_active=True)
    client.force_login(efua)
    asked = client.post(reverse("close-account"))
    again = [closing.follow_closings(at(day)) for day in (7.1, 10.1)]

    assert asked.url == reverse("data") and row.valid_link is None
    assert "write to us before that day" in body and "keeps everything" not in body
    assert again == [(1, 0), (0, 1)]


def test_one_who_cannot_be_erased_holds_back_nobody_else(monkeypatch):
    """D1: each closing and each unused account ends by itself."""
    rows = [begun(make_user()) for _ in range(3)]
    closing.follow_closings(at(7.1))
    users = [make_user(last_login=at(-800)) for _ in range(3)]
    unused.follow_unused(NOW)

    def erase_others(person, **more):
        if person.user.pk in (rows[0].user_id, users[0].pk):
            raise RuntimeError("a row that nothing is ready for")
        erase_person(person, **more)

    monkeypatch.setattr("accounts.closing.erase_person", erase_others)
    monkeypatch.setattr("accounts.unused.erase_person", erase_others)

    assert closing.follow_closings(at(10.1)) == (0, 2)
    assert unused.follow_unused(at(20)) == (0, 2)
    assert Closing.objects.get() == rows[0]


def test_a_closing_ends_though_its_link_was_withdrawn():
    """D1: a second letter that cannot be written moves the end for ever no more."""
    row = begun(make_user("Efua Mensah"))
    officer = make_officer()
    with pytest.raises(PermissionDenied):
        links.end_link(row.valid_link, actor=officer)
    Link.objects.update(withdrawn_at=NOW, withdrawn_by=officer)

    for day in (7.1, 10.1, 13):
        closing.follow_closings(at(day))

    assert not Closing.objects.exists() and Erasure.objects.count() == 1


def test_a_clock_that_was_down_gives_the_notice_all_the_same():
    """P3: nobody is erased less than two days after the second letter, run twice or late."""
    efua = make_user("Efua Mensah")
    begun(efua)

    runs = [closing.follow_closings(at(day)) for day in (40, 40, 41, 41.9, 42.1, 43)]

    assert runs == [(1, 0), (0, 0), (0, 0), (0, 0), (0, 1), (0, 0)]


def test_who_has_something_open_is_told_and_so_is_the_programme_team(client):
    """D1: it can be closed all the same; staff find somebody to hand over to."""
    town = make_authority()
    efua = make_user("Efua Mensah", works_for=town)
    make_dossier(town, status="submitted", created_by=efua)
    client.force_login(efua)

    page = client.get(reverse("close-account")).text
    client.post(reverse("close-account"))

    assert "is still open" in page
    letter = Letter.objects.get(template="closing_open")
    assert f"{settings.SITE_URL}/admin/accounts/user/{efua.pk}/held/" in compose_letter(letter)[1]
    assert "Efua" not in str(letter.context)


def test_the_last_administrator_does_not_go():
    """D1: somebody must be able to let others in."""
    admin = User.objects.create_superuser("admin@example.org", name="Ada")
    other = User.objects.create_superuser("other@example.org", name="Olu")
    make_user("Eno", is_superuser=True)
    begun(other)

    with pytest.raises(ValidationError) as refusal:
        begun(admin)

    assert refusal.value.code == "last_administrator"


def test_staff_erase_on_request_with_a_dry_run_on_record(client, monkeypatch):
    """D1: an officer sees what is held, erases with a reason, and may not without the right."""
    world = World()
    monkeypatch.setattr(
        "allauth.account.internal.flows.reauthentication.did_recently_reauthenticate",
        lambda request: True,
    )
    client.force_login(world.ines)
    before = spoken(CANARY)
    page = reverse("admin:accounts_user_look_up")

    shown = client.post(page, {"address": world.mayor}).text
    untouched = spoken(CANARY)
    unsure = client.post(page, {"address": world.mayor, "erase": "1", "why": "wrote"}).status_code
    sure = {"address": world.mayor, "why": "wrote", "is_sure": "on"}
    asked = client.post(page, sure | {"check": "1"}).text
    assert "what is listed above is deleted or loses its name" in asked
    none = Closing.objects.count()
    done = client.post(page, sure | {"erase": "1"})
    letter = Letter.objects.get(template="closing")
    for day in (7.1, 10.1):
        closing.follow_closings(timezone.now() + timedelta(days=day))

    assert "Signatures that you were asked for" in shown and before == untouched
    assert f"Personal data of {world.mayor}" in shown and "If the person’s data is erased" in shown
    assert f"Erase {world.mayor}?" in asked and 'name="erase"' not in shown
    assert (unsure, none, done.status_code) == (200, 0, 302)
    assert letter.address == world.mayor and letter.context["asked_by_staff"]
    assert Erasure.objects.values_list("why", "by").get() == ("wrote", world.ines.pk)
    assert world.mayor not in done.url
    assert spoken(world.mayor, world.mayor_name) == set()
    assert world.exchange.dossier.signatures.get().signed_name == NAMELESS
    with pytest.raises(PermissionDenied):
        closing.begin_closing(Person.from_address("a@example.org"), actor=world.efua)


def test_an_officer_without_the_right_only_looks(client, monkeypatch):
    """D1: a dry run is for who sees people; an erasure needs its own right."""
    monkeypatch.setattr(
        "allauth.account.internal.flows.reauthentication.did_recently_reauthenticate",
        lambda request: True,
    )
    officer, efua = make_officer(), make_user("Efua Mensah")
    permission = officer.groups.get().permissions.get(codename="add_closing")
    officer.groups.get().permissions.remove(permission)
    client.force_login(officer)
    page = reverse("admin:accounts_user_held", args=[efua.pk])

    looked = client.get(page)
    refused = client.post(page, {"erase": "1", "why": "wrote", "is_sure": "on"})

    assert (looked.status_code, refused.status_code, Closing.objects.count()) == (200, 403, 0)
    assert "add_closing" not in looked.text and 'name="erase"' not in looked.text


def test_an_erasure_asks_an_officer_for_the_code_again(client):
    """D1: a desk left open erases nobody."""
    officer, efua = make_officer(), make_user("Efua Mensah")
    client.force_login(officer)
    page = reverse("admin:accounts_user_held", args=[efua.pk])

    answer = client.post(page, {"erase": "1", "why": "wrote", "is_sure": "on"})

    assert answer.status_code == 302 and "reauthenticate" in answer.url
    assert not Closing.objects.exists()


def test_an_officer_erases_nobody_of_the_programme_team():
    """D1: an account of staff goes by its owner's will or an administrator's."""
    officer, other = make_officer(), make_officer("Olu")
    ada = User.objects.create_superuser("ada@example.org", name="Ada")
    User.objects.create_superuser("eve@example.org", name="Eve")

    for user in (other, ada):
        with pytest.raises(ValidationError) as refusal:
            begun(user, actor=officer, why="unlawful")
        assert refusal.value.code == "of_staff" and not Closing.objects.exists()
    by_ada = begun(other, actor=ada, why="wrote")
    with pytest.raises(ValidationError):
        closing.cancel_closing(by_ada, actor=officer)

    assert Closing.objects.get() == by_ada


def test_an_officer_keeps_nothing_that_its_owner_wants_erased(client, monkeypatch):
    """D1: whoever asked to be erased is erased, unless they think better of it themselves."""
    monkeypatch.setattr(
        "allauth.account.internal.flows.reauthentication.did_recently_reauthenticate",
        lambda request: True,
    )
    officer, efua, kofi = make_officer(), make_user("Efua"), make_user("Kofi")
    own, by_staff = begun(efua), begun(kofi, actor=officer, why="wrote")
    client.force_login(officer)

    answers = [
        client.post(reverse("admin:accounts_user_held", args=[user.pk]), {"keep": "1"})
        for user in (efua, kofi)
    ]

    assert [answer.status_code for answer in answers] == [200, 302]
    assert "Its owner asked for it" in answers[0].text and 'name="keep"' not in answers[0].text
    assert list(Closing.objects.all()) == [own] and by_staff != own


def test_what_staff_look_up_and_do_for_a_person_is_on_record(client, monkeypatch):
    """D1: looking, a copy, an erasure and its end: who, of whom, when; no address is written."""
    monkeypatch.setattr(
        "allauth.account.internal.flows.reauthentication.did_recently_reauthenticate",
        lambda request: True,
    )
    officer, efua, address = make_officer(), make_user("Efua"), "mayor@agona.example"
    client.force_login(officer)
    page = reverse("admin:accounts_user_held", args=[efua.pk])
    sure = {"erase": "1", "why": "wrote", "is_sure": "on"}

    client.get(page)
    for pressed in ({"copy": "1"}, sure, {"keep": "1"}, {"erase": "1"}):
        client.post(page, pressed)
    client.post(reverse("admin:accounts_user_look_up"), {"address": address})

    readings = Reading.objects.filter(reader=officer, model="accounts.user").order_by("pk")
    parts = ["held", "copy", "erase", "keep", "held"]
    of_address = (0, f"held {journal.digest_of_address(address)}")
    found = list(readings.values_list("row", "part"))
    assert found == [*((efua.pk, part) for part in parts), of_address]


def test_each_kind_says_what_becomes_of_it():
    """D1: the dry run is made from the lines that erase: each deletes, or says what stays."""
    for holding in HOLDINGS:
        assert str(holding.what)
        assert bool(holding.deletes) != bool(holding.stays), holding.model


def test_the_erasure_of_somebody_with_much_is_no_slower_than_a_page():
    """D1: it is bounded: a hundred applications take less than a quarter of a minute."""
    town = make_authority()
    efua = make_user("Efua Mensah", works_for=town)
    dossier = make_dossier(town, status="closed", focal_name=efua.name, focal_email=efua.email)
    for number in range(100):
        dossier.pk, dossier.reference = None, f"CN-2001-{number:04d}"
        dossier._state.adding = True
        dossier.save()
    begun(efua)
    started = time.monotonic()

    for day in (7.1, 10.1):
        closing.follow_closings(at(day))

    assert time.monotonic() - started < 15
    assert not spoken("Efua Mensah")


def test_a_questionnaire_that_nobody_answered_is_counted_as_no_answer():
    """“What you think about an exchange: 3”, of somebody who had answered none."""
    table, exchange = agreed()
    ineke = exchange.participants.get(user=table.ineke.user)
    for moment, answered_at in (("end", NOW), ("six", None), ("twelve", None)):
        exchange.evaluations.create(
            participant=ineke, moment=moment, side="offering", due_on=NOW, answered_at=answered_at
        )

    counted = {str(fate.what): fate.count for fate in list_fates(Person.from_user(ineke.user))}

    asked = ("What you think about an exchange", "Questionnaires about an exchange that you have ")
    assert [number for what, number in counted.items() if what.startswith(asked)] == [1, 2]
