"""A backup made under load comes back in an empty place, and each table and file is compared."""

import contextlib
import subprocess
import tarfile
import threading

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from connect import backups
from connect.local import postgres
from registry.models import Income
from tests.deploy.servers import files_of, production, run
from tests.factories import make_user
from tests.worlds import OneOfEach


@pytest.fixture
def storage(settings, tmp_path):
    """An own folder of files, and what is in it."""
    folder = tmp_path / "storage"
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": str(folder)}}
    }
    return folder


@pytest.fixture
def keys(tmp_path):
    """A public key that encrypts, and the private one that alone decrypts."""
    private, public = tmp_path / "key.pem", tmp_path / "cert.pem"
    words = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=backup"]
    command = [*words, "-keyout", str(private), "-out", str(public)]
    subprocess.run(command, check=True, capture_output=True)
    return {
        "encrypt": f"openssl smime -encrypt -binary -stream -aes256 -outform DER {public}",
        "decrypt": f"openssl smime -decrypt -binary -inform DER -inkey {private}",
    }


def rows_of(database):
    """Read every table of a database: {table: its rows as PostgreSQL writes them, sorted}."""
    with contextlib.closing(postgres.connect_as_owner(database)) as link, link.cursor() as cursor:
        cursor.execute(backups.TABLES)
        found = {}
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
            found[table] = sorted(row for (row,) in cursor.fetchall())
        return found


@contextlib.contextmanager
def people_signing_up():
    """Somebody writes to the database all the while."""
    over = threading.Event()

    def sign_up():
        while not over.is_set():
            make_user("Somebody")
        connection.close()

    thread = threading.Thread(target=sign_up)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_the_drill_each_table_and_file_comes_back_as_it_was(storage, empty_place, keys, tmp_path):
    """R1, R3: made while people sign up, encrypted, restored by an owner who is no superuser."""
    OneOfEach()
    default_storage.save("letters/a letter.pdf", ContentFile(b"%PDF-1.4 a letter"))
    kept = tmp_path / "backups"
    kept.mkdir()

    with people_signing_up():
        path = backups.make_backup(kept, keys["encrypt"])
    before = rows_of(connection.settings_dict["NAME"])
    there = production(tmp_path, **empty_place)
    done = run(there, "manage.py", "restore", str(path), "--through", keys["decrypt"])
    after = rows_of(empty_place["database"])
    checks = [
        run(there, "manage.py", *words) for words in (["migrate", "--check"], ["check_files"])
    ]

    assert done.returncode == 0, done.stderr
    assert after.keys() == before.keys() and len(after) > 60
    moved_on = {table for table in after if after[table] != before[table]}
    assert moved_on <= {"accounts_user"}  # of whom the last came after the backup
    assert set(after["accounts_user"]) <= set(before["accounts_user"])
    assert files_of(tmp_path / "files") == files_of(storage) and files_of(storage)
    assert [check.returncode for check in checks] == [0, 0]
    assert path.stat().st_mode & 0o077 == 0
    assert b"%PDF-1.4 a letter" not in path.read_bytes()  # nobody reads it without the key
    with pytest.raises(backups.BackupError, match="cannot be read"):
        backups.read_backup(path, tmp_path)


@pytest.fixture
def small_backup(storage, transactional_db, tmp_path):
    default_storage.save("letters/a.pdf", ContentFile(b"%PDF-1.4 a letter"))
    call_command("backup", tmp_path)
    return next(tmp_path.glob("connect-*.tar"))


def test_a_backup_that_was_damaged_is_refused_with_the_part(small_backup, tmp_path):
    """R1: one letter of a file is another."""
    small_backup.write_bytes(small_backup.read_bytes().replace(b"a letter", b"b letter"))

    with pytest.raises(backups.BackupError, match=r"is damaged: files/letters/a\.pdf"):
        backups.read_backup(small_backup, tmp_path)


def test_a_backup_that_was_cut_short_is_refused(small_backup, tmp_path):
    """R1: a disk that was full leaves a part of it."""
    content = small_backup.read_bytes()
    small_backup.write_bytes(content[: len(content) // 2])

    with pytest.raises(backups.BackupError, match="cannot be read"):
        backups.read_backup(small_backup, tmp_path)


def test_nothing_is_restored_over_what_is_there(small_backup):
    """R1: a slip at night overwrites no site."""
    with pytest.raises(CommandError, match="tables: restore into an empty one"):
        call_command("restore", small_backup)


def test_what_was_restored_is_compared_with_what_was_there(small_backup, tmp_path):
    """R1: a row that differs, a file that differs."""
    (tmp_path / "read").mkdir()
    manifest = backups.read_backup(small_backup, tmp_path / "read")
    backups.find_differences(manifest)
    Income.objects.filter(country="GH").update(fiscal_year=1999)
    default_storage.delete("letters/a.pdf")
    default_storage.save("letters/a.pdf", ContentFile(b"%PDF-1.4 another"))

    with pytest.raises(backups.BackupError, match=r"registry_income, letters/a\.pdf"):
        backups.find_differences(manifest)


def test_a_file_that_is_deleted_while_a_backup_is_written_is_left_out(
    storage, transactional_db, tmp_path, monkeypatch
):
    """“Nothing can be written”, it said, and that night had no backup."""
    default_storage.save("kept.txt", ContentFile(b"kept"))
    listed = [*backups.stored_files(), "exports/deleted-by-the-hour.xlsx"]
    monkeypatch.setattr(backups, "stored_files", lambda: listed)

    call_command("backup", tmp_path)

    (made,) = tmp_path.glob("connect-*.tar")
    with tarfile.open(made) as tar:
        names = [name for name in tar.getnames() if name.startswith(backups.FILES)]
    assert names == [f"{backups.FILES}kept.txt"]


def test_a_file_that_a_row_names_and_that_is_gone_is_named_at_the_end(
    storage, transactional_db, tmp_path, monkeypatch, capsys
):
    """R1: the backup of all else is made."""
    monkeypatch.setattr(backups, "stored_files", lambda: ["cv/gone.pdf"])
    monkeypatch.setattr(backups, "named_files", lambda: [("cv/gone.pdf", "Kofi")])

    call_command("backup", tmp_path)

    (made,) = tmp_path.glob("connect-*.tar")
    said = capsys.readouterr()
    assert said.out.strip() == str(made)
    assert "A row names the file cv/gone.pdf, which is gone" in said.err


def test_old_backups_go_and_the_newest_stay(storage, transactional_db, tmp_path):
    """R1: nothing else of the folder does."""
    for day in range(1, 5):
        (tmp_path / f"connect-2026-01-0{day}T03-00-00Z.tar.enc").touch()
    (tmp_path / "connect-notes.tar").touch()

    call_command("backup", tmp_path, keep=2)

    names = sorted(path.name for path in tmp_path.glob("connect-*"))
    assert len(names) == 3 and "connect-notes.tar" in names
    assert "connect-2026-01-04T03-00-00Z.tar.enc" in names
    assert not list(tmp_path.glob("*.part"))


def test_a_command_that_fails_leaves_no_half_backup(storage, transactional_db, tmp_path):
    """R1: a key that is not there encrypts nothing."""
    with pytest.raises(CommandError, match="ended with status"):
        call_command("backup", tmp_path, through="openssl smime -encrypt /nowhere.pem")

    assert not list(tmp_path.glob("connect-*"))
