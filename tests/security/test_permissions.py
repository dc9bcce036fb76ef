"""Every cell of every table of permissions, by HTTP: each person, verb and status.

The tables are the code's own (`permissions.py` of each app, and the steps of each life). Here
stands only who is tied how to the things of this world, and by which address a verb is tried.
"""

import copy

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse

from applications import transitions as dossier_steps
from applications.enums import UNSENT, Status
from applications.permissions import DOSSIERS
from connect import transitions as any_steps
from connect.permissions import ALL
from exchanges.enums import ExchangeStatus
from exchanges.models import Observation
from exchanges.permissions import EXCHANGES
from matching.enums import InterestStatus, MatchStatus
from matching.models import Interest
from matching.permissions import INTERESTS, MATCHES
from practices.enums import PracticeStatus
from practices.permissions import PRACTICES
from registry.enums import AuthorityStatus, MembershipStatus, OfferStatus
from registry.permissions import AUTHORITIES, EXPERTS, MEMBERSHIPS, OFFERS
from tests.factories import (
    make_authority,
    make_budget_line,
    make_offer,
    pdf_of,
)
from tests.worlds import PeopleByTie

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world_once(once):
    return PeopleByTie()


@pytest.fixture
def world(world_once):
    return copy.deepcopy(world_once)


# How each person is tied to the things of Agona West; whoever is not here is tied to nothing.
TIES = {
    "anonymous": {"anybody"},
    "neighbour": {"anybody"},
    "newcomer": {"anybody", "whoever joined or asked to", "whoever began it"},
    "colleague": {
        *("anybody", "whoever joined or asked to", "colleague", "colleague of the applicant"),
        "colleague of its town",
    },
    "editor": {
        *("anybody", "whoever joined or asked to", "colleague", "colleague of the applicant"),
        *("author", "a colleague who writes or signs", "author of the applicant"),
        *("colleague of its town", "author of its town"),
    },
    "expert": {
        *("anybody", "oneself", "its expert", "an expert of the match"),
        *("an expert of the exchange", "an expert who helped"),
        "an expert who still works for the side that helps",
        "an expert who helped and still works there",
    },
    "another expert": {"anybody"},
    "committee member": {"anybody", "committee member without conflict"},
    "committee member with a conflict": {"anybody"},
    "committee member it was not shared out to": {"anybody"},
    "association": {"anybody", "association officer", "officer of its association"},
    "another association": {"anybody"},
    "officer": {"anybody", "officer", "officer without conflict"},
    "officer with a conflict": {"anybody", "officer"},
    "administrator": {"anybody", "officer", "officer without conflict"},
}


def get(name, *args):
    return lambda client: client.get(reverse(name, args=args))


def post(name, *args, **data):
    return lambda client: client.post(reverse(name, args=args), data)


def add_file(reference):
    def ask(client):
        file = ContentFile(pdf_of("plan"), name="plan.pdf")
        return client.post(reverse("add-file", args=[reference]), {"file": file, "kind": "plan"})

    return ask


