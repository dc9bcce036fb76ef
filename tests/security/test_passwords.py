"""Passwords that are hard to guess, links to a new one, and what is asked for again."""

import re
import time

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from notifications.models import Letter
from tests.factories import make_user
from tests.languages import CODES
from tests.security.sign_in import PASSWORD, sign_in, with_password

pytestmark = pytest.mark.django_db
NEW = "onze vrachtwagens zingen zacht"


def refusals(password, user=None):
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        return {error.code for error in refusal.error_list}
    return set()


@pytest.mark.parametrize(
    "password",
    [
        "Efua Mensah 1",
        "mensahefua2026",
        "connect2026!",
        "CONNECT-connect-1",
        "vng international",
        "agonawest12",
        "1234567890",
        "qwertyuiop",
        "password123!",
        "iloveyou2026",
        "aaaaaaaaaaaa",
    ],
)
def test_a_password_that_is_soon_guessed_is_refused(password):
    """H17, A8: like one's own name, like ours, or on the lists of those who guess."""
    efua = User(name="Efua Mensah", email="efua@agonawest.example")

    assert refusals(password, efua)


@pytest.mark.parametrize(
    "password",
    [PASSWORD, NEW, "correct horse battery staple", "x9 Tq-Lw7" * 12, "Ωραία θάλασσα πρωί"],
)
def test_a_good_password_needs_no_composition_and_may_be_long(password):
    """A8: 64 characters and more, any script, no rule of capitals or figures."""
    efua = User(name="Efua Mensah", email="efua@agonawest.example")

    assert refusals(password, efua) == set()


@pytest.mark.parametrize("language", CODES)
def test_the_sign_up_refuses_ones_own_name_in_words_of_the_page(language):
    """H17: the name that stands beside it counts, and the page says what to do."""
    with translation.override(language):
        page = reverse("account_signup")
        words = str(refusal_words())
    fields = {"name": "Kwabena Agyemang", "email": "k@example.org", "password1": "kwabenaagyemang"}

    answer = Client().post(page, fields)

    assert words in " ".join(answer.context["form"].errors["password1"])
    assert not User.objects.filter(email="k@example.org").exists()


def refusal_words():
    with pytest.raises(ValidationError) as refused:
        validate_password("connect2026")
    return next(m for m in refused.value.messages if "CONNECT" in m)


def test_the_field_for_a_password_takes_a_paste():
    """A8: nothing on the page keeps a password manager out."""
    page = Client().get(reverse("account_signup")).text

    field = re.search(r"<input[^>]*password1[^>]*>", page)[0]
    assert "onpaste" not in field and 'autocomplete="new-password"' in field
    assert "maxlength" not in field


def ask_for_link(address):
    Client().post(reverse("account_reset_password"), {"email": address})
    body = Letter.objects.filter(address=address).order_by("pk").last().secret
    return re.search(r"https?://[^/]+(/\S+)", body)[1]


def open_link(link):
    """Open it as its reader does; return the client and the form's page, None for a dead one."""
    client = Client()
    answer = client.get(link, follow=True)
    return client, None if answer.context.get("token_fail") else answer.request["PATH_INFO"]


def test_a_link_to_a_new_password_is_not_used_by_looking_and_works_once():
    """A6: a scanner of letters opens it three times; a second use is told to ask again."""
    efua = with_password(make_user("Efua"))
    link = ask_for_link(efua.email)
    for method in ("get", "head", "get"):
        getattr(Client(), method)(link, follow=True)
    fields = {"password1": NEW, "password2": NEW}

    client, page = open_link(link)
    client.post(page, fields)
    efua.refresh_from_db()

    assert efua.check_password(NEW)
    assert open_link(link)[1] is None
    assert client.post(page, fields).context["token_fail"]


def test_a_link_to_a_new_password_dies_with_the_next_one_with_an_hour_and_with_a_change():
    """A7, H17: only the last, for an hour, and for the password that was forgotten."""
    efua = with_password(make_user("Efua"))
    first = ask_for_link(efua.email)
    second = ask_for_link(efua.email)
    alive = [open_link(link)[1] is not None for link in (first, second)]
    with time_machine.travel(time.time() + 59 * 60):
        soon = open_link(second)[1]
    with time_machine.travel(time.time() + 61 * 60):
        late = open_link(second)[1]
    efua.set_password(NEW)
    efua.save()

    assert alive == [False, True]
    assert soon and late is None
    assert open_link(second)[1] is None


def test_a_new_password_ends_every_session():
    """S4: a change in one, or a reset, ends the others."""
    efua = with_password(make_user("Efua"))
    here, there = sign_in(efua)[0], sign_in(efua)[0]
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}

    here.post(reverse("account_change_password"), fields)

    assert there.get(reverse("my")).status_code == 302
    fourth, _answer = sign_in(efua, NEW)
    was_in = fourth.get(reverse("my")).status_code
    client, page = open_link(ask_for_link(efua.email))
    client.post(page, {"password1": PASSWORD, "password2": PASSWORD})
    assert (was_in, fourth.get(reverse("my")).status_code) == (200, 302)
    assert client.get(reverse("my")).status_code == 302  # a reset signs nobody in


def test_another_address_needs_the_password_again_and_is_told_to_the_old_one():
    """A9, H11: adding it, and making it the one that counts."""
    efua = with_password(make_user("Efua"))
    client, _answer = sign_in(efua)
    page = reverse("account_email")

    asked = client.post(page, {"action_add": "", "email": "other@example.org"})
    unheard = Letter.objects.filter(address="other@example.org").exists()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(page, {"action_add": "", "email": "other@example.org"})
    code = client.session["account_email_verification_code"]["code"]
    proved = client.post(reverse("account_email_verification_sent"), {"code": code}, follow=True)
    with time_machine.travel(time.time() + 600):
        again = client.post(page, {"action_primary": "", "email": "other@example.org"})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(page, {"action_primary": "", "email": "other@example.org"})

    assert asked.url.startswith(reverse("account_reauthenticate")) and not unheard
    assert again.url.startswith(reverse("account_reauthenticate"))
    assert proved.redirect_chain[-1][0] == page  # where it is chosen: it is not yet
    assert f"Our e-mails still go to {efua.email}." in proved.text
    named = re.search("and select “(.+?)”", proved.text)[1]
    assert re.search(rf'<button[^>]*name="action_primary"[^>]*>\s*{named}\s*</button>', proved.text)
    assert User.objects.get(pk=efua.pk).email == "other@example.org"
    told = Letter.objects.filter(address=efua.email).values_list("template", flat=True)
    assert "account/email/email_changed" in told


@pytest.mark.parametrize("language", ["fr", "es", "pt", "ar"])
def test_the_button_that_makes_an_address_count_is_named_as_it_is_called(language):
    words = (
        "Our e-mails still go to %(address)s. To change that, choose the new address "
        "below and select “Write to this one”."
    )
    with translation.override(language):
        assert translation.gettext("Make Primary") in translation.gettext(words) != words


def test_there_is_no_account_that_nobody_made():
    """A10: migrations and reference data bring no person."""
    assert not User.objects.exists()
