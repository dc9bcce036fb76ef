"""Every cell of every table of permissions: each person, verb and status, by row and by HTTP.

What is expected stands in `tests/rights.py`, apart from the tables of the product. Here stand
the things of this world, and by which address a verb is tried.
"""

import copy
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from applications.enums import UNSENT, MeetingStatus, Status
from applications.permissions import DOSSIERS, MEETINGS
from applications.transitions import dossier_machine
from connect.transitions import MACHINES
from exchanges.enums import ExchangeStatus
from exchanges.models import Observation
from exchanges.permissions import EXCHANGES, may_confirm, may_host, sides_of
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
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    make_user,
    pdf_of,
)
from tests.rights import RIGHTS, SIDES, STEPS, TIED_OFFICERS, holds_in, is_among, may
from tests.worlds import PeopleByTie, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world_once(once):
    return WiderCircle()


@pytest.fixture
def world(world_once):
    return copy.deepcopy(world_once)


class WiderCircle(PeopleByTie):
    """Those besides who sign for Agona West, left it, or are tied to it as officers: no browser."""

    def __init__(self):
        super().__init__()
        agona, now = self.agona, timezone.now()
        left = {"status": "ended", "decided_at": now - timedelta(days=700)}
        partner = make_authority("Awutu")
        of_partner = partner.associations.create(name="FCM", country="CA", scope="national")
        self.typed_in = make_dossier(
            agona, typed_by=self.people["administrator"], created_by=self.people["newcomer"]
        )
        for name in ("committee member with a conflict", "officer with a conflict"):
            self.typed_in.conflicts.create(member=self.people[name], has_conflict=True, at=now)
        self.typed_in.assignments.create(member=self.people["committee member"], at=now)
        for dossier in (self.dossier, self.typed_in):
            dossier.partners.add(partner)
        self.people |= {
            "representative": make_user("Justina", works_for=agona, roles=["legal_representative"]),
            "former editor": make_user("Adwoa", works_for=agona),
            "officer who left long ago": make_officer("Olga"),
            **{name: make_officer(name.title()) for name in TIED_OFFICERS},
        }
        self.people["former editor"].memberships.update(**left)
        places = [
            ("officer who left the town", {"authority": agona}),
            ("officer who left its association", {"association": agona.associations.get()}),
            ("officer who left a partner", {"authority": partner}),
            ("officer who left a partner's association", {"association": of_partner}),
        ]
        for name, place in places:
            self.people[name].memberships.create(roles=["editor"], **place, **left)
        long_ago = {"status": "ended", "decided_at": now - timedelta(days=732)}
        self.people["officer who left long ago"].memberships.create(
            authority=agona, roles=["editor"], **long_ago
        )
        profile = make_expert("Paula", agona)
        profile.user.memberships.all().delete()
        profile.user = self.people["officer whose profile is of the town"]
        profile.save()
        former = make_expert("Piet", self.hidden.authority)
        self.match.interests.add(make_interest(self.dossier, former))
        former.user.memberships.update(**left)
        self.people["expert who left"] = former.user


def get(name, *args):
    return lambda client: client.get(reverse(name, args=args))


def post(name, *args, **data):
    return lambda client: client.post(reverse(name, args=args), data)


def add_file(reference):
    def ask(client):
        file = ContentFile(pdf_of("plan"), name="plan.pdf")
        return client.post(reverse("add-file", args=[reference]), {"file": file, "kind": "plan"})

    return ask


