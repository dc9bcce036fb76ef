"""Reading help: who lacks the language of a text is offered a machine's draft of it, marked."""

import json
import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.erasure import erase_person
from accounts.holdings import Person
from applications.enums import Status
from applications.models import Dossier
from connect import reading_help, translators
from connect import translating as translating_module
from connect.link_keys import hide_link_keys
from connect.models import Translation
from connect.translating import (
    GIVEN_UP_AFTER,
    callback_address,
    delete_stale_translations,
    translate_waiting,
)
from matching.models import Interest, Opportunity
from tests.factories import (
    answers,
    make_dossier,
    make_expert,
    make_member,
    make_offer,
    make_officer,
    make_practice,
    make_user,
)
from tests.translators import basic, translating
from tests.worlds import Table, make_exchange, signed_in

pytestmark = pytest.mark.django_db
ASK = reverse("reading-help")
PROBLEM = (
    "As lamas são despejadas no rio, e ninguém trata delas no nosso município. "
    "Escrevam a Marta Nunes, marta@praia.cv ou +238 991 23 45."
)
SUMMARY = "Um município procura saber como organizar o esvaziamento das fossas dos seus bairros."
TITLE = "Organizar o esvaziamento das fossas nos bairros"
OFFER = "Ajudo municípios a dar licenças aos operadores privados que esvaziam as fossas da cidade."


@pytest.fixture
def service(settings, monkeypatch):
    monkeypatch.setattr(translating_module, "A_TURN", 600)  # however slow this machine is
    with translating(settings) as server:
        yield server


@pytest.fixture
def etranslation(settings):
    with translating(settings, api="etranslation", key="connect:secret") as server:
        yield server


def make_portuguese(**fields):
    typed = answers(problem=PROBLEM, summary=SUMMARY, dossier_title=TITLE)
    named = {"language": "pt", "language_from": "person", "focal_name": "Marta Nunes"}
    return make_dossier(status=Status.UNDER_SELECTION, typed=typed, **named | fields)


def file_of(dossier):
    return reverse("admin:applications_dossier_change", args=[dossier.pk])


def ask_for(client, *named):
    return client.post(ASK, {"what": [f"{kind}:{row.pk}" for kind, row in named], "next": "/en/"})


def states():
    return set(Translation.objects.values_list("state", flat=True))


def test_an_officer_reads_a_portuguese_application_in_english(service):
    dossier, desk = make_portuguese(), signed_in(make_officer("Ines"))

    before = desk.get(file_of(dossier)).text
    ask_for(desk, ("dossier", dossier))
    meanwhile = desk.get(file_of(dossier)).text
    waiting = desk.get(ASK, {"what": f"dossier:{dossier.pk}"}).json()
    translate_waiting(timezone.now())
    after = desk.get(file_of(dossier)).text

    assert "Written in: Portuguese." in before and "Translate by machine (English)" in before
    assert "being translated" in meanwhile and "Reload the page" in meanwhile
    assert (
        waiting["waiting"]
        and not desk.get(ASK, {"what": f"dossier:{dossier.pk}"}).json()["waiting"]
    )
    assert "Machine translation by LibreTranslate (127.0.0.1)" in after
    assert "no one treats them in our municipality" in after  # really translated
    assert "As lamas são despejadas no rio" in after and "Original (Portuguese)" in after
    assert "being translated" not in after


def test_no_address_number_or_name_of_a_contact_leaves(service):
    dossier = make_portuguese()
    ask_for(signed_in(make_officer()), ("dossier", dossier))

    translate_waiting(timezone.now())

    sent = "\n".join(one["q"] for one in service.asked)
    assert "Escrevam a […], […]" in sent
    for hidden in ("Marta", "Nunes", "praia.cv", "991", dossier.legal_name or "Marta"):
        assert hidden not in sent
    assert {(one["source"], one["format"], one["api_key"]) for one in service.asked} == {
        ("pt", "text", "key")
    }


