"""Who tries too often is stopped, nobody else; nothing tells whether there is an account."""

import contextlib
import itertools
import re
import socket
import statistics
import time
from datetime import timedelta

import pytest
import requests
import time_machine
from django.contrib.auth.hashers import ScryptPasswordHasher
from django.core.cache import caches
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone, translation

from accounts import limits
from accounts.models import User
from accounts.sign_in import TOO_MANY_LETTERS
from connect import cleaning
from connect.cache import Cache
from connect.local.children import free_port
from connect.local.mailserver import is_listening
from impact.api import RATE
from notifications.models import Letter
from tests.conftest import process, wait_for
from tests.factories import make_officer, make_user
from tests.languages import CODES
from tests.security.sign_in import ADMIN, PASSWORD, with_password

pytestmark = pytest.mark.django_db
MALLORYS, ELSEWHERE = "203.0.113.9", "198.51.100.7"
TOO_MANY = str(limits.TOO_MANY)


def try_password(client, address, password="not the right one", **headers):  # noqa: S107
    fields = {"login": address, "password": password}
    return client.post(reverse("account_login"), fields, **headers)


def is_in(client):
    return client.get(reverse("my")).status_code == 200


def at(network):
    return Client(REMOTE_ADDR=network)


def posted_from(network):
    return RequestFactory().post("/", REMOTE_ADDR=network)


def test_wrong_passwords_of_a_stranger_do_not_lock_the_owner_out():
    """H12: five wrong ones stop their network, and nobody else's."""
    efua = with_password(make_user("Efua"))
    stranger, owner = at(MALLORYS), at(ELSEWHERE)

    for _number in range(6):
        refused = try_password(stranger, efua.email)
    right_but_too_late = try_password(stranger, efua.email, PASSWORD)
    try_password(owner, efua.email, PASSWORD)

    assert TOO_MANY in refused.text and TOO_MANY in right_but_too_late.text
    assert is_in(owner) and not is_in(stranger)


def test_a_known_device_comes_in_while_an_address_is_tried_from_everywhere():
    """H12: who guesses from many places is stopped at 200 an hour; the owner's device never."""
    efua = with_password(make_user("Efua"))
    known, unknown = at(ELSEWHERE), at("192.0.3.2")
    try_password(known, efua.email, PASSWORD)
    known.post(reverse("account_logout"))

    for number in range(200):
        limits.begin_try(limits.PASSWORDS, posted_from(f"192.0.2.{number}"), efua.email)
    last = try_password(at("192.0.3.1"), efua.email)
    try_password(known, efua.email, PASSWORD)
    stopped = try_password(unknown, efua.email, PASSWORD)
    known_again = is_in(known)
    efua.set_password("une autre phrase bien longue")
    efua.save()
    changed = try_password(known, efua.email, "une autre phrase bien longue")

    assert TOO_MANY in last.text and TOO_MANY in stopped.text
    assert known_again and not is_in(unknown)
    assert TOO_MANY in changed.text  # the cookie is void with the password it was given for


def test_a_device_that_is_known_may_not_guess_without_end():
    """H12: its own count, then everybody's."""
    efua = with_password(make_user("Efua"))
    known = at(ELSEWHERE)
    try_password(known, efua.email, PASSWORD)
    known.post(reverse("account_logout"))

    answers = [TOO_MANY in try_password(known, efua.email).text for _number in range(11)]

    assert answers == [False] * 10 + [True]  # five as a known device, five as any


def test_the_cookie_of_a_device_helps_nobody_else_and_cannot_be_made_up():
    """H12: signed, for those who have signed in there alone."""
    efua, mallory = with_password(make_user("Efua")), with_password(make_user("Mallory"))
    stranger = at(MALLORYS)
    try_password(stranger, mallory.email, PASSWORD)
    stranger.post(reverse("account_logout"))

    own = [TOO_MANY in try_password(stranger, efua.email).text for _number in range(6)]
    stranger.cookies["device"] = stranger.cookies["device"].value + "x"
    forged = try_password(stranger, efua.email).text

    assert own == [False] * 5 + [True]
    assert TOO_MANY in forged


@pytest.mark.parametrize("page", ["account_request_login_code", "account_reset_password"])
def test_letters_that_a_stranger_asks_for_keep_none_from_the_owner(page):
    """H12: the code path and the reset alike, for known and unknown addresses alike."""
    efua = with_password(make_user("Efua"))

    def ask(client, address):
        client.cookies.pop("sessionid", None)
        answer = client.post(reverse(page), {"email": address})
        return answer.status_code == 302

    stranger = at(MALLORYS)
    told = [
        [ask(stranger, address) for _number in range(4)] for address in (efua.email, "no@a.org")
    ]
    owner = ask(at(ELSEWHERE), efua.email)

    assert told == [[True, True, True, False]] * 2
    assert owner
    assert Letter.objects.filter(address=efua.email).count() == 4


