"""What strangers can make grow: bounded, told at the bound, cleared by the clock."""

import inspect
import sys
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications import dossier_files, section_answers
from applications.models import SectionAside
from connect import cached_counts, cleaning, files, typed_texts
from connect.celery import app
from connect.schedule import RULES, rule_name
from exchanges import budget, measures
from exchanges.models import BudgetLine, MeasureReport
from matching import cv
from matching.models import Interest
from registry import members
from registry.models import Expert
from tests import weapons
from tests.factories import (
    make_authority,
    make_budget_line,
    make_dossier,
    make_officer,
    make_user,
    pdf_of,
)
from tests.registry.profiles import profile_data
from tests.worlds import OneOfEach

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(client):
    agona = make_authority()
    room.efua, room.kofi = make_user(works_for=agona), make_user(works_for=agona)
    room.dossier = make_dossier(agona)
    room.page = reverse("section", args=[room.dossier.reference, "problem"])
    return room


def stored():
    return sum(len(text) for text in Session.objects.values_list("session_data", flat=True))


def test_posts_without_an_account_fill_no_table_of_sessions(room, monkeypatch):
    """H16: what is kept for who is signed out has a share an hour, for all together."""
    monkeypatch.setattr(typed_texts, "BYTES_AN_HOUR", 5 * 40_000)
    noise = "".join(chr(0x4E00 + (7919 * number) % 20_000) for number in range(4_000))

    pages = [Client().post(room.page, {"problem": noise}, follow=True).text for _ in range(30)]

    kept = [str(typed_texts.NOT_KEPT) not in page for page in pages]
    assert kept == [True] * sum(kept) + [False] * (30 - sum(kept)) and 1 <= sum(kept) <= 6
    assert stored() < 6 * 40_000
    assert "Go back with your browser and copy it" in pages[-1]


def test_what_others_post_without_an_account_takes_no_room_of_who_is_signed_in(room, monkeypatch):
    monkeypatch.setattr(typed_texts, "BYTES_AN_HOUR", 0)
    agona = room.dossier.authority
    asked = [
        members.ask_to_join(make_user(name), authority=agona, roles=["editor"], function="")
        for name in ("Yaw", "Ama")
    ]
    client = Client()
    client.force_login(make_officer())
    words = {f"told-{one.pk}": "Which department?" for one in asked} | {"answer": "accept"}

    decide = reverse("membership-decide", args=[asked[0].pk])
    page = client.post(f"{decide}?beside", words, follow=True).text

    assert 'value="Which department?"' in page and "could not be saved" not in page


def test_more_than_a_session_may_hold_is_not_kept_and_the_sign_in_says_so(room):
    """H16."""
    page = Client().post(room.page, {"problem": "a" * 300_000}, follow=True).text

    assert "Go back with your browser and copy it" in page
    assert stored() < 2_000


def test_sessions_that_are_over_go_by_the_clock_and_others_stay(room):
    """H16."""
    over, lasting = Client(), Client()
    for client in (over, lasting):
        client.force_login(room.efua)
    Session.objects.filter(pk=over.session.session_key).update(
        expire_date=timezone.now() - timedelta(seconds=1)
    )

    assert rule_name(cleaning.clear_sessions) in RULES
    assert cleaning.clear_sessions(timezone.now()) == 1
    assert list(Session.objects.values_list("pk", flat=True)) == [lasting.session.session_key]


def test_what_is_listed_of_sessions_that_are_over_goes_by_a_job(room):
    """H16: a rule that no job called kept every place and browser that somebody signed in from."""
    for hours in (1, 13):
        listed = UserSession.objects.create(
            user=room.efua, session_key=f"s{hours}", ip="192.0.2.1", user_agent="Firefox/140.0"
        )
        seen = timezone.now() - timedelta(hours=hours)
        UserSession.objects.filter(pk=listed.pk).update(last_seen_at=seen)

    assert app.tasks["accounts.sessions.delete_ended_sessions"]() == 1
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["s1"]


def test_each_rule_of_the_clock_is_reached_from_a_job_of_the_schedule(db):
    """H16: what the clock is to delete is deleted by a worker, not by a command alone."""
    missing = {inspect.unwrap(rule.function).__code__: name for name, rule in RULES.items()}

    def note(frame, event, arg):
        missing.pop(frame.f_code, None)

    for job in app.conf.beat_schedule.values():
        task = app.tasks[job["task"]]
        sys.setprofile(note)
        try:
            task()
        finally:
            sys.setprofile(None)

    assert not missing


def test_of_the_texts_put_aside_of_a_section_the_oldest_goes(room):
    """H16."""
    now = timezone.now()
    for number in range(section_answers.MOST_ASIDES + 5):
        section_answers.save_section(
            room.dossier,
            "problem",
            QueryDict(f"problem=Text {number}"),
            version=0,
            actor=room.kofi,
            now=now + timedelta(seconds=number),
        )

    kept = list(SectionAside.objects.order_by("pk").values_list("raw__problem", flat=True))
    assert kept == [[f"Text {number}"] for number in range(5, section_answers.MOST_ASIDES + 5)]


def test_a_section_of_a_novel_is_shown_again_and_not_saved(room):
    """H16: and the page that saves by itself is told the same."""
    client = Client()
    client.force_login(room.efua)
    draft = room.dossier.drafts.get(section="problem")
    novel = "Sludge. " * 10_000

    page = client.post(room.page, {"problem": novel, "version": draft.version}).text
    itself = client.post(
        reverse("autosave", args=[room.dossier.reference, "problem"]),
        {"problem": novel, "version": draft.version},
    )

    assert "This section is too long" in page and novel[:4000] in page
    assert "Saved. What is marked below" not in page
    assert (itself.status_code, "is too long" in itself.json()["message"]) == (409, True)
    again = room.dossier.drafts.get(section="problem")
    assert (again.raw, again.version) == (draft.raw, draft.version)


