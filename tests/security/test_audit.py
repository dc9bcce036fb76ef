"""What is recorded stays: the database refuses to change it, and who changes it past that shows."""
# ruff: noqa: S608 - the statements are those of somebody who has the database

import json
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from applications.models import DossierEvent
from connect import archive, chain, seals
from connect.append_only import append_only_models, erase_text
from connect.local.places import WEB_ROLE
from connect.models import Archived, Reading, Seal, Unsealed
from connect.transitions import Event, record_event
from notifications.auditor import check_trail, send_seal
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.conftest import at_once, wait_for
from tests.exports import give_code_again
from tests.factories import make_dossier, make_officer, make_user
from tests.worlds import signed_in

NOW = timezone.localtime()  # its days are those of the programme
EVENTS = "applications_dossierevent"


def sql(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else None


def past_triggers(statement, *values):
    """Do what somebody does who has taken the database over."""
    sql("SET LOCAL session_replication_role = replica")
    sql(statement, *values)
    sql("SET LOCAL session_replication_role = DEFAULT")


class Trail:
    """Eight lines of one timeline and four readings, in seals of four rows; a ninth line waits."""

    def __init__(self):
        self.ines, self.anna = make_officer("Ines"), make_user("Anna")
        self.dossier = make_dossier()
        self.events = [self.record(number) for number in range(8)]
        self.readings = [
            Reading.objects.create(
                at=NOW, reader=self.ines, model="x.y", row=number, part="cv", page="p"
            )
            for number in range(4)
        ]
        seals.seal_waiting_rows(NOW)
        self.seals = [seals.to_sealed(seal) for seal in Seal.objects.all()]
        self.waits = self.record(8)

    def record(self, number):
        details = {"note": f"Reason {number}", "code": number}
        return record_event(self.dossier, "open", actor=self.ines, now=NOW, details=details)


@pytest.fixture
def trail(db, monkeypatch):
    monkeypatch.setattr(seals, "BATCH", 4)
    return Trail()


def found(sent=(), now=NOW, archive_digests=()):
    return [str(finding) for finding in seals.verify_trail(sent, now, archive_digests)]


# 20 kinds of tampering, each done by somebody who has the database to themselves


def set_column(assignment, table=EVENTS, row=2, *values):
    def tamper(trail):
        rows = trail.events if table == EVENTS else trail.readings
        past_triggers(f"UPDATE {table} SET {assignment} WHERE id = %s", *values, rows[row].pk)

    return tamper


def change_text_and_salt(trail):
    event = trail.events[2]
    event.salts["note"], event.details["note"] = "another", "Another reason"
    set_column(
        "salts = %s, details = %s", EVENTS, 2, json.dumps(event.salts), json.dumps(event.details)
    )(trail)


def change_text_salt_and_digest(trail):
    change_text_and_salt(trail)
    event = trail.events[2]
    event.refresh_from_db()
    digests = event.digests | {"note": chain.text_digest("another", "Another reason")}
    set_column("digests = %s", EVENTS, 2, json.dumps(digests))(trail)


def remove(table, first, last=None):
    def tamper(trail):
        rows = trail.events if table == EVENTS else trail.readings
        numbers = [row.pk for row in rows[first : last or first + 1]]
        past_triggers(f"DELETE FROM {table} WHERE id = ANY(%s)", numbers)

    return tamper


def remove_before_it_is_sealed(trail):
    past_triggers(f"DELETE FROM {EVENTS} WHERE id = %s", trail.waits.pk)


def insert_past_triggers(trail):
    columns = "verb, source, target, actor_id, details, salts, digests, at, dossier_id"
    past_triggers(
        f"INSERT INTO {EVENTS} (id, {columns}) SELECT 4000000, {columns} FROM {EVENTS}"
        " WHERE id = %s",
        trail.events[2].pk,
    )


def insert_and_hide(trail):
    event = trail.record(9)
    Unsealed.objects.filter(table_name=EVENTS, row_id=event.pk).delete()


def swap(trail):
    one, other = trail.events[1].pk, trail.events[2].pk
    for old, new in ((one, 4000001), (other, one), (4000001, other)):
        past_triggers(f"UPDATE {EVENTS} SET id = %s WHERE id = %s", new, old)


def renumber(trail):
    past_triggers(f"UPDATE {EVENTS} SET id = 4000000 WHERE id = %s", trail.events[2].pk)


def change_seal(assignment, number=2):
    def tamper(trail):
        past_triggers(f"UPDATE connect_seal SET {assignment} WHERE number = %s", number)

    return tamper


def swap_lines(trail):
    lines = Seal.objects.get(number=2).lines.splitlines(keepends=True)
    past_triggers("UPDATE connect_seal SET lines = %s WHERE number = 2", "".join(reversed(lines)))


def remove_seals(*numbers):
    def tamper(trail):
        past_triggers("DELETE FROM connect_seal WHERE number = ANY(%s)", list(numbers))

    return tamper


def cut_tail(trail):
    remove_seals(3)(trail)
    past_triggers("DELETE FROM connect_reading")


def rewrite(trail, key):
    """Change a line of the timeline, and make all seals anew as if it had always been so."""
    set_column("verb = 'praise'")(trail)
    rows = list(Seal.objects.order_by("number"))
    previous = chain.FIRST
    for row in rows:
        lines = ""
        for line in row.lines.splitlines():
            table, number, _digest = line.split(" ")
            model = DossierEvent if table == EVENTS else Reading
            digest, _faults = seals.row_digests(model, [int(number)])[int(number)]
            lines += f"{table} {number} {digest}\n"
        made = chain.make_seal(row.number, row.at, previous, lines, key)
        previous = made.digest
        past_triggers(
            "UPDATE connect_seal SET previous = %s, lines = %s, digest = %s, key = %s,"
            " signature = %s WHERE number = %s",
            *(made.previous, lines, made.digest, made.key, made.signature, made.number),
        )


def rewrite_with_another_key(trail):
    rewrite(trail, Ed25519PrivateKey.generate())


def rewrite_with_our_key(trail):
    rewrite(trail, seals.private_keys()[0])


def forge_an_archive(trail):
    remove(EVENTS, 2)(trail)
    past_triggers(
        "INSERT INTO connect_archived (at, first_seal, last_seal, count, file_sha256)"
        " VALUES (now(), 1, 1, 1, '')"
    )


TAMPERINGS = [
    ("a step named otherwise", set_column("verb = 'praise'"), "row changed", "event[2]"),
    ("another time", set_column("at = at - interval '1 day'"), "row changed", "event[2]"),
    ("another actor", set_column("actor_id = NULL"), "row changed", "event[2]"),
    (
        "a text changed",
        set_column("""details = details || '{"note": "Sure"}'"""),
        "text changed",
        "event[2]",
    ),
    ("a text changed with its salt", change_text_and_salt, "text changed", "event[2]"),
    ("a text, its salt and digest", change_text_salt_and_digest, "row changed", "event[2]"),
    (
        "a text added",
        set_column("""details = details || '{"more": "So"}'"""),
        "text changed",
        "event[2]",
    ),
    ("a text taken out", set_column("details = details - 'note'"), "text changed", "event[2]"),
    ("a salt taken out", set_column("salts = salts - 'note'"), "text changed", "event[2]"),
    ("a row removed", remove(EVENTS, 2), "row removed", "event[2]"),
    ("all rows of a seal removed", remove(EVENTS, 4, 8), "row removed", "event[6]"),
    ("a row removed before its seal", remove_before_it_is_sealed, "row removed", "waits"),
    ("a row inserted past the triggers", insert_past_triggers, "row inserted", "4000000"),
    ("a row inserted and hidden", insert_and_hide, "row inserted", ""),
    ("two rows reordered", swap, "rows reordered", "event[2]"),
    ("a row renumbered", renumber, "row removed", "event[2]"),
    ("a reading removed", remove("connect_reading", 2), "row removed", "reading[2]"),
    (
        "a reading of somebody else",
        set_column("reader_id = NULL", "connect_reading"),
        "row changed",
        "reading[2]",
    ),
    ("a line of a seal removed", change_seal("lines = ''"), "seal changed", "seal 2"),
    ("the lines of a seal reordered", swap_lines, "seal changed", "seal 2"),
    ("the time of a seal", change_seal("at = at - interval '1 day'"), "seal changed", "seal 2"),
    ("a seal removed", remove_seals(2), "seal removed", "seal 2"),
    ("the first seal removed", remove_seals(1), "seal removed", "seal 1"),
    ("the last seal removed, not its rows", remove_seals(3), "row inserted", "reading[2]"),
    ("the tail cut, rows and seal", cut_tail, "tail cut", "seal 3"),
    ("the chain rewritten, another key", rewrite_with_another_key, "wrong signature", "seal 2"),
    ("the chain rewritten, with our key", rewrite_with_our_key, "chain rewritten", "seal 1"),
    ("an archive forged to hide a removal", forge_an_archive, "row inserted", "archived"),
    ("the row that it hides", forge_an_archive, "row removed", "event[2]"),
]


@pytest.mark.parametrize(
    ("tamper", "kind", "where"),
    [line[1:] for line in TAMPERINGS],
    ids=[line[0] for line in TAMPERINGS],
)
def test_each_kind_of_tampering_is_found_and_named(trail, tamper, kind, where):
    """D4: the auditor has the seals that were sent; each finding says what was done and where."""
    before = found(trail.seals)

    tamper(trail)

    places = {f"event[{n}]": f"{EVENTS} {row.pk} " for n, row in enumerate(trail.events)}
    places |= {f"reading[{n}]": f"connect_reading {r.pk} " for n, r in enumerate(trail.readings)}
    places["waits"] = f"{EVENTS} {trail.waits.pk} "
    findings = found(trail.seals)
    assert before == [] and len(TAMPERINGS) > 20
    assert [one for one in findings if one.startswith(kind) and places.get(where, where) in one]


def test_the_command_says_what_was_found_and_ends_with_a_status(trail, tmp_path):
    """D4: `audit verify --seal` takes the letter in which the seal came."""
    letter = tmp_path / "letter.eml"
    letter.write_text(f"Subject: seal\n\n> Good day,\n> {trail.seals[-1]}".replace("\n", "\n> "))
    said = StringIO()
    call_command("audit", "verify", seal=[str(letter)], stdout=said)
    cut_tail(trail)
    complaint = StringIO()

    with pytest.raises(CommandError) as ended:
        call_command("audit", "verify", seal=[str(letter)], stdout=complaint)

    assert said.getvalue().startswith("Nothing was changed, up to seal 3 ")
    assert ended.value.returncode == 1
    assert "tail cut: seal 3, which was sent to the auditor, is gone\n" in complaint.getvalue()


def test_who_has_no_key_is_told_to_give_a_seal_and_not_that_all_is_forged(trail, settings):
    """D4: machines of the web do without AUDIT_KEY."""
    settings.AUDIT_KEYS = []

    with pytest.raises(CommandError, match="--seal"):
        call_command("audit", "verify")
    assert found(trail.seals) == []


def test_a_server_whose_web_owns_the_tables_is_told_so(trail, settings):
    """P7: one role for all would leave the triggers alone in charge."""
    settings.PRODUCTION = True
    said = StringIO()
    call_command("audit", "verify", stdout=StringIO(), stderr=said)
    call_command("grant_role", WEB_ROLE, stdout=StringIO())
    sql(f"SET LOCAL ROLE {WEB_ROLE}")
    silence = StringIO()
    call_command("audit", "verify", stdout=StringIO(), stderr=silence)

    assert "grant_role" in said.getvalue() and silence.getvalue() == ""


# What the database refuses


def test_every_timeline_and_log_is_protected(db):
    """D4: what is declared append-only has all the triggers, and every timeline is declared so."""
    wanted = {"arrived", "changed", "deleted", "emptied"}
    for model in append_only_models():
        rows = sql(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
            " AND tgenabled = 'O'",
            model._meta.db_table,
        )
        digest = {"digest"} if issubclass(model, Event) else set()
        assert {name for (name,) in rows} == wanted | digest, model

    timelines = {model for model in apps.get_models() if model.__name__.endswith("Event")}
    assert len(timelines) == 7 and timelines | {Reading, Archived} == set(append_only_models())


REFUSED = [
    "UPDATE {table} SET id = id + 1",
    "UPDATE {table} SET at = now()",
    "DELETE FROM {table}",
    "TRUNCATE {table} CASCADE",
]


def refused(statement):
    """Say whether the database refuses a statement; nothing of it stays."""
    sql("SET CONSTRAINTS ALL IMMEDIATE")  # a table of which checks are pending is not truncated
    try:
        with transaction.atomic():
            sql(statement)
    except ProgrammingError:
        return True
    return False


@pytest.mark.parametrize("statement", REFUSED)
@pytest.mark.parametrize("table", [EVENTS, "connect_reading", "connect_seal"])
def test_even_the_owner_of_the_tables_changes_nothing_by_mistake(trail, statement, table):
    """D4: the triggers refuse it, whoever asks."""
    statement = (
        statement.replace("id = id + 1", "number = number + 1") if "seal" in table else statement
    )

    assert refused(statement.format(table=table))


@pytest.fixture
def as_web(trail):
    """From here on everything is done with the role of web and workers."""
    call_command("grant_role", WEB_ROLE, stdout=StringIO())
    sql(f"SET LOCAL ROLE {WEB_ROLE}")
    return trail


@pytest.mark.parametrize(
    "statement",
    [
        *(each.format(table=EVENTS) for each in REFUSED),
        *(each.format(table="connect_reading") for each in REFUSED),
        "UPDATE connect_seal SET signature = ''",
        "DELETE FROM connect_seal",
        "INSERT INTO connect_unsealed (table_name, row_id, at) VALUES ('x', 1, now())",
        "INSERT INTO connect_archived (at, first_seal, last_seal, count, file_sha256)"
        " VALUES (now(), 1, 1, 1, '')",
        f"ALTER TABLE {EVENTS} DISABLE TRIGGER ALL",
        f"DROP TRIGGER deleted ON {EVENTS}",
        "DROP FUNCTION append_only_refuse CASCADE",
        "SET session_replication_role = replica",
        f"SET LOCAL connect.archives = 'yes'; DELETE FROM {EVENTS}",
        "CREATE FUNCTION public.append_only_refuse() RETURNS trigger LANGUAGE sql AS ''",
    ],
)
def test_the_role_of_web_and_workers_only_adds(as_web, statement):
    """P7: UPDATE, DELETE, TRUNCATE and all that would prepare them are refused."""
    assert refused(statement)


def test_the_role_of_web_and_workers_records_seals_and_erases(as_web):
    """P7: what they must do, they can."""
    as_web.record(20)
    blanked = erase_text(as_web.dossier.events.all(), lambda text: text == "Reason 2")
    sealed = seals.seal_waiting_rows(NOW)
    Session.objects.all().delete()

    assert (blanked, sealed, found(as_web.seals)) == (1, 2, [])


def test_a_text_can_be_blanked_and_nothing_else_put_in_its_place(trail):
    """D4: an erased text leaves the chain as it was; one that was altered is refused."""
    event = trail.events[2]
    rows = DossierEvent.objects.filter(pk=event.pk)

    altered = [
        refused(f"UPDATE {EVENTS} SET {assignment} WHERE id = {event.pk}")
        for assignment in (
            """details = details || '{"note": "Sure"}'""",
            """details = details || '{"note": ""}'""",  # blank, but for its salt
            "details = details - 'note', salts = salts - 'note'",
            "salts = salts - 'note'",
            """details = details || '{"more": ""}'""",
            """digests = '{}'""",
        )
    ]
    blanked = erase_text(rows, lambda text: "Reason" in text)
    again = erase_text(rows, lambda text: "Reason" in text)

    event.refresh_from_db()
    assert (altered, blanked, again) == ([True] * 6, 1, 0)
    assert (event.details, list(event.salts)) == ({"note": "", "code": 2}, ["code"])
    assert found(trail.seals) == []


# Sealing


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**15), 10**15)
        | st.floats(-1e9, 1e9)
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
                inner,
                max_size=3,
            )
        ),
        max_leaves=5,
    )
)
def test_python_and_postgresql_agree_on_what_a_text_says(django_db_setup, django_db_blocker, value):
    """D4: the digest is made by one and verified by the other."""
    with django_db_blocker.unblock():
        stored = sql("SELECT %s::jsonb::text", json.dumps(value))[0][0]

    assert chain.stored_json(json.loads(stored)) == stored


