"""Who may open which address: a row for every pattern, and no pattern without a row."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import get_resolver, reverse

from applications.models import Dossier
from tests.factories import (
    make_authority,
    make_officer,
    make_user,
)
from tests.worlds import OneOfEach

pytestmark = pytest.mark.django_db

ROLES = ["anonymous", "neighbour", "colleague", "expert", "committee", "association", "officer"]
SIGN_IN = 302  # sent to the sign-in page

# name: what each role gets on GET, in the order of ROLES. POST-only addresses answer 405.
PUBLIC = [200] * 7
SIGNED_IN = [SIGN_IN] + [200] * 6
POST_ONLY = [SIGN_IN] + [405] * 6
EXPECTED = {
    "home": PUBLIC,
    "privacy": PUBLIC,
    "calls": PUBLIC,
    "call": PUBLIC,
    "can-we-apply": PUBLIC,
    "paper-form": PUBLIC,
    "printable-form": PUBLIC,
    "opportunities": PUBLIC,
    "opportunity": PUBLIC,
    "opportunity-feed": PUBLIC,
    "opportunity-deadlines": PUBLIC,
    "alerts": SIGNED_IN,
    "letters": SIGNED_IN,
    "pause": PUBLIC,
    "experts": PUBLIC,
    "expert": PUBLIC,
    "authority": PUBLIC,
    "authorities": PUBLIC,
    "availability": PUBLIC,
    "employer-agrees": PUBLIC,
    "photo": [404] * 7,  # there is none
    "profile-confirm": POST_ONLY,
    "profile-topic": POST_ONLY,
    "profile-employer": POST_ONLY,
    "profile-calendar": POST_ONLY,
    "withdraw-link": POST_ONLY,
    "demo": PUBLIC,
    "demo-mail": PUBLIC,
    "demo-letters": PUBLIC,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    "answer-by-link": PUBLIC,
    "sign": PUBLIC,
    "sign-file": PUBLIC,
    "together": PUBLIC,
    "co-applicants": [SIGN_IN, 404, 200, 404, 404, 404, 404],
    "co-applicant": POST_ONLY,
    "co-applicant-named": [SIGN_IN, 200, 404, 404, 404, 404, 404],
    "become-contact": POST_ONLY,
    "keep-dossier": POST_ONLY,
    "my-data": SIGNED_IN,
    "my-copy": [SIGN_IN, 404, 404, 404, 404, 404, 302],  # an officer gives the code again
    "close-account": SIGNED_IN,
    "data": PUBLIC,
    "data-open": PUBLIC,
    "data-mine": [410] * 7,  # only for whoever opened a link just now
    "data-mine-copy": [410] * 7,
    "data-keep": PUBLIC,
    "opinion": POST_ONLY,
    "ask-signature": POST_ONLY,
    "demo-sign-in": [405] * 7,
    "my": SIGNED_IN,
    "account": SIGNED_IN,
    "sessions": SIGNED_IN,
    "session": SIGNED_IN,
    "memberships": SIGNED_IN,
    "join": SIGNED_IN,
    "propose-authority": SIGNED_IN,
    "profile": SIGNED_IN,
    "exchanges": SIGNED_IN,
    "begin": POST_ONLY,
    "dossier-step": POST_ONLY,
    "approve-summary": POST_ONLY,
    "add-file": POST_ONLY,
    "copy": POST_ONLY,
    "delete-draft": POST_ONLY,
    "autosave": [405] * 7,
    "change-file": POST_ONLY,
    "remove-file": POST_ONLY,
    "answer": POST_ONLY,
    "interest-withdraw": POST_ONLY,
    "interest-correct": POST_ONLY,
    "match-answer": POST_ONLY,
    "membership-decide": POST_ONLY,
    "membership-leave": POST_ONLY,
    "offer-step": POST_ONLY,
    "dossier": [SIGN_IN, 404, 200, 404, 404, 200, 200],
    "withdraw-file": [SIGN_IN, 404, 404, 404, 404, 404, 200],
    "file": [SIGN_IN, 404, 200, 404, 404, 200, 200],
    "document": [SIGN_IN, 404, 200, 404, 404, 200, 200],
    "section": [SIGN_IN, 404, 200, 404, 404, 404, 404],
    "check-answers": [SIGN_IN, 404, 200, 404, 404, 404, 404],
    "committee": [SIGN_IN, 404, 404, 404, 200, 404, 404],
    "committee-dossier": [SIGN_IN, 404, 404, 404, 200, 404, 404],
    "association": [SIGN_IN, 403, 403, 403, 403, 200, 403],
    "interest-cv": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "interest": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "match": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "directory": [SIGN_IN, 403, 200, 200, 403, 403, 200],
    "exchange": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-participants": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-participant": [SIGN_IN, 404, 200, 404, 404, 404, 200],
    "exchange-attendance": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-diary": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "learning-report": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "diary-by-link": PUBLIC,
    "exchange-part": PUBLIC,
    "exchange-part-picture": PUBLIC,
    "exchange-receipt": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-pictures": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-picture": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-withdraw": [SIGN_IN, 404, 404, 404, 404, 404, 200],
    "exchange-budget": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-budget-line": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-budget-approve": POST_ONLY,
    "exchange-agenda": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-session": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-observe": POST_ONLY,
    "exchange-days": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-terms": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "exchange-document": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "incident": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "certificate": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "invitation": POST_ONLY,
    "exchange-report": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-plan": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-approval": POST_ONLY,
    "exchange-measure-new": [SIGN_IN, 404, 200, 404, 404, 404, 200],
    "exchange-measure": [SIGN_IN, 404, 200, 404, 404, 404, 200],
    "measure-report": [SIGN_IN, 404, 200, 404, 404, 404, 200],
    "evidence": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "follow-up": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "exchange-results": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "agenda-by-link": PUBLIC,
    "agenda-worker": PUBLIC,
    "impact": PUBLIC,
    "association-shared": [SIGN_IN, 403, 403, 403, 403, 200, 403],
    "association-digest": [SIGN_IN, 403, 403, 403, 403, 200, 403],
    "impact-exchanges": PUBLIC,
    "impact-dossiers": PUBLIC,
    "impact-steps": PUBLIC,
    "world": PUBLIC,
    "impact-table": PUBLIC,
    "impact-report": PUBLIC,
    "open-data": PUBLIC,
    "data-dictionary": PUBLIC,
    "iati": PUBLIC,
    "api-docs": PUBLIC,
    "api:openapi-json": PUBLIC,
    "api:api-root": [404] * 7,
    "no-such-api": [404] * 7,
    "api:opportunities": PUBLIC,
    "api:practices": PUBLIC,
    "api:practice": PUBLIC,
    "api:exchanges": PUBLIC,
    "api:figures": PUBLIC,
    "practices": PUBLIC,
    "practice-feed": PUBLIC,
    "practice": PUBLIC,
    "practice-photo": PUBLIC,
    "practices-of": [SIGN_IN, 404, 200, 200, 404, 200, 200],
    "practice-write": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "practice-withdraw": [SIGN_IN, 404, 404, 404, 404, 404, 200],
    "practice-photos": [SIGN_IN, 404, 200, 200, 404, 404, 200],
    "practice-step": POST_ONLY,
    "practice-agree": POST_ONLY,
    "practice-used": POST_ONLY,
    "practice-contact": POST_ONLY,
    "agenda-calendar": PUBLIC,
    "plan-by-link": PUBLIC,
    "evaluate": PUBLIC,
    "events": PUBLIC,
    "events-calendar": PUBLIC,
    "offer-new": [SIGN_IN, 404, 404, 200, 404, 404, 404],
    "offer": [SIGN_IN, 404, 404, 200, 404, 404, 404],
}
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


def test_each_role_gets_what_its_row_says(client):
    """Z1: each address by each role."""
    world = OneOfEach()
    got = {}

    for name in EXPECTED:
        url = reverse(name, args=world.arguments.get(name, []))
        got[name] = []
        for role in ROLES:
            client.logout()
            if person := world.people[role]:
                client.force_login(person)
            got[name].append(client.get(url).status_code)

    assert got == EXPECTED


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


def admin_pages():
    return [
        reverse(f"admin:{name}")
        for name in (
            "index",
            "applications_dossier_changelist",
            "applications_call_changelist",
            "matching_dossiertomatch_changelist",
            "matching_matchrun_changelist",
            "matching_match_changelist",
            "exchanges_exchange_changelist",
            "exchanges_incident_changelist",
            "practices_practice_changelist",
            "registry_authority_changelist",
            "registry_membership_changelist",
            "registry_expert_changelist",
            "registry_offer_changelist",
            "registry_theme_changelist",
            "registry_association_changelist",
            "notifications_letter_changelist",
            "accounts_user_changelist",
            "accounts_user_look_up",
            "accounts_user_goes",
            "accounts_erasure_changelist",
            "accounts_closing_changelist",
        )
    ]


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
