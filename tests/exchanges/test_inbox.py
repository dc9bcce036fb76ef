"""What waits for somebody: one list, whose length stands in the header of every page."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from applications.enums import Status
from connect import my_work
from connect.my_work import list_tasks
from exchanges.models import Exchange
from matching import desk
from matching.models import Interest, Match
from matching.standing import interest_standing, match_standing
from tests.exchanges.pages import page_of
from tests.factories import (
    make_authority,
    make_dossier,
    make_member,
    make_offer,
    make_officer,
    make_user,
)
from tests.worlds import Table, agreed, signed_in

pytestmark = pytest.mark.django_db


def counted(client, page):
    """Return the number in the header, as it is seen and as it is read aloud."""
    text = client.get(page).text
    seen = re.findall(r'<span class="asked" aria-hidden="true">(\d+)</span>', text)
    heard = re.findall(r"\((\d+) things? waits? for you\)", text)
    assert seen == heard and len(set(seen)) <= 1
    return int(seen[0]) if seen else 0


def asked_of(user):
    return [str(task.what) for task in list_tasks(user, timezone.now()) if task.asks]


def test_every_page_says_how_much_waits_for_its_reader_as_their_own_page_lists_it():
    today, offer = timezone.localdate(), make_offer()
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona)
    dossier = make_dossier(agona, status=Status.CORRECTION_ASKED)
    dossier.corrections.create(fields=[], due_on=today + timedelta(days=9), asked_at=timezone.now())
    make_dossier(agona, status=Status.VALIDATED)
    invited = make_dossier(status=Status.PUBLISHED)
    asked_at = timezone.now() - settings.UNDO_FOR
    desk.invite_expert(invited, offer.pk, actor=make_officer(), now=asked_at)
    pages = [reverse("home"), reverse("experts"), reverse("my"), reverse("account")]

    def read(client):
        return [counted(client, page) for page in pages]

    nobody = [counted(Client(), reverse("home")), counted(signed_in(make_user()), reverse("home"))]
    assert asked_of(efua) == ["Send the correction", "Say whether the summary may be published"]
    assert asked_of(offer.expert.user) == ["Answer the request, to which you are invited"]
    assert read(signed_in(efua)) == [2] * 4 and read(signed_in(offer.expert.user)) == [1] * 4
    assert nobody == [0, 0]
    page = signed_in(efua).get(reverse("my"))
    assert len(page.context["tasks"]) == 2


def test_what_waits_for_an_officer_stands_in_my_work_as_their_desk_counts_it():
    """The desk said that five files wait for them, and the header of every page that one does."""
    ines, jan = make_officer("Ines"), make_officer("Jan")
    held = {"case_officer": ines, "authority": make_authority("Agona West")}
    check = make_dossier(status=Status.ELIGIBILITY_CHECK, **held)
    publish = make_dossier(status=Status.VALIDATED, summary_approved_at=timezone.now(), **held)
    choose = make_dossier(status=Status.SHORTLISTING, **held)
    make_dossier(status=Status.VALIDATED, **held)  # of which the applicant has not said a word
    make_dossier(status=Status.CORRECTION_ASKED, **held)
    desk_home = signed_in(ines).get(reverse("admin:index")).context["waiting"]

    tasks = list_tasks(ines, timezone.now())
    with CaptureQueriesContext(connection) as few:
        list_tasks(ines, timezone.now())
    make_dossier(status=Status.ELIGIBILITY_CHECK, **held)
    with CaptureQueriesContext(connection) as many:
        list_tasks(ines, timezone.now())

    assert {(task.what, task.address) for task in tasks} == {
        ("Check whether it is eligible", f"/admin/applications/dossier/{check.pk}/change/"),
        ("Publish the request", f"/admin/applications/dossier/{publish.pk}/change/"),
        ("Propose a match", f"/admin/matching/dossiertomatch/{choose.pk}/desk/"),
    }
    assert [count for words, count, _path in desk_home if words == "files waiting for me"] == [3]
    assert len(few) == len(many) and asked_of(jan) == []
    client = signed_in(ines)
    my_work.forget_count(ines)
    assert [counted(client, reverse("home")), counted(client, reverse("admin:index"))] == [4, 4]
    page = client.get(reverse("my")).text
    assert f'href="/admin/applications/dossier/{check.pk}/change/"' in page


def test_what_a_committee_member_has_to_read_and_score_stands_in_my_work_with_its_day():
    meets = timezone.localdate() + timedelta(days=20)
    anna, other = make_member("Anna"), make_member("Bruno")
    dossier = make_dossier(status=Status.UNDER_SELECTION)
    call = dossier.call
    call.meeting_on = meets
    call.save()
    scored, apart, full = (make_dossier(status=Status.UNDER_SELECTION, call=call) for _ in "123")
    scored.scores.create(member=anna, points={}, total=70, at=timezone.now())
    apart.conflicts.create(member=anna, has_conflict=True, at=timezone.now())
    for member in (other, make_member(), make_member()):
        full.scores.create(member=member, points={}, total=70, at=timezone.now())

    (task,) = list_tasks(anna, timezone.now())
    client = signed_in(anna)
    page = client.get(reverse("my")).text

    assert (task.what, task.until) == ("Read it and score it before the committee meets", meets)
    assert task.path == f"/committee/{dossier.reference}/"
    assert counted(client, reverse("home")) == 1
    assert f'href="/en/committee/{dossier.reference}/"' in page
    assert date_format(meets, "DATE_FORMAT") in page and dossier.title not in page
    # Whoever has not declared whether a conflict of interest ties them does not read what it is.
    make_dossier(status=Status.UNDER_SELECTION, call=call)
    with CaptureQueriesContext(connection) as few:
        list_tasks(anna, timezone.now())
    make_dossier(status=Status.UNDER_SELECTION, call=call)
    with CaptureQueriesContext(connection) as many:
        assert len(list_tasks(anna, timezone.now())) == 3
    assert len(few) == len(many)


def test_the_count_is_kept_for_a_minute_and_made_anew_once_its_person_does_something(monkeypatch):
    agona = make_authority()
    efua = make_user(works_for=agona)
    dossier = make_dossier(agona, status=Status.VALIDATED)
    client, listed = signed_in(efua), []
    monkeypatch.setattr(
        "connect.my_work.list_tasks", lambda *who: listed.append(who) or list_tasks(*who)
    )

    first = [counted(client, reverse("home")), counted(client, reverse("experts"))]
    assert (first, len(listed)) == ([1, 1], 1)
    client.post(reverse("approve-summary", args=[dossier.reference]))
    assert counted(client, reverse("home")) == 0
    assert cache.get(my_work.count_key(efua)) == 0


def test_a_report_may_be_sent_and_stands_on_the_page_of_its_exchange(planned):
    """Each page of an exchange opens with where it is, who has it, what comes next and by when."""
    today = timezone.localdate()
    due = today + timedelta(days=5)
    Exchange.objects.update(
        status="evaluated", actual_start=today - timedelta(days=190), actual_end=today
    )
    for month, day in ((6, due), (12, today + timedelta(days=180))):
        planned.follow_ups.create(month=month, due_on=day)
    planned.refresh_from_db()

    town, expert = (one.get(planned.get_absolute_url()) for one in (planned.town, planned.expert))

    card = re.sub(
        r"<[^>]+>|\s+",
        " ",
        town.text.partition('<section class="now')[2].partition("</section>")[0],
    )
    for words in (
        "Evaluated",
        "With the applicant: it writes its measures.",
        "Report on the measures",
        "The applicant reports after 6 months",
    ):
        assert words in card
    asked = [f"{planned.path}report/6/", f"{planned.path}plan/"]
    assert [task.path for task in town.context["todo"]] == asked
    assert [task.what for task in expert.context["todo"]] == []
    assert town.context["standing"].until == due
    plan = planned.town.get(page_of(planned, "plan"))
    assert str(plan.context["standing"].who) == "With the applicant: it writes its measures."


def test_what_comes_next_of_a_match_is_said_until_its_exchange_begins():
    table, exchange = agreed()

    def ahead():
        match = Match.objects.get(pk=table.match.pk)
        interest = Interest.objects.get(pk=table.interest.pk)
        standings = match_standing(match, ""), interest_standing(interest, is_own=True)
        return [str(standing.ahead) for standing in standings]

    before = ahead()
    Exchange.objects.filter(pk=exchange.pk).update(status="running", actual_start="2026-05-01")

    assert (before, ahead()) == (["Both sides plan the exchange", "Both sides meet"], ["", ""])


def test_whoever_has_agreed_is_not_asked_once_more_on_the_page_of_their_application():
    table = Table()
    page = table.dossier.get_absolute_url()

    before = signed_in(table.efua).get(page).text
    table.answer("applicant")
    after = signed_in(table.efua).get(page).text

    assert ["Do you agree?" in text for text in (before, after)] == [True, False]


def test_while_redis_is_away_no_page_counts_what_waits_and_my_work_lists_it(no_redis):
    """There is nowhere to remember the number: each page would ask forty times for it."""
    efua = make_user("Efua", works_for=make_authority())
    make_dossier(efua.memberships.get().authority, status=Status.DRAFT)
    client = signed_in(efua)

    with CaptureQueriesContext(connection) as queries:
        number = counted(client, reverse("account"))

    assert number == 0 and len(queries) < 20
    assert [str(task.what) for task in client.get(reverse("my")).context["tasks"]] == asked_of(efua)