@pytest.fixture
def committed(after_flush):
    """A dossier in the database, and an empty chain."""
    return make_dossier()


def test_a_row_that_commits_late_is_sealed_late_and_not_passed_over(committed):
    """D4: its number is lower than that of rows sealed before it was there."""
    ines, said = make_officer(), []

    def late():
        with transaction.atomic():
            first = record_event(committed, "begin", actor=ines, now=NOW)
            said.append(first.pk)
            wait_for_length(said, 2)

    def early():
        wait_for_length(said, 1)
        second = record_event(committed, "submit", actor=ines, now=NOW)
        seals.seal_waiting_rows(NOW)
        assert f" {second.pk} " in Seal.objects.get().lines
        said.append(second.pk)

    at_once(late, early)
    seals.seal_waiting_rows(NOW)

    late_pk, early_pk = said
    assert late_pk < early_pk
    assert [f" {late_pk} " in seal.lines for seal in Seal.objects.all()] == [False, True]
    assert found() == []


def wait_for_length(items, length):
    wait_for(lambda: len(items) >= length)


def test_ten_workers_that_seal_at_once_make_one_chain(committed, monkeypatch):
    """D4: one seals at a time; the others find nothing to do, or the next rows."""
    monkeypatch.setattr(seals, "BATCH", 5)
    for _number in range(40):
        record_event(committed, "open", actor=None, now=NOW)

    at_once(*[lambda: seals.seal_waiting_rows(NOW)] * 10)
    seals.seal_waiting_rows(NOW)

    assert [seal.count for seal in Seal.objects.all()] == [5] * 8
    assert found() == [] and not Unsealed.objects.exists()


