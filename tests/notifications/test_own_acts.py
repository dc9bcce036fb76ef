"""Who does something is not told of it by an e-mail, unless that is its receipt."""

import pytest
from django.db import transaction

from connect.transitions import MACHINES
from notifications.models import Letter
from tests.notifications.stories import STORIES, Stage

pytestmark = pytest.mark.django_db
# What somebody sent or withdrew, in writing.
RECEIPTS = {
    ("dossier_submit", "submit"),
    ("dossier_withdraw", "withdraw"),
    ("interest_submit", "submit"),
}


def letters_of_own_acts():
    """Yield the templates of the letters that tell of a step to whoever took it."""
    for machine in MACHINES:
        if machine.model._meta.app_label == "tests":
            continue
        model = machine.model._meta.get_field("events").related_model
        for letter in Letter.objects.filter(concerned_model=model._meta.label_lower):
            event = model.objects.filter(pk=letter.concerned_pk).select_related("actor").first()
            actor = event and event.actor
            if actor and actor.email.lower() == letter.address:
                yield letter.template, event.verb


def test_who_acts_is_not_told_of_it_but_by_a_receipt():
    """“The applicant edits again” went to whoever had pressed the button."""
    stage, own = Stage(), set()
    for story in STORIES:
        with transaction.atomic():
            story(stage)
            own |= set(letters_of_own_acts())
            transaction.set_rollback(True)

    assert own == RECEIPTS
