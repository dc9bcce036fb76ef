"""An officer with a conflict of interest reads nothing of that file: no match, answer or e-mail."""

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.desk import submit_interest
from matching.runs import request_run
from notifications.models import Letter
from notifications.outbox import post_letter
from tests.worlds import PeopleByTie

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """A request with an answer, a proposal, a ranking and an e-mail about each."""
    world = PeopleByTie()
    request_run(world.dossier.pk, timezone.now())
    for one in (world.dossier, world.match):
        post_letter(
            "match_proposed",
            key=f"told:{one.reference}",
            to=[world.people["editor"]],
            path=one.path,
            known={"reference": one.reference, "title": world.dossier.title},
        )
    return world


def addresses(world):
    """Give each page that tells of the match, the answer, the ranking or an e-mail about them."""
    interest, match = world.interest, world.match
    lists = ("matching_match", "matching_matchrun", "notifications_letter")
    yield from (reverse(f"admin:{name}_changelist") for name in lists)
    yield reverse("admin:matching_match_change", args=[match.pk])
    yield reverse("admin:matching_matchrun_change", args=[world.dossier.runs.get().pk])
    for letter in Letter.objects.filter(key__startswith="told:"):
        yield reverse("admin:notifications_letter_change", args=[letter.pk])
    yield reverse("admin:matching_desk", args=[world.dossier.pk])
    yield match.get_absolute_url()
    yield interest.get_absolute_url()
    for asked in (match.reference, world.dossier.reference, world.people["editor"].email):
        yield f"{reverse('admin:find')}?q={asked}"
    for person in ("editor", "expert"):
        yield reverse("admin:accounts_user_change", args=[world.people[person].pk])


def test_an_officer_with_a_conflict_finds_its_match_its_answers_and_its_e_mails_nowhere(world):
    letters = Letter.objects.filter(key__startswith="told:")
    links = [f"/admin/notifications/letter/{one.pk}/" for one in letters]
    links += [f"/admin/matching/match/{world.match.pk}/", f"/dossiers/{world.dossier.reference}/"]
    names = [world.match.reference, world.dossier.reference]

    def told(person):
        return [
            address
            for address in addresses(world)
            if (page := world.clients[person].get(address)).status_code == 200
            # A page of results says again what was asked.
            and any(one in page.text for one in links + ([] if "?q=" in address else names))
        ]

    assert told("officer with a conflict") == []
    assert len(told("officer")) >= 9  # the check could not fail if nobody were told


def test_no_e_mail_about_it_goes_to_an_officer_with_a_conflict(world):
    rita, ines = world.people["officer with a conflict"], world.people["officer"]
    type(world.interest).objects.update(status="draft")
    world.interest.refresh_from_db()

    submit_interest(world.interest, actor=world.people["expert"])

    told = {one.address for one in Letter.objects.filter(template="interest_received")}
    assert ines.email in told and rita.email not in told


def test_an_officer_of_the_town_itself_comes_from_its_match_to_the_page_that_opens(world):
    """They read it as its colleagues do; the matching desk is not theirs."""
    world.people["officer"].memberships.create(
        authority=world.agona, roles=["editor"], status="active"
    )
    theirs, dossier = world.clients["officer"], world.dossier
    desk = reverse("admin:matching_desk", args=[dossier.pk])

    page = theirs.get(world.match.get_absolute_url()).text

    assert theirs.get(desk).status_code == 404 and desk not in page
    assert f'<a href="{dossier.get_absolute_url()}">{dossier.reference}</a>' in page
    assert desk in world.clients["administrator"].get(world.match.get_absolute_url()).text
