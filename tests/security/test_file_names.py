"""What people call their files: cleaned where it is kept, and once more where it is given out."""

import unicodedata

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from applications import dossier_files
from applications.models import Attachment
from connect.files import clean_name
from exchanges import budget, measures
from exchanges.models import BudgetLine, MeasureReport
from matching import cv
from matching.models import Interest
from tests import weapons
from tests.factories import make_budget_line, make_letter, make_officer, pdf_of
from tests.worlds import OneOfEach

PDF = "application/pdf"
RIGHT_TO_LEFT = "letter\u202efdp.exe"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("letter.pdf", "letter.pdf"),
        ("poly.html", "poly.pdf"),
        (RIGHT_TO_LEFT, "letterfdp.pdf"),
        ("a\u2066\u2067\u2068\u2069\u200e\u200fb\u202a.pdf", "ab.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Efua\\letter.pdf", "letter.pdf"),
        (".htaccess", "_htaccess.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        ("CON", "_CON.pdf"),
        ("com1.txt", "_com1.pdf"),
        ("evil.exe.pdf", "evil_exe.pdf"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie_ b.pdf"),
        ('a";filename=b.html', "a__filename=b.pdf"),
        ("%2e%2e%2fa.pdf", "_2e_2e_2fa.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("\ud800a.pdf", "a.pdf"),
        ("e\u0301te\u0301.pdf", "été.pdf"),
        ("Letter of 26.11.2026", "Letter of 26.11.2026.pdf"),
        ("رسالة.pdf", "رسالة.pdf"),
        ("x" * 300 + ".pdf", "x" * 140 + ".pdf"),
        ("文" * 300 + ".pdf", "文" * 46 + ".pdf"),
    ],
)
def test_a_name_keeps_its_words_and_nothing_else(sent, kept):
    """H8: no control and bidirectional characters, path, reserved name; the ending is ours."""
    assert clean_name(sent, PDF) == kept
    assert clean_name(kept, PDF) == kept


def test_no_character_of_unicode_passes_that_cannot_be_seen():
    """H8: tried one by one, and none makes a path or a second ending."""
    codes = [*range(0x3000), *range(0x3000, 0x110000, 101), *range(0xE0000, 0xE0200)]
    kept = {clean_name(f"a{chr(code)}b.exe", "image/png") for code in codes}

    letters = set("".join(kept))
    assert {unicodedata.category(one) for one in letters} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()
    assert letters & set('/\\<>:"|?*;\n') == set()
    assert {name.count(".") for name in kept} == {1} and all(n.endswith(".png") for n in kept)


def described(answer):
    return (
        answer["Content-Disposition"],
        answer["Content-Type"],
        answer["X-Content-Type-Options"],
        "sandbox" in answer["Content-Security-Policy"],
        "default-src 'none'" in answer["Content-Security-Policy"],
    )


SAFE = ('attachment; filename="poly.pdf"', PDF, "nosniff", True, True)


@pytest.fixture
def files(db):
    """Each kind of file that people send, in a world; and where an officer gets it."""
    world = OneOfEach()
    exchange = world.practice.exchange
    files.world, files.exchange = world, exchange
    files.town, files.expert = world.people["colleague"], world.people["expert"]
    files.officer = Client()
    files.officer.force_login(make_officer())
    return files


def addresses(files):
    """Give the model, the field of the name and the address of a file of each kind."""
    reference, report = files.exchange.reference, MeasureReport.objects.exclude(evidence="").last()
    line = BudgetLine.objects.exclude(receipt="").last()
    letter = Attachment.objects.last()
    interest = Interest.objects.exclude(cv="").last()
    return [
        (letter, "name", reverse("file", args=[letter.dossier.reference, letter.token])),
        (
            interest,
            "cv_name",
            reverse("interest-cv", args=[interest.dossier.reference, interest.pk]),
        ),
        (report, "evidence_name", reverse("evidence", args=[reference, report.pk])),
        (line, "receipt_name", reverse("exchange-receipt", args=[reference, line.pk])),
    ]


def poly(name="poly.html"):
    return SimpleUploadedFile(name, pdf_of("a page") + b"\n<html><script>alert(1)</script>")


def test_what_was_sent_as_a_page_comes_back_as_the_document_that_it_is(files):
    """H8, I4: letters, CVs, evidence and receipts, kept and served under a clean name."""
    world, said = files.world, {"status": "started", "progress": 50, "value": None}
    measure = MeasureReport.objects.last().measure
    Interest.objects.update(status="draft")
    line = make_budget_line(files.exchange)

    dossier_files.add_file(world.editable, poly(), "other", actor=files.town)
    cv.save_cv(world.interest, poly(), actor=files.expert)
    measures.report_measure(measure, actor=files.town, evidence=poly(), comment="", **said)
    budget.save_line(line, files.exchange, actor=files.town, bill=poly())
    Interest.objects.update(status="submitted")

    for thing, field, address in addresses(files):
        assert (getattr(thing, field), address) == ("poly.pdf", address)
        assert described(files.officer.get(address)) == SAFE


def test_a_name_kept_before_names_were_cleaned_is_clean_when_it_is_given_out(files):
    """H8, I4: also one of another script, as RFC 5987 has it."""
    make_letter(files.world.editable)
    bill = ContentFile(b"%PDF-1.4", name="a.pdf")
    make_budget_line(files.exchange, receipt=bill, receipt_name="a", receipt_type=PDF)
    MeasureReport.objects.update(evidence_type=PDF)
    for name, header in (
        (RIGHT_TO_LEFT, 'attachment; filename="letterfdp.pdf"'),
        ("poly.html", 'attachment; filename="poly.pdf"'),
        (
            "été\u202e.html",
            "attachment; filename*=utf-8''%C3%A9t%C3%A9.pdf",
        ),
    ):
        for thing, field, address in addresses(files):
            type(thing).objects.update(**{field: name})
            assert files.officer.get(address)["Content-Disposition"] == header


def test_a_picture_is_kept_with_the_ending_of_what_it_is(files):
    """H8: whatever it was called."""
    photo = SimpleUploadedFile("photo.php", weapons.jpeg())

    kept = dossier_files.add_file(files.world.editable, photo, "other", actor=files.town)

    assert (kept.name, kept.content_type) == ("photo.jpg", "image/jpeg")
    assert kept.file.name.rpartition("/")[2] == str(kept.token)


def test_a_file_that_is_refused_is_named_without_tricks(files):
    """H8."""
    client = Client()
    client.force_login(files.town)
    page = client.post(
        reverse("add-file", args=[files.world.editable.reference]),
        {"file": SimpleUploadedFile(RIGHT_TO_LEFT, b"MZ" + b"0" * 300), "kind": "other"},
        follow=True,
    ).text

    assert "letterfdp.exe: Choose a PDF, or a picture as JPEG, PNG or HEIC" in page
