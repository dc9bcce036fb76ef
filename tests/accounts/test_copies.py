"""A copy of one's data: everything that names a person, for them alone, and what is left out."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import models
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts import copies, data_requests
from accounts.copies import actor_columns
from accounts.copy_pages import TABLES
from accounts.holdings import DEEDS_BY_LINK, MENTIONS, Person
from accounts.models import DataCopy, DataRequest, User
from connect.transitions import record_event
from exchanges.models import Exchange
from matching import alerts
from notifications.letter_text import compose_letter
from notifications.models import Letter
from notifications.outbox import post_letter
from registry.models import Expert
from tests.accounts.world import CANARY, NUMBER, World, make_copy, spoken
from tests.factories import make_authority, make_dossier, make_user

pytestmark = pytest.mark.django_db


def rows_of(person):
    """Name every row that names a person, or that their account did: by a scan of every table."""
    marks = person.marks
    said = spoken(*marks.names, *marks.addresses, *marks.numbers)
    found = {(table, key) for table, key, _column in said}
    for model in apps.get_models():
        for column in model._meta.concrete_fields:
            if isinstance(column, models.ForeignKey) and column.related_model is User:
                rows = model._base_manager.filter(**{column.name: person.user})
                if not model._meta.proxy and person.user:
                    found |= {
                        (model._meta.label_lower, key) for key in rows.values_list("pk", flat=True)
                    }
    return found


def rows_in(data):
    return (
        {(part["table"], row["id"]) for part in data["held"] for row in part["rows"]}
        | {(one["table"], one["id"]) for one in data["done"]}
        | {(one["table"], one["id"]) for one in data["said_by_others"]}
    )


def test_a_copy_holds_every_row_that_names_the_person():
    """P2: a scan of every column of every table finds no row that the copy lacks."""
    world = World()
    person = Person.from_user(world.efua)
    scanned = rows_of(person)

    with make_copy(person) as archive:
        data = json.loads(archive.read("data.json"))
        page = archive.read("index.html").decode()
        files = {name: archive.read(name) for name in archive.namelist() if "files/" in name}

    withheld = {mention.model._meta.label_lower for mention in MENTIONS if mention.withheld}
    ours = {"registry.searchentry", "admin.logentry"}  # made anew from the rest; staff's log
    lacking = {row for row in scanned - rows_in(data) if row[0] not in withheld | ours}
    assert len(scanned) > 30 and lacking == set()
    assert "applications.score" in {one["table"] for one in data["left_out"]}
    assert all(one["why"] for one in data["left_out"])
    assert "wrote it badly" not in json.dumps(data)
    assert world.efua.email in page and f"I, {world.efua.name}, did it." in page
    assert sorted(files.values()) == [
        f"%PDF {CANARY}".encode(),
        b"%PDF-1.4",  # the letter that she added to the application
        f"photo {CANARY}".encode(),
    ]


def test_the_page_of_a_copy_is_an_index_in_the_readers_words_and_no_dump():
    """B7: columns stood by their names, values as a machine writes them, without a way in."""
    world = World()
    speaks = {"en": "C1", "nl": "native"}
    Expert.objects.filter(user=world.efua).update(languages=speaks, travel_excluded=["GB"])
    alerts.create_alert(world.efua, QueryDict("country=NL"))

    with translation.override("fr"), make_copy(Person.from_user(world.efua)) as archive:
        page = archive.read("index.html").decode()

    terms = re.findall(r"<dt>(.*?)</dt>", page)
    links = re.findall(r'href="#([\w-]+)"', page)
    assert len(terms) > 60 and [term for term in terms if "_" in term] == []
    assert "Nom du contact" in terms and page.count("<main>") == 1
    assert '<html lang="fr" dir="ltr">' in page
    assert len(links) > 15 and [one for one in links if f'id="{one}"' not in page] == []
    said = re.findall(r"<dt>(.*?)</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.S)
    assert {
        ("Langues", "Néerlandais langue maternelle, Anglais C1"),
        ("Où vous ne voyagez pas", "Royaume-Uni"),
        ("Ce qui est recherché", "Pays-Bas"),
    } <= set(said)
    assert not re.search(r"\d{4}-\d\d-\d\d|>(?:True|False|None)<|\{&#x27;", page)


def test_the_page_of_a_copy_has_words_for_each_table_that_it_names_and_for_no_other():
    named = {line.model for line in (*MENTIONS, *DEEDS_BY_LINK)}
    named |= {model for model, _column in actor_columns()}
    own_words = {model for model in named if "verbose_name" in model._meta.original_attrs}

    worded = {apps.get_model(label) for label in TABLES}

    assert named - own_words - worded == set() and worded - named == set()


def test_a_mayor_without_an_account_gets_what_names_them_and_nobody_elses():
    """P2: by the address alone; of others' data no more than the line that names them."""
    world = World()
    person = Person.from_address(world.mayor)

    with make_copy(person) as archive:
        said = archive.read("data.json").decode()
    data = json.loads(said)

    withheld = {mention.model._meta.label_lower for mention in MENTIONS if mention.withheld}
    lacking = {table for table, _key in rows_of(person) - rows_in(data)}
    assert lacking <= withheld | {"applications.dossierevent", "exchanges.actionplan"}
    assert data["names"] == [world.mayor_name]
    assert NUMBER not in said and world.efua.email not in said


