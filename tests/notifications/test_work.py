"""What the workers do, as staff see it: signs of life, what waits, what failed, tried again."""

import ast
import json
import smtplib
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import redis
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import DataCopy, DataRequest
from applications.models import Dossier
from connect import queues, schedule
from connect.celery import app
from connect.local.places import BASE
from connect.models import Export
from matching.enums import RunState
from matching.models import Allocation, MatchRun
from matching.runs import request_run
from notifications import sending
from notifications.models import MAX_TRIES, Letter
from notifications.outbox import post_letter
from notifications.sending import send_waiting_letters
from registry.models import Authority
from tests.exports import give_code_again
from tests.factories import make_dossier, make_officer, make_user
from tests.worlds import PeopleByTie

pytestmark = pytest.mark.django_db
PAGE = reverse("admin:work")


@pytest.fixture
def desk(client):
    client.force_login(make_officer())
    return client


def test_the_page_says_whether_anybody_works(desk):
    silent = desk.get(PAGE).text
    queues.leave_sign_of_life(timezone.now())
    alive = desk.get(PAGE).text
    queues.leave_sign_of_life(timezone.now() - timedelta(minutes=30))
    late = desk.get(PAGE).text

    assert "The background jobs have not run yet." in silent
    assert "Running" in alive and "Not running" not in alive
    assert "The background jobs last ran 30\xa0minutes ago." in late


def test_what_failed_is_tried_again_unless_a_newer_one_waits(desk):
    failed, passed_over = make_dossier(), make_dossier()
    for dossier in (failed, passed_over):
        run = request_run(dossier.pk)
        MatchRun.objects.filter(pk=run.pk).update(state=RunState.FAILED, error="ValueError: no")
    newer = request_run(passed_over.pk)

    page = desk.get(PAGE).text
    after = desk.post(PAGE, {"queue": "Rankings"}, follow=True).text

    assert "Rankings" in page and "Try again" in page
    assert "1 is tried again." in after
    assert {run.dossier_id for run in MatchRun.objects.filter(state=RunState.WAITING)} == {
        failed.pk,
        newer.dossier_id,
    }
    assert "0 are tried again." in desk.post(PAGE, {"queue": "nothing"}, follow=True).text


def test_a_letter_tried_in_vain_is_told_to_staff_once_and_can_be_tried_again(
    desk, monkeypatch, settings
):
    """Check E8, as far as the mail server refuses: the address is shown with what it said."""
    person, now, real = make_user(), timezone.now(), sending.send_letter
    post_letter("profile_confirm", key="k", to=[person])

    def refuse(letter, connection):
        if letter.address == person.email:
            raise smtplib.SMTPRecipientsRefused({person.email: (550, b"no such mailbox")})
        real(letter, connection)

    monkeypatch.setattr(sending, "send_letter", refuse)
    for tried in range(MAX_TRIES + 2):
        send_waiting_letters(now + timedelta(days=2 * tried))

    told = Letter.objects.get(template="letter_given_up")
    assert (told.address, told.context["address"]) == (settings.CONTACT_EMAIL, person.email)
    assert "no such mailbox" in told.body
    assert "E-mails" in desk.get(PAGE).text
    assert "1 is tried again." in desk.post(PAGE, {"queue": "E-mails"}, follow=True).text
    assert Letter.objects.get(template="profile_confirm").tries == 0


def test_a_broker_that_is_away_is_said_and_breaks_nothing(desk, no_redis):
    page = desk.get(PAGE)

    assert page.status_code == 200
    assert "The queue of background jobs does not answer" in page.text


def test_messages_that_nobody_takes_are_bounded(monkeypatch):
    """Beat and requests go on asking while no worker comes; the rows wait in the database."""
    monkeypatch.setattr("connect.celery.MOST_WAITING", 3)
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    broker.delete(queues.ORDINARY, queues.URGENT)

    for _time in range(4):
        schedule.Nudge(schedule.RULES["notifications.sending.send_urgent_letters"])()
        schedule.Nudge(schedule.RULES["connect.exports.write_exports"])()
        app.tasks["connect.queues.show_urgent_worker"].apply_async(queue="urgent", expires=60)

    assert [broker.llen(queues.ORDINARY), broker.llen(queues.URGENT)] == [3, 3]
    broker.delete(queues.ORDINARY, queues.URGENT)


