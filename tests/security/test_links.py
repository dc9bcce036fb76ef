"""Links in letters: each has an end, is withdrawn by itself, and is in nobody's hands but one's."""

import copy
import logging
import re
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone, translation

from applications import signature as signature_rules
from connect import links
from connect.dates import end_of_day
from connect.links import KINDS, Link
from connect.logs import WithoutKeys
from connect.mail import Recipient
from exchanges import agenda, evaluation
from exchanges.participants import ask_part
from exchanges.transitions import exchange_machine
from notifications import by_link, letter_text
from notifications.bursts import MINUTES
from notifications.digest import gather_bursts
from notifications.letter_text import break_addresses
from notifications.models import HIDDEN, Letter
from notifications.outbox import post_letter
from notifications.sending import send_waiting_letters
from tests.factories import make_dossier, make_officer, make_session, make_user
from tests.worlds import OneOfEach, agreed

pytestmark = pytest.mark.django_db
LETTERS = "/admin/notifications/letter/"


@pytest.fixture(scope="module")
def world_once(once):
    return OneOfEach()


@pytest.fixture
def world(world_once):
    return copy.deepcopy(world_once)


def names(patterns=None):
    """List the names of all addresses that take the key of a link."""
    found = []
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if not isinstance(one, URLPattern):
            found += names(one.url_patterns)
        elif "<str:token>" in str(one.pattern):
            found.append(one.name)
    return sorted(set(found))


NAMES = names()
# A calendar's program and a mail program are told that there is nothing.
OVER = dict.fromkeys(NAMES, 410) | dict.fromkeys(
    ["agenda-by-link", "agenda-calendar", "availability", "pause", "work-calendar"], 404
)


def page_of(world, name):
    return reverse(name, args=world.arguments[name])


def link_of(world, name):
    return Link.objects.get(uid=world.arguments[name][0].split(".")[0])


def status_of(page):
    return Client().get(page).status_code


@pytest.fixture
def signature():
    """A signature that was asked for, of a legal representative who reads French."""
    agona = make_dossier().authority
    efua = make_user("Efua", works_for=agona)
    dossier = make_dossier(agona, legal_language="fr")
    dossier.legal_name, dossier.legal_email = "Justina", f"j-{uuid.uuid4().hex[:8]}@agona.example"
    dossier.save()
    asked = signature_rules.request_signature(dossier, actor=efua)
    asked.efua = efua
    return asked


@pytest.mark.parametrize("name", NAMES)
def test_each_link_opens_until_its_end_and_not_a_moment_longer(world, name):
    """H13: links of 2017 still opened agendas, parts and diaries."""
    page, link = page_of(world, name), link_of(world, name)

    opened = status_of(page)
    Link.objects.filter(pk=link.pk).update(expires_at=timezone.now())

    assert link.expires_at > timezone.now()
    assert (opened, status_of(page)) == (200, OVER[name])
    assert Client().post(page, {"answer": "yes"}).status_code in (OVER[name], 405)


@pytest.mark.parametrize("apart", [5, pytest.param(1, marks=pytest.mark.faults)])
@pytest.mark.parametrize("name", [name for name in NAMES if name != "data-keep"])
def test_each_link_is_withdrawn_by_itself_by_staff(world, name, apart):
    """H13: withdrawing one leaves all others open; every fifth of them is opened here."""
    link, others = link_of(world, name), [other for other in NAMES if other != name]
    page = page_of(world, name)
    pages = [page_of(world, other) for other in others if link_of(world, other).pk != link.pk]
    pages = pages[NAMES.index(name) % apart :: apart]
    staff = Client()
    staff.force_login(make_officer())

    chosen = {"action": "withdraw", "_selected_action": [str(link.pk)]}
    asked = staff.post("/admin/connect/link/", chosen).text
    before = status_of(page)
    staff.post("/admin/connect/link/", chosen | {"sure": "yes"})

    assert ("Withdraw these links?" in asked, before) == (True, 200)
    assert status_of(page) == OVER[name]
    assert {status_of(other) for other in pages} == {200}
    link.refresh_from_db()
    assert link.withdrawn_by is not None


