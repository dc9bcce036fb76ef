"""Several files at once, and a virus scanner in front of them."""

import os
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from applications import dossier_files
from connect.local.children import free_port
from connect.uploads import KEPT_AT_MOST
from tests import weapons
from tests.factories import make_authority, make_dossier, make_user, pdf_of
from tests.scanner import EICAR, scanning

pytestmark = pytest.mark.django_db

SIGNED = pdf_of("signed")


def pdf(name, content=SIGNED):
    return SimpleUploadedFile(name, content)


@pytest.fixture
def scanner(settings):
    with scanning() as settings.CLAMAV_ADDRESS:
        yield


@pytest.fixture
def room(client):
    agona = make_authority()
    room.efua, room.dossier = make_user(works_for=agona), make_dossier(agona)
    client.force_login(room.efua)
    room.page = reverse("add-file", args=[room.dossier.reference])
    return room


def test_several_files_are_kept_and_one_refused_holds_back_no_other(client, room):
    files = [pdf("one.pdf"), pdf("page.pdf", b"<html>"), pdf("two.pdf")]

    shown = client.post(room.page, {"file": files, "kind": "legal_act"}, follow=True)

    kept = room.dossier.attachments
    assert list(kept.values_list("name", "kind")) == [
        ("one.pdf", "legal_act"),
        ("two.pdf", "legal_act"),
    ]
    said = shown.content.decode()
    assert (
        "2 files have been saved" in said
        and "page.pdf: Despite its name, this file is not a PDF" in said
    )


def test_a_pdf_that_nobody_can_open_or_that_runs_something_is_refused_with_a_way_to_save_it(
    client, room
):
    """H28."""
    sent = {
        "plain": weapons.pdf(),
        "printable": weapons.pdf(lambda made: made.encrypt("", "owner", algorithm="AES-256")),
        "invoice": weapons.pdf(lambda made: made.add_attachment("factur-x.xml", b"<a/>")),
        "locked": weapons.pdf(lambda made: made.encrypt("secret", algorithm="AES-256")),
        "script": weapons.pdf_that_runs("JavaScript", JS="app.alert(1)"),
        "launch": weapons.pdf_that_runs("Launch", F="cmd.exe"),
        "program": weapons.pdf(lambda made: made.add_attachment("run.exe", b"MZ")),
        "torn": b"%PDF-1.4 1 0 obj /Page << /S /JavaScript /JS (app.alert)",
    }

    files = [pdf(f"{name}.pdf", content) for name, content in sent.items()]
    said = client.post(room.page, {"file": files, "kind": "other"}, follow=True).text

    kept = list(room.dossier.attachments.values_list("name", flat=True))
    assert kept == ["plain.pdf", "printable.pdf", "invoice.pdf"]
    assert "locked.pdf: This PDF is locked with a password" in said
    assert [f"{name}.pdf: This PDF holds a program" in said for name in list(sent)[4:]] == [
        True
    ] * 4


def torn_pdf(action):
    """A PDF of one page without its table of objects, which programs that show it mend."""
    rows = [
        b"<</Type/Catalog/Pages 2 0 R/OpenAction<<%s>>>>" % action,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 3 3]>>",
    ]
    objects = (b"%d 0 obj\n%s\nendobj\n" % row for row in enumerate(rows, 1))
    return b"%PDF-1.4\n" + b"".join(objects)


def test_a_torn_pdf_hides_no_program_behind_the_way_its_names_are_written(client, room):
    """H28: /J#53 is /JS for every program that shows it; nobody has looked into packed objects."""
    packed = b"%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Length 1>>stream\nx\nendstream\nendobj"
    sent = {
        "goes.pdf": torn_pdf(b"/S /GoTo /D [3 0 R /Fit]"),
        "plain.pdf": torn_pdf(b"/S /JavaScript /JS (app.alert(1))"),
        "escaped.pdf": torn_pdf(b"/S /JavaScr#69pt /J#53 (app.alert(1))"),
        "launch.pdf": torn_pdf(b"/S /L#61unch /F (cmd.exe)"),
        "packed.pdf": packed,
    }

    files = [pdf(name, content) for name, content in sent.items()]
    said = client.post(room.page, {"file": files, "kind": "other"}, follow=True).text

    assert list(room.dossier.attachments.values_list("name", flat=True)) == ["goes.pdf"]
    for name in ("plain.pdf", "escaped.pdf", "launch.pdf"):
        assert f"{name}: This PDF holds a program" in said


