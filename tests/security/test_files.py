"""Files as weapons: each is read by a child with limits, or refused with a sentence."""

import io
import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from applications import dossier_files
from connect import files, sandbox
from connect.pictures import remove_metadata
from connect.sandbox import MEGABYTE, Limits, parse_file
from exchanges import budget, measures, pictures
from exchanges.models import BudgetLine, FollowUp, MeasureReport
from matching import cv
from notifications.returned import find_returned_letter
from practices import writing
from tests import weapons
from tests.factories import (
    make_authority,
    make_dossier,
    make_officer,
    make_user,
)
from tests.worlds import OneOfEach


def children():
    """List the readers that this process has started and that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            command = (path / "cmdline").read_bytes()
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if b"connect/readers" in command and parent == os.getpid():
            found.append(path.name)
    return found


class Watched:
    """Says by how many bytes the memory of this process grew at most, while it was watched."""

    def __enter__(self):
        self.before, self.most, self.ended = self.held(), 0, threading.Event()
        self.watcher = threading.Thread(target=self.watch)
        self.watcher.start()
        return self

    def __exit__(self, *_error):
        self.ended.set()
        self.watcher.join()

    def watch(self):
        while not self.ended.wait(0.02):
            self.most = max(self.most, self.held() - self.before)

    @staticmethod
    def held():
        return sandbox.process_memory(os.getpid())


def as_read(kind, content):
    if kind in ("JPEG", "PNG"):
        upload = SimpleUploadedFile("a", content)
        return [remove_metadata(upload, kind, within=(1280, 1280), save_as="JPEG")]
    return list(parse_file(kind, content, **weapons.OPTIONS[kind]))


WEAPONS = [
    ("docx", weapons.wide_docx, {"memory", "time"}),
    ("docx", weapons.slow_docx, {"memory", "time", "nesting"}),
    ("docx", weapons.bomb_docx, {"too_large"}),
    ("docx", weapons.many_parts, {"too_large"}),
    ("xlsx", weapons.far_xlsx, {"time", "cells", "memory"}),
    ("xlsx", weapons.full_xlsx, {"output"}),
    ("xlsx", weapons.bomb_docx, {"too_large"}),
    ("csv", weapons.long_csv, {"cells"}),
    ("PNG", weapons.large_png, {"decoded"}),
    ("mail", weapons.nested_mail, {"nesting"}),
]


@pytest.mark.parametrize(("kind", "weapon", "codes"), WEAPONS)
def test_a_file_made_to_do_harm_is_refused_in_seconds_and_costs_the_web_server_nothing(
    kind, weapon, codes
):
    """H7: it meets the limits of a child: the memory of this process does not grow."""
    content = weapon()
    began = time.monotonic()

    with Watched() as watched, pytest.raises(ValidationError) as refusal:
        as_read(kind, content)

    assert refusal.value.code in codes and len(refusal.value.message) > 20
    assert time.monotonic() - began < 30
    assert watched.most < 64 * MEGABYTE
    assert children() == []


@pytest.mark.parametrize("kind", ["docx", "xlsx", "csv", "mail"])
def test_honest_files_are_read_as_they_are(kind):
    """H7."""
    read = as_read(kind, getattr(weapons, kind)())

    first = {
        "docx": ["Question 0\n[field_0]", "Réponse " * 20],
        "xlsx": ["gh-town-0", "Town 0", "GH", 0, "", 1.5],
        "csv": ["slug", "name", "country"],
        "mail": {
            "kind": "delivery-status",
            "failures": [["5.1.1", "smtp; 550 5.1.1 No such user here"]],
            "text": "Votre message n’a pas été remis.\n",
        },
    }
    assert read[0] == first[kind]
    assert len(read) == {"docx": 12, "xlsx": 20, "csv": 51, "mail": 1}[kind]


@pytest.mark.parametrize(
    ("within", "save_as", "size"),
    [(None, None, (3000, 4000)), ((1280, 1280), "JPEG", (960, 1280))],
)
def test_a_photo_of_48_megapixels_passes_upright_and_says_nothing_of_its_camera(
    within, save_as, size
):
    """H7, P6: read at half its size within the limit; no place, no camera, no colour profile."""
    taken = weapons.jpeg((8000, 6000))

    drawn = remove_metadata(SimpleUploadedFile("a.jpg", taken), "JPEG", within, save_as)

    assert drawn.size_in_pixels == size
    with Image.open(drawn) as kept:
        assert (kept.size, dict(kept.getexif())) == (size, {})
        assert "icc_profile" not in kept.info and "exif" not in kept.info


def test_a_picture_in_the_colours_of_a_printer_looks_the_same_without_its_profile():
    """H17, P6: colour profiles go, and what they meant is drawn."""
    swapped = weapons.profile()
    blue = weapons.saved(Image.new("RGB", (8, 8), (10, 20, 200)), "PNG", icc_profile=swapped)

    drawn = remove_metadata(SimpleUploadedFile("a.png", blue), "PNG")

    with Image.open(drawn) as kept:
        assert "icc_profile" not in kept.info
        seen = kept.convert("RGB").getpixel((4, 4))
    assert all(abs(a - b) < 4 for a, b in zip(seen, (10, 20, 200), strict=True))


# Each of these broke the page once: struct.error, TypeError, AttributeError.
@pytest.mark.parametrize("seed", [37, 483, 641, 738, 3420, 4381, 6834, 7335, 11357])
def test_what_a_camera_wrote_wrongly_hinders_no_photo(seed):
    """H7."""
    drawn = remove_metadata(SimpleUploadedFile("a.jpg", weapons.odd_jpeg(seed)), "JPEG")

    assert sorted(drawn.size_in_pixels) == [30, 40]


def reader(tmp_path, monkeypatch, body):
    """Put another reader in place of ours: `body` is what it runs."""
    (tmp_path / "__main__.py").write_text(f"import json, os, sys, time\n{body}\n")
    monkeypatch.setattr(sandbox, "READERS", tmp_path)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("held = bytearray(200 * 2**20); time.sleep(60)", "memory"),
        ("time.sleep(60)", "time"),
        ("while True: pass", "time"),
        ("while True: print(json.dumps({'piece': 'a' * 9999}))", "output"),
        ("while True: sys.stdout.write('a' * 9999)", "output"),
        ("os.kill(os.getpid(), 11)", "unreadable"),
        ("os.kill(os.getpid(), 24)", "time"),
        ("print('[1]')", "unreadable"),
        ("print('no json')", "unreadable"),
        ("print('[' * 100_000)", "unreadable"),
        ("print(json.dumps({'refused': 'of its own'}))", "unreadable"),
        ("print(json.dumps({'piece': 1}))", "unreadable"),
    ],
)
def test_a_reader_that_keeps_to_no_limit_of_its_own_is_stopped_from_outside(
    tmp_path, monkeypatch, body, code
):
    """H7: the parent watches, where the system cannot limit."""
    reader(tmp_path, monkeypatch, body)

    with Watched() as watched, pytest.raises(ValidationError) as refusal:
        list(parse_file("mail", b"", Limits(memory=100 * MEGABYTE, seconds=2, output=2 * MEGABYTE)))

    assert refusal.value.code == code
    assert watched.most < 64 * MEGABYTE and children() == []


SEEN = """
sys.path.insert(0, {readers!r})
import __main__, importlib.util, resource, socket
spec = importlib.util.spec_from_file_location("ours", {readers!r} + "/__main__.py")
ours = importlib.util.module_from_spec(spec)
spec.loader.exec_module(ours)
ours.limit_resources(256 * 2**20, 10, 20)
ours.deny_access(0)
def tried(act):
    try:
        act()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "done"
