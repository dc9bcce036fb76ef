"""Letters: their secrets and links are seen by their readers alone, whatever staff open."""

import re
import uuid
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connect.mail import Recipient
from connect.schedule import RULES, rule_name
from notifications import sending
from notifications.models import HIDDEN, MAX_TRIES, Letter
from notifications.outbox import post_letter
from notifications.sending import send_waiting_letters
from tests.factories import make_officer, make_user

pytestmark = pytest.mark.django_db
LETTERS = "/admin/notifications/letter/"


@pytest.fixture
def efua():
    """A person with a verified address, as one who asks for a code has."""
    efua = make_user("Efua")
    efua.email = f"efua-{uuid.uuid4().hex[:8]}@agona.example"
    efua.save()
    EmailAddress.objects.create(user=efua, email=efua.email, verified=True, primary=True)
    return efua


@pytest.fixture
def superuser():
    ines = make_officer()
    ines.is_superuser = True
    ines.save()
    client = Client()
    client.force_login(ines)
    return client


def ask_for_code(person):
    Client().post(reverse("account_request_login_code"), {"email": person.email})
    letter = Letter.objects.get(address=person.email)
    return letter, re.search(r"^([A-Z0-9-]{5,})$", letter.secret, re.M).group(1)


def ask_for_reset(person, **extra):
    Client().post(reverse("account_reset_password"), {"email": person.email}, **extra)
    return Letter.objects.get(address=person.email)


def test_nobody_of_the_staff_reads_a_code_or_a_link_that_signs_somebody_in(efua, superuser):
    """H1: an officer signed in as somebody with the code of a letter that had not left."""
    letter, code = ask_for_code(efua)
    Letter.objects.update(tries=MAX_TRIES, not_before=timezone.now())  # and was never to leave
    change = f"{LETTERS}{letter.pk}/change/"

    pages = [
        superuser.get(page).text
        for page in (
            LETTERS,
            f"{LETTERS}?stands=failed",
            f"{LETTERS}?q={efua.email}",
            change,
            f"{LETTERS}{letter.pk}/history/",
            f"{LETTERS}expected/",
            "/admin/work/",
        )
    ]

    assert [code in page for page in pages] == [False] * len(pages)
    assert efua.email in pages[0] and efua.email in pages[3] and HIDDEN in pages[3]


@pytest.mark.parametrize("column", ["secret", "path", "context", "body", "opens"])
@pytest.mark.parametrize("lookup", ["contains", "startswith", "regex", "isnull"])
def test_no_list_of_letters_answers_how_a_code_begins(efua, superuser, column, lookup):
    """H1: `?secret__startswith=7` says of each character whether it is right."""
    ask_for_code(efua)

    asked = superuser.get(LETTERS, {f"{column}__{lookup}": "1"})

    assert (asked.status_code, asked.headers.get("Location", "")) in [
        (302, f"{LETTERS}?e=1"),
        (400, ""),
    ]


def test_a_secret_is_erased_once_it_has_left(efua, received):
    """H1: what was sent lets nobody in afterwards."""
    letter, code = ask_for_code(efua)

    send_waiting_letters(timezone.now())

    assert code in received(efua.email)[0].get_body(("plain",)).get_content()
    letter.refresh_from_db()
    assert (letter.secret, letter.body) == ("", HIDDEN)


def test_a_secret_is_erased_when_its_letter_is_cancelled_given_up_or_late(efua, monkeypatch):
    """H1: a code that never leaves is kept no longer than one that does."""
    letter, _code = ask_for_code(efua)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.update(cancelled_at=timezone.now())

    assert Letter.objects.all().cancel(timezone.now()) == 1
    letter.refresh_from_db()
    assert letter.secret == ""

    Letter.objects.update(cancelled_at=None, secret="CODE", tries=MAX_TRIES - 1)
    monkeypatch.setattr(sending, "send_letter", lambda *_: 1 / 0)
    send_waiting_letters(timezone.now())
    letter.refresh_from_db()
    assert (letter.secret, letter.tries) == ("", MAX_TRIES)

    Letter.objects.filter(pk=letter.pk).update(secret="CODE", tries=1)
    assert rule_name(sending.erase_secrets) in RULES
    sending.erase_secrets(timezone.now() + timedelta(minutes=59))
    letter.refresh_from_db()
    assert letter.secret == "CODE"
    sending.erase_secrets(timezone.now() + timedelta(minutes=61))
    letter.refresh_from_db()
    assert (letter.secret, letter.cancelled_at is None) == ("", False)


def test_what_a_server_answers_about_a_secret_is_neither_logged_nor_shown(
    efua, monkeypatch, caplog
):
    """H1: a server may quote what it was given."""
    letter, code = ask_for_code(efua)

    def refuse(letter, connection):
        raise ValueError(f"550 spam: {letter.secret}")

    monkeypatch.setattr(sending, "send_letter", refuse)
    send_waiting_letters(timezone.now())

    letter.refresh_from_db()
    assert letter.last_error == "ValueError" and code not in caplog.text
    assert f"letter {letter.pk} could not be sent" in caplog.text


def test_a_code_waits_behind_no_other_letter(efua, monkeypatch):
    """H1: who signs in waits for their code alone, however many letters were written before."""
    people = [Recipient(f"{n}@example.org", "X") for n in range(60)]
    post_letter(
        "dossier_submit", key="many", to=people, path="/", title="x", reference="x", authority="x"
    )
    left = []

    def send(letter, connection):
        left.append(letter.address)
        if len(left) == 3:  # asked for while a long run of letters is on its way
            ask_for_code(other)

    other = make_user("Kofi")
    EmailAddress.objects.create(user=other, email=other.email, verified=True, primary=True)
    ask_for_code(efua)
    monkeypatch.setattr(sending, "send_letter", send)
    send_waiting_letters(timezone.now())

    assert left.index(efua.email) == 0
    assert left.index(other.email) == 3


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1"])
def test_a_letter_to_sign_in_with_names_our_site_whatever_host_came_in(efua, settings, host):
    """H14: a forged Host put an attacker's site into the letter that resets a password."""
    settings.ALLOWED_HOSTS = ["*"]
    settings.SITE_URL = "https://connect.example.org"

    letter = ask_for_reset(efua, HTTP_HOST=host, HTTP_X_FORWARDED_HOST=host)
    unknown = make_user("Nobody")
    unknown.delete()
    other = ask_for_reset(unknown, HTTP_HOST=host)

    assert host not in letter.secret + letter.subject + other.secret + other.subject
    assert "https://connect.example.org/en/account/password/reset/key/" in letter.secret
    assert "https://connect.example.org/en/account/signup/" in other.secret
    assert letter.subject == "Choose a new password for CONNECT"
    assert letter.secret.rstrip().endswith("https://connect.example.org/en/privacy/")


def test_a_notice_of_a_change_is_no_secret_and_names_our_site(efua, settings):
    """H14: letters that tell of a change are kept for their reader, and name our site too."""
    settings.ALLOWED_HOSTS = ["*"]
    efua.set_password("une phrase assez longue")
    efua.save()
    client = Client(HTTP_HOST="evil.example")
    client.force_login(efua)

    new = "une autre phrase encore"
    fields = {"oldpassword": "une phrase assez longue", "password1": new, "password2": new}
    client.post(reverse("account_change_password"), fields)

    letter = Letter.objects.get(template="account/email/password_changed")
    assert (letter.is_secret, letter.secret) == (False, "")
    assert letter.subject == "Your password for CONNECT has changed"
    assert "When and from where:" in letter.body and "evil.example" not in letter.body