def test_nothing_is_sealed_without_a_key_and_staff_see_what_waits(trail, settings):
    """D4: rows that wait longer than an hour are told."""
    settings.AUDIT_KEYS = []

    assert seals.seal_waiting_rows(NOW) == 0
    settings.AUDIT_KEYS = [b"k" * 32]
    assert [one for one in found(now=NOW + timedelta(hours=2)) if one.startswith("row waits")]


def test_seals_of_a_key_that_was_replaced_are_still_believed(trail, settings):
    """D4: the first key of AUDIT_KEY signs, all of them verify."""
    old = settings.AUDIT_KEYS
    settings.AUDIT_KEYS = [b"n" * 32, *old]
    seals.seal_waiting_rows(NOW)

    assert len({seal.key for seal in Seal.objects.all()}) == 2 and found(trail.seals) == []


def test_rows_that_cannot_be_sealed_hold_back_no_other(trail, caplog):
    """D4: gone before their seal, or of a table that this version does not know."""
    past_triggers(
        "INSERT INTO connect_unsealed (id, table_name, row_id, at)"
        f" SELECT -n, '{EVENTS}', 4000000 + n, now() FROM generate_series(2, 10) AS n"
        " UNION SELECT -1, 'connect_of_tomorrow', 1, now()"
    )

    sealed = [seals.seal_waiting_rows(NOW), seals.seal_waiting_rows(NOW)]

    assert sealed == [1, 0] and f" {trail.waits.pk} " in Seal.objects.last().lines
    assert Unsealed.objects.count() == 10  # `verify` tells of them
    assert "cannot be sealed" in caplog.text
    kinds = [one.partition(":")[0] for one in found(trail.seals)]
    assert kinds == ["row removed"] * 9 + ["row inserted"]


