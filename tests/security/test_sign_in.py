"""Signing in: by password, the second factor that officers cannot pass by, failures counted."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications.models import Letter
from tests.factories import make_officer, make_user
from tests.security.sign_in import (
    ADMIN,
    PASSWORD,
    ask_for_code,
    code,
    codes_sent,
    in_step,
    sign_in,
    with_password,
)

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_an_officer_makes_a_second_factor_first_and_gives_it_ever_after(after_flush):
    officer = with_password(make_officer("Ines"))
    officer.authenticator_set.all().delete()

    client, _answer = sign_in(officer)
    first = client.get(ADMIN)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    with in_step(1):
        client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    opened = client.get(ADMIN).status_code

    again, answer = sign_in(officer)
    shut = again.get(ADMIN)
    with in_step(3):  # a code opens once
        again.post(reverse("mfa_authenticate"), {"code": code(secret)})

    assert (first.status_code, first.url) == (302, reverse("mfa_activate_totp"))
    assert opened == 200
    assert answer.url == reverse("mfa_authenticate")
    assert shut.status_code == 302
    assert again.get(ADMIN).status_code == 200


def test_a_password_alone_opens_no_page_of_the_admin_to_an_officer():
    officer = with_password(make_officer("Ines"))

    client, _answer = sign_in(officer)

    assert client.get(ADMIN).status_code == 302
    assert client.get(reverse("my")).status_code == 302


def test_known_and_unknown_addresses_get_the_same_answer():
    known = with_password(make_user("Efua"))

    def page(address):
        client = Client()
        answer = client.post(
            reverse("account_login"), {"login": address, "password": "something else"}
        )
        return answer.status_code, answer.context["form"].errors

    assert page(known.email) == page("nobody@example.org")


def test_too_many_failures_are_refused_even_with_the_right_password_at_last():
    efua = with_password(make_user("Efua"))

    for _ in range(11):
        sign_in(efua, "wrong")
    client, answer = sign_in(efua)

    assert answer.status_code != 302 or "login" in answer.url
    assert client.get(reverse("my")).status_code == 302


def every_admin_page():
    """Every address of the admin, numbers filled in: what it is decides nothing here."""
    found = []

    def walk(patterns, path):
        for one in patterns:
            part = path + str(one.pattern)
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns, part)
            else:
                found.append("/admin/" + re.sub(r"<[^>]+>", "1", part).replace("$", ""))

    walk(admin.site.get_urls(), "")
    return [page for page in found if "(?P" not in page and "login" not in page]


@pytest.mark.parametrize("way", ["password", "code", "reset"])
def test_no_way_in_leads_to_a_page_of_the_admin_without_the_second_factor(way):
    """A4, H11: by password, by a code in an e-mail, or by a new password."""
    officer, client = with_password(make_officer("Ines")), Client()
    if way == "code":
        client.post(reverse("account_request_login_code"), {"email": officer.email})
        code = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
        client.post(reverse("account_confirm_login_code"), {"code": code})
    if way == "reset":
        client.post(reverse("account_reset_password"), {"email": officer.email})
        link = re.search(r"https?://[^/]+(/\S+)", Letter.objects.latest("pk").secret)[1]
        page = client.get(link, follow=True).request["PATH_INFO"]
        client.post(page, {"password1": PASSWORD, "password2": PASSWORD})
    if way != "code":
        client.post(reverse("account_login"), {"login": officer.email, "password": PASSWORD})

    pages = every_admin_page()
    opened = [page for page in pages if client.get(page).status_code != 302]

    assert len(pages) > 60
    assert opened == []
    assert client.get(reverse("mfa_authenticate")).status_code == 200  # that is what is asked for


def test_a_session_that_lost_its_factor_opens_no_page_of_the_admin(client):
    """A4, H11: an officer signed in, whose session has not given the factor."""
    client.force_login(make_officer("Ines"))
    session = client.session
    del session["account_authentication_methods"]
    session.save()

    pages = every_admin_page()
    shut = {client.get(page).headers.get("Location", page).split("?")[0] for page in pages}

    assert shut == {reverse("mfa_reauthenticate")}


def test_who_signs_up_and_at_once_signs_in_is_accused_of_nothing():
    """4.2: the right password read "Too many failed login attempts"; each letter's code is good."""
    address = "adwoa@agona.example"
    fields = {"name": "Adwoa", "email": address, "password1": PASSWORD}
    Client().post(reverse("account_signup"), fields)
    windows = [Client() for _ in range(5)]

    login = {"login": address, "password": PASSWORD}
    pages = [one.post(reverse("account_login"), login, follow=True).text for one in windows]
    last = Letter.objects.filter(address=address).order_by("pk").last()
    code = re.search(r"^([A-Z0-9-]{5,})$", last.secret, re.M).group(1)
    windows[-1].post(reverse("account_email_verification_sent"), {"code": code})

    assert all("Enter the code that we have sent you" in page for page in pages)
    assert all('name="code"' in page and "oo many" not in page for page in pages)
    assert windows[-1].get(reverse("my")).status_code == 200