def cells(world):
    """Give (table, verb, thing, its statuses, the request that tries the verb)."""
    reference = world.dossier.reference
    dossier, any_status = world.dossier, [None]
    yield DOSSIERS, "read", dossier, Status, get("dossier", reference)
    yield DOSSIERS, "read", dossier, Status, get("file", reference, world.letter.token)
    yield DOSSIERS, "write", dossier, Status, get("section", reference, "problem")
    yield DOSSIERS, "write", dossier, Status, post("autosave", reference, "problem")
    yield DOSSIERS, "write", dossier, Status, get("check-answers", reference)
    yield DOSSIERS, "write", dossier, Status, post("remove-file", reference, world.letter.token)
    yield DOSSIERS, "add a file", dossier, Status, add_file(reference)
    yield DOSSIERS, "withdraw a file", dossier, Status, get("withdraw-file", reference)
    yield DOSSIERS, "approve", dossier, Status, post("approve-summary", reference)
    yield DOSSIERS, "become contact", dossier, Status, post("become-contact", reference)
    yield DOSSIERS, "keep longer", dossier, Status, post("keep-dossier", reference)
    yield DOSSIERS, "copy", dossier, Status, post("copy", reference, call=world.call.slug)
    alone = world.alone
    yield DOSSIERS, "delete", alone, Status, post("delete-draft", alone.reference)
    yield DOSSIERS, "judge", dossier, Status, get("committee-dossier", reference)
    interest = world.interest
    yield INTERESTS, "read", interest, InterestStatus, get("interest", reference, interest.pk)
    yield INTERESTS, "write", interest, InterestStatus, post("interest", reference, interest.pk)
    match, exchange = world.match, world.exchange
    yield MATCHES, "read", match, MatchStatus, get("match", match.reference)
    yield EXCHANGES, "read", exchange, ExchangeStatus, get("exchange", exchange.reference)
    yield EXCHANGES, "meet", exchange, ExchangeStatus, get("exchange-terms", exchange.reference)
    withdraw = get("exchange-withdraw", exchange.reference)
    yield EXCHANGES, "withdraw", exchange, ExchangeStatus, withdraw
    yield (
        *(EXCHANGES, "plan", exchange, ExchangeStatus),
        get("exchange-session", exchange.reference, exchange.sessions.get().pk),
    )
    yield (
        *(EXCHANGES, "name", exchange, ExchangeStatus),
        post("exchange-participants", exchange.reference),
    )
    yield (
        *(EXCHANGES, "account", exchange, ExchangeStatus),
        get("exchange-budget-line", exchange.reference, make_budget_line(exchange).pk),
    )
    yield (
        *(EXCHANGES, "record", exchange, ExchangeStatus),
        get("exchange-attendance", exchange.reference),
    )
    observation = Observation.objects.get()
    yield (
        *(EXCHANGES, "observe", exchange, ExchangeStatus),
        post("exchange-observe", exchange.reference, observation.pk, answer="no"),
    )
    yield (
        *(EXCHANGES, "follow", exchange, ExchangeStatus),
        get("exchange-measure-new", exchange.reference),
    )
    slug = world.practice.slug
    yield PRACTICES, "read", world.practice, PracticeStatus, get("practice", slug)
    yield PRACTICES, "write", world.practice, PracticeStatus, get("practice-write", slug, "en")
    yield PRACTICES, "write", world.practice, PracticeStatus, get("practice-photos", slug)
    yield PRACTICES, "withdraw", world.practice, PracticeStatus, get("practice-withdraw", slug)
    yield PRACTICES, "agree", world.practice, PracticeStatus, post("practice-agree", slug)
    yield AUTHORITIES, "read", world.agona, AuthorityStatus, get("authority", world.agona.slug)
    yield EXPERTS, "read", world.hidden, any_status, get("expert", world.hidden.slug)
    yield OFFERS, "write", world.offer, OfferStatus, get("offer", world.offer.pk)
    yield OFFERS, "write", world.offer, OfferStatus, post("offer", world.offer.pk)
    yield (
        *(MEMBERSHIPS, "decide", world.membership, MembershipStatus),
        post("membership-decide", world.membership.pk, answer="accept"),
    )


def test_each_person_may_do_what_the_tables_say_in_each_status_and_nothing_else(world):
    wrong, tried = [], set()

    for table, verb, thing, statuses, ask in cells(world):
        tried.add((id(table), verb))
        for status in statuses:
            opened = {
                tie.name
                for tie, where in table.verbs[verb].items()
                if where is ALL or status in where
            }
            for person, ties in TIES.items():
                if world.tried(person, thing, status, ask) != bool(opened & ties):
                    wrong.append((type(thing).__name__, verb, str(status), person))

    assert wrong == []
    tables = (
        *(DOSSIERS, INTERESTS, MATCHES, EXCHANGES, PRACTICES),
        *(AUTHORITIES, EXPERTS, OFFERS, MEMBERSHIPS),
    )
    every = {(id(table), verb) for table in tables for verb in table.verbs}
    assert every - tried == {(id(OFFERS), "read")}  # by the expert's page, below