told = {{
    "environment": sorted(set(os.environ) - {{"LC_CTYPE"}}),
    "file": tried(lambda: open("/etc/hostname")),
    "connection": tried(socket.socket),
    "memory": tried(lambda: bytearray(300 * 2**20)),
    "modules": [name for name in sys.modules if name.split(".")[0] in ("django", "connect")],
}}
print(json.dumps({{"piece": told}}))
print(json.dumps({{"whole": True}}))
"""


def test_a_reader_knows_nothing_of_us_and_opens_nothing(tmp_path, monkeypatch):
    """H7: no settings, no environment, no file, no connection, no more memory than it may have."""
    monkeypatch.setenv("SECRET_KEY", "of ours")
    reader(tmp_path, monkeypatch, SEEN.format(readers=str(sandbox.READERS)))

    assert list(parse_file("mail", b"")) == [
        {
            "environment": [],
            "file": "OSError",
            "connection": "OSError",
            "memory": "MemoryError",
            "modules": [],
        }
    ]


def test_only_a_few_files_are_read_at_a_time(monkeypatch):
    """H7: many uploads at once wait for each other, and do not fill the memory together."""
    running, most, lock = [], [], threading.Lock()
    real = sandbox.run_child

    def counted(*args):
        with lock:
            running.append(1)
            most.append(len(running))
        yield from real(*args)
        with lock:
            running.pop()

    monkeypatch.setattr(sandbox, "run_child", counted)
    with ThreadPoolExecutor(6) as pool:
        read = list(pool.map(lambda _n: as_read("csv", b"a,b\n"), range(6)))

    assert read == [[["a", "b"]]] * 6 and max(most) <= 2


def test_readers_that_are_all_busy_say_so(monkeypatch):
    """H7."""
    monkeypatch.setattr(sandbox, "AT_ONCE", threading.BoundedSemaphore(1))
    monkeypatch.setattr(sandbox, "COMMON", Limits(seconds=0))
    sandbox.AT_ONCE.acquire()

    with pytest.raises(ValidationError) as refusal:
        list(parse_file("csv", b"a", cells=1))

    assert refusal.value.code == "busy"


def test_slow_files_of_some_hold_up_neither_small_ones_nor_those_of_others(tmp_path, monkeypatch):
    """H7: three people send what takes for ever, one of them twice: the rest goes on at once."""
    slow = "if sys.argv[1] == 'picture': time.sleep(30)\nprint(json.dumps({'whole': True}))"
    reader(tmp_path, monkeypatch, slow)
    monkeypatch.setattr(sandbox, "QUICK_FOR", 0.3)
    monkeypatch.setattr(sandbox, "GIVES_WAY", 1)
    monkeypatch.setattr(sandbox, "OWN_PATIENCE", 0.5)
    refused, until = [], Limits(seconds=2)

    def read(person, kind="picture"):
        with sandbox.reading_for(person):
            try:
                return list(parse_file(kind, b"", until))
            except ValidationError as refusal:
                refused.append((person, refusal.code))

    with ThreadPoolExecutor(8) as pool:
        for person in ("Efua", "Efua", "Kofi", "Ama", "Esi"):
            pool.submit(read, person)
            time.sleep(0.2)
        asked = time.monotonic()
        small = pool.map(lambda person: read(person, "csv"), ["Ines", "Jan", "Marie"])
        assert list(small) == [[]] * 3
        waited = time.monotonic() - asked

    assert waited < 3, "small files waited for slow ones"
    assert refused[0] == ("Efua", "own")
    assert {code for _person, code in refused[1:]} == {"busy", "time"}


def fuzz(kind, rounds, seed):
    """Read a file of a kind mutated so many times; return what became of them, by code.

    Whatever is neither read nor refused with a sentence is raised, with the number of its round.
    """
    honest = {"JPEG": weapons.jpeg(), "PNG": weapons.png()}.get(kind)
    honest = honest or getattr(weapons, kind)()

    def one(number):
        chance = random.Random(f"{seed}-{kind}-{number}")
        inside = kind in ("docx", "xlsx") and number % 2
        content = (weapons.mutated_inside if inside else weapons.mutated)(honest, chance)
        try:
            as_read(kind, content)
        except ValidationError as refusal:
            assert len(str(refusal.message)) > 20, number
            return refusal.code
        except Exception as error:
            raise AssertionError(f"round {number} of {kind}, seed {seed}") from error
        return "read"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(one, range(rounds)))
    assert children() == []
    return {code: outcomes.count(code) for code in sorted(set(outcomes))}


KINDS = ["docx", "xlsx", "csv", "JPEG", "PNG", "mail"]


@pytest.mark.parametrize("kind", KINDS)
def test_twelve_broken_files_are_read_or_refused_with_a_sentence(kind):
    """H7."""
    outcomes = fuzz(kind, 12, seed=16)

    assert outcomes["read"]
    assert outcomes.keys() & {"unreadable", "picture"} or kind in ("csv", "mail")


@pytest.mark.faults
@pytest.mark.parametrize("kind", KINDS)
def test_two_thousand_broken_files_are_read_or_refused_with_a_sentence(kind, capsys):
    """H7."""
    seed = os.environ.get("SEED") or random.SystemRandom().randrange(10**6)
    with capsys.disabled():
        print(f"\n{kind}, SEED={seed}: ", end="", flush=True)  # noqa: T201
        print(fuzz(kind, 2000, seed))  # noqa: T201


# On the pages


def upload(name, content):
    return SimpleUploadedFile(name, content)


@pytest.mark.django_db
def test_no_file_is_read_for_somebody_who_may_not_send_it(monkeypatch):
    """H7: rights before decoding, at every door that takes a file."""
    world, stranger = OneOfEach(), make_user("Stranger")
    exchange = world.practice.exchange
    measure = MeasureReport.objects.last().measure
    photo = SimpleNamespace(cleaned_data={"file": upload("a.jpg", weapons.jpeg())})
    read = []
    monkeypatch.setattr(sandbox.subprocess, "Popen", lambda *args, **kwargs: read.append(args))
    monkeypatch.setattr("connect.uploads.refuse_infected", read.append)
    doors = [
        lambda: dossier_files.add_file(
            world.published, photo.cleaned_data["file"], "o", actor=stranger
        ),
        lambda: cv.save_cv(world.interest, photo.cleaned_data["file"], actor=stranger),
        lambda: pictures.add_picture(photo, exchange, actor=stranger),
        lambda: writing.add_photo(photo, world.practice, actor=stranger),
        lambda: budget.save_line(
            BudgetLine(), exchange, actor=stranger, bill=photo.cleaned_data["file"]
        ),
        lambda: measures.report_measure(
            measure, actor=stranger, evidence=photo.cleaned_data["file"]
        ),
        lambda: measures.answer_follow_up(
            FollowUp(exchange=exchange, month=6),
            {measure: {"evidence": photo.cleaned_data["file"]}},
            {},
            actor=stranger,
        ),
    ]

    for door in doors:
        with pytest.raises(PermissionDenied):
            door()
    client = Client()
    client.force_login(stranger)  # an expert of no town
    page = client.post(reverse("profile"), {"photo": photo.cleaned_data["file"], "years": "7"}).text

    assert read == []
    assert 'value="7"' in page


@pytest.mark.django_db
def test_a_picture_that_is_refused_says_why_and_the_rest_of_the_post_is_there():
    """H7: in the reader's language, with the texts that were typed beside it."""
    world = OneOfEach()
    client = Client(headers={"accept-language": "fr"})
    client.force_login(world.people["expert"])
    large = upload("a.png", weapons.large_png())
    with Watched() as watched:
        page = client.post(
            reverse("exchange-pictures", args=world.arguments["exchange-pictures"]).replace(
                "/en/", "/fr/"
            ),
            {
                "file": large,
                "alt": "Une pompe au bord du fleuve",
                "credit": "Kofi",
            },
        ).text

    assert "Cette image est trop grande" in page
    assert "Une pompe au bord du fleuve" in page
    assert watched.most < 100 * MEGABYTE


