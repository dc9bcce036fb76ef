"""Experts who are asked once more: after a cancelled exchange, and after the applicant's no."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from applications.enums import Status
from connect.transitions import TransitionRefused
from exchanges.transitions import exchange_machine
from matching import consent, desk, opportunities
from matching.models import Interest
from matching.retention import empty_answers
from matching.transitions import interest_machine
from tests.factories import make_dossier, make_interest, make_offer, make_officer
from tests.worlds import Table, agreed

pytestmark = pytest.mark.django_db


def test_who_had_agreed_is_invited_again_with_what_they_wrote():
    """An exchange was cancelled before it began, and its expert began an empty answer."""
    table, exchange = agreed()
    said = {"motivation": "I know the pits.", "approach": "On foot.", "references": "Kofi, mayor"}
    Interest.objects.filter(pk=table.interest.pk).update(**said)
    offer = make_offer(table.ineke)
    why = {"reason": "force_majeure", "note": "The road is closed."}
    exchange_machine.advance(exchange, "cancel", actor=table.ines, **why)
    day = timezone.localdate() + timedelta(days=21)
    opportunities.reopen_to_answers(table.dossier, day, actor=table.ines)

    again = desk.invite_expert(table.dossier, offer.pk, actor=table.ines)

    table.interest.refresh_from_db()
    assert (table.interest.status, again.status) == ("expired", "invited")
    assert {name: getattr(Interest.objects.get(pk=again.pk), name) for name in said} == said


def test_whom_the_applicants_no_declined_is_shortlisted_again_at_the_desk(client):
    """A no to a team of two declined both for good: “is already a candidate for this file”."""
    table = Table()
    table.answer("applicant", accept=False, reason="Not this spring.")
    client.force_login(table.ines)
    page = reverse("admin:matching_desk", args=[table.dossier.pk])
    shown = client.get(page).text

    client.post(page, {"verb": f"shortlist {table.interest.pk}"})
    state = table.state()
    proposed = consent.propose_match(
        table.dossier, [table.interest.pk], note="In autumn.", actor=table.ines
    )

    assert f'value="shortlist {table.interest.pk}"' in shown
    assert state == ("refused", "shortlisting", "shortlisted", 0)
    assert proposed.status == "proposed"


def test_no_declined_answer_with_a_conflict_or_emptied_or_of_a_closed_account_is_shortlisted():
    dossier = make_dossier(status=Status.PUBLISHED)
    tied, gone, old = (make_interest(dossier, status="declined") for _ in "123")
    empty_answers(Interest.objects.filter(pk=old.pk), timezone.now())
    old.refresh_from_db()
    Interest.objects.filter(pk=tied.pk).update(conflict=True)
    User.objects.filter(pk=gone.expert.user_id).update(is_active=False)

    for interest, lacks in (
        (tied, "without a conflict"),
        (gone, "whose account is active"),
        (old, "whose texts have not been deleted"),
    ):
        with pytest.raises(TransitionRefused, match=lacks):
            interest_machine.advance(interest, "shortlist", actor=make_officer())