# {thing: its table, its statuses, the row of this world}
THINGS = {
    "dossier": (DOSSIERS, Status, lambda world: world.dossier),
    "dossier typed in by staff": (DOSSIERS, Status, lambda world: world.typed_in),
    "answer": (INTERESTS, InterestStatus, lambda world: world.interest),
    "match": (MATCHES, MatchStatus, lambda world: world.match),
    "meeting": (MEETINGS, MeetingStatus, lambda world: world.meeting),
    "exchange": (EXCHANGES, ExchangeStatus, lambda world: world.exchange),
    "practice": (PRACTICES, PracticeStatus, lambda world: world.practice),
    "authority": (AUTHORITIES, AuthorityStatus, lambda world: world.agona),
    "membership": (MEMBERSHIPS, MembershipStatus, lambda world: world.membership),
    "hidden expert": (EXPERTS, [None], lambda world: world.hidden),
    "public expert": (EXPERTS, [None], lambda world: world.public),
    "offer of the hidden expert": (OFFERS, OfferStatus, lambda world: world.offer),
    "offer of the public expert": (OFFERS, OfferStatus, lambda world: make_offer(world.public)),
}


@pytest.mark.parametrize(("thing", "verb"), RIGHTS)
def test_the_tables_open_to_each_person_what_the_roles_say_in_each_status(world, thing, verb):
    table, statuses, row_of = THINGS[thing]
    row, wrong = row_of(world), []
    rows = type(row).objects.filter(pk=row.pk)
    questions = {
        name: compile_question(table.filter_allowed(rows, verb, person or AnonymousUser()))
        for name, person in world.people.items()
    }

    for status in statuses:
        if status is not None:
            rows.update(status=status)
        for name, question in questions.items():
            if is_any(question) != may(name, thing, verb, status):
                wrong.append((str(status), name))

    assert wrong == []


def compile_question(rows):
    """Return the SQL of rows, once for all statuses: to build it takes longer than to ask it."""
    try:
        return rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return None


def is_any(question):
    if question is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(*question)
        return cursor.fetchone() is not None


def test_every_verb_of_every_table_has_its_rights_written():
    written = {(id(THINGS[thing][0]), verb) for thing, verb in RIGHTS}

    assert written == {
        (id(table), verb) for table, _statuses, _row in THINGS.values() for verb in table.verbs
    }


def test_each_side_names_its_own_people_and_who_asked_confirms_who_took_part(world):
    exchange = world.exchange

    def found(name):
        person = world.people[name]
        hosts = may_host(person, exchange) and "hosts"
        confirms = may_confirm(person, exchange) and "confirms"
        return sides_of(person, exchange), hosts or "", confirms or ""

    nobody = (set(), "", "")
    names = [name for name, person in world.people.items() if person]
    staff = {name for name in names if may(name, "exchange", "withdraw", None)}
    assert {name: found(name) for name in names} == {
        name: SIDES.get("officer" if name in staff else name, nobody) for name in names
    }


def of_meeting(world, page):
    return f"admin:applications_call_{page}", world.meeting.call_id, world.meeting.pk


