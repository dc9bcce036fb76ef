"""How a colleague joins the programme team: an administrator adds them on the desk."""

import pytest
from django.urls import reverse

from accounts.models import User
from notifications.models import Letter
from tests.factories import make_officer, make_user
from tests.security.sign_in import enter, make_administrator, with_password

pytestmark = pytest.mark.django_db
PAGE = "admin:accounts_user_colleague"
LENA = {"address": "Lena@connect.eu", "name": "Lena Ito", "language": "fr", "role": "officer"}


def roles_of(user):
    return user.is_staff, user.is_superuser, sorted(user.groups.values_list("name", flat=True))


@pytest.mark.parametrize(
    ("role", "roles"),
    [
        ("officer", (True, False, ["officers"])),
        ("administrator", (True, True, ["officers"])),
        ("committee", (False, False, ["committee"])),
    ],
)
def test_an_administrator_adds_a_colleague_who_is_told_how_to_come_in(role, roles):
    desk = enter(make_administrator("Vera"))

    page = desk.post(reverse(PAGE), LENA | {"role": role}, follow=True)

    lena = User.objects.get(email="lena@connect.eu")
    letter = Letter.objects.get(template="team_joined")
    assert roles_of(lena) == roles
    assert "Lena Ito has been added, and is told by e-mail how to sign in." in page.text
    assert (letter.address, letter.language) == ("lena@connect.eu", "fr")


def test_who_has_an_account_keeps_their_name_and_an_address_alone_needs_one():
    desk, efua = enter(make_administrator("Vera")), make_user("Efua")

    desk.post(reverse(PAGE), LENA | {"address": efua.email, "name": ""})
    refused = desk.post(reverse(PAGE), LENA | {"name": ""})

    efua.refresh_from_db()
    assert (efua.name, *roles_of(efua)) == ("Efua", True, False, ["officers"])
    assert "lena@connect.eu has no account yet: give a name, too." in refused.text
    assert 'value="Lena@connect.eu"' in refused.text


def test_an_officer_reads_whom_to_ask_and_adds_nobody():
    make_administrator("Vera")
    desk = enter(with_password(make_officer("Tomas")))

    page = desk.get(reverse(PAGE)).text
    refused = desk.post(reverse(PAGE), LENA)

    assert "Only an administrator gives roles. Ask one of them: Vera." in page
    assert (refused.status_code, User.objects.filter(name="Lena Ito").exists()) == (403, False)