def test_a_cache_holds_so_many_answers_of_a_kind_whoever_chooses_the_keys(monkeypatch):
    """H16: the rest is counted anew, and is right."""
    monkeypatch.setattr(cached_counts, "MOST_OF_A_KIND", 10)

    answers = [cached_counts.cached_value(f"kind:{n}", 300, lambda n=n: n) for n in range(30)]

    assert answers == list(range(30))
    assert sum(cache.get(f"kind:{number}") is not None for number in range(30)) == 10


def test_what_finds_no_room_takes_none():
    """H16: posts that were refused filled the hour's room for everybody else."""
    assert cached_counts.is_within_limit("hour", 3600, 10, 8)
    assert not any(cached_counts.is_within_limit("hour", 3600, 10, 5) for _post in range(9))

    assert cached_counts.is_within_limit("hour", 3600, 10, 2)


def test_who_asks_for_many_keys_keeps_nobody_else_from_the_cache(monkeypatch):
    """H16: a thousand years of figures, and each visitor's page was counted anew."""
    monkeypatch.setattr(cached_counts, "MOST_OF_A_KIND", 10)
    counted = []

    def count():
        counted.append(1)
        return "the page of all"

    for number in range(30):
        cached_counts.cached_value(f"figures:year {number}", 300, lambda n=number: n)
    for _visitor in range(5):
        assert cached_counts.cached_value("figures:all", 300, count) == "the page of all"

    assert len(counted) == 1


def pdf(name="a.pdf"):
    return SimpleUploadedFile(name, pdf_of("something"))


def test_a_file_that_is_replaced_is_on_the_disk_no_more(django_capture_on_commit_callbacks):
    """H16: a CV, a bill; but one that another row names stays."""
    world = OneOfEach()
    exchange, expert = world.practice.exchange, world.people["expert"]
    Interest.objects.update(status="draft", cv="")

    def names():
        interest, line = Interest.objects.get(pk=world.interest.pk), exchange.budget.last()
        return [interest.cv.name, line.receipt.name]

    def send():
        with django_capture_on_commit_callbacks(execute=True):
            cv.save_cv(world.interest, pdf(), actor=expert)
            budget.save_line(
                exchange.budget.last(), exchange, actor=world.people["colleague"], bill=pdf()
            )

    make_budget_line(exchange)
    send()
    first = names()
    send()
    second = names()
    there = [default_storage.exists(name) for name in first + second]
    shared = Interest.objects.get(pk=world.interest.pk)
    other = Interest.objects.create(
        dossier=world.judged,
        expert=world.expert,
        authority=world.expert.authority,
        cv=shared.cv.name,
    )
    send()

    assert there == [False] * 2 + [True] * 2
    assert default_storage.exists(other.cv.name) and not default_storage.exists(second[1])


def test_a_photograph_of_a_profile_replaces_the_one_before(django_capture_on_commit_callbacks):
    """H16: through its page."""
    world = OneOfEach()
    client = Client()
    client.force_login(world.people["expert"])

    def send():
        photo = SimpleUploadedFile("a.jpg", weapons.jpeg())
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse("profile"), profile_data(world.expert.authority) | {"photo": photo})
        return Expert.objects.get(pk=world.expert.pk).photo.name

    first, second = send(), send()

    assert first and first != second
    assert [default_storage.exists(name) for name in (first, second)] == [False, True]


def test_files_left_over_by_a_change_that_was_undone_go_after_a_day(room, monkeypatch):
    """H16, K11: what a row names stays; and where the rows are missing nothing goes."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        dossier_files.add_file(room.dossier, pdf(), "other", actor=room.efua)
        left = room.dossier.attachments.get().file.name
        raise ZeroDivisionError
    kept = dossier_files.add_file(room.dossier, pdf(), "other", actor=room.efua).file.name
    now = timezone.now()
    monkeypatch.setattr(files, "stored_files", lambda: iter([left, kept]))

    assert files.remove_leftovers(now) == 0
    assert files.remove_leftovers(now + timedelta(days=2)) == 1
    assert [default_storage.exists(name) for name in (left, kept)] == [False, True]

    strays = [
        default_storage.save(f"strays/{number}", ContentFile(b"a"))
        for number in range(files.MOST_LEFT + 1)
    ]
    monkeypatch.setattr(files, "stored_files", lambda: iter([*strays, kept]))
    monkeypatch.setattr(files, "named_files", lambda: iter([(kept, "an attachment")]))
    assert files.remove_leftovers(now + timedelta(days=2)) == 0
    assert all(map(default_storage.exists, strays))
    for stray in strays:
        default_storage.delete(stray)


def test_reports_of_a_measure_and_lines_of_a_budget_have_an_end(monkeypatch):
    """H16: each brings a file of ten megabytes along."""
    world = OneOfEach()
    exchange, town = world.practice.exchange, world.people["colleague"]
    measure = MeasureReport.objects.last().measure
    monkeypatch.setattr(measures, "MOST_REPORTS", measure.reports.count())
    monkeypatch.setattr(budget, "MOST_LINES", exchange.budget.count())
    said = {"status": "started", "progress": 10, "value": None, "comment": ""}

    with pytest.raises(measures.ValidationError, match="at most a hundred reports"):
        measures.report_measure(measure, actor=town, **said)
    with pytest.raises(budget.ValidationError, match="at most 200 lines"):
        budget.save_line(BudgetLine(), exchange, actor=town)