def test_a_public_profile_and_its_published_offers_are_for_all_and_a_hidden_one_is_not(world):
    offer = make_offer(world.public, title="Weighing bridges")

    def seen(status, **profile):
        """What a visitor, a neighbour and an officer see of the profile and its offer."""
        with transaction.atomic():
            type(offer).objects.filter(pk=offer.pk).update(status=status)
            type(world.public).objects.filter(pk=world.public.pk).update(**profile)
            address = world.public.get_absolute_url()
            people = ("anonymous", "neighbour", "officer")
            pages = [world.clients[person].get(address) for person in people]
            transaction.set_rollback(True)
        return [
            "nothing" if p.status_code == 404 else "both" if offer.title in p.text else "profile"
            for p in pages
        ]

    assert {status: seen(status) for status in OfferStatus} == {
        status: ["profile", "profile", "both"] for status in OfferStatus
    } | {OfferStatus.PUBLISHED: ["both"] * 3, OfferStatus.REMOVED: ["profile"] * 3}
    for hidden in ({"visibility": "matched"}, {"is_hidden": True}):
        assert seen("published", **hidden) == ["nothing", "nothing", "both"]


# Whom the predicates of the steps let through.
MAY = {
    any_steps.by_clock: set(),
    any_steps.by_officer: {"officer", "administrator"},
    dossier_steps.by_neutral_officer: {"officer", "administrator"},
    any_steps.by_officer_or_clock: {"officer", "administrator"},
    dossier_steps.by_another_officer: {"officer", "administrator"},
    dossier_steps.by_administrator: {"administrator"},
    dossier_steps.by_applicant: {"editor"},
    dossier_steps.by_applicant_or_typist: {"editor"},
    dossier_steps.by_writer_or_clock: {"newcomer"},
}
REASONS = {
    "note": "Because.",
    "reason": "security",
    "closes_on": "2030-01-01",
    "due_on": "2030-01-01",
}


@pytest.mark.parametrize("verb", list(dossier_steps.dossier_machine.transitions))
def test_each_step_of_a_dossier_is_taken_by_those_its_line_names_and_by_nobody_else(world, verb):
    """Z10: each step by each person, by page and in the admin."""
    step = dossier_steps.dossier_machine.transitions[verb]
    may = MAY[step.allowed] if step.label else set()
    by_page = {"submit", "hand_over", "answer_correction", "take_back", "withdraw"}
    status = sorted(step.sources)[0]
    page = post("dossier-step", world.dossier.reference, verb, **REASONS)
    room = post("admin:applications_dossier_step", world.dossier.pk, verb, **REASONS)

    took_by_page = {p for p in TIES if world.tried(p, world.dossier, status, page)}
    took_in_room = {p for p in TIES if world.tried(p, world.dossier, status, room)}

    assert took_by_page == (may if verb in by_page else set())
    staff = {"officer", "administrator"}
    in_room = set() if status in UNSENT else may & staff
    assert took_in_room == in_room


def test_a_status_set_by_a_field_of_a_form_that_nobody_gave_is_not_kept(world):
    """Z3, Z4: fields added to a form by hand are not read."""
    Interest.objects.filter(pk=world.interest.pk).update(status="draft")
    type(world.dossier).objects.filter(pk=world.dossier.pk).update(status="draft")
    other = make_authority()
    extra = {
        **{"status": "validated", "authority": other.pk, "case_officer": 1, "typed_by": 1},
        **{"score": 100, "reference": "CN-1", "is_staff": "on", "is_superuser": "on"},
        **{"expert": 1, "dossier": 1, "capacity": 9, "user": 1},
    }
    reference = world.dossier.reference
    kept = (
        ("editor", reverse("section", args=[reference, "problem"]), world.dossier),
        ("expert", world.interest.get_absolute_url(), world.interest),
        ("expert", reverse("profile"), world.hidden),
        ("editor", reverse("account"), world.people["editor"]),
    )
    names = [field for field in extra if field not in ("capacity",)]

    for person, address, thing in kept:
        columns = [name for name in names if hasattr(thing, name)]
        before = type(thing).objects.values_list(*columns).get(pk=thing.pk)
        world.clients[person].post(address, extra)
        assert type(thing).objects.values_list(*columns).get(pk=thing.pk) == before
