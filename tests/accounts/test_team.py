"""How a colleague joins the programme team: an administrator adds them on the desk."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.urls import reverse
from lxml import html

from accounts.models import User
from applications.models import Dossier
from notifications.models import Letter
from tests.factories import make_authority, make_dossier, make_officer, make_user
from tests.security.sign_in import enter, make_administrator, with_password
from tests.worlds import signed_in

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


def test_each_role_is_shown_and_can_be_ended_where_it_was_given_and_that_is_on_record():
    vera, samuel = make_administrator("Vera"), make_user("Samuel Okello")
    desk = enter(vera)
    desk.post(reverse(PAGE), LENA | {"address": samuel.email, "role": "administrator"})
    desk.post(reverse(PAGE), LENA | {"address": samuel.email, "role": "committee"})
    person = reverse("admin:accounts_user_person", args=[samuel.pk])
    account = reverse("admin:accounts_user_change", args=[samuel.pk])
    every_role = "programme officer, administrator, member of the selection committee"

    shown = desk.get(person).text, desk.get(reverse("admin:accounts_user_changelist")).text
    theirs = signed_in(samuel)
    kept = {"name": samuel.name, "language": "en", "is_active": "on", "is_staff": "on"}
    desk.post(account, kept | {"groups": Group.objects.get(name="committee").pk})
    record = desk.get(reverse("admin:accounts_user_history", args=[samuel.pk])).text

    assert all(every_role in page for page in shown)
    samuel.refresh_from_db()
    assert roles_of(samuel) == (True, False, ["committee", "officers"])
    assert "Role ended: administrator" in record
    assert theirs.get(reverse("my")).status_code == 302
    assert "administrator" not in html.fromstring(desk.get(person).text).xpath("string(//dl)")

    desk.post(account, {"name": samuel.name, "language": "en", "is_active": "on"})
    assert roles_of(User.objects.get(pk=samuel.pk)) == (False, False, [])


def test_a_corrected_telephone_of_an_officer_is_no_change_of_rights():
    """Each save of an officer's account was one of rights: it signed them out everywhere."""
    desk, tomas = enter(make_administrator("Vera")), make_administrator("Tomas")
    for role in ("administrator", "committee"):
        desk.post(reverse(PAGE), LENA | {"address": tomas.email, "role": role})
    account = reverse("admin:accounts_user_change", args=[tomas.pk])
    record = reverse("admin:accounts_user_history", args=[tomas.pk])

    desk.post(
        account,
        {
            **{"name": "Tomas", "language": "en", "is_active": "on"},
            **{"is_staff": "on", "is_superuser": "on"},
            **{"phone": "+31 6 12345678", "groups": Group.objects.get(name="committee").pk},
        },
    )

    tomas.refresh_from_db()
    assert tomas.phone and roles_of(tomas) == (True, True, ["committee", "officers"])
    changed = html.fromstring(desk.get(record).text).xpath("string(//main)")
    assert "elephone" in changed and "roups" not in changed


def test_a_telephone_that_staff_type_is_one_of_the_country_where_its_person_works():
    efua = make_user("Efua", works_for=make_authority(country="GH"))
    account = reverse("admin:accounts_user_change", args=[efua.pk])
    typed = {"name": "Efua", "language": "en", "is_active": "on", "phone": "024 123 4567"}

    answer = enter(make_administrator("Vera")).post(account, typed)

    efua.refresh_from_db()
    assert (answer.status_code, efua.phone) == (302, "+233 24 123 4567")


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"is_active": "on", "is_staff": "on"}, "Vera is the only administrator"),
        ({"is_staff": "on", "is_superuser": "on"}, "Vera is the only administrator"),
        ({"is_active": "on", "is_superuser": "on"}, "An administrator is a programme officer"),
    ],
)
def test_the_last_administrator_stays_one(fields, refusal):
    vera = make_administrator("Vera")
    account = reverse("admin:accounts_user_change", args=[vera.pk])

    page = enter(vera).post(account, {"name": "Vera", "language": "en"} | fields)

    assert refusal in page.text
    assert User.objects.get(pk=vera.pk).is_superuser


def test_no_page_sends_an_administrator_to_an_administrator():
    """“Ask an administrator for further members” stood on the page of one, who can add them."""
    templates = Path(settings.BASE_DIR, "templates")
    asks = re.compile(r"\b(?:ask|tell) (?:an|the) administrator", re.IGNORECASE)

    wrong = [
        (path.name, found.group())
        for path in sorted(templates.rglob("*.html"))
        for line in path.read_text().splitlines()
        for found in asks.finditer(line)
        if "{% if user.is_superuser %}" not in line[: found.start()]
    ]

    assert wrong == []


def test_who_has_the_role_already_is_not_added_again():
    """An officer was “added” once more, and read that she was one now."""
    desk, tomas = enter(make_administrator("Vera")), make_officer("Tomas")

    refused = desk.post(reverse(PAGE), LENA | {"address": tomas.email}, follow=True).text

    assert "Tomas has this role already: programme officer." in refused
    assert not Letter.objects.filter(template="team_joined").exists()


def test_files_of_an_officer_who_leaves_are_counted_and_listed_until_taken_over():
    """Fifteen files had no officer after one tick, and no page said so."""
    desk, tomas = enter(make_administrator("Vera")), make_officer("Tomas")
    going_on, over = (make_dossier(status=status) for status in ("under_selection", "closed"))
    Dossier.objects.update(case_officer=tomas)
    account = reverse("admin:accounts_user_change", args=[tomas.pk])

    page = desk.post(account, {"name": "Tomas", "language": "en", "is_staff": "on"}, follow=True)

    listed = desk.get(reverse("admin:applications_dossier_changelist"), {"waits": "left"}).text
    assert "Tomas was the officer of 1 file that goes on" in page.text
    assert "Files whose officer has left" in desk.get(reverse("admin:index")).text
    assert [one.reference in listed for one in (going_on, over)] == [True, False]
