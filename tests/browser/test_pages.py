"""Every page in a real browser: no axe violation, no console error, nothing from elsewhere."""

from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from playwright.sync_api import expect

from accounts import copies
from accounts.closing import begin_closing
from accounts.holdings import Person
from accounts.models import DataRequest
from applications.enums import Status
from applications.models import Dossier
from applications.sections import SECTIONS
from connect import exports
from docs.make_styles import SHEET, bootstrap, class_names
from engine.criteria import CRITERIA
from exchanges.models import ActionPlan
from matching import alerts
from matching.runs import rank_waiting, request_run
from notifications.outbox import post_letter
from notifications.sending import send_waiting_letters
from tests.browser.visits import sign_in
from tests.factories import (
    make_agenda_key,
    make_budget_line,
    make_dossier,
    make_expert,
    make_interest,
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
from tests.worlds import Table

pytestmark = pytest.mark.django_db(transaction=True)

NOT_HERE = "/en/nothing-here/"
VIOLATIONS = {"resultTypes": ["violations"]}  # not a megabyte of what is right


def listen(page, site):
    """Collect what the console says, and what is asked of other hosts or not found here."""
    heard = []

    def note(message):
        # A page that is not found says so by its status: that is no trouble of the page's own.
        if message.type in ("error", "warning") and "404 (Not Found)" not in message.text:
            heard.append(message.text)

    def answered(response):
        if not response.url.startswith((site, "data:")):
            heard.append(f"elsewhere: {response.url}")
        if response.status >= 400 and "/static/" in response.url:
            heard.append(f"{response.status}: {response.url}")

    page.on("console", note)
    page.on("response", answered)
    return heard


def pages_of(exchange):
    """The pages of an exchange, with something on each."""
    association = exchange.dossier.authority.associations.create(
        name="Association of districts", country="GH", scope="national"
    )
    session, report = make_session(exchange, is_public=True), make_report(exchange)
    session.observations.create(association=association, asked_at=session.changed_at)
    type(exchange).objects.filter(pk=exchange.pk).update(status="running")
    ActionPlan.objects.update(asked_at=session.changed_at)
    exchange.terms.create(number=1, purpose="A by-law.", at=session.changed_at)
    person = exchange.participants.first()
    exchange.evaluations.create(
        participant=person, moment="end", side=person.side, due_on=timezone.localdate()
    )
    arguments = {
        "exchange-participant": [exchange.participants.filter(side="requesting").first().pk],
        "exchange-session": [session.pk],
        "exchange-budget-line": [make_budget_line(exchange).pk],
        "exchange-measure": [report.measure.pk],
        "measure-report": [report.measure.pk],
        "follow-up": [6],
    }
    names = (
        "participants attendance diary pictures budget agenda days terms plan report measure-new "
        "results"
    )
    intern = exchange.participants.create(
        name="Esi", address="esi@example.org", side="requesting", part="intern"
    )
    intern.diary.create(
        day=timezone.localdate(), did="I read.", learnt="Much.", changed_at=session.changed_at
    )
    make_picture(exchange)
    exchange.incidents.create(
        happened_on="2026-05-01",
        kind="data_breach",
        severity=3,
        account="A list was lost.",
        reported_at=session.changed_at,
    )
    return [
        *[reverse(f"exchange-{name}", args=[exchange.reference]) for name in names.split()],
        f"/{get_language()}{intern.link_path}diary/",
        f"/{get_language()}{intern.link_path}",
        *[reverse(name, args=[exchange.reference, *args]) for name, args in arguments.items()],
        reverse("incident", args=[exchange.reference]),
    ]


def pages():
    """One page of every kind: (who, address)."""
    table = Table()
    agona, efua, ineke = table.agona, table.efua, table.ineke
    draft = make_dossier(agona)
    published = make_dossier(agona, status=Status.PUBLISHED)
    judged = make_dossier(status=Status.UNDER_SELECTION)
    file = make_dossier(agona, status=Status.ELIGIBILITY_CHECK)
    offer = make_offer()
    answer = make_interest(published, make_expert(), status="draft")
    request_run(published.pk)
    now = timezone.now()
    rank_waiting(now)
    association = agona.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    anna = make_member("Anna")
    link = table.of("employer").link_path
    together = draft.co_applicants.create(
        name="Awutu Senya", country="GH", contact="Ama", address="ama@example.org", asked_at=now
    )
    exchange_table = Table()
    for side in ("applicant", "expert", "employer"):
        exchange_table.answer(side)
    exchange = exchange_table.match.exchange
    practice, draft_practice = make_practice(exchange), make_practice(exchange, status="review")
    practice.uses.create(authority=agona, words="We did the same.", at=now, accepted_at=now)
    type(practice).objects.filter(pk=practice.pk).update(
        related=[make_practice(exchange, title="Another licence").pk]
    )
    alerts.create_alert(efua, QueryDict("q=latrines&country=GH"))
    post_letter("profile_confirm", key="page", to=[efua], path="/account/")
    send_waiting_letters(timezone.now())
    ines = make_officer()
    for format in ("csv", "xlsx"):
        exports.request_export("applications.dossier", Dossier.objects.all(), format, actor=ines)
    exports.write_exports()
    copies.request_copy(Person.from_user(efua))
    copies.write_copies()
    asking = DataRequest.objects.create(address="m@example.org", asked_at=now)
    closing = begin_closing(Person.from_address("m@example.org"))
    exports.request_export("applications.dossier", Dossier.objects.all(), "csv", actor=ines)
    reference = published.reference
    desk_page = reverse("admin:matching_desk", args=[published.pk])
    letter_words = reverse("admin:notifications_letter_change_words", args=["dossier_submit", "fr"])
    policy_room = reverse("admin:matching_policy", args=[published.call.pk])
    caps = {"per_expert": 1, "per_authority": 3, "per_country": 0, "rules": ["form"]}
    tried = caps | {f"weight_{name}": 10 for name in CRITERIA}
    return [
        (None, reverse("home")),
        (None, reverse("privacy")),
        (None, reverse("accessibility")),
        (None, reverse("calls")),
        (None, reverse("call", args=[draft.call.slug])),
        (None, reverse("opportunities")),
        (None, reverse("opportunity", args=[reference])),
        (None, reverse("experts")),
        (None, reverse("expert", args=[offer.expert.slug])),
        (offer.expert.user, reverse("expert", args=[offer.expert.slug])),
        (None, reverse("authorities")),
        (None, f"/{get_language()}{offer.expert.link_path}"),
        (ines, reverse("admin:applications_call_committee", args=[judged.call.pk])),
        (ines, reverse("admin:applications_call_change", args=[judged.call.pk])),
        (ines, reverse("admin:applications_dossier_export")),
        (ines, reverse("admin:exports")),
        (None, reverse("authority", args=[agona.slug])),
        (None, reverse("demo")),
        (None, reverse("demo-mail")),
        (None, reverse("demo-letters")),
        (None, reverse("account_login")),
        (None, reverse("account_signup")),
        (None, reverse("account_reset_password")),
        (None, f"/{get_language()}{link}"),
        (None, NOT_HERE),
        (efua, reverse("my")),
        (efua, reverse("account")),
        (efua, reverse("letters")),
        (efua, reverse("sessions")),
        (efua, reverse("account_email")),
        (efua, reverse("my-data")),
        (efua, reverse("close-account")),
        (None, reverse("data")),
        (None, f"/{get_language()}{asking.link_path}"),
        (None, f"/{get_language()}{closing.link_path}"),
        (ines, reverse("admin:accounts_user_look_up")),
        (ines, reverse("admin:accounts_user_held", args=[efua.pk])),
        (ines, reverse("admin:accounts_user_goes")),
        (efua, reverse("alerts")),
        (efua, reverse("opportunities") + "?q=latrines"),
        (None, f"/{get_language()}/letters/pause/{make_pause_key('a@example.org', 'alerts')}/"),
        (efua, reverse("memberships") + "?q=agona"),
        (efua, reverse("join", args=["authority", ineke.authority.slug])),
        (efua, draft.get_absolute_url()),
        *[(efua, reverse("section", args=[draft.reference, slug])) for slug in SECTIONS],
        (efua, reverse("co-applicants", args=[draft.reference])),
        (None, f"/{get_language()}{together.link_path}"),
        (abena, published.get_absolute_url()),
        (efua, reverse("check-answers", args=[draft.reference])),
        (efua, published.get_absolute_url()),
        (efua, table.match.get_absolute_url()),
        (exchange_table.efua, exchange.get_absolute_url()),
        (exchange_table.efua, reverse("exchanges")),
        (exchange_table.efua, reverse("directory")),
        *[(exchange_table.efua, address) for address in pages_of(exchange)],
        (None, reverse("agenda-by-link", args=[make_agenda_key(exchange)])),
        (None, reverse("events")),
        (None, reverse("practices")),
        (None, reverse("impact")),
        (None, reverse("impact-exchanges")),
        (None, reverse("impact-exchanges") + "?figure=done"),
        (None, reverse("impact-dossiers")),
        (None, reverse("impact-steps")),
        (None, reverse("data-dictionary")),
        (None, reverse("api-docs")),
        (None, practice.get_absolute_url()),
        (exchange_table.efua, practice.get_absolute_url()),
        (exchange_table.efua, reverse("practices-of", args=[exchange.reference])),
        (exchange_table.efua, draft_practice.get_absolute_url()),
        (exchange_table.efua, reverse("practice-write", args=[draft_practice.slug, "en"])),
        (exchange_table.efua, reverse("practice-write", args=[draft_practice.slug, "fr"])),
        (exchange_table.efua, reverse("practice-photos", args=[draft_practice.slug])),
        (ines, reverse("admin:practices_practice_changelist")),
        (None, f"/{get_language()}{exchange.plan.link_path}"),
        (None, f"/{get_language()}{exchange.evaluations.get().link_path}"),
        (answer.expert.user, answer.get_absolute_url()),
        (offer.expert.user, reverse("profile")),
        (offer.expert.user, reverse("offer", args=[offer.pk])),
        (abena, reverse("association")),
        (abena, reverse("association-shared")),
        (anna, reverse("committee")),
        (anna, reverse("committee-dossier", args=[judged.reference])),
        (ines, reverse("admin:applications_dossier_change", args=[file.pk])),
        (ines, reverse("admin:matching_desk", args=[published.pk])),
        (ines, desk_page + "?try=1&" + urlencode(tried, doseq=True)),
        (ines, desk_page + f"?compare={offer.pk}"),
        (ines, policy_room + "?try=1&" + urlencode(tried, doseq=True)),
        (ines, policy_room + "?learn=1"),
        (ines, reverse("admin:exchanges_exchange_change", args=[exchange.pk])),
        (ines, reverse("admin:index")),
        (ines, reverse("admin:find")),
        (ines, reverse("admin:find") + "?q=agona"),
        (ines, reverse("admin:find") + "?q=agona&kind=people"),
        (ines, reverse("admin:accounts_user_person", args=[exchange_table.efua.pk])),
        (ines, reverse("admin:registry_authority_about", args=[exchange_table.agona.pk])),
        (ines, reverse("admin:notifications_letter_held")),
        (ines, reverse("admin:notifications_letter_holding")),
        (ines, reverse("admin:work")),
        (ines, reverse("admin:notifications_letter_words")),
        (ines, reverse("admin:notifications_letter_changelist")),
        (ines, letter_words),
        (ines, reverse("admin:notifications_letter_expected")),
        (ines, reverse("admin:applications_dossier_changelist")),
        (ines, reverse("admin:applications_dossier_type_in")),
        (ines, reverse("admin:registry_authority_import")),
    ]


# Of tables that a phone shows as blocks; others scroll. Their heads are clipped there, and each
# cell says its own.
CELLS_OUT_OF_SIGHT = """width => [...document.querySelectorAll(".stacked tbody :is(th, td)")].some(
    cell => cell.getBoundingClientRect().right > width || cell.getBoundingClientRect().left < 0)"""

# In every language, at a width and in a scheme of its own: each page in one of them; all pages in
# all of them by `make audit`.
WALKS = [
    ("en", 1280, "light"),
    *(("fr", 360, "dark"), ("es", 320, "light"), ("pt", 768, "light")),
    *(("ar", 1280, "light"), ("ar", 360, "dark")),  # from right to left
]
PARTS = [(*walk, number, len(WALKS)) for number, walk in enumerate(WALKS)]
WHOLE = [pytest.param(*walk, 0, 1, marks=pytest.mark.audit) for walk in WALKS]
CLASSES = "[...document.querySelectorAll('[class]')].flatMap(one => [...one.classList])"


@pytest.mark.long
@pytest.mark.parametrize(("language", "width", "scheme", "first", "step"), PARTS + WHOLE)
def test_every_page_is_accessible_quiet_and_fits(
    site, browser, language, width, scheme, first, step
):
    with translation.override(language):
        visits = pages()[first::step]
    troubles, contexts, classes = [], {}, set()

    for person, address in visits:
        if person not in contexts:  # one for each, as a browser keeps what it has loaded
            contexts[person] = browser.new_context(
                viewport={"width": width, "height": 800},
                locale=language,  # of the desk, whose addresses have none
            )
            if person is not None:
                sign_in(contexts[person], Client(), person, site)
        page = contexts[person].new_page()
        page.emulate_media(color_scheme=scheme)
        heard = listen(page, site)
        response = page.goto(site + address)
        if response.status != (404 if address == NOT_HERE else 200):
            heard.append(f"status {response.status}")
        spoken = list(heard)  # by the page itself: axe reads stylesheets in a way that is heard too
        broken = Axe().run(page, options=VIOLATIONS).response["violations"]
        if "/admin/" not in address:  # the desk stands on the admin's own sheet
            classes.update(page.evaluate(CLASSES))
        wide = page.evaluate("document.documentElement.scrollWidth") > width
        wide = wide or page.evaluate(CELLS_OUT_OF_SIGHT, width)
        if spoken or broken or (wide and "/admin/" not in address):
            rules = [(rule["id"], rule["nodes"][0]["html"][:120]) for rule in broken]
            troubles.append((address, spoken, rules, "too wide" if wide else ""))
        page.close()
    for context in contexts.values():
        context.close()

    assert not troubles, "\n".join(map(str, troubles))
    kept = class_names(SHEET.read_text(encoding="utf-8"))
    assert classes & class_names(bootstrap()[0]) - kept == set()


def test_a_dossier_is_written_without_javascript_by_keyboard(site, browser, client):
    table = Table()
    draft = make_dossier(table.agona)
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, client, table.efua, site)
    page = context.new_page()
    page.goto(site + reverse("section", args=[draft.reference, "problem"]))

    page.get_by_label("What is the problem").fill("Short, but kept.")
    page.get_by_label("What is the problem").press("Tab")
    page.keyboard.press("Enter")  # an example unfolds
    expect(page.get_by_text("Cholera came back")).to_be_visible()
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert "Objectives" in page.title()
    assert draft.drafts.get(section="problem").raw["problem"] == ["Short, but kept."]
    page.goto(site + reverse("check-answers", args=[draft.reference]))
    page.get_by_role("link", name="What is the problem").click()
    assert page.get_by_label("What is the problem").input_value() == "Short, but kept."


def test_rows_are_added_and_taken_out_without_javascript(site, browser, client):
    table = Table()
    draft = make_dossier(table.agona)
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, client, table.efua, site)
    page = context.new_page()
    address = site + reverse("section", args=[draft.reference, "objectives"])
    page.goto(address)

    page.get_by_text("Add: Specific objective 2").click()
    page.get_by_label("Specific objective 2").fill(
        "A site that neighbours agreed to, with its cost."
    )
    page.get_by_label("Specific objective 2").press("Tab")
    with page.expect_navigation():
        page.get_by_role("button", name="Save and continue").click()
    page.goto(address)
    with page.expect_navigation():
        page.get_by_role("button", name="Remove Specific objective 1").click()

    expect(page.get_by_text("The row has been removed.")).to_be_visible()
    assert page.get_by_label("Specific objective 1").input_value().startswith("A site that")
    draft.refresh_from_db()
    assert draft.specific_objectives == ["A site that neighbours agreed to, with its cost."]