def test_a_hundred_thousand_rows_are_sealed_within_bounds(db):
    """D4: a thousand rows a seal, so many in memory; the time of each seal does not grow."""
    dossier = make_dossier()
    seals.seal_waiting_rows(NOW)
    already = Seal.objects.count()
    DossierEvent.objects.bulk_create(
        DossierEvent(dossier=dossier, verb="x", target="y", at=NOW, details={"note": str(number)})
        for number in range(3000)
    )

    assert seals.seal_batch(NOW) == 1000
    assert seals.seal_waiting_rows(NOW) == 2000
    assert Seal.objects.count() == already + 3


# The auditor


def test_the_auditor_is_sent_the_newest_seal_once_a_day(trail, settings):
    """D4: also on a day without anything new; without an address nobody is written to."""
    assert send_seal(NOW) == 0
    settings.AUDITOR_EMAIL = "auditor@court.example"

    sent = [send_seal(NOW), send_seal(NOW), send_seal(NOW + timedelta(days=1))]

    letter = Letter.objects.get(key__contains=timezone.localdate(NOW).isoformat())
    assert (sent, letter.address) == ([1, 0, 1], "auditor@court.example")
    assert chain.read_seal(letter.context["seal"]) == trail.seals[-1]


def test_a_worker_verifies_the_trail_once_a_day_and_tells_of_what_was_changed(trail, settings):
    """D4: in an e-mail to the auditor, and on the page of what the workers do."""
    settings.AUDITOR_EMAIL = "auditor@court.example"
    staff, page = signed_in(make_officer("Olga")), reverse("admin:work")
    days = [NOW + timedelta(days=number) for number in range(3)]

    assert "has not been verified yet" in staff.get(page).text
    told = [check_trail(days[0])]
    assert "nothing was changed" in staff.get(page).text
    past_triggers("DELETE FROM connect_seal WHERE number = %s", trail.seals[-1].number)
    told += [check_trail(days[0]), check_trail(days[1]), check_trail(days[1])]

    assert told == [0, 0, 1, 0]
    letter = Letter.objects.get(template="audit_findings")
    assert letter.address == "auditor@court.example"
    assert "tail cut: seal 3, which was sent to the auditor, is gone" in compose_letter(letter)[1]
    assert "tail cut: seal 3" in staff.get(page).text
    settings.AUDIT_KEYS = []
    assert check_trail(days[2]) == 1 and "have no AUDIT_KEY" in staff.get(page).text


