"""How long things are kept: one table, enforced by the clock, told before, shown in advance."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts import retention
from accounts.naming import NAMELESS
from accounts.retention import LINES, end_kept
from applications.models import DossierEvent, SectionDraft
from applications.retention import extend_retention
from connect.cleaning import clear_sessions
from exchanges.models import DiaryEntry, Evaluation, Incident, Participant
from exchanges.moves import delete_contacts
from matching.models import Consent, Interest, Match, MatchMessage, MatchRun
from notifications.models import Letter, Mailing
from notifications.outbox import post_letter
from registry import retention as registry_retention
from registry.models import Expert
from tests.accounts.world import CANARY, World, spoken
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_letter,
    make_offer,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = timezone.localtime()  # its days are those of the programme
ROOT = Path(__file__).resolve().parents[2]


def at(days):
    return NOW + timedelta(days=days)


def told(user):
    letters = Letter.objects.filter(template="dossier_goes", address=user.email).order_by("pk")
    return [letter.context["goes_on"] for letter in letters]


@pytest.fixture
def refused():
    """A refused application with all that was typed in it, and its two colleagues."""
    town = make_authority()
    efua = make_user("Efua Mensah", works_for=town)
    dossier = make_dossier(
        town, status="not_selected", focal_name=efua.name, focal_email=efua.email, legal_email=""
    )
    make_letter(dossier)
    dossier.scores.create(member=make_user("Anna"), points={}, total=1, at=NOW, comment="Weak")
    SectionDraft.objects.update(saved_at=NOW)
    dossier.events.create(
        verb="not_select", target="not_selected", details={"note": CANARY}, at=NOW
    )
    type(dossier).objects.update(status_since=NOW)
    return dossier, efua


def day_of(period):
    return timezone.localdate(NOW + period)


def test_a_refused_application_is_told_of_twice_and_then_empty(refused):
    """P3: two warnings with the exact day, then gone; twice does the same once."""
    dossier, efua = refused
    line = next(one for one in LINES if one.code == "dossiers")
    days = line.period.days

    runs = {}
    for day in (-40, -29, -28, -6, -5, 0, 2, 3):
        with time_machine.travel(at(days + day), tick=False):
            before = len(told(efua))
            ended = end_kept(timezone.now()).get("dossiers", 0)
            runs[day] = (len(told(efua)) - before, ended)

    assert runs == {
        -40: (0, 0),
        -29: (1, 0),
        -28: (0, 0),
        -6: (1, 0),
        -5: (0, 0),
        0: (0, 0),
        2: (0, 1),
        3: (0, 0),
    }
    assert told(efua)[0] == day_of(line.period).isoformat()
    dossier.refresh_from_db()
    assert (dossier.focal_name, dossier.focal_email, dossier.problem) == (NAMELESS, "", "")
    assert dossier.title and dossier.needs.exists()
    assert not dossier.drafts.exists() and not dossier.attachments.exists()
    assert dossier.scores.get().comment == "" and not spoken(CANARY)


def test_who_writes_for_the_town_keeps_it_longer(refused, client):
    """P3: it can be undone: a button keeps it as long again, for those who write it alone."""
    dossier, efua = refused
    line = next(one for one in LINES if one.code == "dossiers")
    client.force_login(efua)
    page = client.get(dossier.get_absolute_url()).text

    client.post(reverse("keep-dossier", args=[dossier.reference]))

    extend_retention(dossier, actor=efua, now=at(700))
    assert (
        "Keep the application longer" in page
        and DossierEvent.objects.filter(verb="keep").count() == 2
    )
    assert not line.due(at(700 + line.period.days - 1)).exists()
    assert line.due(at(700 + line.period.days)).exists()
    with pytest.raises(PermissionDenied):
        extend_retention(dossier, actor=make_user("Neighbour", works_for=make_authority()))


def test_what_is_kept_longer_while_the_clock_is_at_another_stays(refused, client, monkeypatch):
    """P3: the button says that it is kept, and it is."""
    first, _efua = refused
    town = make_authority()
    esi = make_user("Esi", works_for=town)
    second = make_dossier(town, focal_name=esi.name, focal_email=esi.email)
    type(first).objects.update(status="not_selected", status_since=NOW)
    SectionDraft.objects.update(saved_at=NOW)
    line = line_of("dossiers")
    for day in (-29, -6):
        end_kept(at(line.period.days + day))

    def keep(_keys):
        with time_machine.travel(at(line.period.days + 2), tick=False):
            client.force_login(esi)
            client.post(reverse("keep-dossier", args=[second.reference]))

    monkeypatch.setattr("applications.retention.find_anew", keep)
    ended = retention.end_line(line, at(line.period.days + 2))

    second.refresh_from_db()
    assert (ended, second.focal_name == NAMELESS) == (1, False)


def test_nobody_is_there_to_be_told_any_more_so_it_goes_on_its_day():
    """P3: a town without people does not keep names for ever."""
    dossier = make_dossier(status="withdrawn", focal_email="", legal_email="")
    SectionDraft.objects.update(saved_at=NOW)
    type(dossier).objects.update(status_since=NOW)
    line = next(one for one in LINES if one.code == "dossiers")

    assert end_kept(at(line.period.days + 1))["dossiers"] == 1


def test_what_cannot_end_yet_keeps_nothing_behind_it_from_ending(monkeypatch):
    """D2: profiles still at work fill no batch and are not told; the others are, and end."""
    monkeypatch.setattr(retention, "BATCH", 1)
    busy, idle = make_expert("Busy"), make_expert("Idle")
    make_interest(make_dossier(status="published"), busy, status="submitted")
    Expert.objects.filter(pk=busy.pk).update(confirmed_on=at(-2).date(), is_hidden=True)
    Expert.objects.filter(pk=idle.pk).update(confirmed_on=NOW.date(), is_hidden=True)
    days = line_of("profiles").period.days

    runs = [over(days + day).get("profiles", 0) for day in (-40, 1, 9, 10)]

    told_of = set(Letter.objects.filter(template="profile_goes").values_list("address", flat=True))
    assert (runs, told_of) == ([0, 0, 1, 0], {idle.user.email})
    assert Expert.objects.get(pk=busy.pk).function_title


def test_whose_contact_was_erased_waits_for_no_letter():
    """D2: an application that names nobody but somebody erased goes on its day."""
    dossier = make_dossier(
        status="withdrawn", focal_email="erased-7@erased.invalid", legal_email=""
    )
    SectionDraft.objects.update(saved_at=NOW)
    type(dossier).objects.update(status_since=NOW)

    assert over(line_of("dossiers").period.days + 1)["dossiers"] == 1


def test_a_run_ends_a_bounded_number_and_the_next_the_rest(monkeypatch):
    """P3: idempotent and bounded."""
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        post_letter(
            "dossier_reopen", key=f"k{number}", to=[make_user()], reference="CN-1", title=CANARY
        )

    runs = [end_kept(at(400)).get("letters-text", 0) for _ in range(4)]

    assert runs == [2, 2, 1, 0]
    assert spoken(CANARY) == set()
    assert Letter.objects.unsent().count() == 0


def test_what_was_written_to_many_is_emptied_and_a_draft_that_nobody_sent_goes():
    ines, now = make_officer("Ines"), timezone.now()
    texts = {"en": {"subject": "Meeting", "body": "In May."}}
    written = {"model": "registry.expert", "rows": [1], "texts": texts, "made_at": now}
    Mailing.objects.create(**written, made_by=ines)
    Mailing.objects.create(**written, made_by=ines, state="done", sent_at=now, number=1)

    half = end_kept(at(190))
    left = list(Mailing.objects.values_list("state", "texts"))
    year = end_kept(at(370))

    assert (half["mailing-drafts"], left) == (1, [("done", texts)])
    assert year["mailings"] == 1 and end_kept(at(371)).get("mailings", 0) == 0
    kept = Mailing.objects.get()
    assert (kept.texts, kept.rows, kept.number, kept.made_by) == ({}, [], 1, ines)


def line_of(code):
    return next(line for line in LINES if line.code == code)


def over(days):
    """Run the clock that many days after everything was over."""
    with time_machine.travel(at(days), tick=False):
        return end_kept(timezone.now())


def test_what_names_people_in_an_exchange_goes_kind_by_kind():
    """D2: diaries, messages, addresses, answers, incidents, then names: each by its own period."""
    world = World()
    exchange = world.exchange
    type(exchange).objects.update(status_since=NOW)
    Incident.objects.create(
        exchange=exchange,
        happened_on=NOW.date(),
        kind="health",
        severity=1,
        account=CANARY,
        reported_at=NOW,
        closed_at=NOW,
    )
    evaluation = Evaluation.objects.get()
    evaluation.answers = {"satisfied": 5}
    evaluation.save()

    seen = {}
    for code in ("evaluations", "messages", "participants-addresses", "incidents", "participants"):
        line = line_of(code)
        early, late = (at(line.period.days + days) for days in (-1, 1))
        seen[code] = retention.end_line(line, early), retention.end_line(line, late)

    assert seen == {
        "evaluations": (0, 1),
        "messages": (0, 2),
        "participants-addresses": (0, 2),
        "incidents": (0, 1),
        "participants": (0, 2),
    }
    assert Evaluation.objects.values_list("participant", "answers").get() == (
        None,
        {"satisfied": 5},
    )
    assert set(MatchMessage.objects.values_list("text", "name")) == {("", NAMELESS)}
    assert set(Participant.objects.values_list("name", "address")) == {(NAMELESS, "")}
    assert Incident.objects.values_list("account", "kind").get() == ("", "health")


def test_a_diary_goes_after_its_intern_was_told_twice():
    """P3: what somebody wrote for themselves does not vanish unannounced."""
    world = World()
    type(world.exchange).objects.update(status_since=NOW)
    days = line_of("diaries").period.days

    untold = over(days + 1).get("diaries", 0)
    too_early = over(days + 7).get("diaries", 0)
    over_now = over(days + 9).get("diaries", 0)

    assert (untold, too_early, over_now, DiaryEntry.objects.count()) == (0, 0, 1, 0)


def test_cvs_of_refused_experts_go_after_a_year(django_capture_on_commit_callbacks):
    """D2: CV, its file and the texts; of an answer that still counts nothing."""
    expert = make_expert()
    refused = make_interest(make_dossier(status="published"), expert, status="declined")
    open_one = make_interest(make_dossier(status="published"), expert, status="submitted")
    Interest.objects.update(status_since=NOW)
    file = Interest.objects.get(pk=refused.pk).cv

    with django_capture_on_commit_callbacks(execute=True):
        early = over(line_of("answers").period.days - 1).get("answers", 0)
        ended = over(line_of("answers").period.days + 1).get("answers", 0)

    assert (early, ended, file.storage.exists(file.name)) == (0, 1, False)
    refused.refresh_from_db()
    open_one.refresh_from_db()
    assert (refused.cv.name, refused.motivation) == ("", "")
    assert open_one.cv and open_one.motivation


def test_logs_sessions_and_rankings_go_in_their_time(client):
    """D2: what nobody looks at any more is not kept."""
    officer = make_officer()
    client.force_login(officer)
    LogEntry.objects.create(user=officer, object_repr="x", action_flag=2, change_message="")
    LogEntry.objects.update(action_time=NOW)
    MatchRun.objects.create(dossier=make_dossier(status="closed"), requested_at=NOW, state="done")
    sessions = Session.objects.count()

    clear_sessions(at(40))
    day = over(40)
    year = over(366)
    years = over(732)

    assert sessions == 1 and "sessions" not in day and not Session.objects.exists()
    assert year["admin-log"] == 1 and years["rankings"] == 1


def test_superiors_who_were_asked_are_made_nameless():
    """D2: people without an account are not kept for ever."""
    world = World()
    match = Match.objects.get()
    match.consents.create(
        side="employer", interest=world.interest, name="Clerk", address="clerk@example.org"
    )
    Match.objects.update(status_since=NOW)
    days = line_of("consents").period.days

    assert (over(days - 1).get("consents", 0), over(days + 1).get("consents", 0)) == (0, 1)
    assert Consent.objects.values_list("name", "address").get(side="employer") == (NAMELESS, "")


def test_a_profile_that_is_emptied_leaves_other_experts_their_superior():
    """D2: somebody whose own profile ends is still the superior whom another expert named."""
    ineke = make_expert("Ineke", is_hidden=True)
    piet = make_expert("Piet", employer_name="Ineke", employer_email=ineke.user.email)

    registry_retention.empty_profiles(Expert.objects.filter(pk=ineke.pk), NOW)

    ineke.refresh_from_db()
    piet.refresh_from_db()
    assert ineke.employer_email == "" and ineke.function_title == ""
    assert (piet.employer_name, piet.employer_email) == ("Ineke", ineke.user.email)


def test_a_profile_that_nobody_confirms_is_emptied_after_two_letters():
    """P3: the account stays; the expert is told where to confirm."""
    expert = make_expert("Ineke")
    make_offer(expert)
    Expert.objects.update(confirmed_on=NOW.date(), is_hidden=True)
    days = line_of("profiles").period.days

    over(days + 1)
    letter = Letter.objects.get(template="profile_goes")
    ended = over(days + 9).get("profiles", 0)

    expert.refresh_from_db()
    assert letter.path == "/account/expert/"
    assert (ended, expert.function_title, expert.offers.get().status) == (1, "", "removed")
    assert expert.user.name == "Ineke"


def test_contacts_and_visas_go_thirty_days_after_the_exchange():
    """D2: whom to call and who needs a visa, kept for the journey alone."""
    world = World()
    Participant.objects.update(visa="asked")
    type(world.exchange).objects.update(actual_end=NOW.date())

    delete_contacts(at(31).date())

    assert set(Participant.objects.values_list("emergency_contact", "visa")) == {("", "unknown")}


@pytest.mark.parametrize(
    ("status", "planned", "gone_after"),
    [
        ("completed", 5, 36),
        ("postponed", 5, 36),
        ("interrupted", 5, 36),
        ("postponed", None, 31),
        ("cancelled", 90, 31),
        ("running", -90, None),
    ],
)
def test_contacts_and_visas_go_of_exchanges_without_an_end_too(status, planned, gone_after):
    """D2: a journey that stopped, or was never made, ends like one that was."""
    world = World()
    end = at(planned).date() if planned is not None else None
    start = end and end - timedelta(days=1)
    type(world.exchange).objects.update(
        status=status, planned_start=start, planned_end=end, actual_end=None, status_since=NOW
    )
    people = Participant.objects.exclude(emergency_contact="").count()

    early, late = (delete_contacts(at((gone_after or 400) + days).date()) for days in (-1, 0))

    assert people and (early, late) == ((0, people) if gone_after else (0, 0))


def test_staff_see_what_goes_in_the_next_thirty_days(client):
    """D2, H1: from the same lines, with the days; no row says what might let somebody in."""
    officer, efua = make_officer(), make_user("Efua")
    client.force_login(officer)
    Session.objects.all().delete()
    Client().force_login(efua)
    client.force_login(officer)
    LogEntry.objects.create(user=officer, object_repr="An old one", action_flag=2)
    LogEntry.objects.update(action_time=timezone.now() - timedelta(days=350))
    draft = make_dossier(status="private", title=CANARY, created_by=efua)
    SectionDraft.objects.update(saved_at=timezone.now() - timedelta(days=350))
    type(draft).objects.update(status_since=timezone.now() - timedelta(days=350))
    page = client.get(reverse("admin:accounts_user_goes")).text

    assert LogEntry.objects.count() == 1 and "An old one" not in page
    assert "What the programme team changed by hand in the admin: 1" in page
    assert "Sessions of people who signed in: 2" in page
    assert "<p>Deleted once they have ended. Kept on" in page
    assert draft.reference in page and CANARY not in page
    keys = Session.objects.values_list("session_key", flat=True)
    assert len(keys) == 2 and not any(key in page for key in keys)


def test_every_line_can_be_asked_and_says_all():
    """D2: each kind has a basis, a period, an end, and a function that does it."""
    codes = [line.code for line in LINES]
    assert len(codes) == len(set(codes)) and len(codes) > 20
    for line in LINES:
        assert all(map(str, (line.what, line.basis, line.ends, line.period_words)))
        assert line.end or line.rule, line.code
        if line.rows is not None:
            list(line.due(datetime(2000, 1, 1, tzinfo=NOW.tzinfo)))


def retention_table():
    """Return the table of docs/privacy.md, a line for each kind of data."""
    lines = [
        "| what | legal basis (GDPR) | how long | what happens then | enforced by |",
        "|---|---|---|---|---|",
    ]
    for line in retention.LINES:
        cells = [line.what, line.basis, line.period_words, line.ends, f"`{line.enforced_by}`"]
        lines.append("| " + " | ".join(str(one) for one in cells) + " |")
    return "\n".join(lines)


def test_the_table_of_the_documentation_is_the_one_that_the_clock_follows():
    """D2: docs/privacy.md is made from the lines."""
    with translation.override("en"):
        assert retention_table() in (ROOT / "docs" / "privacy.md").read_text()


def test_one_kind_that_fails_holds_back_no_other(monkeypatch, caplog):
    """P3: each kind by itself."""

    def broken(rows, now):
        raise RuntimeError("broken")

    LogEntry.objects.create(user=make_officer(), object_repr="x", action_flag=2)
    fails = replace(line_of("letters-text"), end=broken)
    monkeypatch.setattr(retention, "LINES", [fails, *LINES])
    post_letter("dossier_reopen", key="k", to=[make_user()], reference="CN-1", title="W")

    done = end_kept(at(400))

    assert (done["admin-log"], done["letters-text"]) == (1, 1) and "failed" in caplog.text