def test_a_name_stays_here_from_whichever_page_a_text_is_sent(service):
    dossier = make_dossier(status=Status.PUBLISHED, title="7", language="pt", focal_name="Rui Sá")
    dossier.contributors.create(name="Ana Reis", address="ana@praia.cv", asked_at=timezone.now())
    Dossier.objects.update(summary="Fossas de Rui Sá e de Ana Reis.")

    ask_for(signed_in(make_user()), ("request", dossier.opportunity))
    translate_waiting(timezone.now())

    assert [one["q"] for one in service.asked] == ["Fossas de […] e de […]."]


def test_a_text_is_translated_once_whoever_asks(service):
    dossier = make_portuguese()
    ask_for(signed_in(make_officer()), ("dossier", dossier))
    translate_waiting(timezone.now())
    first, other = len(service.asked), signed_in(make_officer())

    seen = other.get(file_of(dossier)).text
    ask_for(other, ("dossier", dossier))
    translate_waiting(timezone.now())

    assert len(service.asked) == first > 3
    assert "Original (Portuguese)" in seen and "Translate by machine" not in seen


def test_without_a_service_nothing_is_offered_or_asked():
    dossier, desk = make_portuguese(), signed_in(make_officer())

    said = ask_for(desk, ("dossier", dossier))

    assert "by machine" not in desk.get(file_of(dossier)).text
    assert (said.status_code, translate_waiting(timezone.now())) == (404, 0)


def test_only_who_may_read_a_text_may_ask_for_it(service):
    dossier, anna = make_portuguese(), make_member("Anna")
    member = signed_in(anna)
    page = reverse("committee-dossier", args=[dossier.reference])

    refused = [
        ask_for(client, ("dossier", dossier)).status_code
        for client in (Client(), signed_in(make_user()), member)
    ]
    none = Translation.objects.count()
    member.post(page, {"has_conflict": "no"})
    allowed = ask_for(member, ("dossier", dossier)).status_code
    translate_waiting(timezone.now())

    assert (refused, none, allowed) == ([302, 404, 404], 0, 302)
    assert "Original (Portuguese)" in member.get(page).text


def test_an_asker_who_may_read_it_no_more_sends_nothing(service):
    dossier, anna = make_portuguese(), make_member("Anna")
    member = signed_in(anna)
    page = reverse("committee-dossier", args=[dossier.reference])
    member.post(page, {"has_conflict": "no"})
    ask_for(member, ("dossier", dossier))

    dossier.conflicts.update(has_conflict=True)
    translate_waiting(timezone.now())

    assert (service.asked, Translation.objects.count()) == ([], 0)


def test_offers_practices_and_messages_are_offered_too(service):
    ineke = make_expert("Ineke", visibility="public")
    make_offer(ineke, title="Licenças para operadores privados", text=OFFER, language="pt")
    practice = make_practice(make_exchange(1))
    practice.texts.all().delete()
    practice.texts.create(language="pt", title=TITLE, summary=SUMMARY, problem=OFFER)
    table = Table()
    table.efua.language = "pt"
    table.efua.save()
    table.match.messages.create(
        side="applicant", name="Efua", author=table.efua, text=SUMMARY, at=timezone.now()
    )
    reader, hers = signed_in(make_user()), signed_in(table.ineke.user)
    pages = [
        (reader, ineke.get_absolute_url(), ("offer", ineke.offers.get())),
        (reader, practice.get_absolute_url(), ("practice", practice)),
        (hers, table.match.get_absolute_url(), ("match", table.match)),
    ]

    offered = ["Written in: Portuguese." in client.get(page).text for client, page, _row in pages]
    for client, _page, row in pages:
        ask_for(client, row)
    translate_waiting(timezone.now())
    seen = ["Original (Portuguese)" in client.get(page).text for client, page, _row in pages]

    assert (offered, seen) == ([True] * 3, [True] * 3)