def test_the_auditor_is_given_everything_as_a_table(trail):
    """D4: who did what and when, with what was typed, as JSON and as CSV that runs nothing."""
    trail.dossier.events.create(verb="x", target="y", at=NOW, details={"note": "=1+1"})
    as_json, as_csv = StringIO(), StringIO()

    call_command("audit", "export", stdout=as_json)
    call_command("audit", "export", format="csv", stdout=as_csv)
    nothing = "".join(
        archive.format_export(archive.export_trail(until=NOW.date() - timedelta(9)), "jsonl")
    )

    rows = [json.loads(line) for line in as_json.getvalue().splitlines()]
    assert (len(rows), nothing) == (10 + 4, "")
    assert rows[2] | {"at": "", "about": ""} == {
        "table": EVENTS,
        "number": trail.events[2].pk,
        "at": "",
        "who": f"Ines <{trail.ines.email}>",
        "about": "",
        "what": {"verb": "open", "source": "", "target": "draft"},
        "details": {"note": "Reason 2", "code": 2},
    }
    assert len(as_csv.getvalue().splitlines()) == 1 + len(rows)


def test_the_auditor_takes_it_all_out_of_the_admin_and_an_officer_does_not(trail):
    """D4: whoever has the permission, by a POST; the readings are a list of their own."""
    auditor = make_officer("Ada")
    officer = signed_in(make_officer("Olga"))
    names = ["view_seal", "view_reading", "export_audit"]
    auditor.user_permissions.set(Permission.objects.filter(codename__in=names))
    auditor = signed_in(User.objects.get(pk=auditor.pk))
    give_code_again(auditor)
    pages = [reverse(f"admin:connect_{name}") for name in ("seal_export", "reading_changelist")]
    newest = reverse("admin:connect_seal_change", args=[3])

    shown = auditor.get(pages[0]).text
    table = auditor.post(pages[0], {"format": "csv"})
    lines = table.getvalue().decode().splitlines()

    assert trail.seals[-1].signature in shown and trail.seals[-1].digest in auditor.get(newest).text
    read = Reading.objects.get(page="admin:connect_seal_export")
    assert (read.reader.name, read.model, read.row) == ("Ada", "connect.seal", 3)
    assert len(lines) == 1 + 9 + 4 + 1 and "Reason 2" in lines[3]
    assert "Ines" in auditor.get(pages[1]).text
    assert auditor.post(pages[0], {"format": "csv", "since": "no day"}).status_code == 200
    assert {officer.get(page).status_code for page in [*pages, newest]} == {403}


