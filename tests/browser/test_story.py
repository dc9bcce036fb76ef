"""A dossier from empty to a published practice and the figures, in the browser.

Six people click, in French and in English; nothing is posted behind their backs.
"""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from playwright.sync_api import expect

from applications.enums import GRID, Check
from applications.models import Dossier
from applications.sections import SECTIONS
from exchanges.enums import Criterion, Readiness
from exchanges.models import Exchange
from matching.runs import rank_waiting
from practices.models import Practice
from tests.browser.visits import sign_in
from tests.exchanges.pages import measure_data
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_expert,
    make_member,
    make_offer,
    make_officer,
    make_user,
    pdf_of,
    section_data,
)
from tests.practices.texts import WORDS, drawing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def seat(site, browser):
    """A function that gives a person a page in their language; None for whoever comes by."""

    def page_of(person):
        context = browser.new_context(locale=person.language if person else "en")
        if person:
            sign_in(context, Client(), person, site)
        page = context.new_page()
        page.set_default_timeout(30_000)
        return page

    return page_of


def fill(page, data):
    """Type into every field of a section, opening rows as a person would."""
    for name, value in data.items():
        field = page.locator(f"[name='{name}']")
        kind = field.first.evaluate("field => field.type")
        if not field.first.is_visible():  # a row that is still folded
            field.first.evaluate("field => field.closest('details').open = true")
        if kind == "radio":
            page.locator(f"[name='{name}'][value='{value}']").check()
        elif kind == "checkbox":
            field.check()
        elif kind.startswith("select"):
            field.select_option(value)
        else:
            field.fill(value)


def press(page, words):
    with page.expect_navigation():
        page.get_by_role("button", name=words, exact=True).click()


def confirm(page, words):
    """Take a step of the desk: unfold what comes of it, then press its button."""
    page.locator("aside summary").get_by_text(words, exact=True).click()
    press(page, words)


def send(page, address, verb=None, **data):
    """Fill in the form that goes to an address, folded away or not, and send it by its button."""
    path = address.removeprefix("/en")
    there = f"[formaction$='{path}']"  # a button of a form that several steps share
    form = page.locator(f"form[action$='{path}'], form:has({there})").first
    form.evaluate(UNFOLD)
    fill(form, data)
    ours = there if form.locator(there).count() else "button"
    button = form.locator(f"button[value='{verb}']" if verb else ours).first
    button.evaluate(UNFOLD)
    with page.expect_navigation():
        button.click()


UNFOLD = "form => { const more = form.closest('details'); if (more) more.open = true; }"


def in_french(site, name, *args):
    with translation.override("fr"):
        return site + reverse(name, args=args)


def choose(page, name, value):
    """Press the first button of this name whose value begins so: that of a row names it, too."""
    with page.expect_navigation():
        page.locator(f"button[name='{name}'][value^='{value}']").first.click()


def find_a_colleague(site, seat, dossier, hers, theirs):
    """From validated to agreed: published, answered from the board, chosen, agreed by all sides."""
    jan = make_expert("Jan", make_authority("Almere", country="NL"), languages={"fr": "C1"})
    make_offer(jan, language="fr")
    hers.reload()
    send(hers, reverse("approve-summary", args=[dossier.reference]))
    at_work = reverse("admin:applications_dossier_change", args=[dossier.pk])
    theirs.goto(site + at_work)
    closes_on = (timezone.localdate() + timedelta(days=30)).isoformat()
    theirs.locator("summary", has_text="Publish the request").click()
    fill(theirs, {"publish-closes_on": closes_on})
    press(theirs, "Publish the request")

    his = seat(jan.user)
    his.goto(site + reverse("opportunities"))
    his.get_by_role("link", name=re.compile("Organiser la vidange")).click()
    press(his, "Answer this request")
    words = "I set up scheduled emptying with six operators and wrote the tariff. " * 3
    fill(his, dict.fromkeys(["motivation", "comparable_case", "approach"], words))
    cv = {"name": "cv.pdf", "mimeType": "application/pdf", "buffer": pdf_of("cv")}
    his.locator("[name=cv]").set_input_files(cv)
    press(his, "Send my answer")

    rank_waiting(timezone.now())  # the worker's
    theirs.goto(site + reverse("admin:matching_desk", args=[dossier.pk]))
    choose(theirs, "verb", "screen")
    theirs.locator("summary", has_text="Shortlist by way of exception").click()
    theirs.get_by_label("Why can this rule be waived?").fill("He works in French every day.")
    choose(theirs, "verb", "shortlist")
    theirs.locator("summary", has_text="Close to new answers and choose").click()
    press(theirs, "Yes, close it and choose")
    theirs.locator("[name=interest][type=checkbox]").first.check()
    fill(theirs, {"note": "He has done the same, in French."})
    press(theirs, "Propose and ask every side")

    match = dossier.matches.get()
    asked = {consent.side: consent for consent in match.consents.all()}
    for page in (his, hers):
        page.goto(site + match.get_absolute_url())
        fill(page, {"answer": "yes"})
        press(page, "Send my answer")
    employer = seat(None)
    employer.goto(f"{site}/en{asked['employer'].link_path}")
    fill(employer, {"answer": "yes"})
    press(employer, "Send my answer")
    return his