def test_a_longer_conversation_takes_no_more_questions_to_the_database(service):
    table = Table()
    hers, page = signed_in(table.ineke.user), table.match.get_absolute_url()

    def count():
        for number in range(3):
            table.match.messages.create(
                side="applicant",
                name="Efua",
                author=make_user(language="pt"),
                text=f"{SUMMARY} {number} {table.match.messages.count()}",
                at=timezone.now(),
            )
        with CaptureQueriesContext(connection) as asked:
            assert "Written in: Portuguese." in hers.get(page).text
        return len(asked)

    count()

    assert count() == count()


def test_the_privacy_notice_names_the_service(service):
    assert "LibreTranslate (127.0.0.1), which translates" in Client().get(reverse("privacy")).text


def test_of_an_answer_to_a_match_only_what_its_page_shows_is_sent(service):
    table = Table()
    table.ineke.user.language = "pt"
    table.ineke.user.save()
    Interest.objects.update(motivation="Lamas", approach="Fossas", comparable_case="Poço")
    Interest.objects.update(town_gives="Rio", partnership_text="Bairros")
    Dossier.objects.update(summary="7")

    ask_for(signed_in(table.efua), ("match", table.match))
    translate_waiting(timezone.now())

    assert sorted(one["q"] for one in service.asked) == ["Fossas", "Lamas"]


def test_a_request_in_a_language_that_nobody_told_is_offered(service):
    dossier = make_dossier(
        status=Status.PUBLISHED, title="Putten legen", language="en", language_from="untold"
    )
    request = Opportunity.objects.get(dossier=dossier)

    page = signed_in(make_user()).get(request.get_absolute_url()).text

    assert "Part of what is written here may be in another language." in page
    assert 'class="said" lang=""' in page


def test_an_expert_is_not_offered_a_language_that_they_know(service):
    ineke = make_expert("Ineke", visibility="public")
    make_offer(ineke, text=OFFER, language="pt")
    marta = make_expert("Marta", languages={"pt": "native"})

    seen = signed_in(marta.user).get(ineke.get_absolute_url()).text

    assert "by machine" not in seen


def test_what_is_in_the_readers_language_after_all_is_not_sent(service):
    ineke = make_expert("Ineke", visibility="public")
    words = "I help municipalities to license the private operators who empty the pits of the town."
    make_offer(ineke, title="Emptying", text=words, language="pt")
    ask_for(signed_in(make_user()), ("offer", ineke.offers.get()))

    translate_waiting(timezone.now())

    assert [one["q"] for one in service.asked] == ["Emptying"]
    assert states() == {"same", "done"}


LONG = json.dumps({"translatedText": "x" * 5000}).encode()


@pytest.mark.parametrize(
    ("says", "state", "words"),
    [
        ((503, b"{}"), "waiting", "does not answer at the moment"),
        ((429, b'{"error": "Slowdown"}'), "waiting", "being translated"),
        ((500, b'{"error": "Cannot translate text"}'), "failed", "could not be translated"),
        ((403, b'{"error": "Invalid API key"}'), "failed", "could not be translated"),
        ((307, b""), "failed", "could not be translated"),
        ((200, b"<html>"), "failed", "could not be translated"),
        ((200, b"[]"), "failed", "could not be translated"),
        ((200, b'{"translatedText": 7}'), "failed", "could not be translated"),
        ((200, b'{"translatedText": " "}'), "failed", "could not be translated"),
        ((200, LONG), "failed", "could not be translated"),
        ((200, b"9" * 1_100_000), "failed", "could not be translated"),
    ],
)
def test_a_service_that_fails_loses_nothing_and_says_so(service, says, state, words):
    dossier, desk = make_portuguese(), signed_in(make_officer())
    ask_for(desk, ("dossier", dossier))
    service.says = says

    translate_waiting(timezone.now())
    came, seen = states(), desk.get(file_of(dossier)).text
    service.says = None
    ask_for(desk, ("dossier", dossier))  # “Try again”
    translate_waiting(timezone.now())

    assert words in seen and "As lamas são despejadas" in seen
    # What is in English after all is told by its words, and not sent.
    assert (came - {"same"}, states()) == ({state}, {"done", "same"})