# By which requests each verb is tried; a dossier of which nobody else holds anything is deleted.
REQUESTS = {
    ("dossier", "read"): lambda w: [
        get("dossier", w.dossier.reference),
        get("file", w.dossier.reference, w.letter.token),
    ],
    ("dossier", "fill in"): lambda w: [
        get("section", w.dossier.reference, "problem"),
        post("autosave", w.dossier.reference, "problem"),
    ],
    ("dossier", "write"): lambda w: [
        get("check-answers", w.dossier.reference),
        post("remove-file", w.dossier.reference, w.letter.token),
    ],
    ("dossier", "ask to sign"): lambda w: [post("ask-signature", w.dossier.reference)],
    ("dossier", "add a file"): lambda w: [add_file(w.dossier.reference)],
    ("dossier", "withdraw a file"): lambda w: [get("withdraw-file", w.dossier.reference)],
    ("dossier", "approve"): lambda w: [post("approve-summary", w.dossier.reference)],
    ("dossier", "become contact"): lambda w: [post("become-contact", w.dossier.reference)],
    ("dossier", "change representative"): lambda w: [
        get("change-representative", w.dossier.reference)
    ],
    ("dossier", "keep longer"): lambda w: [post("keep-dossier", w.dossier.reference)],
    ("dossier", "copy"): lambda w: [post("copy", w.dossier.reference, call=w.call.slug)],
    ("dossier", "delete"): lambda w: [post("delete-draft", w.alone.reference)],
    ("dossier", "judge"): lambda w: [get("committee-dossier", w.dossier.reference)],
    ("answer", "read"): lambda w: [get("interest", w.dossier.reference, w.interest.pk)],
    ("answer", "write"): lambda w: [post("interest", w.dossier.reference, w.interest.pk)],
    ("match", "read"): lambda w: [get("match", w.match.reference)],
    ("meeting", "read"): lambda w: [get("committee-meeting", w.meeting.pk)],
    ("meeting", "plan"): lambda w: [get(*of_meeting(w, "meeting_change"))],
    ("meeting", "attend"): lambda w: [post("committee-meeting", w.meeting.pk, comes="yes")],
    ("meeting", "write minutes"): lambda w: [get(*of_meeting(w, "minutes"))],
    ("meeting", "print minutes"): lambda w: [get("committee-minutes", w.meeting.pk)],
    ("meeting", "sign"): lambda w: [post("committee-meeting", w.meeting.pk, step="sign")],
    ("exchange", "read"): lambda w: [get("exchange", w.exchange.reference)],
    ("exchange", "meet"): lambda w: [get("exchange-terms", w.exchange.reference)],
    ("dossier", "pause reminders"): lambda w: [
        get("admin:applications_dossier_reminders", w.dossier.pk)
    ],
    ("exchange", "pause reminders"): lambda w: [
        get("admin:exchanges_exchange_reminders", w.exchange.pk)
    ],
    ("exchange", "withdraw"): lambda w: [get("exchange-withdraw", w.exchange.reference)],
    ("exchange", "plan"): lambda w: [
        get("exchange-session", w.exchange.reference, w.exchange.sessions.get().pk)
    ],
    ("exchange", "name"): lambda w: [post("exchange-participants", w.exchange.reference)],
    ("exchange", "account"): lambda w: [
        get("exchange-budget-line", w.exchange.reference, make_budget_line(w.exchange).pk)
    ],
    ("exchange", "record"): lambda w: [get("exchange-attendance", w.exchange.reference)],
    ("exchange", "observe"): lambda w: [
        post("exchange-observe", w.exchange.reference, Observation.objects.get().pk, answer="no")
    ],
    ("exchange", "follow"): lambda w: [get("exchange-measure-new", w.exchange.reference)],
    ("practice", "read"): lambda w: [get("practice", w.practice.slug)],
    ("practice", "write"): lambda w: [
        get("practice-write", w.practice.slug, "en"),
        get("practice-photos", w.practice.slug),
    ],
    ("practice", "withdraw"): lambda w: [get("practice-withdraw", w.practice.slug)],
    ("practice", "agree"): lambda w: [post("practice-agree", w.practice.slug)],
    ("authority", "read"): lambda w: [get("authority", w.agona.slug)],
    ("membership", "decide"): lambda w: [
        post("membership-decide", w.membership.pk, answer="accept")
    ],
    ("hidden expert", "read"): lambda w: [get("expert", w.hidden.slug)],
    ("offer of the hidden expert", "write"): lambda w: [
        get("offer", w.offer.pk),
        post("offer", w.offer.pk),
    ],
}


@pytest.mark.parametrize("apart", [24, pytest.param(1, marks=pytest.mark.faults)])
@pytest.mark.parametrize(("thing", "verb"), REQUESTS)
def test_each_page_answers_those_who_may_and_nobody_else(world, thing, verb, apart):
    """Of those who may and of those who may not, each in each status by `make faults`; here some.

    The tables themselves are asked for each person in each status, above.
    """
    _table, statuses, row_of = THINGS[thing]
    row = world.alone if verb == "delete" else row_of(world)
    cells = [(name, thing, verb, status) for name in world.clients for status in statuses]
    allowed, refused = ([one for one in cells if may(*one) is answer] for answer in (True, False))
    tried = allowed[::apart] + refused[::apart]

    wrong = [
        (number, str(status), name)
        for number, ask in enumerate(REQUESTS[thing, verb](world))
        for name, _thing, _verb, status in tried
        if world.tried(name, row, status, ask) != may(name, thing, verb, status)
    ]

    assert wrong == []


