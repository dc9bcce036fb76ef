"""Thread 23: a list goes out as a table, however long, as it is filtered; a worker writes it."""

import re
from datetime import datetime, timedelta
from unittest import mock

import pytest
from allauth.account.internal.flows import reauthentication
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from accounts.models import User
from connect import exports, files, queues
from connect.exports import safe_cell
from connect.models import Export
from tests.exports import give_code_again, taken_out
from tests.factories import make_authority, make_officer, make_practice
from tests.worlds import agreed

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    client = Client()
    client.force_login(make_officer())
    give_code_again(client)
    return client


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_list_of_more_rows_than_one_batch_goes_out_in_its_order(desk, format, monkeypatch):
    monkeypatch.setattr(exports, "BATCH", 2)
    for name in ("Ŝandgerði", "Moroto", "Agona, West", "Ziniaré", "Ἀθῆναι"):
        make_authority(name, tier="region")
    make_authority("Elsewhere")

    rows = taken_out(desk, "registry_authority", format, tier__exact="region", o="-1")

    assert [row["name"] for row in rows] == [
        *("Ἀθῆναι", "Ziniaré", "Ŝandgerði", "Moroto", "Agona, West")
    ]


@pytest.mark.parametrize(
    ("name", "language", "row"),
    [
        ("exchanges_exchange", "en", {"form": "expert mission", "status": "agreed, to be planned"}),
        ("exchanges_exchange", "fr", {"forme": "mission d’expertise", "pays": "Ghana"}),
        ("matching_match", "en", {"status": "agreed"}),
        ("applications_dossier", "es", {"estado": "emparejada", "país": "Ghana"}),
        ("practices_practice", "en", {"title": "Licences", "status": "published"}),
        ("practices_practice", "fr", {"titre": "Licences", "écrite en": "Anglais"}),
        ("notifications_letter", "en", {"status": "waiting"}),
    ],
)
def test_lists_that_are_read_go_out_in_the_words_of_their_reader(desk, name, language, row):
    """F2.21: `role_type`, `GH`, `en:native`; practices and letters had no table at all."""
    _table, exchange = agreed()
    make_practice(exchange, title="Licences")
    User.objects.filter(is_staff=True).update(language=language)

    with translation.override(language):
        rows = taken_out(desk, name)

    assert {key: rows[0].get(key) for key in row} == row
    assert not [key for key in rows[0] if "_" in key]
    times = [cell for cell in rows[0].values() if isinstance(cell, datetime)]
    assert all(time.second == 0 for time in times)


def test_a_day_stands_in_a_column_that_is_wide_enough_for_it(desk):
    """F5.15: ######## stood where days are."""
    agreed()
    taken_out(desk, "exchanges_exchange")

    sheet = load_workbook(Export.objects.first().file).active

    assert min(column.width for column in sheet.column_dimensions.values()) >= 20


def test_the_page_tells_how_far_it_is_and_a_second_worker_writes_nothing_twice(desk):
    make_authority()
    desk.post(reverse("admin:registry_authority_export"), {"format": "csv"})

    before = desk.get(reverse("admin:exports")).text
    written = [exports.write_exports() for _ in range(2)]
    after = desk.get(reverse("admin:exports")).text

    export = Export.objects.get()
    assert written == [1, 0]
    assert "data-waits" in before and "0 of 1" in before
    assert "data-waits" not in after and reverse("admin:export", args=[export.pk]) in after


def test_what_another_officer_took_out_is_theirs_alone(desk):
    make_authority()
    taken_out(desk, "registry_authority")
    other = Client()
    other.force_login(make_officer("Another officer"))
    give_code_again(other)

    table = reverse("admin:export", args=[Export.objects.get().pk])

    assert (desk.get(table).status_code, other.get(table).status_code) == (200, 404)
    assert table not in other.get(reverse("admin:exports")).text


def test_a_table_that_cannot_be_written_says_so_and_is_tried_again(desk):
    make_authority()
    for format in ("xlsx", "csv"):  # the same asked for twice at once is one
        desk.post(reverse("admin:registry_authority_export"), {"format": format})
    disk = mock.patch.object(
        default_storage._wrapped or default_storage,
        "save",
        side_effect=OSError(28, "No space left"),
    )

    with disk:
        exports.write_exports()
    told = desk.get(reverse("admin:exports")).text
    failed = re.findall("<li>([^<]*No space left[^<]*)</li>", desk.get(reverse("admin:work")).text)
    again = queues.retry_failed("Exports")
    written = exports.write_exports()

    assert told.count("No space left") == 2
    assert [line.partition(":")[0] for line in failed] == ["Authorities"] * 2
    assert (again, written) == (2, 2)


def test_a_table_and_its_bytes_are_gone_a_day_later(desk, django_capture_on_commit_callbacks):
    make_authority()
    taken_out(desk, "registry_authority")
    name, now = Export.objects.get().file.name, timezone.now()

    with django_capture_on_commit_callbacks(execute=True):
        early = exports.delete_old_exports(now + timedelta(hours=23))
        late = [exports.delete_old_exports(now + timedelta(hours=25)) for _ in range(2)]

    assert (early, late) == (0, [1, 0])
    assert not default_storage.exists(name) and files.missing_files() == []


def test_a_list_goes_out_to_whoever_gave_the_code_lately_alone(desk, monkeypatch):
    """H11: a session left open takes out no table, none that is written, nor the audit."""
    make_authority()
    taken_out(desk, "registry_authority")
    auditor = Client()
    ada = make_officer("Ada")
    type(ada).objects.filter(pk=ada.pk).update(is_superuser=True)
    auditor.force_login(ada)
    give_code_again(auditor)
    monkeypatch.setattr(reauthentication, "is_reauthentication_required", lambda *_, **__: True)
    table = reverse("admin:export", args=[Export.objects.get().pk])
    page, audit = reverse("admin:registry_authority_export"), reverse("admin:connect_seal_export")

    answers = [desk.post(page), desk.get(table), auditor.post(audit, {"format": "csv"})]

    assert [one.status_code for one in answers] == [302] * 3
    assert all("/reauthenticate/" in one.url for one in answers)
    assert Export.objects.count() == 1 and desk.get(page).status_code == 200


def test_a_list_that_was_taken_out_is_given_only_while_its_officer_may_read_it(desk):
    """H22: a table that was written before stayed open to who had lost the right since."""
    make_authority()
    taken_out(desk, "registry_authority")
    export = Export.objects.get()
    table = reverse("admin:export", args=[export.pk])

    before = desk.get(table).status_code
    export.asked_by.groups.clear()

    assert (before, desk.get(table).status_code) == (200, 403)


def test_a_list_without_rows_offers_no_table(desk):
    page = desk.get(reverse("admin:registry_authority_export") + "?q=nowhere").text

    assert "The list, as currently filtered, is empty" in page and "Export as" not in page


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd", "'+cmd"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\n=1"),
        ("'=1", "''=1"),
        (-12.5, "-12.5"),
        ("+31", "+31"),
        (None, ""),
        ("a\x00b", "a\N{REPLACEMENT CHARACTER}b"),
        ("Sandgerði", "Sandgerði"),
    ],
)
def test_no_cell_is_one_that_a_spreadsheet_would_run(cell, kept):
    assert safe_cell(cell) == kept
