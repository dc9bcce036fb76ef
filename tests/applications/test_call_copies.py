"""A past call is the start of the next: copied whole, its dates moved, and seen by nobody yet."""

import re
from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications import call_copies
from applications.models import Call
from engine import Policy
from matching import policies
from matching.models import CallPolicy
from tests.factories import make_call, make_dossier, make_officer, make_user

pytestmark = pytest.mark.django_db


def in_brussels(*moment):
    return timezone.make_aware(datetime(*moment))


@pytest.fixture
def ended(client):
    """The call of a year ago, complete, with an application; and Ines, who makes the next."""
    year = timezone.localdate().year - 1
    call = make_call(
        slug=f"open-call-{year}",
        title=f"Open call {year}",
        text=f"Tell us by 15 March {year}.",
        translations={"fr": {"title": f"Appel ouvert {year}", "text": "Tous les thèmes."}},
        opens_at=in_brussels(year, 1, 15, 9),
        closes_at=in_brussels(year, 3, 31, 17),
        meeting_on=date(year, 4, 20),
        forms=["study_visit"],
        countries=["GH", "SN"],
        waived=["risks"],
        attachments=["plan"],
        budget="120000.00",
        criteria=["Ties with a twin town"],
        points={"need": 90, "own_1": 10},
        threshold=55,
        quorum=2,
        gap=20,
        co_applicants_most=3,
        justify_elected=True,
    )
    make_dossier(call=call)
    call.ines = make_officer()
    call.year = year
    call.copying = reverse("admin:applications_call_copy", args=[call.pk])
    client.force_login(call.ines)
    return call


def what_it_says(call):
    """Return what a call holds beside its key, its names and its dates."""
    apart = {"id", "slug", "title", "translations", "opens_at", "closes_at", "meeting_on"}
    return {
        column.name: column.value_from_object(call)
        for column in Call._meta.concrete_fields
        if column.name not in apart
    }


def posted(page):
    """Return what the form of the copying page sends as it stands."""
    form = page.context["form"]
    shown = page.context["shown_day"].isoformat()
    values = {name: form[name].value() for name in form.fields}
    return {name: str(value) for name, value in values.items()} | {"shown_day": shown}


def test_the_page_of_a_call_offers_a_copy_and_the_copy_is_the_call_of_the_next_year(ended, client):
    """The button “Save as new” failed on the address, and kept the title and the dates."""
    speaks = Policy({"languages": 100.0})
    policies.adopt_policy(ended, speaks, note="Speak", actor=ended.ines)
    offered = client.get(reverse("admin:applications_call_change", args=[ended.pk])).text

    page = client.get(ended.copying)
    answer = client.post(ended.copying, posted(page), follow=True)

    assert "Copy this call" in offered and ended.copying in offered
    assert "_saveasnew" not in offered
    is_over = timezone.localdate() >= date(ended.year + 1, 1, 15)
    next_year = ended.year + (2 if is_over else 1)
    made = Call.objects.get(slug=f"open-call-{next_year}")
    assert (made.title, made.translations["fr"]) == (
        f"Open call {next_year}",
        {"title": f"Appel ouvert {next_year}", "text": "Tous les thèmes."},
    )
    assert (made.opens_at, made.closes_at, made.meeting_on) == (
        in_brussels(next_year, 1, 15, 9),
        in_brussels(next_year, 3, 31, 17),  # summer time has begun: the hour stays
        None,  # until its meeting is planned
    )
    ended.refresh_from_db()
    assert what_it_says(made) == what_it_says(ended)
    assert made.dossiers.count() == 0
    policy = CallPolicy.objects.get(call=made)
    assert (policy.number, policy.adopted_by) == (1, ended.ines)
    assert policy.note == f"Copied from Open call {ended.year}"
    ranks = CallPolicy.policy_for(made)
    assert ranks.version == f"open-call-{next_year}-1"
    assert ranks.weights == CallPolicy.policy_for(ended).weights
    assert answer.redirect_chain[-1][0] == reverse("admin:applications_call_change", args=[made.pk])
    assert f"Nobody outside the programme team sees it before 15 January {next_year}" in answer.text
    assert f"Its texts name {ended.year}: check whether that is still right." in answer.text
    history = client.get(reverse("admin:applications_call_history", args=[made.pk])).text
    assert f"Copied from Open call {ended.year}" in history


def test_nobody_but_staff_sees_a_copy_before_its_first_day(ended, client):
    client.post(ended.copying, posted(client.get(ended.copying)))
    made = Call.objects.latest("pk")

    assert Client().get(reverse("call", args=[made.slug])).status_code == 404
    assert made.title not in Client().get(reverse("calls")).text


def test_another_first_day_moves_all_dates_and_what_was_typed_stays(ended, client):
    """15 January to 20 February is no whole number of months: each date moves by as many days."""
    first_day = date(ended.year + 3, 2, 20)
    typed = posted(client.get(ended.copying))
    typed |= {"first_day": first_day.isoformat(), "title_en": "Call of the coast", "show": "1"}

    page = client.post(ended.copying, typed)

    days = first_day - date(ended.year, 1, 15)
    moved = page.context["dates"]
    assert [timezone.localdate(after) for _what, _before, after in moved[:2]] == [
        first_day,
        date(ended.year, 3, 31) + days,
    ]
    assert len(moved) == 2
    again = posted(page)
    assert again["title_en"] == "Call of the coast"  # typed by hand
    assert again["title_fr"] == f"Appel ouvert {ended.year + 3}"  # proposed anew
    assert Call.objects.count() == 1

    client.post(ended.copying, again)

    made = Call.objects.latest("pk")
    assert (made.title, timezone.localdate(made.opens_at)) == ("Call of the coast", first_day)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"first_day": "2020-01-15"}, "Choose a day to come: a call is public from its first day."),
        ({"slug": "taken"}, "Another call has this address already: choose another one."),
        ({"title_fr": ""}, "This field is required."),
    ],
)
def test_what_cannot_be_copied_so_is_said_beside_its_box(ended, client, changed, said):
    make_call(slug="taken")

    page = client.post(ended.copying, posted(client.get(ended.copying)) | changed)

    assert said in page.text
    assert Call.objects.count() == 2


def test_the_address_that_is_proposed_is_free(ended, client):
    proposed = posted(client.get(ended.copying))["slug"]
    make_call(slug=proposed)

    assert posted(client.get(ended.copying))["slug"] == f"{proposed}-2"


def test_a_copy_that_is_sent_twice_is_made_once(ended, client):
    page = client.get(ended.copying)
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.text)[1]
    typed = posted(page) | {"csrfmiddlewaretoken": token}

    client.post(ended.copying, typed)
    again = client.post(ended.copying, typed, follow=True)

    assert Call.objects.count() == 2
    assert "it has been saved once" in again.text


def test_only_an_officer_copies_a_call(ended):
    with pytest.raises(PermissionDenied):
        call_copies.copy_call(
            ended,
            titles={"en": "Mine", "fr": "Le mien"},
            slug="mine",
            first_day=timezone.localdate() + timedelta(days=9),
            actor=make_user("Efua"),
        )