def hold_the_exchange(site, exchange, hers, theirs):
    """From agreed to evaluated, by the steps of the staff's room."""
    room = reverse("admin:exchanges_exchange_change", args=[exchange.pk])
    today = exchange.local_day(timezone.now())  # in Brussels the next day may have begun
    theirs.goto(site + room)
    days = {"planned_start": today.isoformat(), "planned_end": today.isoformat()}
    fill(theirs, days | {"place": "Ziniaré"})
    for code in Readiness.values:
        theirs.locator(f"[name=checklist][value='{code}']").check()
    fill(theirs, {"settled_why": "A day online first, as both sides wished."})
    press(theirs, "Save the plan")
    theirs.locator("[name=meant]").check()  # it is not when the application asked for
    press(theirs, "Save the plan")
    for verb in ("plan", "get_ready", "start", "complete"):
        send(theirs, reverse("admin:exchanges_exchange_step", args=[exchange.pk, verb]))

    hers.goto(in_french(site, "exchange-measure-new", exchange.reference))
    due_on = (today + timedelta(days=200)).isoformat()
    fill(hers, measure_data(due_on=due_on, target="6"))
    press(hers, "Enregistrer")
    measure = exchange.plan.measures.get()
    hers.goto(in_french(site, "measure-report", exchange.reference, measure.pk))
    said = {"status": "done", "progress": "100", "value": "6", "comment": "Six operators."}
    fill(hers, {f"m{measure.pk}-{name}": value for name, value in said.items()})
    by_law = {"name": "law.pdf", "mimeType": "application/pdf", "buffer": pdf_of("by-law")}
    hers.locator(f"[name=m{measure.pk}-evidence]").set_input_files(by_law)
    press(hers, "Enregistrer ce rapport")

    theirs.goto(site + room)
    judged = dict.fromkeys(Criterion.values, "3") | {"note": "The report of the town."}
    judged |= {"all_the_same": "on"}  # the mayor's approval is still on its way
    judged = {f"evaluate-{name}": value for name, value in judged.items()}
    send(theirs, reverse("admin:exchanges_exchange_step", args=[exchange.pk, "evaluate"]), **judged)


def publish_what_worked(site, exchange, hers, his, theirs):
    """Awa writes it up with a picture, both sides agree, Ines publishes it."""
    hers.goto(in_french(site, "practices-of", exchange.reference))
    with hers.expect_navigation():
        hers.locator("main form button").click()
    practice = Practice.objects.get()
    texts = {name: words for name, words in WORDS.items() if name != "topics"}
    fill(hers, texts)
    press(hers, "Enregistrer")
    hers.goto(in_french(site, "practice-photos", practice.slug))
    fill(hers, {"alt": "Une station de vidange", "credit": "Awa", "consent": "on"})
    picture = {"name": "station.jpg", "mimeType": "image/jpeg", "buffer": drawing()}
    hers.locator("[name=file]").set_input_files(picture)
    press(hers, "Ajouter")
    hers.goto(in_french(site, "practice", practice.slug))
    send(hers, reverse("practice-step", args=[practice.slug, "submit_practice"]))
    for page in (hers, his):
        page.goto(site + practice.get_absolute_url())
        send(page, reverse("practice-agree", args=[practice.slug]))
    theirs.goto(site + practice.get_absolute_url())
    for verb in ("approve_practice", "publish_practice"):
        send(theirs, reverse("practice-step", args=[practice.slug, verb]))
    return practice


