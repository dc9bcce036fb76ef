"""The data for other programs: the API tried with all that its description allows, and IATI."""

import copy
import sysconfig
import uuid
from decimal import Decimal
from pathlib import Path

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from applications.models import Dossier
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange
from impact import api, iati
from matching.models import Opportunity
from tests.factories import make_authority, make_call, make_dossier, make_practice
from tests.worlds import make_exchange

pytestmark = pytest.mark.django_db
PLACES = Path(sysconfig.get_paths()["purelib"])
XSD = PLACES / "iati/resources/standard/2-03/schemas/iati-activities-schema.xsd"
described = schemathesis.openapi.from_dict(api.api.get_openapi_schema())


@pytest.fixture(scope="module")
def world_once(once):
    """Two exchanges, one practice, one open request; and nobody is counted."""
    first, _second = make_exchange(1), make_exchange(2, form="study_visit", status="running")
    make_exchange(3, status="planned")
    make_practice(first)
    make_practice(first, status="draft", title="Not yet public")
    make_dossier(status="published")
    return first


@pytest.fixture
def world(world_once):
    return copy.deepcopy(world_once)


@pytest.fixture
def without_limit(monkeypatch):
    monkeypatch.setattr(api.RATE, "num_requests", 10**9)


@pytest.fixture
def one_connection():
    """The test's own connection serves each request: its end must not close it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def get(path, **asked):
    return Client().get(f"/api/v1/{path}", asked)


def tries(number):
    return settings(max_examples=number, derandomize=True, suppress_health_check=list(HealthCheck))


@described.parametrize()
@tries(12)
def test_nothing_that_the_description_allows_or_forbids_breaks_the_api(
    case, world, without_limit, one_connection, settings
):
    settings.ALLOWED_HOSTS = ["*"]
    call(case)


@pytest.mark.faults
@described.parametrize()
@tries(400)
def test_nothing_of_four_hundred_that_it_allows_or_forbids_breaks_the_api(
    case, world, without_limit, one_connection, settings
):
    settings.ALLOWED_HOSTS = ["*"]
    call(case)


def call(case):
    case.call_and_validate(
        app=get_wsgi_application(),
        base_url="http://localhost",
        headers={"Host": "localhost", "Accept-Encoding": "identity"},
    )


def test_the_api_says_what_is_public_and_no_more(world, without_limit):
    practice = Client().get("/api/v1/practices").json()
    exchanges, requests = get("exchanges").json(), get("opportunities").json()
    one = get(f"practices/{practice['items'][0]['slug']}").json()

    assert (practice["count"], exchanges["count"], requests["count"]) == (1, 2, 1)
    assert [line["reference"] for line in exchanges["items"]] == ["EX-9-1", "EX-9-2"]
    assert exchanges["items"][0]["helping_countries"] == "NL"
    assert requests["items"][0]["town"]["country"] == "GH"
    assert one["texts"][0]["failed"] == "The first fee was too high."
    assert get("exchanges", form="study_visit").json()["count"] == 1
    assert get("exchanges", year_from="2199", year_to="1900").json()["count"] == 2  # as on a page
    assert get("exchanges", limit=1, offset=1).json()["items"][0]["reference"] == "EX-9-2"
    figures = {figure["code"]: figure["value"] for figure in get("impact").json()["figures"]}
    assert (figures["held"], figures["practices"]) == (2, 1)
    whole = "".join(get(path).text for path in ("practices", "exchanges", "opportunities"))
    for secret in ("Helper", "Not yet public", "efua@agona.example", "Justina"):
        assert secret not in whole


def test_answers_may_be_kept_are_asked_again_by_their_mark_and_are_limited(world, monkeypatch):
    first = get("exchanges")
    again = Client().get("/api/v1/exchanges", headers={"If-None-Match": first["ETag"]})
    monkeypatch.setattr(api.RATE, "num_requests", 3)
    reader = Client(REMOTE_ADDR=f"2001:db8::{uuid.uuid4().hex[:4]}")  # not who read a minute ago
    codes = [reader.get("/api/v1/practices").status_code for _ in range(4)]

    assert "max-age=300" in first["Cache-Control"] and "Set-Cookie" not in first.headers
    assert (again.status_code, again.content) == (304, b"")
    assert codes == [200, 200, 200, 429]


@pytest.mark.parametrize("asked", [{"limit": 101}, {"limit": 0}, {"offset": -1}, {"limit": "x"}])
def test_a_page_out_of_bounds_is_refused_with_its_reason(world, without_limit, asked):
    refused = get("exchanges", **asked)

    assert refused.status_code == 422 and next(iter(asked)) in refused.text


def test_the_api_changes_nothing_and_explains_itself(world, without_limit):
    assert {Client().post(f"/api/v1/{name}").status_code for name in ("exchanges", "impact")} == {
        405
    }
    docs = Client().get(reverse("api-docs")).text
    assert all(path in docs for path in api.api.get_openapi_schema()["paths"])
    assert get("openapi.json").json()["info"]["title"] == "CONNECT"


@pytest.mark.parametrize(
    "path", ["nothing", "v1", "v1/", "v1/impakt", "v1/practices/no-such/", "v2/x"]
)
def test_an_address_that_the_api_does_not_have_is_told_as_json(path):
    answer = Client().get(f"/api/{path}")

    assert (answer.status_code, answer["Content-Type"].partition(";")[0]) == (
        404,
        "application/json",
    )
    assert "Not Found" in answer.json()["detail"]


# IATI


def activities():
    answer = Client().get(reverse("iati"))
    return etree.fromstring(b"".join(answer.streaming_content))


def test_the_programme_has_not_begun_before_its_first_exchange():
    """17-7.3: it began on the day of the download, another one each day."""
    call = make_call()

    def start():
        return dict(activities().find("iati-activity/activity-date").attrib)

    with_a_call = start()
    planned = make_exchange(90, status="planned")
    Exchange.objects.update(planned_start="2029-05-07", actual_start=None, actual_end=None)
    with_a_plan = start()
    Exchange.objects.filter(pk=planned.pk).update(actual_start="2029-05-08")

    opened = timezone.localdate(call.opens_at).isoformat()
    assert (with_a_call, with_a_plan, start()) == (
        {"type": "1", "iso-date": opened},
        {"type": "1", "iso-date": "2029-05-07"},
        {"type": "2", "iso-date": "2029-05-08"},
    )


def test_the_iati_file_is_valid_by_the_official_schema_in_every_state(world):
    for number, status in enumerate(ExchangeStatus, start=10):
        make_exchange(number, status=status)
        # No day was agreed yet, of a town that wished for a period.
        one = make_exchange(number + 20, status=status)
        Exchange.objects.filter(pk=one.pk).update(actual_start=None, actual_end=None)
        Dossier.objects.filter(pk=one.dossier_id).update(
            starts_on="2030-03-01", ends_on="2030-03-01"
        )
    planned, put_off = make_exchange(90, status="planned"), make_exchange(91, status="postponed")
    days = {"planned_start": "2029-05-07", "planned_end": "2029-05-11", "actual_start": None}
    both = Exchange.objects.filter(pk__in=[planned.pk, put_off.pk])
    both.update(actual_end=None, **days)  # of what was put off, the former ones
    planned.dossier.partners.add(make_authority(country="SN"), make_authority(country="SN"))
    Dossier.objects.filter(pk=planned.dossier_id).update(
        title="A <title> & more", gender="1", climate="2", disability="0"
    )
    schema = etree.XMLSchema(etree.parse(XSD))

    tree = activities()

    schema.assertValid(tree)
    undated = {f"EX-9-{number}" for number in range(30, 30 + len(ExchangeStatus))} | {"EX-9-91"}
    postponed = {f"EX-9-{10 + list(ExchangeStatus).index('postponed')}"}
    every = set(Exchange.objects.values_list("reference", flat=True))
    codes = {
        activity.findtext("iati-identifier"): activity.find("activity-status").get("code")
        for activity in tree
    }
    dates = {
        activity.findtext("iati-identifier"): [
            (day.get("type"), day.get("iso-date")) for day in activity.findall("activity-date")
        ]
        for activity in tree
    }
    left_out = every - {name.removeprefix("XM-EXAMPLE-") for name in dates}
    assert left_out == undated | postponed
    assert dates["XM-EXAMPLE-EX-9-90"] == [("1", "2029-05-07"), ("3", "2029-05-11")]
    countries = tree.xpath("iati-activity[iati-identifier='XM-EXAMPLE-EX-9-90']/recipient-country")
    assert [dict(one.attrib) for one in countries] == [
        {"code": "GH", "percentage": "50"},
        {"code": "SN", "percentage": "50"},
    ]
    assert codes["XM-EXAMPLE-EX-9-1"] == "4" and codes["XM-EXAMPLE-EX-9-2"] == "2"
    whole = etree.tostring(tree, encoding="unicode")
    assert "A &lt;title&gt; &amp; more" in whole
    for secret in ("Helper", "efua@agona.example", "Justina"):
        assert secret not in whole


def test_an_empty_programme_is_valid_too():
    etree.XMLSchema(etree.parse(XSD)).assertValid(activities())
    assert not Opportunity.objects.exists()


@given(
    st.lists(st.sampled_from(["14032", "15185", "43030", "11110", "16010", "31110"]), min_size=1)
)
def test_the_sectors_of_an_activity_sum_to_a_hundred_percent(codes):
    shared = iati.share_percent(codes)

    assert [code for code, _percent in shared] == sorted(set(codes))
    assert sum(Decimal(percent) for _code, percent in shared) == 100
    assert all(Decimal(percent) > 0 for _code, percent in shared)