PJL = b"\x1b%-12345X@PJL JOB\r\n@PJL ENTER LANGUAGE=PDF\r\n"


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (b"\r\n" + pdf_of("scanned"), True),
        (pdf_of("torn off").partition(b"trailer")[0], True),
        (pdf_of("cut")[:-70], True),
        (b"%PDF-1.4\nnothing", False),
        (b"%PDF-1.4 1 0 obj<</Producer(a)>>endobj", False),
        (PJL + pdf_of("printed"), True),
        (b" " * 1019 + pdf_of("late"), True),
        (b" " * 1020 + pdf_of("too late"), False),
        (b"MZ\x90\x00%PDF-1.4 a program", False),
    ],
)
def test_what_a_scanner_writes_before_a_pdf_is_no_reason_to_refuse_it(client, room, content, kept):
    client.post(room.page, {"file": pdf("scan.pdf", content), "kind": "other"})

    found = list(room.dossier.attachments.values_list("name", "content_type"))
    assert found == ([("scan.pdf", "application/pdf")] if kept else [])


def test_a_photograph_of_a_telephone_is_kept_as_a_jpeg_upright_and_without_its_camera(client, room):
    photo = SimpleUploadedFile("IMG_1.HEIC", weapons.HEIC)
    broken = SimpleUploadedFile("IMG_2.HEIC", weapons.HEIC[:300])

    shown = client.post(room.page, {"file": [photo, broken], "kind": "other"}, follow=True).text

    [kept] = room.dossier.attachments.all()
    assert (kept.name, kept.content_type) == ("IMG_1.jpg", "image/jpeg")
    drawn = Image.open(kept.file)
    red, _green, blue = drawn.getpixel((24, 4))
    assert (drawn.format, drawn.size, red > 200 > blue) == ("JPEG", (48, 64), True)
    assert b"Canary" not in kept.file.open().read()
    assert "IMG_2.HEIC: This picture cannot be read: open it, save it as a JPEG" in shown


def test_what_a_file_is_can_be_said_anew(client, room):
    client.post(room.page, {"file": [pdf("one.pdf"), pdf("two.pdf")], "kind": "other"})
    first, second = room.dossier.attachments.order_by("name")
    page = reverse("change-file", args=[room.dossier.reference, second.token])

    said = client.post(page, {"kind": "legal_act"}, follow=True).text
    refused = client.post(page, {"kind": "nonsense"}, follow=True).text

    unsaid = client.post(room.page, {"file": pdf("three.pdf")}, follow=True).text
    assert "Choose what kind of file it is." in unsaid
    kinds = room.dossier.attachments.order_by("name").values_list("name", "kind")
    assert list(kinds) == [("one.pdf", "other"), ("two.pdf", "legal_act")]
    assert "Type of two.pdf: " in said and "Choose what kind of file it is." in refused


def test_a_file_that_is_here_already_is_added_no_second_time_and_is_told_with_its_type(
    client, room
):
    """A type that was chosen anew, with the same file, was dropped without a word."""
    client.post(room.page, {"file": pdf("one.pdf"), "kind": "other"})
    twice = client.post(room.page, {"file": pdf("one.pdf"), "kind": "other"}, follow=True).text
    other = client.post(room.page, {"file": pdf("one.pdf"), "kind": "letter"}, follow=True).text
    room.dossier.attachments.update(uploaded_at=timezone.now() - timedelta(hours=1))
    later = client.post(room.page, {"file": pdf("one.pdf"), "kind": "other"}, follow=True).text
    client.post(room.page, {"file": pdf("two.pdf"), "kind": "other"})

    told = "It is here already, as other document. To change that, choose “Change the type”"
    assert ["one.pdf has been saved" in page for page in (twice, other, later)] == [
        True,
        False,
        False,
    ]
    assert [told in page for page in (twice, other, later)] == [False, True, True]
    kept = room.dossier.attachments.order_by("name").values_list("name", "kind")
    assert list(kept) == [("one.pdf", "other"), ("two.pdf", "other")]