@pytest.mark.django_db
def test_a_document_that_harms_is_refused_to_the_officer_and_nothing_is_begun():
    """H7: the Word form."""
    world, client = OneOfEach(), Client()
    client.force_login(world.people["officer"])
    town = make_authority("Ziniaré", slug="bf-ziniare")

    page = client.post(
        reverse("admin:applications_dossier_type_in"),
        {
            "call": world.published.call_id,
            "authority": town.slug,
            "language": "fr",
            "document": upload("form.docx", weapons.wide_docx()),
        },
    ).text

    assert "This file takes too" in page
    assert not town.dossiers.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "format", "content", "words"),
    [
        ("a.xlsx", "0", weapons.full_xlsx, "This file holds more than we can take"),
        ("a.csv", "1", weapons.long_csv, "This table has more than 5000 rows"),
        ("a.csv", "1", lambda: b"slug,name\na,b,c\n", "row 2: it has more cells"),
        ("a.csv", "1", lambda: b"slug,name\n\x81\x8d,b\n", "The letters of this table cannot be"),
        ("a.csv", "1", lambda: b"slug\n" + b"a\n" * 6_000_000, "This file is larger than 10 MB"),
    ],
)
def test_a_table_that_harms_is_refused_in_the_admin_with_its_reason(name, format, content, words):
    """H7: the preview of an import; and a table of which a part was cut off is none."""
    client = Client()
    client.force_login(make_officer())

    page = client.post(
        reverse("admin:registry_authority_import"),
        {"import_file": upload(name, content()), "format": format},
    )

    assert (page.status_code, words in page.text) == (200, True)


