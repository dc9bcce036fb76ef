"""Who may open which address: a row for every pattern, and no pattern without a row."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.contrib import admin
from django.core.files.base import ContentFile
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.closing import begin_closing
from accounts.holdings import Person
from accounts.models import DataRequest
from applications.enums import Status
from applications.models import Dossier
from exchanges.models import Exchange
from matching.models import Match
from registry import availability
from tests.factories import (
    make_agenda_key,
    make_authority,
    make_budget_line,
    make_dossier,
    make_expert,
    make_interest,
    make_letter,
    make_member,
    make_offer,
    make_officer,
    make_pause_key,
    make_picture,
    make_practice,
    make_report,
    make_session,
    make_user,
)

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
    "data-mine": [404] * 7,  # only for whoever opened a link just now
    "data-mine-copy": [404] * 7,
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
    "match-answer": POST_ONLY,
    "membership-decide": POST_ONLY,
    "membership-leave": POST_ONLY,
    "offer-step": POST_ONLY,
    "dossier": [SIGN_IN, 404, 200, 404, 404, 200, 200],
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


class World:
    """One of each thing, all of Agona West, and a person of each role."""

    def __init__(self):
        agona, neighbouring = make_authority("Agona West"), make_authority("Awutu")
        association = agona.associations.create(name="NALAG", country="GH", scope="national")
        self.expert = make_expert("Ineke")
        offer = make_offer(self.expert)
        officer_of_association = make_user("Abena")
        officer_of_association.memberships.create(
            association=association, roles=["association_officer"], status="active"
        )
        self.people = {
            "anonymous": None,
            "neighbour": make_user("Neighbour", works_for=neighbouring),
            "colleague": make_user("Efua", works_for=agona),
            "expert": self.expert.user,
            "committee": make_member("Anna"),
            "association": officer_of_association,
            "officer": make_officer("Ines"),
        }
        self.published = make_dossier(agona, status=Status.PUBLISHED)
        self.editable = make_dossier(agona, status=Status.CORRECTION_ASKED)
        self.editable.corrections.create(
            fields=[], due_on="2030-01-01", asked_at=self.editable.status_since
        )
        self.judged = make_dossier(agona, status=Status.UNDER_SELECTION)
        letter = make_letter(self.published)
        signature = self.editable.signatures.create(
            name="Mayor",
            address="m@example.org",
            asked_at=timezone.now(),
            expires_at=timezone.now() + timedelta(days=9),
        )
        together = self.editable.co_applicants.create(
            name="Awutu",
            country="GH",
            address="a@example.org",
            asked_at="2026-01-01T00:00Z",
            authority=neighbouring,
        )
        interest = self.interest = make_interest(self.published, self.expert)
        match = Match.objects.create(
            reference="MA-1", dossier=self.published, answer_by=date(2030, 1, 1), status="agreed"
        )
        match.interests.set([interest])
        employer = match.consents.create(
            side="employer", interest=interest, name="Clerk", address="clerk@example.org"
        )
        exchange = Exchange.objects.create(
            reference="EX-1",
            match=match,
            dossier=self.published,
            form="expert_mission",
            status="running",
            actual_start=timezone.localdate() - timedelta(days=4),
            actual_end=timezone.localdate(),
        )
        part = exchange.participants.create(
            name="Kofi",
            address="kofi@example.org",
            side="requesting",
            part="delegate",
            attended=True,
            confirmed_at=timezone.now(),
        )
        intern = exchange.participants.create(
            name="Esi", address="esi@example.org", side="requesting", part="intern"
        )
        of_intern = make_picture(exchange)
        of_intern.people.create(participant=intern)
        session = make_session(exchange)
        observation = session.observations.create(
            association=association, asked_at=session.changed_at
        )
        report = make_report(exchange)
        asked = exchange.evaluations.create(
            participant=part, moment="end", side="requesting", due_on=timezone.localdate()
        )
        bill = ContentFile(b"%PDF-1.4", name="a.pdf")
        paid = make_budget_line(exchange, receipt=bill, receipt_name="a.pdf")
        practice = self.practice = make_practice(exchange)
        picture = practice.photos.create(file=make_picture(exchange).file, alt="A pump")
        draft = make_practice(exchange, status="draft")
        asking = DataRequest.objects.create(address="m@example.org", asked_at=timezone.now())
        closing = begin_closing(Person.from_address("m@example.org"))
        calendar = make_agenda_key(exchange)
        reference = self.published.reference
        self.arguments = {
            "call": [self.published.call.slug],
            "begin": [self.published.call.slug],
            "paper-form": [self.published.call.slug],
            "printable-form": [self.published.call.slug],
            "opportunity": [reference],
            "pause": [make_pause_key("a@example.org", "alerts")],
            "expert": [self.expert.slug],
            "authority": [agona.slug],
            "join": ["authority", agona.slug],
            "answer-by-link": [employer.link_path.split("/")[-2]],
            "dossier": [reference],
            "dossier-step": [reference, "submit"],
            "approve-summary": [reference],
            "add-file": [reference],
            "copy": [reference],
            "delete-draft": [reference],
            "ask-signature": [self.editable.reference],
            "document": [reference],
            "availability": [availability.give_address(self.expert).key],
            "employer-agrees": [self.expert.link_path.split("/")[-2]],
            "photo": [self.expert.slug],
            "sign": [signature.link_path.split("/")[-2]],
            "together": [together.link_path.split("/")[-2]],
            "co-applicants": [self.editable.reference],
            "co-applicant": [self.editable.reference, together.pk],
            "co-applicant-named": [self.editable.reference, together.pk],
            "become-contact": [reference],
            "keep-dossier": [reference],
            "my-copy": [1],
            "data-open": [asking.link_path.split("/")[-2]],
            "data-mine-copy": [1],
            "data-keep": [closing.link_path.split("/")[-2]],
            "opinion": [reference, association.pk],
            "file": [reference, letter.token],
            "change-file": [reference, letter.token],
            "remove-file": [reference, letter.token],
            "section": [self.editable.reference, "problem"],
            "autosave": [self.editable.reference, "problem"],
            "check-answers": [self.editable.reference],
            "committee-dossier": [self.judged.reference],
            "answer": [reference],
            "interest": [reference, interest.pk],
            "interest-cv": [reference, interest.pk],
            "interest-withdraw": [reference, interest.pk],
            "match": [match.reference],
            "match-answer": [match.reference, employer.pk],
            "exchange": [exchange.reference],
            "exchange-participants": [exchange.reference],
            "exchange-participant": [exchange.reference, part.pk],
            "exchange-attendance": [exchange.reference],
            "exchange-diary": [exchange.reference],
            "learning-report": [exchange.reference, intern.pk],
            "diary-by-link": [intern.link_path.split("/")[-2]],
            "exchange-part-picture": [intern.link_path.split("/")[-2], of_intern.pk],
            "exchange-part": [intern.link_path.split("/")[-2]],
            "exchange-receipt": [exchange.reference, paid.pk],
            "exchange-pictures": [exchange.reference],
            "exchange-picture": [exchange.reference, make_picture(exchange).pk],
            "exchange-withdraw": [exchange.reference],
            "exchange-budget": [exchange.reference],
            "exchange-budget-line": [exchange.reference, make_budget_line(exchange).pk],
            "exchange-budget-approve": [exchange.reference],
            "exchange-agenda": [exchange.reference],
            "exchange-session": [exchange.reference, session.pk],
            "exchange-observe": [exchange.reference, observation.pk],
            "exchange-days": [exchange.reference],
            "exchange-terms": [exchange.reference],
            "exchange-document": [exchange.reference, "report"],
            "incident": [exchange.reference],
            "certificate": [exchange.reference, part.pk],
            "invitation": [exchange.reference, part.pk],
            "exchange-report": [exchange.reference],
            "exchange-plan": [exchange.reference],
            "exchange-approval": [exchange.reference],
            "exchange-measure-new": [exchange.reference],
            "exchange-measure": [exchange.reference, report.measure.pk],
            "measure-report": [exchange.reference, report.measure.pk],
            "evidence": [exchange.reference, report.pk],
            "follow-up": [exchange.reference, 6],
            "exchange-results": [exchange.reference],
            "practice": [practice.slug],
            "practice-photo": [practice.slug, picture.pk],
            "practices-of": [exchange.reference],
            "practice-write": [draft.slug, "en"],
            "practice-photos": [draft.slug],
            "practice-step": [draft.slug, "submit_practice"],
            "practice-agree": [draft.slug],
            "practice-used": [practice.slug],
            "practice-contact": [practice.slug],
            "agenda-by-link": [calendar],
            "impact-table": ["csv"],
            "api:practice": [practice.slug],
            "agenda-calendar": [calendar],
            "plan-by-link": [report.measure.plan.link_path.split("/")[-2]],
            "evaluate": [asked.link_path.split("/")[-2]],
            "withdraw-link": [self.expert.create_link().pk],
            "membership-decide": [1],
            "membership-leave": [1],
            "offer": [offer.pk],
            "offer-step": [offer.pk, "pause"],
        }


def test_each_role_gets_what_its_row_says(client):
    """Z1: each address by each role."""
    world = World()
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
    world = World()
    client.force_login(world.people["neighbour"])
    before = list(Dossier.objects.values_list("pk", "status", "title").order_by("pk"))
    posts = (
        "dossier-step approve-summary add-file change-file remove-file section autosave "
        "ask-signature "
        "interest interest-withdraw match-answer offer offer-step begin co-applicants co-applicant "
        "become-contact keep-dossier opinion exchange-participants exchange-participant "
        "exchange-budget "
        "exchange-attendance exchange-diary exchange-pictures exchange-withdraw "
        "exchange-budget-line exchange-budget-approve exchange-agenda "
        "exchange-session exchange-observe exchange-days exchange-terms "
        "exchange-approval exchange-measure-new "
        "exchange-measure incident invitation measure-report follow-up practices-of practice-write "
        "practice-photos practice-step practice-agree"
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