@pytest.mark.parametrize("purpose", KINDS)
def test_a_link_asked_for_again_takes_the_place_of_the_one_before(world, purpose):
    """H13: one link a person and thing; the older one says that there is a newer."""
    old = Link.objects.filter(purpose=purpose).first()

    new = old.target.create_link(anew=True)

    assert status_of(f"/en{new.path}") == 200
    answer = Client().get(f"/en{old.path}")
    assert answer.status_code == 410
    assert "A newer link was sent to you" in answer.text or purpose.startswith("accounts.")
    same = new.target.create_link()
    assert same.pk == new.pk


REPLACED = {
    "accounts.closing": lambda row: type(row).objects.update(address="new@x.example"),
    "accounts.data": lambda row: type(row).objects.update(opened_at=timezone.now()),
    "applications.signature": lambda row: type(row).objects.update(address="new@agona.example"),
    "applications.co_applicant": lambda row: type(row).objects.update(address="new@x.example"),
    "applications.contributor": lambda row: (
        type(row).objects.filter(pk=row.pk).update(address="new@x.example")
    ),
    "matching.consent": lambda row: type(row).objects.update(address="new@almere.example"),
    "registry.employer": lambda row: type(row).objects.update(employer_email="new@x.example"),
    "exchanges.part": lambda row: type(row).objects.update(user=None, address="new@x.example"),
    "exchanges.evaluation": lambda row: type(row).objects.update(participant=None),
    "exchanges.plan": lambda row: type(row.exchange.dossier).objects.update(legal_email="n@x.org"),
}


@pytest.mark.parametrize("purpose", KINDS)
def test_a_link_dies_with_the_person_who_is_removed_or_replaced(world, purpose):
    """H13: and so does a letter with it that has not left."""
    link = Link.objects.filter(purpose=purpose).first()
    page = f"/en{link.path}"
    holder = link.target.link_holder
    readers = [holder, Recipient("stranger@example.org", "X")]  # who is not given what opens it
    post_letter("link_again", key="waits", to=readers, path=link.target.PAGE, opens=link.target)
    opened = status_of(page)

    REPLACED[purpose](link.target)
    again = Client().post(page, {"again": "1"})
    send_waiting_letters(timezone.now())

    assert (opened, status_of(page)) == (200, 410)
    assert again.status_code == (410 if purpose.startswith("accounts.") else 302)
    waiting = Letter.objects.get(key__startswith="waits:")
    assert (waiting.sent_at, waiting.cancelled_at is None) == (None, False)
    assert Letter.objects.filter(template="link_again").count() == 1


def test_who_asks_by_a_link_withdraws_it_and_a_stranger_does_not(signature):
    """H13: whoever asked ends the link of the one who was asked, from the dossier's page."""
    link = signature.valid_link
    page, withdraw = f"/en{link.path}", reverse("withdraw-link", args=[link.pk])
    stranger, efua = Client(), Client()
    stranger.force_login(make_user())
    efua.force_login(signature.efua)

    refused = stranger.post(withdraw)
    still = status_of(page)
    shown = efua.get(signature.dossier.get_absolute_url()).text
    back = efua.post(withdraw, {"next": signature.dossier.get_absolute_url()})

    assert (refused.status_code, still) == (404, 200)
    assert withdraw in shown and link.key not in shown
    assert back.url == signature.dossier.get_absolute_url()
    assert status_of(page) == 410
    assert "Send me my link again" not in Client().get(page).text
    with pytest.raises(ValidationError):
        by_link.send_new_link(link, timezone.now())
    with pytest.raises(PermissionDenied):
        links.end_link(link, actor=make_user())


@pytest.mark.parametrize("then", ["nonsense", "dossier", "//evil.example", "\x00", "[", "a" * 5000])
def test_who_withdraws_a_link_goes_back_to_a_page_of_ours_or_to_their_own(signature, then):
    """H15: a word that is no address was a broken page."""
    efua = Client(raise_request_exception=False)
    efua.force_login(signature.efua)
    withdraw = reverse("withdraw-link", args=[signature.valid_link.pk])

    answer = efua.post(withdraw, {"next": then})

    # A null in what is posted is refused before any page reads it.
    expected = (400, None) if then == "\x00" else (302, reverse("my"))
    assert (answer.status_code, answer.get("Location")) == expected


def test_a_withdrawn_link_is_not_given_again_by_the_clock_but_by_who_asks(signature):
    """H13: a reminder brings no withdrawn link back."""
    links.end_link(signature.valid_link, actor=signature.efua)

    assert signature.create_link() is None
    assert signature.create_link(anew=True) is not None