def offer_texts(*titles):
    """Ask for the titles of offers, one after another; return the hour of it."""
    reader = signed_in(make_user())
    for title in titles:
        ask_for(reader, ("offer", make_offer(make_expert(), title=title, text="7", language="pt")))
    return timezone.now()


def test_a_service_that_is_away_is_asked_twice_a_minute_for_an_hour(service):
    now = offer_texts("Fossas", "Lamas", "Bairros")
    service.says = (503, b"{}")

    for minutes in range(3):
        translate_waiting(now + timedelta(minutes=minutes))
    asked, waits = len(service.asked), states()
    translate_waiting(now + GIVEN_UP_AFTER + timedelta(minutes=1))

    assert (asked, waits, states()) == (6, {"waiting"}, {"failed"})


def test_one_text_without_an_answer_holds_up_no_other(service):
    now = offer_texts("Poço", "Fossas", "Lamas")
    service.says_to["Poço"] = (504, b"{}")

    translate_waiting(now)
    came = sorted(Translation.objects.values_list("state", flat=True))
    translate_waiting(now)  # now nothing else is answered
    translate_waiting(now + GIVEN_UP_AFTER + timedelta(minutes=1))

    assert came == ["done", "done", "waiting"]
    assert sorted(Translation.objects.values_list("state", flat=True)) == ["done", "done", "failed"]


def test_a_service_that_is_back_is_given_up_for_no_text(service):
    now = offer_texts("Fossas", "Lamas")
    service.says = (503, b"{}")
    translate_waiting(now)
    service.says, service.says_to["Lamas"] = None, (429, b"{}")
    translate_waiting(now)
    seen = []

    for hours in (0, 2, 4):  # the other text is done; of this one there is too much
        translate_waiting(now + timedelta(hours=hours))
        seen.append(sorted(Translation.objects.values_list("state", "error")))
    translate_waiting(now + timedelta(hours=25))

    assert seen == [[("done", ""), ("waiting", "")]] * 3
    assert states() == {"done", "failed"}


def test_a_text_counts_as_sent_from_when_it_is_sent(etranslation):
    now = offer_texts("Fossas")

    translate_waiting(now - timedelta(hours=5))  # a turn that began long ago
    row = Translation.objects.get()

    assert row.sent_at >= now


def test_a_turn_ends_after_its_time_and_another_begins(service, monkeypatch):
    now = offer_texts("Fossas", "Lamas")
    nudged = []
    monkeypatch.setattr(translating_module, "nudge_worker", nudged.append)
    monkeypatch.setattr(translating_module, "A_TURN", 0)

    done = translate_waiting(now)

    assert (done, len(service.asked), nudged) == (0, 0, [translate_waiting])


def test_while_one_worker_has_texts_translated_no_other_does(service):
    now = offer_texts("Fossas")
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('translate_waiting', 0))")

    meanwhile = translate_waiting(now)
    with other.cursor() as cursor:  # closing it would end the lock at some later moment
        cursor.execute("SELECT pg_advisory_unlock_all()")
    other.close()
    after = translate_waiting(now)

    assert (meanwhile, after, len(service.asked)) == (0, 1, 1)


def test_a_service_that_takes_too_long_is_away(service, monkeypatch):
    ask_for(signed_in(make_officer()), ("dossier", make_portuguese()))
    monkeypatch.setattr(translators, "TIMEOUT", 0.000001)

    translate_waiting(timezone.now())

    assert states() == {"waiting"}
    assert Translation.objects.first().error.startswith("away: ")


