"""Backups: database and files in one archive with a manifest, and their return to an empty place.

The archive is a tar: `database.dump` as pg_dump makes it, `files/…`, and at its end
`manifest.json`: when and by which version it was made, the digest of each part, and of each table
how many rows it had and a sum over them, all of one moment. A restore compares them. What the
archive goes through on its way out, such as `age -r …`, encrypts it.
"""

import contextlib
import hashlib
import io
import json
import logging
import os
import shlex
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader

from connect.files import named_files, stored_files
from connect.local.postgres import BINARIES

logger = logging.getLogger(__name__)
DUMP, FILES, MANIFEST = "database.dump", "files/", "manifest.json"
NO_FILE = ("404", "NoSuchKey")  # of a bucket
PIECE = 1024 * 1024  # bytes
TABLES = """
    SELECT relname FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
"""
# The rows in any order: a sum of what each is.
DIGEST = "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} t"


class BackupError(Exception):
    """One line that says what to do."""


@dataclass(frozen=True)
class Manifest:
    made_at: str
    version: str
    migrations: list[list[str]]
    tables: dict[str, list[str]]
    parts: dict[str, str]


def read_version() -> str:
    return tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())["project"][
        "version"
    ]


# PostgreSQL's programs


def find_program(name: str) -> str:
    """Return the path of a program of PostgreSQL: the wheel's, else the machine's."""
    of_wheel = BINARIES / "bin" / name
    path = str(of_wheel) if of_wheel.exists() else shutil.which(name)
    if not path:
        raise BackupError(f"There is no {name}: install postgresql-client, as new as the server.")
    return path


def run_program(name: str, *words: str) -> None:
    """Run a program of PostgreSQL on our database; BackupError with what it says at the end."""
    there = connection.settings_dict
    options = there.get("OPTIONS", {})
    known = {
        "PGHOST": there["HOST"],
        "PGPORT": there["PORT"],
        "PGUSER": there["USER"],
        "PGPASSWORD": there["PASSWORD"],
        "PGDATABASE": there["NAME"],
        "PGSSLMODE": options.get("sslmode"),
        "PGSSLROOTCERT": options.get("sslrootcert"),
    }
    environment = os.environ | {key: str(value) for key, value in known.items() if value}
    done = subprocess.run(
        [find_program(name), *words], env=environment, capture_output=True, text=True
    )
    if done.returncode:
        lines = (done.stderr.strip() or "it said nothing").splitlines()
        errors = [line for line in lines if "error" in line] or lines
        raise BackupError(f"{name} failed: {errors[0]}")


def table_digests() -> dict[str, list[str]]:
    """Return {table: [rows, sum]} of all tables, as this transaction sees them."""
    digests = {}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(TABLES)
        for (table,) in cursor.fetchall():
            cursor.execute(DIGEST.format(connection.ops.quote_name(table)))
            digests[table] = [str(value) for value in cursor.fetchone()]
    return digests