def test_who_signed_up_with_the_address_of_another_has_no_password_to_it_once_it_is_proved():
    """The owner comes later, by a code, and knows nothing of the password there."""
    address = "ama@agona.example"
    fields = {"name": "Mallory", "email": address, "password1": PASSWORD}
    mallory, owner = Client(), Client()
    mallory.post(reverse("account_signup"), fields)
    before = User.objects.get(email=address).has_usable_password()
    ask_for_code(owner, address)
    mallory.post(reverse("account_login"), {"login": address, "password": PASSWORD})

    signed_in = [one.get(reverse("my")).status_code for one in (owner, mallory)]
    after = User.objects.get(email=address).has_usable_password()
    assert (before, after, signed_in) == (True, False, [200, 302])


def test_who_lost_the_telephone_reads_what_to_do_where_the_code_is_asked_for(settings):
    """Nothing told of recovery codes, nor of the two administrators who help."""
    settings.CONTACT_EMAIL = "team@connect.example.org"
    client, _answer = sign_in(with_password(make_officer("Ines")))

    page = client.get(reverse("mfa_authenticate")).text

    assert "one of the recovery codes that you kept" in page and settings.CONTACT_EMAIL in page
    # Who has a passkey alone has no app, and may have lost no telephone.
    assert "the code that your authenticator app shows, if you have one, or a recovery code" in page
    assert "Without your telephone or your passkey?" in page


@pytest.mark.parametrize("way", ["sign in", "sign up"])
def test_a_code_is_sent_again_from_the_page_that_asks_for_it_three_times_a_minute(way):
    client, address = Client(), "mariam@kaolack.example"
    if way == "sign in":
        User.objects.create_user(address, name="Mariam")  # for her: no row tells of her address
        page = reverse("account_confirm_login_code")
        client.post(reverse("account_request_login_code"), {"email": address})
    else:
        page = reverse("account_email_verification_sent")
        fields = {"name": "Mariam", "email": address, "password1": PASSWORD}
        client.post(reverse("account_signup"), fields)

    asked = client.get(page.replace("/en/", "/fr/")).text
    again = [client.post(page, {"action": "resend"}, follow=True).text for _ in range(3)]
    codes = codes_sent(address)
    client.post(page, {"code": codes[0]})

    letter = Letter.objects.filter(address=address).earliest("pk").secret
    assert "pendant 10 minutes" in asked and "works for 10 minutes" in letter
    assert re.search(r'btn-quiet"[^>]*form="resend"[^>]*>\s*Envoyer un nouveau code', asked)
    assert re.search(r'btn-quiet"[^>]*>\s*(<[^>]*>)?\s*Annuler', asked)
    assert len(codes) == len(set(codes)) == 3
    assert 'form="resend"' not in again[1]  # twice, then one begins anew
    assert client.get(reverse("my")).status_code == 200
    assert len(codes_sent(address)) == 3  # and not another to the same address


def test_an_unknown_address_is_refused_a_fourth_code_as_a_known_one_is():
    User.objects.create_user("mariam@kaolack.example", name="Mariam")
    ask, page = reverse("account_request_login_code"), reverse("account_confirm_login_code")

    def told(address):
        """What somebody reads who asks for three codes, and one again."""
        client = Client()
        for _ in range(3):
            client.cookies.pop("sessionid", None)
            client.post(ask, {"email": address})
        text = client.post(page, {"action": "resend"}, follow=True).text
        return "Several e-mails have been asked for" in text

    assert [told(one) for one in ("mariam@kaolack.example", "nobody@kaolack.example")] == [
        True,
        True,
    ]


@pytest.mark.parametrize("unseen", ["\u200b", "\u2060", "\u00ad"])
def test_an_address_that_was_pasted_with_what_is_not_seen_is_that_address(unseen):
    client, address = Client(), "mariam@kaolack.example"
    fields = {"name": "Mariam", "email": f"{address}{unseen}", "password1": PASSWORD}
    client.post(reverse("account_signup"), fields)
    client.post(reverse("account_email_verification_sent"), {"code": codes_sent(address)[0]})
    again = Client()

    signed = {"login": f"mariam{unseen}@kaolack.example", "password": PASSWORD}
    again.post(reverse("account_login"), signed)

    assert list(User.objects.values_list("email", flat=True)) == [address]
    assert again.get(reverse("my")).status_code == 200
