"""The first administrator and officers, on a machine from which no e-mail leaves yet."""

import io
import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Letter
from tests.factories import make_user
from tests.security.sign_in import ADMIN, PASSWORD, code, in_step, sign_in

pytestmark = pytest.mark.django_db
ADA = "ada@connect.eu"


def run(*words, **options):
    said = io.StringIO()
    call_command(*words, stdout=said, **options)
    return said.getvalue()


def let_in(address):
    """Run the command; return the path of the link that it prints."""
    return re.search(r"https?://[^/]+(/\S+)", run("let_in", address))[1]


def set_password(link):
    client = Client()
    page = client.get(link, follow=True).request["PATH_INFO"]
    return client.post(page, {"password1": PASSWORD, "password2": PASSWORD})


def test_the_first_administrator_comes_in_before_any_e_mail_leaves():
    """createsuperuser, the link, a password, a second factor: then the desk opens."""
    run("createsuperuser", email=ADA, name="Ada", interactive=False)

    set_password(let_in(ADA))
    client, answer = sign_in(User.objects.get(email=ADA))
    asked = client.get(ADMIN)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    with in_step(1):
        client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    with in_step(2):  # the factor is made: the desk asks for it, as at each sign-in
        client.post(reverse("mfa_reauthenticate"), {"code": code(secret)})
        opened = client.get(ADMIN)

    assert asked.url == reverse("mfa_activate_totp")
    assert opened.status_code == 200
    assert not Letter.objects.filter(address=ADA).exclude(secret="").exists()  # no code was asked


def test_the_link_works_once_ends_those_before_and_is_for_staff_alone():
    run("createsuperuser", email=ADA, name="Ada", interactive=False)
    efua = make_user("Efua")
    first, second = let_in(ADA), let_in(ADA)

    dead = Client().get(first, follow=True).context.get("token_fail")
    set_password(second)
    again = Client().get(second, follow=True).context.get("token_fail")

    assert (dead, again) == (True, True)
    for address in (efua.email, "nobody@connect.eu"):
        with pytest.raises(CommandError, match="no active account of the staff"):
            let_in(address)


def test_an_officer_is_added_by_an_address_with_or_without_an_account():
    efua = make_user("Efua")

    run("add_officer", "Ines@Connect.eu", name="Ines Duarte", language="pt")
    run("add_officer", efua.email, administrator=True)
    ines = User.objects.get(email="ines@connect.eu")
    efua.refresh_from_db()

    assert (ines.name, ines.language, ines.is_staff, ines.is_superuser) == (
        *("Ines Duarte", "pt"),
        *(True, False),
    )
    assert ines.has_perm("applications.view_dossier") and not ines.has_usable_password()
    assert efua.is_staff and efua.is_superuser
    assert let_in(ines.email)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"address": "nobody@connect.eu"}, "give a name"),
        ({"address": "nobody", "name": "Nobody"}, "valid"),
        ({"address": "a@connect.eu", "name": "A", "language": "xx"}, "no language xx"),
    ],
)
def test_what_is_missing_to_add_an_officer_is_told(words, said):
    with pytest.raises(CommandError, match=said):
        run("add_officer", words.pop("address"), **words)

    assert not User.objects.filter(email__startswith="a@").exists()
