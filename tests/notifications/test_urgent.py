"""What somebody waits for leaves first and at once, whatever waits or computes."""

import smtplib
import uuid
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import data_requests
from connect.mail import Recipient
from notifications import by_link, sending
from notifications.models import Letter, Priority
from notifications.outbox import post_letter
from registry import employers
from tests.conftest import wait_for, work_on
from tests.factories import make_expert, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def efua():
    person = make_user("Efua")
    person.email = f"efua-{uuid.uuid4().hex[:8]}@agona.example"
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


def ask_for_code(person):
    Client().post(reverse("account_request_login_code"), {"email": person.email})
    return Letter.objects.get(address=person.email)


def test_what_somebody_asked_for_is_urgent_and_what_they_are_told_is_not(efua):
    """Codes, resets and links; each asked for on the page, as their reader does."""
    boss = make_expert("Ineke")
    boss.employer_email, boss.employer_name = "boss@almere.example", "Wim"
    boss.save()
    awa = {"name": "Awa", "email": "awa@ziniare.example", "password1": "une phrase assez longue"}

    Client().post(reverse("account_request_login_code"), {"email": efua.email})
    Client().post(reverse("account_reset_password"), {"email": efua.email})
    Client().post(reverse("account_reset_password"), {"email": "nobody@agona.example"})
    Client().post(reverse("account_signup"), awa)
    Client().post(reverse("data"), {"address": efua.email})
    data_requests.answer_data_requests(timezone.now())
    employers.ask_superior(boss, user=boss.user)
    link = boss.valid_link
    by_link.send_new_link(link, timezone.now() + timedelta(minutes=1))
    post_letter("dossier_reopen", key="told", to=[efua], reference="CN-1", title="Water")

    letters = Letter.objects.values_list("template", "priority")
    assert {template.split("/")[-1]: Priority(priority).name for template, priority in letters} == {
        "login_code": "URGENT",
        "password_reset_key": "URGENT",
        "unknown_account": "URGENT",
        "email_confirmation_signup": "URGENT",
        "data_link": "URGENT",
        "employer_asked": "URGENT",
        "link_again": "URGENT",
        "dossier_reopen": "ORDINARY",
    }


@pytest.mark.django_db(transaction=True)
def test_a_code_leaves_by_its_own_worker_while_the_other_one_is_busy(after_flush, efua, received):
    """A ranking held the only worker for 167 seconds; a code to sign in lives 180."""
    crowd = [Recipient(f"crowd{n}@example.org", "Crowd") for n in range(40)]
    post_letter("dossier_reopen", key="crowd", to=crowd, reference="CN-1", title="Water")

    with work_on("urgent"):
        ask_for_code(efua)
        wait_for(lambda: received(efua.email))

    assert Letter.objects.unsent().count() == len(crowd)


@pytest.mark.parametrize("fate", ["refused", "killed"])
def test_a_code_is_tried_again_while_it_is_worth_something(efua, monkeypatch, fate):
    """A server that says "later" cost four minutes, a worker that was killed ten."""
    ask_for_code(efua)
    now, real = timezone.now(), sending.send_letter

    def refuse(letter, connection):
        raise smtplib.SMTPDataError(451, b"later")

    if fate == "refused":
        monkeypatch.setattr(sending, "send_letter", refuse)
        assert sending.send_urgent_letters(now) == 0
        monkeypatch.setattr(sending, "send_letter", real)
    else:
        sending.claim_letters(now, 1, Priority.URGENT)

    assert sending.send_urgent_letters(now + timedelta(seconds=5)) == 0
    assert sending.send_urgent_letters(now + timedelta(seconds=60)) == 1