# Archiving


def test_sealed_ranges_are_archived_and_the_chain_verifies_with_the_file_and_without(
    trail, tmp_path
):
    """D4: what is older than two years may go; a change of the file still shows."""
    later, file = NOW + timedelta(days=3 * 365), tmp_path / "archive.jsonl"
    before = (NOW + timedelta(days=1)).date()
    with pytest.raises(CommandError, match="two years"):
        call_command("audit", "archive", str(file), before=before)

    count = archive.archive_seals(before, file, now=later)
    seals.seal_waiting_rows(later)

    assert (count, DossierEvent.objects.count(), Reading.objects.count()) == (12, 1, 0)
    shown = [archive.digest_file(file)]
    assert (found(trail.seals, later, shown), list(archive.verify_file(file))) == ([], [])
    assert found(trail.seals, later) == [
        "archive not shown: whether it holds the rows of seals 1–3 is not verified"
    ]
    assert archive.archive_seals(before, tmp_path / "again", now=later) == 0

    file.write_text(file.read_text().replace("Reason 2", "Reason 3"))
    findings = [str(finding) for finding in archive.verify_file(file)]
    assert (
        f"archive changed: {EVENTS} {trail.events[2].pk} of the archive: note was changed"
        in findings
    )
    assert "archive changed: the file is none that was archived here" in findings

    past_triggers(f"UPDATE {EVENTS} SET verb = 'praise'")
    assert [one for one in found(trail.seals, later) if one.startswith("row changed")]


