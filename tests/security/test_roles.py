"""Who may open which address: a row for every pattern, and no pattern without a row."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.test import Client
from django.urls import get_resolver, reverse

from applications.models import Dossier
from tests.addresses import EVERY_SIXTH, EVERY_THIRD, EXPECTED, ROLES, admin_pages, names_for
from tests.factories import make_authority, make_officer, make_user
from tests.worlds import OneOfEach, signed_in

pytestmark = pytest.mark.django_db

# allauth has its own tests; the admin is tested below
OTHERS_OWN = ("account_", "mfa_", "usersessions_", "admin")


def names():
    def walk(patterns, namespace=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, pattern.namespace or namespace)
            else:
                yield f"{namespace}:{pattern.name}" if namespace else str(pattern.name)

    return {name for name in walk(get_resolver().url_patterns) if not name.startswith(OTHERS_OWN)}


def test_every_address_has_its_row():
    assert names() == set(EXPECTED)


def browser_of(person):
    return signed_in(person) if person else Client()


def statuses_for(role, names, world):
    """Return {name: status code} of the pages of these names for a role."""
    browser = browser_of(world.people[role])
    arguments = world.arguments
    return {
        name: browser.get(reverse(name, args=arguments.get(name, []))).status_code for name in names
    }


def expected_for(role, names):
    return {name: EXPECTED[name][ROLES.index(role)] for name in names}


@EVERY_SIXTH
def test_each_role_gets_what_its_row_says(apart):
    """Z1: each address by each role."""
    world = OneOfEach()
    names = {role: names_for(role, apart) for role in ROLES}

    got = {role: statuses_for(role, names[role], world) for role in ROLES}

    assert got == {role: expected_for(role, names[role]) for role in ROLES}
    assert set().union(*names.values()) == set(EXPECTED)


@EVERY_THIRD
@pytest.mark.parametrize("role", ["anonymous", "colleague", "officer"])
def test_each_page_answers_as_ever_while_redis_is_away(no_redis, role, apart):
    names = names_for(role, apart)

    assert statuses_for(role, names, OneOfEach()) == expected_for(role, names)


def test_a_neighbour_can_post_nothing_to_the_things_of_another_town(client):
    """Z2: the things of another town, by their keys."""
    world = OneOfEach()
    client.force_login(world.people["neighbour"])
    before = list(Dossier.objects.values_list("pk", "status", "title").order_by("pk"))
    posts = (
        "dossier-step approve-summary add-file change-file remove-file withdraw-file section "
        "autosave ask-signature "
        "interest interest-withdraw interest-correct match-answer offer offer-step begin "
        "co-applicants co-applicant "
        "become-contact keep-dossier opinion exchange-participants exchange-participant "
        "exchange-budget "
        "exchange-attendance exchange-diary exchange-pictures exchange-withdraw "
        "exchange-budget-line exchange-budget-approve exchange-agenda "
        "exchange-session exchange-observe exchange-days exchange-terms "
        "exchange-approval exchange-measure-new "
        "exchange-measure incident invitation measure-report follow-up practices-of practice-write "
        "practice-photos practice-withdraw practice-step practice-agree"
    ).split()

    answers = {
        client.post(reverse(name, args=world.arguments[name]), {"answer": "yes"}).status_code
        for name in posts
    }

    assert answers == {404}
    assert list(Dossier.objects.values_list("pk", "status", "title").order_by("pk")) == before


def test_the_admin_opens_to_officers_with_a_second_factor_and_to_nobody_else(client):
    officer, plain = make_officer(), make_user("Efua", works_for=make_authority())
    passwordless = make_officer("New officer")
    passwordless.authenticator_set.all().delete()

    def codes(user):
        client.force_login(user)
        return {client.get(page).status_code for page in admin_pages()}

    assert codes(officer) == {200}
    assert codes(plain) == {302}
    assert codes(passwordless) == {302}
    assert client.get(admin_pages()[0]).url == reverse("mfa_activate_totp")


def test_no_list_of_a_library_is_changed_in_the_admin():
    """Rights, addresses, sessions and second factors are changed by our rules alone."""
    apart = {model._meta.app_label for model in admin.site._registry}
    ours = {app.label for app in apps.get_app_configs() if "site-packages" not in app.path}

    assert apart <= ours