def dump_database(path: Path) -> dict[str, list[str]]:
    """Dump the database to a file; return the digests of its tables at that same moment."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        digests = table_digests()
        run_program("pg_dump", "-Fc", f"--snapshot={snapshot}", "-f", str(path))
    return digests


# Making one


class Hashed(io.RawIOBase):
    """A file that is read through a digest."""

    def __init__(self, file: IO[bytes] | Any) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


@contextlib.contextmanager
def opened_through(words: str, file: IO[bytes], *, reads: bool) -> Iterator[IO[bytes]]:
    """Open a command in front of a file: what is written to it, or read, goes through."""
    if not words:
        yield file
        return
    pipes = {"stdin": file, "stdout": subprocess.PIPE} if reads else {}
    pipes = pipes or {"stdin": subprocess.PIPE, "stdout": file}
    with subprocess.Popen(shlex.split(words), **pipes) as process:  # type: ignore[call-overload]
        pipe = process.stdout if reads else process.stdin
        with contextlib.suppress(BrokenPipeError):
            yield pipe
            pipe.close()
    if process.returncode:
        raise BackupError(f"`{words}` ended with status {process.returncode}.")


def open_own(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def make_backup(
    folder: Path, through: str = "", keep: int = 0, tell: Callable[[str], object] = logger.warning
) -> Path:
    """Make a backup in a folder; return its file.

    keep: how many stay there, 0 for all. tell: what is told at the end of files that are gone.
    """
    now = datetime.now(UTC)
    path = folder / f"connect-{now:%Y-%m-%dT%H-%M-%SZ}.tar{'.enc' if through else ''}"
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with tempfile.TemporaryDirectory() as work, open(unfinished, "xb", opener=open_own) as file:
            tables = dump_database(Path(work, DUMP))
            with (
                opened_through(through, file, reads=False) as pipe,
                tarfile.open(fileobj=pipe, mode="w|") as tar,
            ):
                gone = write_parts(tar, Path(work, DUMP), now, tables)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except OSError as error:
        raise BackupError(f"Nothing can be written to {folder}: {error}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    delete_old_backups(folder, keep)
    named = {name for name, _whose in named_files()} if gone else set()
    for name in gone:
        if name in named:
            tell(f"A row names the file {name}, which is gone: the backup is without it.")
    return path


def write_parts(
    tar: tarfile.TarFile, dump: Path, now: datetime, tables: dict[str, list[str]]
) -> list[str]:
    """Write the archive; return the names of files that went since they were listed."""
    parts, gone = {}, []
    with open(dump, "rb") as file:
        parts[DUMP] = add_part(tar, DUMP, file, dump.stat().st_size)
    for name in stored_files():
        try:
            with default_storage.open(name) as stored:
                # All of it is there before its part begins: a bucket gives the whole file here.
                stored.seek(0, os.SEEK_END)
                size = stored.tell()
                stored.seek(0)
                parts[FILES + name] = add_part(tar, FILES + name, stored, size)
        except FileNotFoundError:
            gone.append(name)  # as a table is a day after it was asked for
        except ClientError as error:
            if error.response["Error"]["Code"] not in NO_FILE:
                raise
            gone.append(name)
    nodes = MigrationLoader(connection).applied_migrations
    manifest = Manifest(
        made_at=now.isoformat(timespec="seconds"),
        version=read_version(),
        migrations=sorted([app, name] for app, name in nodes),
        tables=tables,
        parts=parts,
    )
    content = json.dumps(manifest.__dict__, indent=1).encode()
    add_part(tar, MANIFEST, io.BytesIO(content), len(content))
    return gone


def add_part(tar: tarfile.TarFile, name: str, file: Any, size: int) -> str:
    """Add a file to the archive; return its digest."""
    info, hashed = tarfile.TarInfo(name), Hashed(file)
    info.size, info.mode = size, 0o600
    tar.addfile(info, hashed)
    return hashed.digest.hexdigest()


def delete_old_backups(folder: Path, keep: int) -> None:
    """Delete all backups in a folder but the newest so many."""
    made = sorted(folder.glob("connect-????-??-??T??-??-??Z.tar*"))
    for path in made[:-keep] if keep else []:
        if not path.name.endswith(".part"):
            path.unlink()


# Bringing one back


def read_backup(path: Path, folder: Path, through: str = "") -> Manifest:
    """Unpack a backup into an empty folder; BackupError where any part is not as it was."""
    parts = {}
    try:
        with (
            open(path, "rb") as file,
            opened_through(through, file, reads=True) as pipe,
            tarfile.open(fileobj=pipe, mode="r|") as tar,
        ):
            for member in tar:
                parts[member.name] = unpack(tar, member, folder)
            while pipe.read(PIECE):  # the command ends by itself
                pass
        content = json.loads((folder / MANIFEST).read_text())
        manifest = Manifest(**content)
    except (OSError, tarfile.TarError, ValueError, TypeError) as error:
        raise BackupError(f"{path} cannot be read: {error}") from None
    parts.pop(MANIFEST)
    if parts != manifest.parts:
        wrong = {name for name, _digest in parts.items() ^ manifest.parts.items()}
        raise BackupError(f"{path} is damaged: {', '.join(sorted(wrong)[:5])}.")
    return manifest


def unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Write a part to its place below a folder; return its digest."""
    target = (folder / member.name).resolve()
    content = tar.extractfile(member) if member.isfile() else None
    if content is None or not target.is_relative_to(folder.resolve()):
        raise ValueError(f"{member.name} is no file of a backup")
    target.parent.mkdir(parents=True, exist_ok=True)
    hashed = Hashed(content)
    with open(target, "wb") as file:
        while piece := hashed.read(PIECE):
            file.write(piece)
    return hashed.digest.hexdigest()


def check_place(manifest: Manifest) -> None:
    """Refuse to restore over what is there, or what this version does not know."""
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = cursor.fetchall()
    if tables:
        raise BackupError(
            f"The database has {len(tables)} tables: restore into an empty one (CREATE DATABASE)."
        )
    if next(stored_files(), None):
        raise BackupError("The storage has files: restore into an empty folder or bucket.")
    known = set(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
    ours = {app for app, _name in known}
    unknown = [f"{app} {name}" for app, name in manifest.migrations if app in ours]
    unknown = [one for one in unknown if tuple(one.split()) not in known]
    if unknown:
        raise BackupError(
            f"The backup is of version {manifest.version}, which is newer ({unknown[0]}): restore"
            " it with that one."
        )


def restore_backup(path: Path, through: str = "") -> Manifest:
    """Restore a backup into an empty database and storage, and compare all of it."""
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        manifest = read_backup(path, folder, through)
        check_place(manifest)
        words = ["--no-owner", "--no-privileges", "--no-comments", "--exit-on-error"]
        words += ["--single-transaction", "-d", str(connection.settings_dict["NAME"])]
        run_program("pg_restore", *words, str(folder / DUMP))
        for name in manifest.parts:
            if name.startswith(FILES):
                with open(folder / name, "rb") as file:
                    default_storage.save(name.removeprefix(FILES), File(file))
    find_differences(manifest)
    return manifest


def find_differences(manifest: Manifest) -> None:
    """Compare tables and files with what a backup had; BackupError where any differs."""
    with transaction.atomic():
        there = table_digests()
    wrong = [name for name, digest in manifest.tables.items() if there.get(name) != digest]
    files = {name.removeprefix(FILES) for name in manifest.parts if name.startswith(FILES)}
    wrong += sorted(files ^ set(stored_files()))
    for name in files:
        with default_storage.open(name) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != manifest.parts[FILES + name]:
            wrong.append(name)
    if wrong:
        raise BackupError(f"What was restored is not what was there: {', '.join(wrong[:5])}.")