def test_who_calls_themselves_like_another_is_given_nothing_of_the_others():
    """P2: a name is anybody's to type: where two bear it, only address and number count."""
    world = World()
    thief = make_user(world.efua.name, works_for=world.town)

    with make_copy(Person.from_user(thief)) as archive:
        said = archive.read("data.json").decode()

    assert NUMBER not in said and "Ask Efua" not in said and world.dossier.reference not in said


def test_the_page_in_a_copy_runs_nothing_that_somebody_typed():
    """P2: what was typed is text in the page too."""
    user = make_user("<script>alert(1)</script>")

    with make_copy(Person.from_user(user)) as archive:
        page = archive.read("index.html").decode()

    assert "<script>" not in page and "&lt;script&gt;" in page


def test_a_person_downloads_their_copy_alone_and_it_is_gone_after_a_day(client):
    """D1: asked for on a page, written by a worker, for its owner alone, for a day."""
    efua, other = make_user("Efua Mensah"), make_user("Kofi")
    client.force_login(efua)
    client.post(reverse("my-data"))
    client.post(reverse("my-data"))
    copies.write_copies()
    copy = DataCopy.objects.get()
    address = reverse("my-copy", args=[copy.pk])

    got = client.get(address)
    content = b"".join(got.streaming_content)
    client.force_login(other)
    refused = client.get(address).status_code
    stored = copy.file.storage.exists(copy.file.name)
    with_commit = copies.delete_old_copies(timezone.now() + timedelta(days=1, minutes=1))

    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["data.json", "index.html"]
    assert (got["Cache-Control"].count("no-store"), refused, stored) == (1, 404, True)
    assert with_commit == 1 and not DataCopy.objects.exists()


def test_exporting_personal_data_asks_for_the_password_again(client):
    """D1: a session left open gives nobody the copy, and closes no account."""
    efua = make_user("Efua Mensah")
    efua.set_password("a long word indeed")
    efua.save()
    client.force_login(efua)
    copy = copies.request_copy(Person.from_user(efua))
    copies.write_copies()

    answers = [
        client.post(reverse("my-data")),
        client.get(reverse("my-copy", args=[copy.pk])),
        client.post(reverse("close-account")),
    ]

    assert [(one.status_code, "/reauthenticate/" in one.url) for one in answers] == [
        (302, True)
    ] * 3
    assert DataCopy.objects.count() == 1 and User.objects.get(pk=efua.pk).is_active


def link_in(letters):
    return letters[-1].get_body(("plain",)).get_content().split("/en", 1)[1].split()[0]


def asked(client, address):
    return client.post(reverse("data"), {"address": address})


def test_without_an_account_a_link_by_e_mail_shows_what_is_held_once():
    """D1, S1: the mayor asks, is sent a link, opens it once, downloads, and nobody else does."""
    world = World()
    client, thief = Client(), Client()
    known, unknown = asked(client, world.mayor.upper()), asked(client, "nobody@example.org")
    data_requests.answer_data_requests(timezone.now())
    letter = Letter.objects.get(template="data_link")
    path = f"/en{letter.opens.path}"

    looked = [client.get(path).status_code for _ in range(3)]
    stolen = client.session.session_key  # made by somebody else, who knows it
    opened = client.post(path)
    renewed = client.session.session_key
    twice = [client.post(path), client.get(path)]
    page = client.get(opened.url).text
    client.post(opened.url)
    copies.write_copies()
    copy = DataCopy.objects.get()
    got = client.get(reverse("data-mine-copy", args=[copy.pk]))
    refused = [
        thief.post(path).status_code,
        thief.get(opened.url).status_code,
        thief.get(reverse("data-mine-copy", args=[copy.pk])).status_code,
    ]

    over = thief.get(opened.url)
    assert (over.status_code, "Send me a new link" in over.text) == (410, True)  # C25
    assert known.text.split("<main")[1] == unknown.text.split("<main")[1]
    assert letter.address == world.mayor and world.mayor not in opened.url
    assert looked == [200] * 3 and opened.status_code == 302
    assert [answer.url for answer in twice if answer.status_code == 302] == [opened.url] * 2
    assert renewed != stolen and not Session.objects.filter(session_key=stolen).exists()
    assert "Signatures that you were asked for" in page
    assert b"".join(got.streaming_content)[:2] == b"PK"
    assert refused == [410, 410, 410]
    assert DataRequest.objects.get(address="nobody@example.org").answered_at