def part_of_session():
    """Give a session of a planned exchange, its officer, and who takes part without an account."""
    exchange = agreed()[1]
    day = timezone.localdate() + timedelta(days=90)
    type(exchange).objects.update(planned_start=day, planned_end=day, status="planned")
    exchange.refresh_from_db()
    begins = timezone.now() + timedelta(days=90)
    session = make_session(exchange, starts_at=begins, ends_at=begins + timedelta(hours=1))
    address = f"kojo-{uuid.uuid4().hex[:8]}@agona.example"
    person = exchange.participants.create(name="Kojo", address=address, side="applicant")
    Letter.objects.all().delete()
    return session, make_officer(), person


def test_whose_link_was_withdrawn_hears_all_the_same_what_changes_and_is_cancelled(received):
    """H13: the letter that a session or the exchange is off went out with the link."""
    session, officer, person = part_of_session()
    links.end_link(person.create_link(), actor=officer)

    agenda.cancel_session(session, actor=officer)
    gathered = timezone.now() + MINUTES
    gather_bursts(gathered)
    send_waiting_letters(gathered)
    exchange_machine.advance(
        session.exchange, "cancel", actor=officer, reason="funding", note="No."
    )
    asked = ask_part(person, session.exchange)
    send_waiting_letters(timezone.now())

    cancelled, off = [
        letter.get_body(("plain",)).get_content() for letter in received(person.address)
    ]
    assert "Cancelled: " in cancelled and "The whole agenda" not in cancelled
    assert "has been cancelled" in off
    assert not re.search(r"/agenda/|The link works", cancelled + off)
    assert asked == 0 and person.valid_link is None


def test_a_letter_that_waits_leaves_without_the_link_that_was_withdrawn_since(received):
    """H13: and not at all to who takes no part any more."""
    session, officer, person = part_of_session()
    other = session.exchange.participants.create(
        name="Ama", address=f"ama-{uuid.uuid4().hex[:8]}@agona.example", side="applicant"
    )
    agenda.cancel_session(session, actor=officer)
    gathered = timezone.now() + MINUTES
    gather_bursts(gathered)
    for letter in Letter.objects.filter(address=person.address):  # it was tried in vain
        letter.subject, letter.body = letter_text.compose_letter(letter)
        letter.save()
    links.end_link(person.valid_link, actor=officer)
    gone = other.address
    other.delete()

    send_waiting_letters(gathered)

    (letter,) = received(person.address)
    text = letter.get_body(("plain",)).get_content()
    assert "Cancelled: " in text and "The whole agenda" not in text and HIDDEN not in text
    assert received(gone) == []


def test_who_has_a_link_that_ended_has_another_sent_to_the_address_on_record(signature, received):
    """H13: the page takes no address, sends to the one known, and not without limit."""
    link = signature.valid_link
    Link.objects.update(expires_at=timezone.now())
    type(signature).objects.update(expires_at=timezone.now())
    page = f"/fr{link.path}"

    read = Client().get(page)
    noon = timezone.localtime().replace(hour=12) + timedelta(days=1)  # the limit is one of a day
    for minute in range(7):
        with time_machine.travel(noon + timedelta(minutes=minute)):
            Client().post(page, {"again": "1", "address": "evil@example.org"})
            Client().post(page, {"again": "1"})  # one press that came twice
    send_waiting_letters(noon + timedelta(minutes=9))

    assert read.status_code == 410 and Letter.objects.filter(template="link_again").count() == 5
    assert set(Letter.objects.values_list("address", flat=True)) == {signature.address}
    (letter,) = received(signature.address)[-1:]
    new = re.search(r"https?://[^/\s]+(/fr\S+)", letter.get_body(("plain",)).get_content())[1]
    assert status_of(new) == 200
    signature.refresh_from_db()
    assert signature.expires_at > timezone.now() + timedelta(days=13)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The link works until"), ("fr", "Le lien fonctionne jusqu"), ("es", "El enlace funci")],
)
def test_a_letter_says_until_when_its_link_works(signature, language, said):
    """H13: in its reader's language, whoever wrote the letter's words."""
    Letter.objects.update(language=language)

    body = letter_text.compose_letter(Letter.objects.select_related("opens").get())[1]

    with translation.override(language):
        day = letter_text.date_format(signature.last_day, "DATE_FORMAT")
    assert said in body and day in body
    # One that ends at midnight works until the day before: on every page, and in the staff's list.
    Link.objects.update(expires_at=end_of_day(date(2099, 12, 8)))
    staff = Client()
    staff.force_login(make_officer())
    assert "8 December 2099" in staff.get("/admin/connect/link/").text
    assert Link.objects.get().last_day == date(2099, 12, 8)
    assert str(Link(purpose="exchanges.moves").words) == "the calendar of an exchange"