def test_what_starts_a_job_is_kept_while_redis_is_away_and_a_worker_takes_it_later(
    no_redis, django_capture_on_commit_callbacks
):
    """Lists, copies of data, rankings, plans, letters, tables: the row is there, no page breaks."""
    world = PeopleByTie()
    officer, editor = world.clients["officer"], world.clients["editor"]
    give_code_again(officer)
    give_code_again(editor)
    Dossier.objects.filter(pk=world.dossier.pk).update(call=world.call)
    page = reverse("admin:registry_authority_import")
    table = SimpleUploadedFile("towns.csv", b"slug,name,country\ngh-wa,Wa,GH\n")
    letters = Letter.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        answers = [
            officer.post(reverse("admin:registry_authority_export"), {"format": "csv"}),
            officer.post(reverse("admin:matching_desk", args=[world.dossier.pk]), {"verb": "rank"}),
            officer.post(
                reverse("admin:matching_allocation", args=[world.call.pk]), {"verb": "solve"}
            ),
            officer.get(reverse("admin:notifications_letter_expected")),
            editor.post(reverse("my-data")),
            Client().post(reverse("data"), {"address": world.people["editor"].email}),
            Client().post(
                reverse("account_request_login_code"), {"email": world.people["editor"].email}
            ),
        ]
        seen = officer.post(page, {"import_file": table, "format": "1"})
        confirm = seen.context["confirm_form"].initial
        answers += [seen, officer.post(page.replace("import", "process_import"), confirm)]

    assert {answer.status_code for answer in answers} <= {200, 302}
    assert [rows.count() for rows in (Export.objects, MatchRun.objects, Allocation.objects)] == [
        1,
        1,
        1,
    ]
    assert [DataCopy.objects.count(), DataRequest.objects.count()] == [1, 1]
    assert Authority.objects.filter(name="Wa").exists() and Letter.objects.count() > letters


def test_the_page_says_that_codes_leave_late_while_their_worker_is_away(desk):
    queues.leave_sign_of_life(timezone.now())
    alone = desk.get(PAGE).text
    queues.leave_sign_of_life(timezone.now(), queues.URGENT)
    both = desk.get(PAGE).text

    words = "Urgent background jobs are not running"
    assert [words in alone, words in both] == [True, False]


DECORATORS = {"every", "daily", "after"}
AS_BEAT = """
import json
from connect.celery import app
from connect.schedule import RULES
app.loader.init_worker()
app.finalize()
rules = {name: rule.follows for name, rule in RULES.items()}
print(json.dumps([rules, list(app.conf.beat_schedule), list(app.tasks)]))
"""


def rules_of_source():
    """Name every function of the product that a line above it makes a rule of the clock."""
    for path in BASE.glob("*/**/*.py"):
        module = ".".join(path.relative_to(BASE).with_suffix("").parts)
        if not path.is_relative_to(BASE / "tests") and not module.startswith(("var", ".")):
            for node in ast.walk(ast.parse(path.read_text())):
                for line in getattr(node, "decorator_list", ()):
                    if isinstance(line, ast.Call) and getattr(line.func, "id", "") in DECORATORS:
                        yield f"{module}.{node.name}"


def test_beat_asks_for_every_rule_of_the_source_and_workers_know_its_job():
    """A rule whose module no app imports would never be run, and nobody would hear of it."""
    done = subprocess.run(
        [sys.executable, "-c", AS_BEAT], cwd=BASE, capture_output=True, check=True
    )

    rules, beat, tasks = json.loads(done.stdout)

    assert set(rules) == set(rules_of_source())
    assert set(beat) == {name for name, follows in rules.items() if not follows} <= set(tasks)
    assert {follows for follows in rules.values() if follows} <= set(beat)


def test_what_follows_a_rule_is_run_right_after_it_by_workers_and_by_hand_though_it_failed(
    monkeypatch,
):
    said, now = [], timezone.now()

    def leads(now):
        said.append("leads")
        raise ValueError

    rules = [
        schedule.Rule(lambda now: said.append("follows"), follows=schedule.rule_name(leads)),
        leading := schedule.Rule(leads),
        schedule.Rule(lambda: said.append("takes what waits"), only_workers=True),
    ]
    monkeypatch.setattr(schedule, "RULES", {str(place): one for place, one in enumerate(rules)})

    with pytest.raises(ValueError):
        schedule.run_job(leading, now)
    schedule.run_rules(now)

    assert said == ["leads", "follows"] * 2


def test_a_rule_of_each_day_is_asked_for_at_its_hour_of_brussels():
    due = app.conf.beat_schedule["connect.files.remove_leftovers"]["schedule"]
    summer = datetime(2027, 7, 1, 12, tzinfo=UTC)

    with time_machine.travel(summer, tick=False):
        waits = due.remaining_estimate(summer)

    assert summer + waits == datetime(2027, 7, 2, 1, 30, tzinfo=UTC)