def test_a_newer_link_ends_the_older_and_a_day_ends_both():
    """D1: links live a day, and three letters a day are all that a stranger can have sent."""
    make_dossier(status="closed", legal_email="mayor@agona.example", legal_name="M")
    now = timezone.now()
    for _ in range(5):
        data_requests.request_data("mayor@agona.example", now=now)
        data_requests.answer_data_requests(now)
    tokens = [letter.opens.key for letter in Letter.objects.order_by("pk")]

    def opens(token, at):
        try:
            return bool(data_requests.find_request(token, at))
        except DataRequest.DoesNotExist:
            return False

    assert [opens(token, now) for token in tokens] == [False, False, True]
    assert not opens(tokens[-1], now + timedelta(days=1))


def test_who_has_an_account_is_sent_to_sign_in_and_gets_no_link_around_the_second_factor():
    """D1: a mailbox alone opens no account's data."""
    efua = make_user("Efua Mensah")
    data_requests.request_data(efua.email)
    data_requests.answer_data_requests(timezone.now())

    letter = Letter.objects.get(template="data_link")
    assert letter.path == "/account/data/" and "nobody else has" not in compose_letter(letter)[1]


def test_files_of_copies_belong_to_their_rows():
    """D1: what a copy writes is known to the check of files."""
    copies.request_copy(Person.from_user(make_user("Efua")))
    copies.write_copies()

    out = io.StringIO()
    call_command("check_files", stdout=out)

    assert "copies/" not in out.getvalue()


TYPED = ("problem", "title", "focal_name")
CHOSEN = ["of the", "The Town", "Town", "Yaa Asantewaa"]


def test_no_name_that_one_gives_oneself_searches_what_others_wrote(client):
    """H18: a name such as “of the” or a colleague's gave every line that held it."""
    spy = make_user("Kofi Boateng", works_for=make_authority())
    town = spy.memberships.get().authority
    told = "Kofi Boateng wrote it.\nYaa Asantewaa asks for more of the money: The Town pays."
    make_dossier(town, status="submitted", problem=told)
    make_dossier(town, focal_email=spy.email, focal_name="Yaa Asantewaa")
    client.force_login(spy)
    saved = {"language": "en", "time_zone": "Africa/Accra"}

    def lines():
        said = copies.list_mentions(Person.from_user(User.objects.get(pk=spy.pk)))
        return {line for one in said if one["column"] in TYPED for line in one["lines"]}

    given = {}
    for name in CHOSEN:
        client.post(reverse("account"), saved | {"name": name})
        given[name] = lines()
    make_user("Yaa Asantewaa")
    User.objects.update(renamed_at=timezone.now() - timedelta(days=31))

    assert given == dict.fromkeys(CHOSEN, {"Kofi Boateng wrote it."})
    assert lines() == set()  # by then two bear that name
    assert {tuple(one) for one in copies.left_out_columns()} == {("table", "why")}


def test_a_copy_gives_of_what_others_wrote_what_its_reader_may_read_today():
    """H18, H20: internal notes, secrets of others and what came after one left were in it."""
    world, kofi, now = World(), make_user("Kofi Boateng"), timezone.now()
    ama = make_user("Ama Badu", works_for=world.town)
    world.town.memberships.create(user=kofi, status="active", roles=["reader"])
    dossier, exchange, named = world.dossier, world.exchange, f"{kofi.name}: a secret"
    for verb, step, key in (
        ("withdraw", "cancel", "internal"),
        ("overrule", "settle", "note"),
        ("submit", "report", "lines"),
    ):
        record_event(dossier, verb, actor=None, now=now, details={key: named})
        record_event(exchange, step, actor=None, now=now, details={key: named})
    Exchange.objects.update(settled_why=named)
    exchange.participants.update(emergency_contact=named)
    dossier.drafts.update(past=[{"raw": {"summary": [named]}}])
    dossier.asides.update(raw={"summary": [named]}, saved_by=ama)
    make_dossier(world.town, status="private", created_by=ama, problem=named)
    post_letter(
        "dossier_reopen", key="told", to=[world.ines], reference=dossier.reference, title=named
    )
    record_event(
        dossier, "submit", actor=None, now=now, details={"note": f"{kofi.name}: all may know"}
    )

    inside = json.dumps(copies.list_mentions(Person.from_user(kofi)))
    kofi.memberships.update(status="ended")
    after = json.dumps(copies.list_mentions(Person.from_user(kofi)))

    assert ("a secret" in inside, "all may know" in inside) == (False, True)
    assert after == "[]"
