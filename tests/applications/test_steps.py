"""The steps of staff at the desk: none acts at one press, and each says first what comes of it."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from accounts.models import User
from applications.enums import Status
from applications.models import Dossier
from exchanges.models import Exchange
from notifications import held_letters
from notifications.models import Hold, HoldRule, Letter
from tests.factories import (
    make_authority,
    make_dossier,
    make_letter,
    make_member,
    make_officer,
    make_user,
)
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


class Desk:
    """Ines at the file of Agona West, for which Efua writes and NALAG speaks."""

    def __init__(self, status, name="NALAG", **fields):
        self.agona = make_authority("Agona West")
        self.efua = make_user("Efua", works_for=self.agona)
        nalag = self.agona.associations.create(name=name, country="GH", scope="national")
        abena = make_user("Abena")
        abena.memberships.create(association=nalag, roles=["association_officer"], status="active")
        self.dossier = make_dossier(self.agona, status=status, **fields)
        self.client = signed_in(make_officer("Ines"))

    def tree(self):
        page = reverse("admin:applications_dossier_change", args=[self.dossier.pk])
        return html.fromstring(self.client.get(page).content)

    def panel(self, label):
        """Return the words of a step, unfolded, and whether it has a button."""
        (found,) = self.tree().xpath(f"//aside//details[summary[normalize-space()='{label}']]")
        words = re.sub(r"\s+", " ", " ".join(found.itertext()))
        return words, bool(found.xpath(".//button"))

    def press(self, verb, **typed):
        page = reverse("admin:applications_dossier_step", args=[self.dossier.pk, verb])
        self.client.post(page, typed)
        return Dossier.objects.get().status


def pressed_at_once(tree):
    buttons = tree.xpath("//button[contains(@formaction, '/step/')]")
    return [one.text_content() for one in buttons if not one.xpath("ancestor::details")]


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.PRIVATE, Status.DRAFT}))
def test_no_step_of_a_file_acts_at_one_press(status):
    """“Open this file”, “Validate” and “Send to the committee” did, and cannot be undone."""
    desk = Desk(status)
    if status == Status.CORRECTION_ASKED:
        now = timezone.now()
        desk.dossier.corrections.create(fields=[], due_on="2100-01-01", asked_at=now)

    assert pressed_at_once(desk.tree()) == []


@pytest.mark.parametrize("status", ["agreed", "planned", "ready", "running", "interrupted"])
def test_no_step_of_an_exchange_acts_at_one_press(status):
    table, exchange = agreed()
    Exchange.objects.update(status=status)
    page = reverse("admin:exchanges_exchange_change", args=[exchange.pk])

    tree = html.fromstring(signed_in(table.ines).get(page).content)

    assert pressed_at_once(tree) == []


def test_whoever_opens_a_file_reads_first_what_comes_of_it():
    desk = Desk(Status.SUBMITTED)

    words, has_button = desk.panel("Open this file")

    assert "The file is assigned to you, and the applicant can no longer edit it." in words
    assert "This cannot be undone. No e-mail is sent." in words and has_button
    assert desk.press("open") == Status.ELIGIBILITY_CHECK


def test_a_step_says_who_gets_an_e_mail():
    desk = Desk(Status.ELIGIBILITY_CHECK)
    make_letter(desk.dossier)

    words, has_button = desk.panel("Send to the committee")
    refused, _button = desk.panel("Declare ineligible")

    assert "An e-mail is sent to: Abena, Efua, Efua Mensah, Justina Assan." in words
    assert "This cannot be undone." in words and has_button
    assert "An e-mail is sent to: Efua, Efua Mensah, Justina Assan, Abena." in refused


def test_sending_to_the_committee_says_that_its_members_get_an_e_mail():
    """“The committee is told” stood beside a list of readers without it."""
    desk = Desk(Status.ELIGIBILITY_CHECK)
    make_letter(desk.dossier)
    anna, apart = make_member("Anna"), make_member("Bruno")
    desk.dossier.conflicts.create(member=apart, has_conflict=True, at=timezone.now())

    words, _button = desk.panel("Send to the committee")
    assert "An e-mail is sent to: Abena, Efua, Efua Mensah, Justina Assan, Anna." in words

    assert desk.press("send_to_committee") == Status.UNDER_SELECTION
    told = Letter.objects.filter(template="committee_assigned")
    assert [letter.address for letter in told] == [anna.email]


def test_what_is_ticked_on_the_page_itself_is_not_said_to_be_still_needed():
    desk = Desk(Status.ELIGIBILITY_CHECK, checklist=[])

    words, has_button = desk.panel("Send to the committee")

    assert "Still needed, unless you enter or tick it on this page:" in words and has_button


def test_an_application_without_scores_is_not_offered_to_be_left_unselected():
    """“Validate” and the reserve list wanted three scores, “Do not select” said nothing."""
    desk = Desk(Status.UNDER_SELECTION)
    members = [make_user(f"Member {number}") for number in range(3)]

    before, has_button = desk.panel("Do not select")
    assert "Not possible yet. Still needed: scores of" in before
    assert not has_button

    for member in members:
        desk.dossier.scores.create(member=member, points={}, total=30, at=timezone.now())
    after, has_button = desk.panel("Do not select")
    assert "Still needed" not in after and "Explanation for the applicant" in after and has_button


def test_a_step_that_lacks_something_has_no_button_and_says_what():
    desk = Desk(Status.UNDER_SELECTION)

    words, has_button = desk.panel("Validate")

    assert "Not possible yet. Still needed: scores of" in words and not has_button
    # What the page itself can give keeps its button: the checklist is saved with it.
    other = Desk(Status.ELIGIBILITY_CHECK, "UNGL", checklist=[])
    words, has_button = other.panel("Send to the committee")
    assert "Its country is on the programme's list" in words and has_button


def test_below_the_threshold_no_reserve_list_is_offered_and_from_it_the_way_on_is_true():
    """A mean of 54 was to be put on the reserve list, where it was told so again."""
    desk, steps = Desk(Status.UNDER_SELECTION), ("Validate", "Put on the reserve list")
    for number in range(3):
        member = make_member(f"Member {number}")
        desk.dossier.scores.create(member=member, points={}, total=54, at=timezone.now())
    below = (
        "a mean of 60 points, where it has 54.0: do not select it, or an administrator validates "
        "it with a written reason"
    )

    before = [desk.panel(label) for label in steps]
    refused = desk.press("reserve")
    Dossier.objects.update(status=Status.RESERVE)  # as the page once advised
    make_member("Newcomer"), make_member("Another")
    after, has_button = desk.panel("Validate")
    ways = [desk.panel("Do not select")[1]]
    User.objects.filter(name="Ines").update(is_superuser=True)
    ways.append(desk.panel("Validate against the committee, or without it")[1])
    Dossier.objects.get().scores.update(total=60)
    freed = desk.panel("Validate")

    assert [(below in words, button) for words, button in before] == [(True, False)] * 2
    assert (refused, below in after, has_button) == (Status.UNDER_SELECTION, True, False)
    assert ways == [True, True]
    assert ("Still needed" in freed[0], freed[1]) == (False, True)
    assert desk.press("validate") == Status.VALIDATED


def test_a_step_with_fields_says_what_it_lacks_before_anybody_types_and_keeps_what_was_typed():
    desk = Desk(Status.UNDER_SELECTION)
    for number, total in enumerate((20, 60, 90)):
        member = make_member(f"Member {number}")
        desk.dossier.scores.create(member=member, points={}, total=total, at=timezone.now())

    words, has_button = desk.panel("Validate")
    typed = {"validate-internal": "All agreed."}
    page = reverse("admin:applications_dossier_step", args=[desk.dossier.pk, "validate"])
    refused = desk.client.post(page, typed).text

    assert "Not possible yet. Still needed: a mean of 60 points" in words
    assert ("Reason for the decision" in words, has_button) == (False, False)
    assert "All agreed." in refused


def test_an_exchange_says_what_its_evaluation_lacks_before_it_is_typed():
    table, exchange = agreed()
    Exchange.objects.update(status="completed")
    address = reverse("admin:exchanges_exchange_change", args=[exchange.pk])

    page = signed_in(table.ines).get(address).text

    assert "Still needed, unless you enter or tick it on this page:" in page
    assert "the action plan, approved" in page and 'name="evaluate-note"' in page


def test_a_request_is_not_offered_for_publication_before_its_applicant_agreed():
    desk = Desk(Status.VALIDATED, summary_approved_at=None)

    before, has_button = desk.panel("Publish the request")
    Dossier.objects.update(summary_approved_at=timezone.now())
    after, has_button_after = desk.panel("Publish the request")

    assert "Not possible yet. Still needed: the applicant's agreement to the summary" in before
    assert "With: Efua." in before and not has_button
    assert "Last day for answers" in after and has_button_after
    assert "Everybody can read the request, and experts can answer it." in after


def hold(kind, **rule):
    HoldRule.objects.create(
        template=kind, group="", changed_at=timezone.now(), **{"hold": Hold.REVIEW} | rule
    )


def test_a_step_says_which_of_its_e_mails_are_held():
    desk = Desk(Status.ELIGIBILITY_CHECK)
    make_letter(desk.dossier)
    hold("dossier_send_to_committee")

    words, _button = desk.panel("Send to the committee")
    assert "An e-mail is sent to: Abena." in words
    assert "is held until it is reviewed. It is for: Efua, Efua Mensah, Justina Assan." in words

    HoldRule.objects.update(hold=Hold.HOURS, hours=48)
    words, _button = desk.panel("Send to the committee")
    assert "is held for 48 hours. It is for: Efua, Efua Mensah, Justina Assan." in words


def test_the_steps_of_an_exchange_say_that_their_e_mails_are_held():
    table, exchange = agreed()
    Exchange.objects.update(status="planned")
    hold("exchange_get_ready")
    page = reverse("admin:exchanges_exchange_change", args=[exchange.pk])

    words = " ".join(html.fromstring(signed_in(table.ines).get(page).content).itertext())

    assert "is held until it is reviewed. It is for: " in words


def test_a_file_does_not_say_that_its_applicant_was_asked_while_the_e_mail_is_held():
    desk = Desk(Status.UNDER_SELECTION, summary_approved_at=None)
    for number in range(3):
        member = make_user(f"Member {number}")
        desk.dossier.scores.create(member=member, points={}, total=80, at=timezone.now())
    hold("dossier_validate")
    assert desk.press("validate") == Status.VALIDATED
    page = reverse("admin:applications_dossier_change", args=[desk.dossier.pk])

    held = desk.client.get(page).text
    assert "The applicant was asked on" not in held
    assert "The e-mail that asks the applicant" in held and "is held until it is reviewed" in held

    letters, ines = Letter.objects.all(), User.objects.get(name="Ines")
    held_letters.release_letters(letters, actor=ines, now=timezone.now())
    assert "The applicant was asked on" in desk.client.get(page).text