def test_a_person_has_so_much_translated_a_day_and_no_more(service, monkeypatch):
    """Each text counts that is sent, also one that is asked for again after it failed."""
    desk = signed_in(make_officer())
    offer, other = (
        make_offer(make_expert(), text=OFFER + end, language="pt") for end in ("", " E mais.")
    )
    ask_for(desk, ("offer", offer))
    there = Translation.objects.count()
    sent = sum(Translation.objects.values_list("characters", flat=True))
    monkeypatch.setattr(reading_help, "MOST_A_DAY", 2 * sent)
    Translation.objects.update(state="failed")

    desk.post(ASK, {"what": f"offer:{offer.pk}", "next": "/en/"})
    refused = desk.post(ASK, {"what": f"offer:{other.pk}", "next": "/en/"}, follow=True).text
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        ask_for(signed_in(Translation.objects.first().asked_by), ("offer", other))

    assert "as much translated today as one person may" in refused
    assert Translation.objects.count() > there


def test_a_translation_goes_with_its_text(service):
    efua = make_user("Efua")
    offer = make_offer(make_expert("Ineke"), text=OFFER, language="pt")
    ask_for(signed_in(efua), ("offer", offer))
    translate_waiting(timezone.now())

    kept = delete_stale_translations(), Translation.objects.count()
    offer.text = SUMMARY
    offer.save()
    gone = delete_stale_translations(), Translation.objects.count()

    assert (kept, gone) == ((0, 2), (1, 1))


def test_a_translation_goes_with_whom_it_came_from_and_with_who_asked(service):
    efua, ineke = make_user("Efua"), make_expert("Ineke")
    offer = make_offer(ineke, text=OFFER, language="pt")
    other = make_offer(make_expert(), title="Fossas", text=SUMMARY, language="pt")
    ask_for(signed_in(efua), ("offer", offer), ("offer", other))
    translate_waiting(timezone.now())

    erase_person(Person.from_user(ineke.user), why="asked")
    delete_stale_translations()
    left = set(Translation.objects.values_list("row", flat=True))
    erase_person(Person.from_user(efua), why="asked")

    assert (left, Translation.objects.count()) == ({other.pk}, 0)


# The EU's eTranslation: it takes a text, and posts the translation later


def send_one(etranslation):
    efua, offer = make_user("Efua"), make_offer(make_expert(), title="7", text=OFFER, language="pt")
    ask_for(signed_in(efua), ("offer", offer))
    translate_waiting(timezone.now())
    return signed_in(efua), offer, Translation.objects.get()


def post_answer(address, **said):
    path = "/" + address.split("/", 3)[3]
    return Client(enforce_csrf_checks=True).post(path, said, content_type="application/json")


def test_etranslation_is_asked_as_it_documents_and_answers_later(etranslation):
    reader, offer, row = send_one(etranslation)
    (asked,) = etranslation.asked
    sent_to = asked["notifications"]["success"]["http"]
    waits = row.state

    done = post_answer(
        sent_to, requestId=1, sourceLanguage="PT", targetLanguage="EN", translatedText="I help."
    )
    twice = post_answer(sent_to, requestId=1, targetLanguage="EN", translatedText="Again.")

    assert asked == {
        "textToTranslate": OFFER,
        "sourceLanguage": "PT",
        "targetLanguages": ["EN"],
        "domain": "GEN",
        "notifications": {"success": {"http": sent_to}, "failure": {"http": sent_to}},
        "authorization": basic("connect:secret"),
    }
    assert (waits, done.status_code, twice.status_code) == ("sent", 200, 404)
    assert "I help." in reader.get(offer.expert.get_absolute_url()).text


@pytest.mark.parametrize(
    ("says", "state"),
    [
        ({"requestId": -20001}, "failed"),
        ({"errorCode": -20003, "errorMessage": "Invalid target language"}, "failed"),
        ({"requestId": -20028}, "waiting"),
        ({"errorCode": -11200}, "waiting"),
        ({}, "failed"),
        ({"requestId": "12"}, "sent"),
    ],
)
def test_what_etranslation_answers_at_once(etranslation, says, state):
    etranslation.says = (200, json.dumps(says).encode())

    _reader, _offer, row = send_one(etranslation)

    assert row.state == state


