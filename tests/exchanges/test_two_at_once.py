"""Two people, or two windows, have the same page open: neither undoes what the other saved."""

import pytest
from django.test import Client
from django.urls import reverse

from exchanges.enums import Readiness
from exchanges.models import Exchange, PerDiem
from exchanges.transitions import exchange_machine
from notifications.models import Letter
from tests.exchanges.conftest import START
from tests.exchanges.pages import agenda_item_data, page_of
from tests.factories import make_budget_line, make_measure
from tests.worlds import MEANWHILE, form_data, open_form

pytestmark = pytest.mark.django_db

TERMS = dict.fromkeys(("purpose", "tasks", "outputs", "means"), "A by-law is drafted.")


def begin_terms(exchange):
    exchange.town.post(page_of(exchange, "terms"), TERMS)
    return page_of(exchange, "terms"), lambda: exchange.terms.last()


def begin_budget_line(exchange):
    line = make_budget_line(exchange, payer="programme", label="Hotel", unit="nights")
    return page_of(exchange, "budget-line", line.pk), lambda: exchange.budget.get()


def begin_agenda_item(exchange):
    exchange.town.post(page_of(exchange, "agenda"), agenda_item_data())
    item = exchange.sessions.get()
    return page_of(exchange, "session", item.pk), lambda: exchange.sessions.get()


def begin_measure(exchange):
    measure = make_measure(exchange)
    Exchange.objects.filter(pk=exchange.pk).update(status="completed")
    return page_of(exchange, "measure", measure.pk), lambda: exchange.plan.measures.get()


def test_an_older_window_of_a_participants_page_empties_nothing_that_was_saved_in_another(planned):
    """The emergency contact was gone, without a word, once a second window pressed “Save”."""
    exchange_machine.advance(planned, "plan", actor=planned.ines)
    esi = planned.participants.create(
        name="Esi", address="esi@example.org", side="requesting", part="delegate", travels=True
    )
    browser, page = Client(), f"/en{esi.link_path}"
    older = open_form(browser, page)

    browser.post(page, older | {"is_insured": "on", "emergency_contact": "Ama +233 24 123 4567"})
    said = browser.post(f"{page}?beside", older | {"text": "I arrive at nine."}, follow=True).text
    browser.post(page, older | {"save": "yes"})

    esi.refresh_from_db()
    assert (esi.emergency_contact, esi.is_insured) == ("Ama +233 24 123 4567", True)
    assert "Your message has been sent" in said and "Discard" not in said


def test_who_changes_an_item_that_was_cancelled_meanwhile_reads_so_and_what_they_typed(planned):
    """“We cannot find this page”, and a line of digests as if it had been typed."""
    page, _find = begin_agenda_item(planned)
    older = open_form(planned.town, page)
    planned.town.post(page, {"verb": "cancel"})

    said = planned.town.post(page, older | {"title": "The opening, with the mayor"}).text

    assert "has been cancelled in the meantime" in said
    assert "The opening, with the mayor" in said and "title:" not in said
    assert planned.town.get(page).url == page_of(planned, "agenda")


@pytest.mark.parametrize(
    ("begin", "first", "second"),
    [
        (begin_terms, ("outputs", "Four sheets."), ("means", "Rooms by Agona.")),
        (begin_budget_line, ("label", "Inn"), ("unit", "rooms")),
        (begin_agenda_item, ("title", "Opening by the mayor"), ("place", "Old school")),
        (begin_measure, ("indicator", "operators on the list"), ("unit", "operators")),
    ],
)
def test_what_one_changes_stays_when_an_older_page_changes_something_else(
    planned, begin, first, second
):
    address, find = begin(planned)
    client = planned.town
    with_old_page = open_form(client, address)
    other = "Typed over it in the older window"

    client.post(address, with_old_page | dict([first]))
    client.post(address, with_old_page | dict([second]))
    both = [getattr(find(), name) for name, _words in (first, second)]
    refused = client.post(address, with_old_page | {first[0]: other}).context["form"]
    kept = getattr(find(), first[0])
    again = form_data(refused)
    client.post(address, again)

    assert both == [first[1], second[1]] and kept == first[1]
    assert f"{MEANWHILE}: “{first[1]}”" in refused.errors[first[0]][0]
    assert [getattr(find(), name) for name, _words in (first, second)] == [other, second[1]]


