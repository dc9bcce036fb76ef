"""The report of an exchange, which writes itself: as a page and as PDF, with pictures."""

import io
from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pypdf import PdfReader

from exchanges import report_paper
from exchanges.models import Exchange, Session
from exchanges.report import report_of
from practices.writing import agenda_in_words
from tests.exchanges.pages import page_of
from tests.factories import (
    make_measure,
    make_officer,
    make_picture,
    make_practice,
    make_report,
    make_session,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def held(planned):
    """An exchange that is over: a measure reported on, opinions, scores, pictures, a practice."""
    last = timezone.localdate(NOW) - timedelta(days=200)
    Exchange.objects.update(
        status="evaluated",
        actual_start=last - timedelta(days=4),
        actual_end=last,
        judged={"relevance": 4, "impact": 2},
    )
    planned.refresh_from_db()
    counted = make_measure(planned, baseline=1, target=4)
    counted.reports.create(at=NOW, status="started", progress=30, value=2)
    make_measure(planned, title="Without a count", baseline=None)
    for number in range(5):
        person = planned.participants.create(
            name=f"P {number}", side="offering", part="delegate", confirmed_at=NOW
        )
        planned.evaluations.create(
            participant=person,
            moment="end",
            side="offering",
            due_on=last,
            answered_at=NOW,
            answers={"satisfied": "4"},
        )
    make_picture(planned)
    make_picture(planned, alt="Not for the public", has_consent=False)
    make_practice(planned)
    planned.follow_ups.update_or_create(month=12, defaults={"due_on": last + timedelta(days=365)})
    return planned


def test_the_report_and_a_first_draft_tell_no_item_as_held_that_was_planned_for_other_days(held):
    """The real days were set to November; a night tour of next April was told as done."""
    held.refresh_from_db()
    first = timezone.make_aware(datetime.combine(held.actual_start, time(9)))
    after, hours = first + timedelta(days=30), timedelta(hours=2)
    make_session(held, title="Night tour", starts_at=NOW + timedelta(days=91))
    Session.objects.update(ends_at=NOW + timedelta(days=91) + hours)
    make_session(held, title="Visit of the beds", starts_at=first, ends_at=first + hours)
    make_session(held, title="Online debrief", starts_at=after, ends_at=after + hours)

    later = NOW + timedelta(days=100)
    read = PdfReader(io.BytesIO(report_paper.report_pdf(held, later, make_officer())))
    report = " ".join(one.extract_text() for one in read.pages)
    titles = ["Night tour", "Visit of the beds", "Online debrief"]
    told = [
        [title for title in titles if title in text]
        for text in (report, " ".join(agenda_in_words(held, later)))
    ]

    assert told == [["Visit of the beds", "Online debrief"]] * 2


def test_the_report_says_what_changed_when_and_how_it_was_liked(held):
    told = report_of(held, NOW, held.ines)

    (change,) = told.changes
    assert [(bar.label, bar.value, bar.share) for bar in change.bars] == [
        *(("Before", 1, 0.25), ("Now", 2, 0.5), ("Target", 4, 1.0)),
    ]
    assert [(c.flow.source, c.flow.target) for c in told.curves] == [("NL", "GH")]
    words = [one.words for one in told.milestones]
    assert words[-2:] == ["A good practice was published", "Report after 12 months"]
    assert [one.is_past for one in told.milestones][-2:] == [True, False]
    assert told.judged == [
        ("Relevance: was it the right need?", 4),
        ("Impact: the wider change, good or bad", 2),
    ]
    assert [picture.alt for picture in told.pictures] == ["Two officers at the rim of a drying bed"]


def test_the_page_shows_pictures_and_opinions_to_those_who_met_and_not_to_the_association(held):
    town, association = (
        client.get(page_of(held, "report")).text for client in (held.town, held.abena)
    )

    private = ("Two officers at the rim", "How satisfied", "Evaluation by the programme")
    assert [words in town for words in private] == [True, True, True]
    assert [words in association for words in private] == [False, False, False]
    for words in ("Before and after", "Every side agreed", "to come", 'class="flow"'):
        assert words in town and words in association
    assert "Not for the public" not in town + association
    assert "P 1" not in town + association


def test_the_paper_has_the_same_with_its_pictures(held):
    paper = held.town.get(page_of(held, "document", "report"))

    read = PdfReader(io.BytesIO(paper.content))
    text = " ".join(" ".join(one.extract_text() for one in read.pages).split())
    for words in (
        "Before and after: License the private emptiers",
        "Every side agreed",
        "Two officers at the rim of a drying bed",
        "Evaluation by the programme",
        "4.0 (5)",
    ):
        assert words in text
    assert any(one.images for one in read.pages)
    assert "Not for the public" not in text


def test_nothing_is_reported_before_it_begins_and_rows_cost_no_queries(planned):
    early = planned.town.get(page_of(planned, "report")).status_code
    Exchange.objects.update(status="running")
    planned.refresh_from_db()

    def queries():
        with CaptureQueriesContext(connection) as caught:
            report_of(Exchange.objects.get(), NOW, planned.ines)
        return len(caught)

    bare = queries()
    for _ in range(3):
        make_report(planned)
    make_picture(planned)

    assert early == 404
    assert queries() <= bare + 1  # who reported is read with the first report
