"""Every format that leaves the product stays well formed, whatever a row holds (H15)."""

import copy
import csv
import email
import email.policy
import io
import json
import re
from unicodedata import is_normalized
from unittest.mock import patch

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.test import Client
from django.urls import reverse
from docx import Document
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree, html
from openpyxl import load_workbook
from pypdf import PdfReader

from applications import paper
from applications.models import Call
from connect import exports
from connect.characters import UNFIT, clean_text
from impact.open_data import COLUMNS
from notifications import outbox, sending
from notifications.models import Letter
from tests.poison import put_everywhere
from tests.worlds import OneOfEach

pytestmark = pytest.mark.django_db

# What a row of the database can hold: any character but the null and halves of pairs.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60)
NASTY = (
    "\x0b\x0c\x01\x1f\x7f two\x1bwords",
    "\ufffe \uffff \U0001fffe",
    "a\rBEGIN:VEVENT\rSUMMARY:x\r\nEND:VCALENDAR",
    "]]> <!-- & &amp; &#1; </title>",
    '=HYPERLINK("https://evil.example") ;,"\n',
    "\u202e\u2028\u2029\x85\xa0",
    "#sys.inputs ] $x$ #pagebreak() @a `b` *c*",
    "\\u0000 \\x0b {{ x }} {% y %}",
    "Bcc: all@example.org\r\nX: y",
)
EXAMPLES = settings(
    max_examples=3,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def world_once(once):
    world = OneOfEach()
    world.expert.offers.get().windows.create(starts_on="2030-01-01", ends_on="2030-02-01")
    return world


@pytest.fixture
def world(world_once):
    return copy.deepcopy(world_once)


def holding(texts):
    """Put texts into every column, and take them out again after."""
    put_everywhere([text for text in texts if text.strip()] or ["x"])


def content(answer):
    assert answer.status_code == 200
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def in_all(check):
    """Run a check on each example in a transaction of its own: the rows are as they were after."""

    def wrapped(world, texts):
        with transaction.atomic():
            holding(texts)
            check(world)
            transaction.set_rollback(True)

    wrapped.__name__, wrapped.__doc__ = check.__name__, check.__doc__
    for text in NASTY:
        wrapped = example(texts=[text])(wrapped)
    return EXAMPLES(given(texts=st.lists(TEXT, min_size=1, max_size=4))(wrapped))


@in_all
def test_feeds_and_the_iati_file_are_xml(world):
    """H15: one applicant's control character broke the feed for everybody."""
    for name in ("opportunity-feed", "practice-feed"):
        feed = etree.fromstring(content(Client().get(reverse(name))))
        entries = feed.findall("{*}entry")
        assert len(entries) == 1
        for summary in feed.iterfind("{*}entry/{*}summary"):  # HTML, of text alone
            assert html.fromstring(f"<div>{summary.text}</div>").getchildren() == []
    activities = etree.fromstring(content(Client().get(reverse("iati"))))
    assert len(activities) == 2


@in_all
def test_calendars_hold_the_events_they_should(world):
    """H15: and no line that somebody typed becomes a property."""
    calendars = (
        reverse("opportunity-deadlines"),
        reverse("agenda-calendar", args=world.arguments["agenda-calendar"]),
        reverse("availability", args=world.arguments["availability"]),
    )
    known = set(
        "BEGIN END PRODID VERSION METHOD X-WR-CALNAME UID SEQUENCE DTSTAMP LAST-MODIFIED DTSTART "
        "DTEND SUMMARY STATUS ORGANIZER LOCATION URL DESCRIPTION TRANSP".split()
    )
    for address in calendars:
        written = content(Client().get(address)).decode()
        [calendar] = Calendar.from_ical(written, multiple=True)
        assert len(calendar.walk("VEVENT")) == 1
        lines = re.sub(r"\r\n[ \t]", "", written).split("\r\n")
        assert {re.split("[:;]", line)[0] for line in lines if line} <= known
        assert "\r" not in written.replace("\r\n", "")


CONFIRMED = "allauth.account.decorators.reauthentication"  # tried in test_exports, not here


@in_all
def test_tables_open_and_hold_the_cells_they_should(world):
    """H15: the open data, the figures, and the lists that staff take out."""
    data = content(Client().get(reverse("open-data"))).decode()
    rows = list(csv.reader(io.StringIO(data, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(COLUMNS)} and len(rows) == 2
    list(csv.reader(io.StringIO(content(Client().get("/en/impact/figures.csv")).decode())))
    load_workbook(io.BytesIO(content(Client().get("/en/impact/figures.xlsx"))))
    client = Client()
    client.force_login(world.people["officer"])
    for name in ("registry_authority", "registry_offer", "applications_dossier"):
        for format in ("csv", "xlsx"):
            with patch(f"{CONFIRMED}.is_reauthentication_required", return_value=False):
                client.post(reverse(f"admin:{name}_export"), {"format": format})
            exports.write_exports()
            export = exports.Export.objects.first()
            assert export.state == "done", export.error
            with export.file.open() as file:
                written = file.read()
            export.file.delete(save=False)
            if format == "xlsx":
                table = list(load_workbook(io.BytesIO(written)).active.values)
            else:
                table = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))
            assert len(table) == 1 + len(export.rows)
            cells = [str(cell) for row in table[1:] for cell in row if cell]
            assert not any(UNFIT.search(cell) for cell in cells)
            assert not any(re.match(r"[=@\t]", cell) for cell in cells)


@in_all
def test_json_is_read_back(world):
    """H15: the API, and what search engines read in a page."""
    for path in ("opportunities", "practices", "exchanges", "impact"):
        answer = Client().get(f"/api/v1/{path}")
        json.loads(content(answer))
    page = html.fromstring(Client().get(reverse("opportunity", args=[world.published])).content)
    for script in page.iterfind(".//script[@type='application/ld+json']"):
        json.loads(script.text)


@in_all
def test_letters_are_one_message_with_two_parts(world):
    """H15: with the headers that they should have, and markup of nobody's (H2)."""
    person = world.people["colleague"]
    outbox.post_letter(
        "practice_message",
        key="k",
        to=[person],
        path="/practices/x/",
        answer_to="ama@example.org",
        title=world.published.title,
        who=person.name,
        text=world.published.problem,
    )
    sent: list = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(EmailMultiAlternatives, "send", lambda message: sent.append(message))
        sending.send_letter(Letter.objects.get(key__contains="k"), None)
    written = sent[0].message().as_bytes()

    message = email.message_from_bytes(written, policy=email.policy.default)
    assert not message.defects and message["Bcc"] is None and message["X"] is None
    assert [part.get_content_type() for part in message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    plain, of_html = (part.get_content() for part in message.iter_parts())
    assert not UNFIT.search(plain)
    born = {element.tag for element in html.fromstring(of_html).iter()}
    assert born <= {"html", "head", "meta", "title", "body", "p", "br", "a"}


@settings(parent=EXAMPLES, max_examples=2)
@given(texts=st.lists(TEXT, min_size=1, max_size=4))
@example(texts=list(NASTY))
def test_documents_are_written_and_nothing_typed_in_them_runs(world, texts):
    """H15, H2: dossier, report and form, as PDF and as a Word document; no link of a typist's."""
    with transaction.atomic():
        holding(texts)
        client = Client()
        client.force_login(world.people["colleague"])
        pdfs = [
            client.get(reverse("document", args=[world.published.reference])),
            Client().get(reverse("impact-report")),
            client.get(reverse("exchange-report", args=world.arguments["exchange-report"])),
        ]
        call = Call.objects.get(pk=world.published.call_id)
        word = Document(io.BytesIO(paper.word_form(call)))
        transaction.set_rollback(True)

    for answer in pdfs:
        if not answer["Content-Type"].startswith("application/pdf"):
            continue
        pages = PdfReader(io.BytesIO(content(answer))).pages
        assert sum(len(page.extract_text()) for page in pages) > 100
        assert not [page for page in pages if "/Annots" in page and "evil" in str(page["/Annots"])]
    assert word.paragraphs


OTHER = re.compile("[\r\x85\u2028\u2029\ufeff]")  # ends of lines, and the mark of a file's start


@given(st.text())
def test_what_is_cleaned_stays_otherwise_as_it_is(text):
    """H15: and any XML can hold it."""
    kept = clean_text(text)

    assert clean_text(kept) == kept
    assert element_of(kept).text == kept  # lxml takes no other
    if not UNFIT.search(text) and not OTHER.search(text) and is_normalized("NFC", text):
        assert kept == text


def element_of(text):
    element = etree.Element("x")
    element.text = text
    return element