def test_staff_see_a_letter_with_its_link_hidden_and_its_reader_the_whole(world, received):
    """H1: every link of every kind was in the admin's letters, for whoever looked."""
    staff, keys = Client(), []
    officer = make_officer()
    officer.is_superuser = True
    officer.save()
    staff.force_login(officer)
    for number, link in enumerate(Link.objects.filter(purpose__in=KINDS)):
        row = link.target
        post_letter(
            "link_again",
            key=f"l{number}",
            to=[row.link_holder],
            path=row.PAGE,
            opens=row,
            purpose="a link",
        )
        keys.append(row.valid_link.key)
    reader = make_user("Hans")
    post_letter(
        "call_open", key="o", to=[reader], path="/", optional="calls", call="x", closes_on=""
    )
    send_waiting_letters(timezone.now())
    keys.append(Link.objects.get(purpose="notifications.pause", address=reader.email).key)

    pages = [LETTERS, f"{LETTERS}?stands=sent", f"{LETTERS}expected/", "/admin/connect/link/"]
    pages += [f"{LETTERS}{letter.pk}/change/" for letter in Letter.objects.all()]
    pages += [f"{LETTERS}words/link_again/en/", f"{LETTERS}words/call_open/en/"]
    shown = "".join(staff.get(page).text for page in pages)
    stored = str(list(Letter.objects.values())) + str(list(Link.objects.values()))

    assert len(keys) > len(KINDS)
    assert [key for key in keys if key in shown or key in stored] == []
    assert HIDDEN in shown
    letter = received(reader.email)[0]
    assert keys[-1] in letter["List-Unsubscribe"]
    assert keys[-1] in letter.get_body(("plain",)).get_content()


def test_ones_own_letters_show_the_link_that_somebody_else_of_the_staff_does_not_see(client):
    """H1: who lost the letter finds its link among their letters."""
    world = OneOfEach()
    expert = world.expert
    person = Link.objects.filter(purpose="exchanges.part").first().target
    type(person).objects.filter(pk=person.pk).update(user=expert.user)
    person = type(person).objects.get(pk=person.pk)
    post_letter(
        "link_again",
        key="own",
        to=[person.recipient],
        path=person.PAGE,
        opens=person,
        purpose="a link",
    )
    send_waiting_letters(timezone.now())

    client.force_login(expert.user)
    assert person.valid_link.key in client.get(reverse("letters")).text
    client.force_login(make_officer())
    assert person.valid_link.key not in client.get(reverse("letters")).text


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_a_link_tells_no_other_page_its_address(world, name):
    """H13: `Referer` holds the site alone, of a link that is over as well."""
    page = page_of(world, name)

    first = Client().get(page)["Referrer-Policy"]
    Link.objects.update(expires_at=timezone.now())

    assert first == "strict-origin"
    if OVER[name] == 410:
        assert Client().get(page)["Referrer-Policy"] == "strict-origin"


def test_no_log_of_ours_holds_the_key_of_a_link(world):
    """H13: a page that fails is logged with its address, and a traceback with what it held."""
    key = link_of(world, "sign").key
    reset = "/en/account/password/reset/key/1-cq8n3x-0123456789abcdef0123456789abcdef/"
    formatter = settings.LOGGING["formatters"]["line"]
    assert formatter["()"] == f"{WithoutKeys.__module__}.{WithoutKeys.__name__}"
    handlers = settings.LOGGING["handlers"]
    assert {one["formatter"] for one in handlers.values()} == {"line"}
    assert settings.LOGGING["root"]["handlers"] == list(handlers)
    line = WithoutKeys(formatter["format"], style=formatter["style"])
    try:
        raise ValueError(f"no such page: {key}")
    except ValueError as error:
        failed = (type(error), error, error.__traceback__)
    words = ("django.request", logging.ERROR, "", 1, "Gone: %s %s", (f"/en/x/{key}/", reset))

    written = line.format(logging.LogRecord(*words, failed))

    assert key not in written and "1-cq8n3x" not in written
    assert written.count(HIDDEN) >= 3


