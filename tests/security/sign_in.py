"""How tests sign in as a person does: password, code, second factor."""

import re
import time

import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from notifications.models import Letter
from tests.factories import make_officer

PASSWORD = "une phrase assez longue"


ADMIN = reverse("admin:index")


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(user, password=PASSWORD):
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": password})
    return client, answer


def code(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def in_step(number):
    """Travel to the middle of a later step of 30 s: no code ends between made and given."""
    return time_machine.travel((int(time.time()) // 30 + number) * 30 + 10)


def confirm(client, password=PASSWORD):
    return client.post(reverse("account_reauthenticate"), {"password": password})


def make_administrator(name):
    administrator = make_officer(name)
    administrator.is_superuser = True
    return with_password(administrator)


def enter(administrator):
    """A session that has given the factor, and has just confirmed that it is them."""
    client = Client()
    client.force_login(administrator)
    confirm(client)
    return client


def codes_sent(address):
    """The codes of the letters to an address, the last first."""
    letters = Letter.objects.filter(address=address).order_by("-pk")
    return [re.search(r"^([A-Z0-9-]{5,})$", one.secret, re.M).group(1) for one in letters]


def ask_for_code(client, address):
    """Ask for a code to sign in, and give it."""
    client.post(reverse("account_request_login_code"), {"email": address})
    client.post(reverse("account_confirm_login_code"), {"code": codes_sent(address)[0]})