def test_every_verb_is_tried_by_a_page_but_two_that_other_tests_try():
    """Reading an offer, below; correcting the days of an exchange, `test_after`."""
    tables = {(id(THINGS[thing][0]), verb) for thing, verb in RIGHTS}
    tried = {(id(THINGS[thing][0]), verb) for thing, verb in REQUESTS}

    assert tables - tried == {(id(OFFERS), "read"), (id(EXCHANGES), "correct")}


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


REASONS = {
    "note": "Because.",
    "reason": "security",
    "closes_on": "2030-01-01",
    "due_on": "2030-01-01",
}


@pytest.mark.parametrize("thing", STEPS)
def test_each_step_leads_where_the_states_say_and_is_taken_by_those_who_are_named(world, thing):
    row = THINGS[thing][2](world)
    machine = next(one for one in MACHINES if one.model is type(row))
    people = {**world.people, "clock": None}
    del people["anonymous"]

    found = {
        verb: (step.sources, step.target, {p for p in people if step.allowed(people[p], row)})
        for verb, step in machine.transitions.items()
    }

    assert found == {
        verb: (
            {status for status in THINGS[thing][1] if holds_in(status, sources)},
            target,
            {person for person in people if is_among(person, by_whom)},
        )
        for verb, (sources, target, by_whom) in STEPS[thing].items()
    }


@pytest.mark.parametrize("apart", [8, pytest.param(1, marks=pytest.mark.faults)])
@pytest.mark.parametrize("verb", STEPS["dossier"])
def test_each_step_of_a_dossier_is_taken_by_those_its_line_names_and_by_nobody_else(
    world, verb, apart
):
    """Z10: each step by whoever may, and every eighth of the others, by page and in the admin."""
    step = dossier_machine.transitions[verb]
    by_whom = STEPS["dossier"][verb][2] if step.label else ""
    takers = {person for person in world.clients if is_among(person, by_whom)}
    first = list(STEPS["dossier"]).index(verb) % apart
    people = takers | set(list(world.clients)[first::apart])
    by_page = {"submit", "hand_over", "answer_correction", "take_back", "withdraw"}
    status = sorted(step.sources)[0]
    page = post("dossier-step", world.dossier.reference, verb, **REASONS)
    room = post("admin:applications_dossier_step", world.dossier.pk, verb, **REASONS)

    took_by_page = {p for p in people if world.tried(p, world.dossier, status, page)}
    took_in_room = {p for p in people if world.tried(p, world.dossier, status, room)}

    assert took_by_page == (takers if verb in by_page else set())
    staff = {"officer", "administrator"}
    in_room = set() if status in UNSENT else takers & staff
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


def test_no_officer_lets_themselves_into_a_town():
    """Z7: another officer does, or a colleague there."""
    ines, jan = make_officer("Ines"), make_officer("Jan")
    asked = ines.memberships.create(authority=make_authority(), roles=["editor"])
    decide = reverse("membership-decide", args=[asked.pk])
    listed = reverse("admin:registry_membership_changelist")
    chosen = {"action": "accept", "_selected_action": [asked.pk], "sure": "yes"}

    own = signed_in(ines)
    own.post(decide, {"answer": "accept"})
    own.post(listed, chosen)
    asked.refresh_from_db()
    by_oneself = asked.status
    signed_in(jan).post(listed, chosen)
    asked.refresh_from_db()

    assert (by_oneself, asked.status, asked.decided_by) == ("asked", "active", jan)