def mark_archived(at, first, last, count, sha256=""):
    """Write a mark as the owner of the tables can, whom no trigger stops; it is sealed."""
    sql(
        "INSERT INTO connect_archived (at, first_seal, last_seal, count, file_sha256)"
        " VALUES (%s, %s, %s, %s, %s)",
        *(at, first, last, count, sha256),
    )
    seals.seal_waiting_rows(at)


@pytest.mark.parametrize("days", [0, 2 * 365, 3 * 365])
def test_a_mark_of_an_archive_excuses_no_row_younger_than_two_years(trail, days):
    """D4: nor one that is dated in the future, to make them older."""
    mark_archived(NOW + timedelta(days=days), 1, 1, 4)
    remove(EVENTS, 0, 4)(trail)

    findings = found(trail.seals, min(NOW + timedelta(days=days), NOW + timedelta(days=800)))

    gone = [one for one in findings if one.startswith("row removed")]
    assert len(gone) == 4


def test_rows_deleted_under_a_mark_that_no_file_bears_out_are_not_called_unchanged(trail, tmp_path):
    """D4: the command ends with a status of its own, and a file of other seals helps nobody."""
    later, file = NOW + timedelta(days=3 * 365), tmp_path / "archive.jsonl"
    seals.seal_waiting_rows(NOW)
    with time_machine.travel(later, tick=False):
        archive.archive_seals((NOW + timedelta(days=1)).date(), file, now=later)
        seals.seal_waiting_rows(later)
        endings = [verified(), verified(file)]

        past_triggers("DELETE FROM connect_unsealed")
        mark_archived(later, 1, 2, 8, archive.digest_file(file))
        other_seals = verified(file)
        mark_archived(later, 1, 2, 7, "0" * 64)
        other_count = verified(file)

    assert endings == [
        (3, "archive not shown: whether it holds the rows of seals 1–4 is not verified"),
        (0, "Nothing was changed"),
    ]
    assert other_seals == (1, "archive changed: the file does not hold the seals 1–2")
    assert "archive changed: seals 1–2 hold 8 rows, and 7 were archived" in other_count[1]


def verified(*files):
    """Give (status, what was said) of `audit verify`."""
    said = StringIO()
    try:
        call_command("audit", "verify", archive=[str(file) for file in files], stdout=said)
    except CommandError as ended:
        return ended.returncode, said.getvalue().strip()
    return 0, said.getvalue().partition(",")[0]


def test_a_mark_of_an_archive_does_not_go_under_another_one(trail):
    """D4: archives take out all but what says that they did."""
    mark_archived(NOW, 4, 4, 0)
    later = NOW + timedelta(days=3 * 365)
    mark_archived(later, 4, 5, 1)

    past_triggers("DELETE FROM connect_archived WHERE last_seal = 4")

    assert [one for one in found((), later) if one.startswith("row removed: connect_archived")]
