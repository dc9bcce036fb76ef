"""What came of rankings: a report a month, that officers read and nothing follows by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from engine.outcomes import LEAST
from matching.enums import InterestStatus
from matching.models import CallPolicy, Interest, MatchRun, OutcomeReport
from matching.outcomes import make_outcome_report
from matching.runs import rank_waiting, request_run
from tests.factories import (
    make_authority,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2027, 3, 2, 6, tzinfo=UTC)
CHOSEN = datetime(2027, 2, 10, 12, tzinfo=UTC)


def choose(offers, place, call, *, at=CHOSEN):
    """A request for which the expert who stood at a place of its ranking was chosen."""
    dossier = make_dossier(call=call)
    interest = make_interest(dossier, offers[place - 1].expert)
    entries = [{"offer_id": one.pk, "score": 90 - n} for n, one in enumerate(offers)]
    answers = [{"offer_id": -interest.pk, "score": 91 - place}]
    MatchRun.objects.create(
        dossier=dossier,
        state="done",
        requested_at=at - timedelta(days=3),
        done_at=at - timedelta(days=3),
        entries=entries,
        answers=answers,
    )
    # One made after the choice, which knows of it, is not what staff chose from.
    MatchRun.objects.create(
        dossier=dossier,
        state="done",
        requested_at=at + timedelta(days=1),
        done_at=at + timedelta(days=1),
        entries=entries[::-1],
    )
    Interest.objects.filter(pk=interest.pk).update(status=InterestStatus.CHOSEN, status_since=at)


@pytest.fixture
def year():
    """Ten requests of a year: the first was chosen six times, the second four times."""
    towns = [make_authority(country=country) for country in ("NL", "SN")]
    offers = [make_offer(make_expert(authority=towns[number % 2])) for number in range(10)]
    call = make_call()
    for place in [1] * 6 + [2] * 4:
        choose(offers, place, call)
    choose(offers, 3, call, at=datetime(2025, 12, 1, tzinfo=UTC))  # too long ago
    return offers


def test_a_report_a_month_says_where_the_chosen_stood_and_changes_nothing(year, client):
    made = [make_outcome_report(NOW) for _ in range(2)]
    report = OutcomeReport.objects.get()
    client.force_login(make_officer())
    page = client.get(reverse("admin:matching_outcomereport_change", args=[report.pk])).text
    figures = report.figures

    assert (made, str(report.month)) == ([1, 0], "2027-02-01")
    assert (figures["needs"], figures["first"]["value"]) == (10, 0.6)
    assert figures["reciprocal"]["value"] == 0.8
    assert [
        (one["group"], one["listed"], one["chosen"]) for one in figures["equity"]["country"]
    ] == [
        ("NL", 0.5, 0.6),
        ("SN", 0.5, 0.4),
    ]
    assert figures["weights"]["weights"] is None
    assert "<strong>60 %</strong>" in page and "50 % of those listed, 60 % of those chosen" in page
    assert "Not enough decisions yet" in page
    assert not CallPolicy.objects.exists()


def test_of_too_few_cases_no_number_is_told(client):
    offers = [make_offer(), make_offer()]
    choose(offers, 1, make_call())
    make_outcome_report(NOW)
    report = OutcomeReport.objects.get()
    client.force_login(make_officer())

    page = client.get(reverse("admin:matching_outcomereport_change", args=[report.pk])).text

    assert report.figures["first"] == {"count": 1, "value": None, "low": None, "high": None}
    assert "Too few to tell: 1 case." in page
    assert f"fewer than {LEAST} cases" in page
    assert "<strong>" not in page.split("Ranks of those who were chosen")[1].split("Refusals")[0]


def test_the_desk_shows_the_ranking_without_each_criterion(client):
    dossier = make_dossier(status=Status.PUBLISHED)
    make_offer(), make_offer(topic="education-youth/school-meals")
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(make_officer())
    page = reverse("admin:matching_desk", args=[dossier.pk])

    whole, without, wrong = (
        client.get(page, asked).text for asked in ({}, {"without": "topics"}, {"without": "x"})
    )

    assert ("Points" in without, '<option value="topics" selected>' in without) == (True, True)
    assert [text.count('<table class="shifts"') for text in (whole, without, wrong)] == [0, 1, 0]
