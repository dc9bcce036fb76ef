"""A word planted in what is not for all turns up on no page of those whom it is not for."""

import copy
import io

import pytest
from django.urls import reverse
from pypdf import PdfReader

from applications.document import dossier_pdf
from applications.enums import Status
from applications.reading import CONTACT, STAFF_ONLY
from registry import search_index
from tests.factories import (
    TEXT,
    answers,
    make_dossier,
    make_offer,
    make_practice,
    make_report,
    make_session,
)
from tests.worlds import PeopleByTie

pytestmark = pytest.mark.django_db
WORD = "Zanzarimba"


@pytest.fixture(scope="module")
def world_once(once):
    """The things of Agona West, with the word wherever a person may have typed it."""
    world = PeopleByTie()
    for status in (Status.DRAFT, Status.UNDER_SELECTION):
        words = {"title": f"About {WORD} and water", "focal_name": WORD}
        dossier = make_dossier(
            world.agona, status=status, typed=answers(problem=TEXT + WORD), **words
        )
        dossier.conflicts.create(
            member=world.people["committee member with a conflict"],
            has_conflict=True,
            at=dossier.status_since,
        )
    hidden = world.hidden
    hidden.user.name, hidden.function_title = WORD, WORD
    hidden.user.save()
    hidden.save()
    make_offer(hidden, title=WORD, text=TEXT + WORD)
    search_index.index_experts([hidden.pk])
    make_practice(world.exchange, status="draft", title=WORD)
    make_session(world.exchange, title=WORD, is_public=True)
    make_report(world.exchange, comment=WORD)
    world.exchange.participants.update(name=WORD)
    world.exchange.terms.create(number=1, purpose=WORD, at=dossier.status_since)
    return world


@pytest.fixture
def world(world_once):
    return copy.deepcopy(world_once)


def addresses(world):
    lists = [
        "practices",
        "impact",
        "impact-exchanges",
        "impact-dossiers",
        "impact-steps",
        "practice-feed",
        "events",
        "home",
        "calls",
        "opportunities",
        "experts",
        "authorities",
        "my",
        "exchanges",
        "directory",
    ]
    lists += ["memberships", "profile", "committee", "association", "account"]
    yield from map(reverse, lists)
    for name in ("experts", "authorities", "opportunities", "practices"):
        yield reverse(name) + "?q=zanzar"
        yield reverse(name) + "?theme=water-sanitation"
    for thing in (world.dossier, world.interest, world.hidden, world.match, world.exchange):
        yield thing.get_absolute_url()
    for name in ("agenda", "participants", "terms", "plan", "results"):
        yield reverse(f"exchange-{name}", args=[world.exchange.reference])
    for practice in world.exchange.practices.filter(status="draft"):
        yield practice.get_absolute_url()
    yield reverse("practices-of", args=[world.exchange.reference])
    yield world.agona.get_absolute_url()
    yield reverse("opportunity", args=[world.dossier.reference])
    for dossier in world.agona.dossiers.all():
        for name in ("dossier", "document", "committee-dossier", "check-answers", "co-applicants"):
            yield reverse(name, args=[dossier.reference])
        yield reverse("section", args=[dossier.reference, "problem"])
        yield reverse("file", args=[dossier.reference, world.letter.token])


STRANGERS = [
    *("anonymous", "neighbour", "another expert", "another association"),
    "committee member with a conflict",
]


@pytest.mark.parametrize("person", STRANGERS)
def test_strangers_find_no_trace_on_any_page(world, person):
    """Checks Z6 and Z7: lists, counts, search, suggestions and documents."""
    found = {
        address
        for address in addresses(world)
        if WORD in world.clients[person].get(address).content.decode(errors="replace")
    }

    assert found == set()


def test_those_it_is_for_do_find_it(world):
    """The check above could not fail if nobody ever saw the word."""
    draft = world.agona.dossiers.get(status=Status.DRAFT, focal_name=WORD).get_absolute_url()
    of_expert = world.hidden.get_absolute_url()

    def seen(address):
        # The expert is called so: every page greets them by it.
        others = {person: who for person, who in world.clients.items() if person != "expert"}
        return {person for person, who in others.items() if WORD in who.get(address).text}

    assert seen(draft) == {"colleague", "editor"}
    staff = {"officer", "officer with a conflict", "administrator"}  # it is of another dossier
    assert seen(of_expert) == staff
    assert seen(reverse("experts") + "?q=zanzar") == staff


def test_the_committee_reads_without_names_addresses_and_telephones_in_page_and_pdf():
    """Check Z8."""
    world = PeopleByTie()
    dossier, reader = world.dossier, world.clients["committee member"]
    type(dossier).objects.filter(pk=dossier.pk).update(status=Status.UNDER_SELECTION)
    reader.post(reverse("committee-dossier", args=[dossier.reference]), {"has_conflict": "no"})

    page = reader.get(reverse("committee-dossier", args=[dossier.reference])).text
    pdf = PdfReader(io.BytesIO(dossier_pdf(dossier, None, hidden=CONTACT | STAFF_ONLY)))
    words = page + "".join(p.extract_text() for p in pdf.pages) + str(pdf.metadata)

    assert "place to discharge" in page
    for secret in ("efua@agona.example", "justina@agona.example", "24 123 4567", "Justina Assan"):
        assert secret not in words