def test_signing_up_over_the_limit_is_refused_alike_for_any_address_and_makes_nobody():
    """H12: after three codes a minute, a known address was redirected and an unknown one 429."""
    known = with_password(make_user("Efua")).email
    answers = []
    for address in (known, "unknown@agona.example"):
        stranger = at(MALLORYS)
        for _number in range(3):
            stranger.cookies.pop("sessionid", None)
            stranger.post(reverse("account_request_login_code"), {"email": address})
        stranger.cookies.pop("sessionid", None)
        fields = {"name": "Mallory", "email": address, "password1": PASSWORD}
        answer = stranger.post(reverse("account_signup"), fields)
        answers.append((answer.status_code, answer.context["form"].errors.as_data().keys()))
        assert str(TOO_MANY_LETTERS) in answer.text and 'value="Mallory"' in answer.text

    assert answers[0] == answers[1] == (200, {"email": None}.keys())
    assert not User.objects.filter(email="unknown@agona.example").exists()


def test_an_unproved_address_is_written_to_no_oftener_by_signing_in_than_by_signing_up():
    """H12: the letter of a sign-up counts once; each sign-in that writes another counts too.

    Past that, the code of the last letter is asked for: the right password is no offence.
    """
    fields = {"name": "Efua", "email": "efua@agona.example", "password1": PASSWORD}
    at(MALLORYS).post(reverse("account_signup"), fields)

    answers = [
        try_password(at(MALLORYS), "efua@agona.example", PASSWORD).status_code
        for _number in range(3)
    ]

    assert answers == [302, 302, 302]
    assert Letter.objects.filter(address="efua@agona.example").count() == 3


def test_a_sign_up_with_something_wrong_in_it_is_no_letter():
    """H12: who mends a password three times may still sign up."""
    fields = {"name": "Efua", "email": "efua@agona.example", "password1": "12345678"}
    for _number in range(4):
        at(MALLORYS).post(reverse("account_signup"), fields)

    answer = at(MALLORYS).post(reverse("account_signup"), fields | {"password1": PASSWORD})

    assert answer.status_code == 302 and Letter.objects.count() == 1


@pytest.mark.parametrize("language", CODES)
def test_a_letter_to_an_unproved_address_names_nobody_that_somebody_typed(language):
    """H10: a name with an advertisement in it was written to any address one typed."""
    fields = {"name": "Win Evil Prizes", "email": "efua@agona.example"}
    with translation.override(language):
        client = at(MALLORYS)
        client.post(reverse("account_signup"), fields | {"password1": PASSWORD})

    letter = Letter.objects.get()
    assert not re.search("Win|Evil", letter.subject + letter.secret)
    assert client.session["account_email_verification_code"]["code"] in letter.secret
    assert ("Somebody has given this address" in letter.secret) == (language == "en")


@pytest.mark.parametrize("limit", [limits.PASSWORDS, limits.CODES, limits.LETTERS])
def test_a_stranger_of_five_networks_shuts_no_owner_out_of_a_new_device(limit):
    """H12: 20 letters or 50 wrong passwords in an hour did, from a few networks."""
    now, address = timezone.now(), "efua@agona.example"
    for minute in range(0, 60, 3):
        with time_machine.travel(now + timedelta(minutes=minute), tick=False):
            for number in range(5):
                for _try in range(5):
                    limits.begin_try(limit, posted_from(f"203.0.113.{number}"), address)

    with time_machine.travel(now + timedelta(minutes=59), tick=False):
        assert limits.begin_try(limit, posted_from("203.0.113.1"), address) is None
        assert limits.begin_try(limit, posted_from(ELSEWHERE), address)


def test_a_town_of_two_hundred_signs_up_in_an_afternoon_and_no_network_writes_without_end():
    """H10: two letters to each from one network; then no more that day."""
    now, town = timezone.now(), posted_from(ELSEWHERE)
    counted = []
    for number in range(400):
        with time_machine.travel(now + timedelta(seconds=4 * number), tick=False):
            counted.append(limits.begin_try(limits.LETTERS, town, f"p{number % 200}@agona.example"))

    assert None not in counted
    for hours, may in ((5, False), (25, True)):
        with time_machine.travel(now + timedelta(hours=hours), tick=False):
            assert bool(limits.begin_try(limits.LETTERS, town, "one@agona.example")) == may


