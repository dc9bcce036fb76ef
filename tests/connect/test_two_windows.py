"""Somebody has the same page of theirs open in two windows: the older one erases nothing."""

import pytest
from django.urls import reverse

from matching.enums import InterestStatus
from matching.models import Interest
from registry.enums import Role
from registry.models import Expert
from tests.factories import make_authority, make_dossier, make_interest, make_user
from tests.registry.profiles import profile_data
from tests.worlds import MEANWHILE, form_data, open_form, signed_in

pytestmark = pytest.mark.django_db


def begin_answer():
    answer = make_interest(make_dossier(status="published"), status=InterestStatus.DRAFT)
    page = reverse("interest", args=[answer.dossier.reference, answer.pk])
    return answer.expert.user, page, lambda: Interest.objects.get()


def begin_profile():
    almere = make_authority("Almere", country="NL")
    ineke = make_user("Ineke", works_for=almere, roles=[Role.EXPERT])
    signed_in(ineke).post(reverse("profile"), profile_data(almere))
    return ineke, reverse("profile"), lambda: Expert.objects.get()


def begin_details():
    ineke = make_user("Ineke")
    return ineke, reverse("account"), lambda: type(ineke).objects.get(pk=ineke.pk)


@pytest.mark.parametrize(
    ("begin", "first", "second"),
    [
        (begin_answer, ("references", "Kofi Boateng, Agona West"), ("town_gives", "A bus.")),
        (begin_profile, ("function_title", "Head of waste"), ("years", 7)),
        (begin_details, ("name", "Ineke de Vries"), ("language", "fr")),
    ],
)
def test_an_older_window_keeps_what_another_saved(begin, first, second):
    person, address, find = begin()
    client = signed_in(person)
    older = open_form(client, address)

    client.post(address, older | dict([first]))
    client.post(address, older | dict([second]))
    both = [getattr(find(), name) for name, _value in (first, second)]
    refused = client.post(address, older | {first[0]: "Typed over it"})
    kept = getattr(find(), first[0])
    client.post(address, form_data(refused.context["form"]))

    assert both == [first[1], second[1]] and kept == first[1]
    assert f"{MEANWHILE}: “{first[1]}”" in refused.text
    assert getattr(find(), first[0]) == "Typed over it"


def test_a_topic_that_another_window_added_to_a_profile_stays():
    person, address, _find = begin_profile()
    client = signed_in(person)
    older = open_form(client, address)
    topic = {"topic_2": "water-sanitation/drinking-water", "mastery_2": "2"}

    client.post(address, older | topic)
    client.post(address, older | {"years": "7"})

    held = Expert.objects.get().topics.values_list("theme__code", flat=True)
    assert sorted(held) == ["water-sanitation/drinking-water", "water-sanitation/faecal-sludge"]