@pytest.mark.parametrize("name", NAMES)
def test_the_log_of_nginx_holds_no_key_of_a_link(world, name):
    """H13: each address with a key is written without it, and no page is said to come from one."""
    configuration = (Path(settings.BASE_DIR) / "deploy/nginx.conf").read_text()
    patterns = re.findall(r'"~(.+?)" "\$before\*\*\*\$after";', configuration)
    page = page_of(world, name)

    masked = [
        re.sub(pattern.replace("?<", "?P<"), r"\g<before>***\g<after>", f"{page}?item=1")
        for pattern in patterns
    ]

    key = world.arguments[name][0]
    assert len(patterns) == 2 and any(key not in one and "***" in one for one in masked)
    log_format = re.search(r"log_format without_keys(.+?);", configuration, re.S)[1]
    assert "$uri_without_key" in log_format
    assert not re.search(r"\$(request|request_uri|uri|args|http_referer)\b", log_format)
    assert re.search(r"map \$request_uri \$uri_without_key {", configuration)
    logs = re.findall(r"access_log (.+?);", configuration)
    assert [words.split()[1:] for words in logs] == [["without_keys"]]
    assert re.findall(r"error_log \S+ (\S+);", configuration) == ["crit"]


def test_an_evaluation_that_was_answered_opens_nobodys_answers(world):
    """H1: its link showed the answers filled in, beside the name of who has it."""
    page = page_of(world, "evaluate")
    asked = link_of(world, "evaluate").target
    words = "The hotel was too far from the plant."
    Client().post(page, {"satisfied": "5", "best": words})
    type(asked).objects.update(answers={"satisfied": 5, "liked": words}, answered_at=timezone.now())

    read = Client().get(page).text
    again = Client().post(page, {"satisfied": "1"}).text

    assert "Thank you: you answered on" in read and words not in read and "<textarea" not in read
    assert words not in again
    with pytest.raises(ValidationError, match="already been answered"):
        evaluation.save_evaluation(asked, {"satisfied": 1})
    asked.refresh_from_db()
    assert asked.answers["satisfied"] == 5


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("a.com", "a[.]com"),
        ("see ev。com", "see ev[.]com"),
        ("evil．com evil․com ev﹒com", "evil[.]com evil[.]com ev[.]com"),  # noqa: RUF001
        ("ⓔvil.com", "evil[.]com"),
        ("d\u200b.com", "d[.]com"),
        ("http://1.2.3.4/x", "http[:]//1[.]2[.]3[.]4/x"),
        ("½ m² at 2 p.m. with J.Smith, 12.50 euros", "½ m² at 2 p.m. with J.Smith, 12.50 euros"),
    ],
)
def test_what_a_mail_program_would_read_as_an_address_is_broken(typed, written):
    """H10: also in letters and dots that only look like ours."""
    assert break_addresses(typed) == written


def test_what_somebody_types_is_no_link_in_a_letter(received):
    """H10: neither in the HTML part nor for a mail program that makes links by itself."""
    town = Recipient(f"t-{uuid.uuid4().hex[:8]}@agona.example", "Win at www.evil.example/x")
    text = "See https://evil.example/a?b=1 or evil.example, bit.ly/x, t.me/y, javascript:alert(1)"
    facts = {"title": "http://evil.example", "who": "evil.example", "answer_to": "a@b.example"}
    post_letter("practice_message", key="p", to=[town], path="/practices/x/", text=text, **facts)

    send_waiting_letters(timezone.now())

    letter = received(town.address)[0]
    plain, html = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    own = f"{settings.SITE_URL}/en/practices/x/"
    assert re.findall(r'href="([^"]+)"', html) == [own, f"{settings.SITE_URL}/en/privacy/"]
    for part in (plain, html, letter["Subject"]):
        assert not re.search(r"evil\.example|bit\.ly|t\.me|https?://(?!127)|ipt:alert", part)
    assert own in plain and "a@b.example" in plain
    assert "https[:]//evil[.]example/a?b=1" in plain