@pytest.mark.long
def test_a_dossier_goes_from_empty_to_a_practice_and_the_figures(site, seat):
    ziniare = make_authority("Ziniaré", country="BF")
    awa = make_user("Awa", works_for=ziniare, language="fr")
    ines, anna, marie = make_officer("Ines"), make_member("Anna"), make_member("Marie")
    marie.language = "fr"
    marie.save()
    call, typed = make_call(quorum=2), answers()

    # Awa begins in French and fills in every section; one text is too short at first.
    hers = seat(awa)
    with translation.override("fr"):
        hers.goto(site + call.get_absolute_url())
    press(hers, "Commencer un dossier")
    dossier = Dossier.objects.get()
    for slug in SECTIONS:
        hers.goto(in_french(site, "section", dossier.reference, slug))
        short = {"problem": "Trop court."} if slug == "problem" else {}
        fill(hers, section_data(slug, typed | short).dict())
        press(hers, "Enregistrer et continuer")

    # The page says what is still short; the link leads to the field; then she sends it.
    hers.get_by_role("link", name="Vérifier vos réponses").click()
    with hers.expect_navigation():
        hers.get_by_role("alert").get_by_role("link").click()
    assert hers.url.endswith("#id_problem")
    fill(hers, {"problem": typed["problem"]})
    press(hers, "Enregistrer et continuer")
    hers.goto(in_french(site, "check-answers", dossier.reference))
    press(hers, "Envoyer le dossier")
    expect(hers.get_by_text(f"Votre dossier {dossier.reference} a été envoyé")).to_be_visible()

    # Ines opens it in English and asks for one correction.
    theirs = seat(ines)
    theirs.goto(site + reverse("admin:applications_dossier_change", args=[dossier.pk]))
    confirm(theirs, "Open this file")
    theirs.locator("summary", has_text="Request a correction").click()
    theirs.locator("summary", has_text="Title and public summary").click()
    comment = theirs.locator("[name=ask_correction-comment_dossier_title]")
    comment.fill("Name the town, please.")
    press(theirs, "Request a correction")

    # Awa reads the comment, changes that field alone, and sends it back.
    hers.goto(in_french(site, "section", dossier.reference, "summary"))
    expect(hers.get_by_text("Name the town, please.")).to_be_visible()
    expect(hers.locator("[name=summary]")).to_be_disabled()
    hers.locator("[name=dossier_title]").fill("Organiser la vidange des latrines de Ziniaré")
    press(hers, "Enregistrer et continuer")
    press(hers, "Renvoyer le dossier")

    # Ines sees what changed, ticks the list and sends it to the committee.
    theirs.reload()
    assert theirs.locator("ins").inner_text() == "Organiser la vidange des latrines de Ziniaré"
    for code in Check.values:
        theirs.locator(f"[name=checklist][value='{code}']").check()
    press(theirs, "Save the checklist")
    hers.goto(in_french(site, "dossier", dossier.reference))
    hers.locator("summary", has_text="Ajouter un fichier").click()
    hers.locator("[name=file]").set_input_files(
        {"name": "lettre.pdf", "mimeType": "application/pdf", "buffer": pdf_of("signed")}
    )
    hers.locator("[data-files] [name=kind]").select_option("letter")
    hers.locator("form[data-files] button").click()
    hers.get_by_role("link", name="lettre.pdf").wait_for()
    confirm(theirs, "Send to the committee")

    # Anna and Marie declare, read and score, each in her own language.
    for member, go_on, keep in (
        (anna, "Continue", "Save my score"),
        (marie, "Continuer", "Enregistrer ma note"),
    ):
        page = seat(member)
        with translation.override(member.language):
            page.goto(site + reverse("committee"))
        page.get_by_role("link", name=dossier.reference).click()
        page.locator("[name=has_conflict][value=no]").check()
        press(page, go_on)
        assert "Organiser la vidange" in page.inner_text("h1")
        fill(page, {code: str(most - 2) for code, (_label, most) in GRID.items()})
        press(page, keep)

    # Ines validates; Awa reads it on her page.
    theirs.reload()
    confirm(theirs, "Validate")
    hers.reload()
    expect(hers.get_by_text("Validé", exact=False).first).to_be_visible()
    story = list(dossier.events.values_list("verb", "actor__name"))
    assert story == [
        ("begin", "Awa"),
        ("submit", "Awa"),
        ("open", "Ines"),
        ("ask_correction", "Ines"),
        ("answer_correction", "Awa"),
        ("send_to_committee", "Ines"),
        ("validate", "Ines"),
    ]

    # A colleague is found, they meet, what worked is published; whoever comes by counts it.
    with translation.override("en"):
        his = find_a_colleague(site, seat, dossier, hers, theirs)
        exchange = Exchange.objects.get()
        hold_the_exchange(site, exchange, hers, theirs)
        practice = publish_what_worked(site, exchange, hers, his, theirs)
        anybody = seat(None)
        anybody.goto(site + reverse("impact"))
    counted = dict(
        anybody.locator("dl.figures > div").evaluate_all(
            "rows => rows.map(row => [row.querySelector('dt').firstChild.textContent,"
            " row.querySelector('dd').textContent.trim()])"
        )
    )
    wanted = (
        "exchanges started",
        "applications submitted",
        "validated",
        "measures carried out",
        "good practices",
    )
    assert {name: counted[name] for name in wanted} == {
        **{
            "exchanges started": "1",
            "applications submitted": "at least 1",
            "validated": "not shown",
        },
        **{"measures carried out": "1", "good practices": "1"},
    }
    anybody.get_by_role("link", name="measures carried out").click()
    expect(anybody.get_by_text("Organiser la vidange des latrines de Ziniaré")).to_be_visible()
    anybody.goto(site + practice.get_absolute_url())
    expect(anybody.get_by_role("img", name="Une station de vidange")).to_be_visible()