def test_a_message_that_cannot_be_read_marks_nobody(caplog):
    """H7: returned mail."""
    assert find_returned_letter(weapons.nested_mail()) == (None, "", "")
    assert "left unread: nesting" in caplog.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "parts",
    [
        [(f"n{number}", None, b"1") for number in range(1001)],
        [(f"f{number}", "a.pdf", b"%PDF-1.4") for number in range(101)],
        [("n", None, b"1" * (3 * 1024 * 1024))],
        [("n" * 100_000, None, b"1")],
        [("n", "a" * 100_000, b"1")],
    ],
)
def test_a_post_of_too_many_or_too_large_parts_is_refused_before_any_page_meets_it(parts):
    """H7, I3: fields, files, headers and names are bounded."""
    agona = make_authority()
    dossier, client = make_dossier(agona), Client()
    client.force_login(make_user(works_for=agona))
    body = io.BytesIO()
    for name, filename, content in parts:
        file = f'; filename="{filename}"' if filename else ""
        body.write(f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode())
        body.write(content + b"\r\n")
    body.write(b"--b--\r\n")

    answer = client.post(
        reverse("add-file", args=[dossier.reference]),
        body.getvalue(),
        content_type="multipart/form-data; boundary=b",
    )

    assert answer.status_code in (400, 413) or not dossier.attachments.exists()
    assert answer.status_code < 500


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.4", "application/pdf"),
        (b"@PJL JOB NAME = a < 3\r\n%PDF-1.4", "application/pdf"),
        # A file's name in a printer's job, and the head that Distiller writes, are no page.
        (b'\x1b%-12345X@PJL SET JOBNAME="Rapport <final>.pdf"\r\n%PDF-1.4', "application/pdf"),
        (b"%!PS-Adobe-3.0 PDF-1.4\r\n%PDF-1.4", "application/pdf"),
        (b"%!PS-Adobe-3.0\r\n<html>%PDF-1.4", "application/postscript"),
        (b"@PJL JOB\r\n<html><script>alert(1)</script>%PDF-1.4", ""),
        (b"<html><script>alert(1)</script>%PDF-1.4", ""),
        (b" <!doctype html>\n%PDF-1.4", ""),
        (b"<?php echo 1 ?>%PDF-1.4", ""),
    ],
)
def test_a_page_of_markup_that_calls_itself_a_pdf_is_none(head, kind):
    """H28: what stands before the mark of a PDF is read by others as a page."""
    assert files.detect_type(io.BytesIO(head)) == kind
