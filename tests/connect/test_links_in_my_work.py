"""The links that somebody has of others, in My work: read in as many questions as for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.enums import Status
from connect.my_work import find_link_tasks
from matching.models import Match
from tests.factories import make_dossier, make_expert, make_interest, make_measure, make_user
from tests.worlds import make_exchange

pytestmark = pytest.mark.django_db


def give_signature(address, _number):
    now = timezone.now()
    return make_dossier().signatures.create(
        name="Justina", address=address, asked_at=now, expires_at=now + timedelta(days=9)
    )


def give_place_together(address, _number):
    details = {"name": "Awutu", "country": "GH", "contact": "Yaw", "asked_at": timezone.now()}
    return make_dossier().co_applicants.create(address=address, **details)


def give_place_among_writers(address, _number):
    return make_dossier().contributors.create(name="Yaw", address=address, asked_at=timezone.now())


def give_agreement_in_principle(address, _number):
    return make_expert(employer_email=address)


def give_consent(address, number):
    dossier = make_dossier(status=Status.CONSENT_PENDING)
    match = Match.objects.create(
        reference=f"MA-8-{number}",
        dossier=dossier,
        answer_by=timezone.localdate() + timedelta(days=9),
        status_since=timezone.now() - timedelta(days=1),
    )
    interest = make_interest(dossier)
    match.interests.set([interest])
    return match.consents.create(side="employer", interest=interest, name="Clerk", address=address)


def give_part(address, number):
    exchange = make_exchange(number, status="planned")
    type(exchange).objects.filter(pk=exchange.pk).update(actual_start=None, actual_end=None)
    exchange.participants.create(name="Kofi", address=address, side="requesting", part="delegate")
    return exchange.participants.get()


def give_questionnaire(address, number):
    person = give_part(address, number)
    day = timezone.localdate()
    return person.exchange.evaluations.create(
        participant=person, moment="end", side="requesting", due_on=day
    )


def give_plan(address, number):
    exchange = make_exchange(number, status="completed")
    type(exchange.dossier).objects.filter(pk=exchange.dossier_id).update(legal_email=address)
    plan = make_measure(exchange).plan
    return type(plan).objects.get(pk=plan.pk)


GIVES = [
    give_signature,
    give_place_together,
    give_place_among_writers,
    give_agreement_in_principle,
    give_consent,
    give_questionnaire,
    give_plan,
]


@pytest.mark.parametrize("give", GIVES, ids=[give.__name__ for give in GIVES])
def test_five_links_are_read_in_as_many_questions_as_one(give):
    pieter, counts, found = make_user("Pieter"), [], []
    for numbers in ([1], [2, 3, 4, 5]):
        for number in numbers:
            assert give(pieter.email, number).create_link() is not None
        with CaptureQueriesContext(connection) as queries:
            found.append(len(list(find_link_tasks(pieter, timezone.now()))))
        counts.append(len(queries))

    assert found == [1, 5]
    assert counts[0] == counts[1]