def test_a_file_of_forty_megabytes_is_refused_and_the_disk_holds_eleven_of_them(
    client, room, monkeypatch
):
    sizes = []

    def clean_upload(upload):
        sizes.append((upload.size, os.path.getsize(upload.temporary_file_path())))
        return real(upload)

    real = dossier_files.clean_upload
    monkeypatch.setattr(dossier_files, "clean_upload", clean_upload)
    large = pdf("large.pdf", b"%PDF-1.4" + b"0" * (40 * 1024 * 1024))

    shown = client.post(room.page, {"file": large, "kind": "other"}, follow=True).content.decode()

    assert "large.pdf: This file is larger than 10 MB" in shown
    assert sizes[0][0] == 40 * 1024 * 1024 + 8 and sizes[0][1] <= KEPT_AT_MOST
    assert not room.dossier.attachments.exists()


def test_the_script_that_sends_one_by_one_is_told_in_json(client, room):
    def send(file):
        answer = client.post(
            room.page, {"file": file, "kind": "other"}, headers={"Accept": "application/json"}
        )
        return answer.status_code, answer.json()

    assert send(pdf("one.pdf")) == (200, {"refused": []})
    assert send(pdf("none.pdf", b"")) == (
        400,
        {"refused": ["none.pdf: This file is empty: choose it again."]},
    )
    assert send("") == (400, {"refused": ["Choose a file first."]})
    shown = client.get(room.dossier.get_absolute_url()).text
    assert "one.pdf has been saved with the application." in shown


def test_a_file_with_a_virus_is_refused_and_leaves_nothing(room, scanner):
    dossier_files.add_file(room.dossier, pdf("clean.pdf"), "other", actor=room.efua)

    with pytest.raises(ValidationError) as refusal:
        dossier_files.add_file(
            room.dossier, pdf("v.pdf", b"%PDF-1.4" + EICAR), "other", actor=room.efua
        )

    assert refusal.value.code == "virus"
    assert [file.name for file in room.dossier.attachments.all()] == ["clean.pdf"]


def test_nothing_is_kept_while_the_scanner_is_away(room, settings):
    settings.CLAMAV_ADDRESS = f"127.0.0.1:{free_port()}"

    with pytest.raises(ValidationError) as refusal:
        dossier_files.add_file(room.dossier, pdf("one.pdf"), "other", actor=room.efua)

    assert (refusal.value.code, room.dossier.attachments.count()) == ("unchecked", 0)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (b"stream: OK\0", "kept"),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", "virus"),
        (b"INSTREAM size limit exceeded. ERROR\0", "unchecked"),
        (b"stream: Can't allocate memory ERROR\0", "unchecked"),
        (b"220 mail.example.org ESMTP\r\n", "unchecked"),
        (b"", "unchecked"),
    ],
)
def test_only_what_the_scanner_says_is_clean_is_kept(room, settings, said, outcome):
    """Also where another server than a scanner answers at its address, or it takes no more."""
    with scanning(lambda seen: said) as address:
        settings.CLAMAV_ADDRESS = address
        try:
            dossier_files.add_file(room.dossier, pdf("one.pdf"), "other", actor=room.efua)
            found = "kept"
        except ValidationError as refusal:
            found = refusal.code

    assert (found, room.dossier.attachments.count()) == (outcome, int(outcome == "kept"))


def test_the_scanner_is_shown_each_byte_of_a_file_and_may_refuse_the_rest(room, settings):
    """A file of many pieces; and one who hangs up in the middle has looked at nothing."""
    content, seen = pdf_of("signed " * 40_000), []
    with scanning(lambda all_of_it: seen.append(all_of_it) or b"stream: OK\0") as address:
        settings.CLAMAV_ADDRESS = address
        dossier_files.add_file(room.dossier, pdf("one.pdf", content), "other", actor=room.efua)

    def hang_up(asked):
        return asked.read(1000)

    with scanning(lambda begun: b"INSTREAM size limit exceeded. ERROR\0", hang_up) as address:
        settings.CLAMAV_ADDRESS = address
        with pytest.raises(ValidationError) as refusal:
            dossier_files.add_file(room.dossier, pdf("two.pdf", content), "other", actor=room.efua)

    assert seen == [content]
    assert refusal.value.code == "unchecked"
    assert [file.name for file in room.dossier.attachments.all()] == ["one.pdf"]