@pytest.mark.parametrize("others", [180, pytest.param(0, marks=pytest.mark.faults)])
def test_two_hundred_officials_of_one_town_hall_sign_up_and_come_in_in_an_afternoon(
    settings, others
):
    """H10: from one address; each proves the address by its code.

    By the pages themselves, but for others before them: their tries alone are counted.
    """
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    now, came_in = timezone.now(), 0
    for number in range(200):
        with time_machine.travel(now + timedelta(seconds=72 * number), tick=False):
            address = f"official{number}@agona.example"
            if number < others:
                assert limits.begin_try(limits.LETTERS, posted_from(ELSEWHERE), address)
                continue
            client = at(ELSEWHERE)
            fields = {"name": f"Official {number}", "email": address, "password1": PASSWORD}
            client.post(reverse("account_signup"), fields)
            code = client.session["account_email_verification_code"]["code"]
            client.post(reverse("account_email_verification_sent"), {"code": code})
            came_in += is_in(client)

    assert came_in == 200 - others


def test_one_network_writes_twenty_letters_a_day_to_an_address():
    """H10: an hour later again, but not all day long."""
    now = timezone.now()

    def asked(network, hours):
        with time_machine.travel(now + timedelta(minutes=61 * hours), tick=False):
            return bool(
                limits.begin_try(limits.LETTERS, posted_from(network), "efua@agona.example")
            )

    assert sum(asked(MALLORYS, hour) for hour in range(10) for _number in range(3)) == 20
    assert asked(ELSEWHERE, 10)


def test_codes_of_the_second_factor_are_counted_by_network_too(monkeypatch):
    """H12: who knows the password and guesses codes does not shut the owner's second factor."""
    officer = with_password(make_officer("Ines"))
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.TOTP.validate_code", lambda s, c: c == "7")

    def guess(client, code):
        try_password(client, officer.email, PASSWORD)
        return client.post(reverse("mfa_authenticate"), {"code": code})

    stranger, owner = at(MALLORYS), at(ELSEWHERE)
    guesses = [TOO_MANY in guess(stranger, "1").text for _number in range(6)]
    guess(owner, "7")

    assert guesses == [False] * 5 + [True]
    assert owner.get(ADMIN).status_code == 200


def test_the_eleventh_failure_in_a_minute_is_refused_whatever_the_header_claims():
    """A2: at the admin's sign-in too, and for ten addresses as for one."""
    client = Client()
    login = client.get(reverse("admin:login")).url

    def fail(number):
        header = {"HTTP_X_FORWARDED_FOR": f"10.0.0.{number}"}
        fields = {"login": f"somebody{number}@example.org", "password": "wrong"}
        return TOO_MANY in client.post(login, fields, **header).text

    assert [fail(number) for number in range(11)] == [False] * 10 + [True]


def test_the_api_counts_by_network_whatever_the_header_claims(client):
    """H17: a forged X-Forwarded-For begins no new count."""
    page = "/api/v1/practices?limit=1"

    def ask(number, network):
        header = {"HTTP_X_FORWARDED_FOR": f"10.0.0.{number}, 10.1.1.1"}
        return client.get(page, REMOTE_ADDR=network, **header).status_code

    answers = [ask(number, MALLORYS) for number in range(242)]

    assert answers[0] == 200 and answers[-1] == 429
    assert ask(1, ELSEWHERE) == 200


def test_without_redis_people_sign_in_and_the_api_answers_within_the_same_limits(
    settings, client, monkeypatch
):
    """H12: all processes then count together in the database, and `/readyz` says what is late."""
    away = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    efua = with_password(make_user("Efua"))
    owner, stranger = at(ELSEWHERE), at(MALLORYS)

    try_password(owner, efua.email, PASSWORD)
    answers = []
    for _number in range(6):
        caches["default"] = Cache(away["LOCATION"], away)  # another process of ours
        answers.append(TOO_MANY in try_password(stranger, efua.email).text)
    monkeypatch.setattr(RATE, "num_requests", 3)
    asked = [client.get("/api/v1/practices?limit=1").status_code for _number in range(4)]

    assert is_in(owner)
    assert answers == [False] * 5 + [True]
    assert asked == [200, 200, 200, 429]
    assert client.get(reverse("readyz")).json() == {
        "database": "ok",
        "broker": "away",
        "late": ["e-mails", "rankings", "tables"],
    }
    assert cleaning.delete_old_tries(timezone.now()) == 0
    assert cleaning.delete_old_tries(timezone.now() + timedelta(days=2)) > 0