def test_etranslation_that_refuses_later_or_never_answers(etranslation):
    _reader, _offer, row = send_one(etranslation)
    address = etranslation.asked[0]["notifications"]["failure"]["http"]

    unclear = post_answer(address, requestId=1)
    row.refresh_from_db()
    still = row.state
    post_answer(address, requestId=1, errorCode=-50001, errorMessage="none")
    row.refresh_from_db()
    refused = row.state
    forged = post_answer(callback_address(row.pk)[:-3] + "x/", translatedText="Forged")

    assert (unclear.status_code, still, refused, forged.status_code) == (400, "sent", "failed", 404)


def test_an_answer_nested_without_end_is_not_understood(etranslation):
    _reader, _offer, row = send_one(etranslation)
    path = "/" + callback_address(row.pk).split("/", 3)[3]

    answer = Client().post(path, "[" * 100_000, content_type="application/json")

    assert answer.status_code == 400


def test_a_text_that_etranslation_lost_is_sent_again_and_given_up(etranslation):
    _reader, _offer, row = send_one(etranslation)

    translate_waiting(timezone.now() + timedelta(hours=6, minutes=1))
    again = len(etranslation.asked)
    translate_waiting(timezone.now() + timedelta(hours=13))
    row.refresh_from_db()

    assert (again, row.state) == (2, "failed")


def test_the_key_of_an_address_by_which_a_translation_comes_stays_out_of_logs():
    key = callback_address(7).rsplit("/", 2)[1]

    assert key not in hide_link_keys(f"POST /translations/{key}/")


def test_the_page_asks_how_many_wait_without_reading_the_texts(service):
    desk, dossier = signed_in(make_officer()), make_portuguese()
    ask_for(desk, ("dossier", dossier))
    desk.get(ASK, {"what": f"dossier:{dossier.pk}"})

    with CaptureQueriesContext(connection) as asked:
        said = desk.get(ASK, {"what": f"dossier:{dossier.pk}"}).json()

    assert said["waiting"] == Translation.objects.count()
    assert not [one["sql"] for one in asked if "sectiondraft" in one["sql"]]


def test_stale_translations_are_looked_for_among_those_that_nobody_looked_at_for_longest(
    service, monkeypatch
):
    monkeypatch.setattr(translating_module, "A_LOOK", 2)
    efua = make_user("Efua")
    offers = [make_offer(make_expert(), text=OFFER + end, language="pt") for end in (" A.", " B.")]
    for offer in offers:
        ask_for(signed_in(efua), ("offer", offer))
    for offer in offers:
        offer.text = SUMMARY
        offer.save()

    gone = [delete_stale_translations() for _ in range(3)]

    assert sum(gone) == 2 and gone[0] == 1


@pytest.mark.parametrize("button", [{}, {"reload": "yes"}])
def test_what_is_typed_in_the_pages_form_stays_when_reading_help_is_asked_for(service, button):
    """Without JavaScript: the button is one of that form."""
    marta, ines = make_member("Marta"), make_officer()
    dossier = make_portuguese()
    dossier.conflicts.create(member=marta, has_conflict=False, at=timezone.now())
    pages = (
        (marta, reverse("committee-dossier", args=[dossier.reference]), "comment"),
        (ines, file_of(dossier), "cancel-note"),
    )

    for person, page, field in pages:
        client = signed_in(person)
        (address,) = re.findall('formaction="([^"]*reading-help[^"]*)"', client.get(page).text)[:1]
        sent = client.post(unescape(address), {field: "Half a thought.", **button})
        shown = client.get(page).text

        assert (sent.url, "Half a thought." in shown) == (page, True)
