"""An officer pauses the reminders of one application or exchange, and resumes them."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from applications.enums import Status
from applications.models import Dossier
from applications.reminders import follow_dossiers
from connect.schedule import run_rules
from exchanges.models import Exchange
from notifications import reminder_pauses
from notifications.models import Letter
from notifications.outbox import post_letter
from tests.factories import make_authority, make_dossier, make_officer, make_user
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db
REMINDER = "dossier_correction_reminder"


@pytest.fixture
def town():
    """Agona West, of which a correction is due in three days; Ines is the programme officer."""
    return Town()


class Town:
    def __init__(self):
        self.ines, agona = make_officer("Ines"), make_authority("Agona West")
        self.efua = make_user("Efua", works_for=agona)
        self.dossier = make_dossier(
            agona, status=Status.CORRECTION_ASKED, focal_email=self.efua.email
        )
        self.today = timezone.localdate()
        self.dossier.corrections.create(
            fields=[], due_on=self.today + timedelta(days=3), asked_at=timezone.now()
        )
        self.browser = signed_in(self.ines)
        self.page = reverse("admin:applications_dossier_reminders", args=[self.dossier.pk])
        self.file = reverse("admin:applications_dossier_change", args=[self.dossier.pk])

    def pause(self, until="", reason="The town hall is flooded."):
        return self.browser.post(self.page, {"until": until, "reason": reason}, follow=True)

    def follow_clock(self):
        """Return how many reminders of the correction wait or have left."""
        follow_dossiers(timezone.now())
        letters = Letter.objects.filter(template=REMINDER, address=self.efua.email)
        return letters.filter(cancelled_at=None).count()


def test_reminders_of_a_flooded_town_are_paused_from_its_file_and_said_there(town):
    found = html.fromstring(town.browser.get(town.file).text)
    (link,) = found.xpath("//a[normalize-space()='Pause reminders']/@href")
    assert link == town.page

    until = town.today + timedelta(days=10)
    said = town.pause(until=until.isoformat()).text

    assert "Reminders are paused." in said and "Reminders are paused until" in said
    assert "Reason: The town hall is flooded." in said
    assert "Resume reminders, or change the pause" in said
    assert "Reminders paused" in said  # in the timeline
    assert town.follow_clock() == 0
    assert town.dossier.corrections.get().due_on == town.today + timedelta(days=3)


def test_a_reminder_that_waits_for_the_morning_is_paused_too_and_follows_after_the_pause(town):
    assert town.follow_clock() == 1
    town.pause()
    assert town.follow_clock() == 0

    resumed = town.browser.post(town.page, {"resume": "yes"}, follow=True).text

    assert "Reminders are sent again." in resumed and "Reminders resumed" in resumed
    assert town.follow_clock() == 1


def test_the_page_of_a_pause_says_that_the_e_mail_of_mondays_lists_what_waits_all_the_same(town):
    page = " ".join(town.browser.get(town.page).text.split())

    assert "The Monday e-mail of those who asked for it still lists what waits." in page


def test_after_its_last_day_a_pause_is_over_by_itself(town):
    town.pause(until=town.today.isoformat())
    Dossier.objects.update(reminders_paused_until=town.today - timedelta(days=1))

    assert town.follow_clock() == 1
    assert "Reminders are paused" not in town.browser.get(town.file).text


def test_a_pause_needs_a_reason_and_a_day_to_come(town):
    yesterday = town.today - timedelta(days=1)
    refused = town.pause(until=yesterday.isoformat(), reason="The town hall is flooded.").text
    unexplained = town.pause(reason=" ").text

    assert "This day is over: choose a later one, or none." in refused
    assert "The town hall is flooded." in refused  # what was typed stays
    assert "One answer needs attention" in unexplained
    assert not Dossier.objects.get().has_reminders_paused


def test_the_applicant_reads_that_reminders_are_paused_and_not_why(town):
    town.pause()

    page = signed_in(town.efua).get(town.dossier.get_absolute_url()).text

    assert "Reminders paused" in page and "flooded" not in page


def test_reminders_of_an_exchange_are_paused_from_its_page_and_of_no_other():
    table, exchange = agreed()
    browser = signed_in(table.ines)
    page = reverse("admin:exchanges_exchange_reminders", args=[exchange.pk])
    desk = reverse("admin:exchanges_exchange_change", args=[exchange.pk])
    days = {"planned_start": timezone.localdate() + timedelta(days=20)}
    Exchange.objects.update(status="planned", **days)
    assert page in browser.get(desk).text

    paused = browser.post(page, {"until": "", "reason": "Elections."}, follow=True).text
    run_rules(timezone.now())
    assert "Reminders are paused until somebody resumes them. Reason: Elections." in paused
    assert not Letter.objects.filter(template="exchange_missing").exists()

    browser.post(page, {"resume": "yes"})
    run_rules(timezone.now())
    assert Letter.objects.filter(template="exchange_missing").exists()


def test_a_file_that_waits_for_one_score_is_not_counted_while_it_is_paused(town):
    """The committee's reminder and the programme team's digest gather several files."""
    Dossier.objects.update(status=Status.SUBMITTED, status_since=timezone.now() - timedelta(30))
    monday = timezone.now() + timedelta(days=7 - timezone.now().weekday())
    town.pause()

    assert follow_dossiers(monday)["stuck"] == 0
    town.browser.post(town.page, {"resume": "yes"})
    assert follow_dossiers(monday)["stuck"] == 1


def test_each_way_of_what_is_reminded_of_leads_to_a_file_that_can_be_paused():
    files = [reminder_pauses.model_of(kind) for kind in reminder_pauses.FILES]
    ways = {kind: way for kind, way in reminder_pauses.WAYS.items() if way is not None}

    assert {file.__name__ for file in files} == {"Dossier", "Exchange"}
    for kind, way in ways.items():
        table = reminder_pauses.model_of(kind)
        assert any(reminder_pauses.leads_to(table, way, file) for file in files), kind


def test_a_reminder_of_something_new_has_to_name_its_file(town):
    """In tests a warning is an error: whoever adds a reminder meets it at once."""
    with pytest.raises(reminder_pauses.UnknownReminder, match="belongs_to"):
        post_letter(REMINDER, key="new", to=[], reminds=True, concerns=town.dossier.authority)
    with pytest.raises(reminder_pauses.UnknownReminder, match="nothing"):
        post_letter(REMINDER, key="new", to=[], reminds=True)