def test_the_first_terms_that_both_sides_write_at_once_lose_nothing(planned):
    address = page_of(planned, "terms")
    empty = open_form(planned.expert, address)

    planned.town.post(address, TERMS)
    refused = planned.expert.post(address, empty | TERMS | {"means": "By Almere."})

    assert refused.context["form"].errors.keys() == {"means"}
    assert [terms.means for terms in planned.terms.all()] == [TERMS["means"]]


def test_terms_whose_signatures_are_waived_ask_for_none(planned):
    """The page said both that they can now be signed and that this is waived."""
    address = page_of(planned, "terms")
    Exchange.objects.update(checklist=[Readiness.TERMS])

    saved = planned.town.post(address, TERMS, follow=True).text

    assert "Version 1 has been saved. The programme team waived its signatures." in saved
    assert "both sides can now sign it" not in saved and "Sign version 1" not in saved
    assert not Letter.objects.filter(template="terms_to_sign").exists()


def test_nobody_signs_words_that_their_page_did_not_show(planned):
    address = page_of(planned, "terms")
    planned.town.post(address, TERMS)
    shown = open_form(planned.expert, address)
    planned.town.post(address, TERMS | {"means": "Almere pays for everything."})

    said = planned.expert.post(f"{address}?beside", shown | {"sign": "1"}, follow=True)
    unsigned = not planned.terms.filter(signatures__isnull=False).exists()
    shown = open_form(planned.expert, address)
    planned.expert.post(f"{address}?beside", shown | {"sign": "2"})

    assert "A newer version was written meanwhile: read it, then sign." in said.text and unsigned
    assert "Your session had ended" not in said.text and not said.context["form"].is_bound
    assert [terms.number for terms in planned.terms.all()] == [1, 2]
    assert planned.terms.last().signatures.get().user == planned.match.interests.get().expert.user


def test_what_was_typed_beside_another_button_is_said_so_and_can_be_thrown_away(planned):
    address = page_of(planned, "terms")
    planned.town.post(address, TERMS)
    shown = open_form(planned.town, address)

    signed = planned.town.post(
        f"{address}?beside", shown | {"means": "Not saved", "sign": "1"}, follow=True
    )
    thrown = planned.town.get(f"{address}?discard=1", follow=True)

    assert "What you typed is below, and not saved yet." in signed.text
    assert signed.context["form"]["means"].value() == "Not saved"
    assert not thrown.context["form"].is_bound and "Not saved" not in thrown.text


def test_what_was_typed_on_one_page_stays_while_another_is_saved(planned):
    """There was one place for all pages: whatever was saved next emptied it."""
    terms, agenda = page_of(planned, "terms"), page_of(planned, "agenda")
    planned.town.post(terms, TERMS)
    shown = open_form(planned.town, terms)
    planned.town.post(f"{terms}?beside", shown | {"means": "Not saved", "sign": "1"})

    saved = planned.town.post(agenda, agenda_item_data()).status_code

    assert saved == 302 and planned.sessions.count() == 1
    assert planned.town.get(terms).context["form"]["means"].value() == "Not saved"


def test_of_a_session_the_texts_of_the_last_pages_are_kept(planned, monkeypatch):
    monkeypatch.setattr("connect.typed_texts.MOST_PAGES", 2)
    pages = [page_of(planned, name) for name in ("agenda", "budget", "participants")]

    browser = Client()
    for page in pages:
        browser.post(page, {"title": "Typed"})  # signed out

    assert list(browser.session["typed_on"]) == pages[1:]


@pytest.mark.parametrize("name", ["applications_call", "registry_authority", "exchanges_perdiem"])
def test_an_older_page_of_the_desk_undoes_nothing_that_another_officer_saved(planned, name):
    call, authority = planned.dossier.call, planned.dossier.authority
    perdiem = PerDiem.objects.create(country="GH", from_on=START, ceiling=90, source="Invented.")
    thing, first, second = {
        "applications_call": (call, ("budget", 500000), ("text", "For all.")),
        "registry_authority": (authority, ("website", "https://agona.example"), ("population", 9)),
        "exchanges_perdiem": (perdiem, ("ceiling", 100), ("source", "A table.")),
    }[name]
    address = reverse(f"admin:{name}_change", args=[thing.pk])
    page = planned.staff.get(address).context["adminform"].form
    older = form_data(page) | {"_save": "1"}

    saved = planned.staff.post(address, older | dict([first])).status_code
    planned.staff.post(address, older | dict([second]))
    refused = planned.staff.post(address, older | {first[0]: second[1]})

    thing.refresh_from_db()
    assert saved == 302 and MEANWHILE in refused.text
    assert [getattr(thing, key) for key, _value in (first, second)] == [first[1], second[1]]