def test_a_redis_that_hangs_is_not_asked_again_at_once(settings):
    """H12: each question would take seconds to fail, and a sign-in asks many."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        hangs = settings.CACHES["default"] | {
            "LOCATION": f"redis://127.0.0.1:{silent.getsockname()[1]}/0",
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
        }
        settings.CACHES = {"default": hangs}
        efua = with_password(make_user("Efua"))
        owner, began = at(ELSEWHERE), time.monotonic()

        try_password(owner, efua.email, PASSWORD)

        assert is_in(owner) and time.monotonic() - began < 5


def test_who_signs_up_and_at_once_signs_in_is_told_to_enter_the_code():
    """H12: the right password is never answered by too many failures."""
    fields = {"name": "Efua Mensah", "email": "efua@example.org", "password1": PASSWORD}
    Client().post(reverse("account_signup"), fields)

    answer = Client().post(
        reverse("account_login"), {"login": "efua@example.org", "password": PASSWORD}, follow=True
    )

    assert answer.redirect_chain[-1][0] == reverse("account_email_verification_sent")
    assert 'name="code"' in answer.text and "efua@example.org" in answer.text
    assert TOO_MANY not in answer.text


def asked_of(page, known, monkeypatch):
    """Give a call that asks a page about an address, from a network nobody asked from before."""
    monkeypatch.setattr(limits, "begin_try", lambda *args, **kwargs: limits.RateLimitUsage([]))
    numbers = itertools.count()

    def ask(has_account):
        number = next(numbers)
        client = at(f"10.{number // 250}.0.{number % 250 + 1}")
        address = known.email if has_account else f"{number:05}{known.email[5:]}"
        fields = {"login": address, "email": address, "name": "Efua", "password1": PASSWORD}
        answer = client.post(reverse(page), fields | {"password": "not the right one"}, follow=True)
        return answer.status_code, answer.request["PATH_INFO"], len(answer.content)

    return ask


PAGES = ["account_login", "account_signup", "account_reset_password"]


@pytest.mark.parametrize("page", PAGES)
def test_nothing_tells_whether_an_address_has_an_account(page, monkeypatch):
    """A1, H12: the same status, the same size and as many passwords computed."""
    known, computed = with_password(make_user("Efua")), []
    known.email = known.emailaddress_set.get().email
    encode = ScryptPasswordHasher.encode
    monkeypatch.setattr(
        ScryptPasswordHasher, "encode", lambda *words: computed.append(1) or encode(*words)
    )
    ask = asked_of(page, known, monkeypatch)

    said, hashes = [], []
    for has_account in (True, False):
        before = len(computed)
        said.append(ask(has_account))
        hashes.append(len(computed) - before)

    assert said[0][:2] == said[1][:2] and hashes[0] == hashes[1]
    assert said[0][2] == pytest.approx(said[1][2], rel=0.05)


@pytest.mark.faults
@pytest.mark.parametrize("page", PAGES)
def test_no_time_tells_whether_an_address_has_an_account(page, monkeypatch):
    """A1, H12: medians of thirty answers each, in turn; of use on a quiet machine alone."""
    monkeypatch.setattr(ScryptPasswordHasher, "work_factor", 2**14)  # as servers compute them
    known, took = with_password(make_user("Efua")), {True: [], False: []}
    known.email = known.emailaddress_set.get().email
    ask = asked_of(page, known, monkeypatch)

    for has_account in [True, False] * 30:
        began = time.perf_counter()
        ask(has_account)
        took[has_account].append(time.perf_counter() - began)

    one, other = map(statistics.median, took.values())
    assert one == pytest.approx(other, rel=0.2)


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_across_workers_and_outlives_one(after_flush):
    """A3: two web servers count together, and one that ended has forgotten nothing."""
    efua = with_password(make_user("Efua"))

    @contextlib.contextmanager
    def server():
        port = free_port()
        words = ["gunicorn", "connect.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
        with process("web", *words):
            wait_for(lambda: is_listening(port))
            yield f"http://127.0.0.1:{port}{reverse('account_login')}"

    def fail(page):
        with requests.Session() as one:
            token = one.get(page).text.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
            fields = {"login": efua.email, "password": "wrong", "csrfmiddlewaretoken": token}
            return TOO_MANY in one.post(page, fields).text

    with server() as first:
        with server() as second:
            counted = [fail(first), fail(second), fail(first), fail(second)]
        with server() as third:
            counted += [fail(third), fail(third)]

    assert counted == [False] * 5 + [True]
