"""Exports from the audit's tables for the auditor, and the archive of sealed rows.

An archive is a file of one JSON object a line: each seal, then its rows. The rows are taken out of
the database, the seals stay, and a row that says so is sealed like all others. The chain is
verified as before; that the rows are in the file, and were not just deleted, only the file shows.
It holds what people typed: it is kept, and one day destroyed, as personal data.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from os import PathLike
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from connect import chain, seals
from connect.append_only import AppendOnly, AppendOnlyTexts, append_only_models
from connect.exports import Echo, safe_cell
from connect.models import Archived, Seal

EXPORTED = "table", "number", "at", "who", "about", "what", "details"


def as_json(value: Any) -> str:
    return json.dumps(value, default=lambda at: at.isoformat(), ensure_ascii=False, sort_keys=True)


def read_full_rows(model: type[AppendOnly], numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return {number: columns} of rows as they stand, their typed texts and salts included."""
    beside = AppendOnlyTexts.BESIDE if issubclass(model, AppendOnlyTexts) else ()
    names = [*seals.columns_of(model), *beside]
    rows = model._base_manager.filter(pk__in=numbers).values("pk", *names)
    return {row["pk"]: {name: row[name] for name in names} for row in rows}


def archivable_seals(before: date) -> QuerySet[Seal]:
    """Return the seals from before a day whose rows are not archived, oldest first."""
    last = Archived.objects.order_by("last_seal").last()
    rows = Seal.objects.filter(number__gt=last.last_seal if last else 0)
    return rows.filter(at__date__lt=before).order_by("number")


@transaction.atomic
def archive_seals(before: date, path: str | PathLike[str], now: datetime | None = None) -> int:
    """Archive the rows sealed before a day in a new file and delete them; return how many.

    Only the owner of the tables can. The mark that a range was archived is not archived itself.
    Raises ValueError for a day of the last two years.
    """
    if before > timezone.localdate(now) - seals.KEPT:
        raise ValueError("the last two years stay in the database")
    ranges = list(archivable_seals(before))
    if not ranges:
        return 0
    models = {model._meta.db_table: model for model in append_only_models()}
    taken: dict[str, list[int]] = {table: [] for table in models}
    digest = hashlib.sha256()
    with open(path, "xb") as file:
        for seal in ranges:
            for line in archive_lines(seal, models, taken):
                content = (as_json(line) + "\n").encode()
                digest.update(content)
                file.write(content)
    count = sum(map(len, taken.values()))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL connect.archives = 'yes'")
        for table, numbers in taken.items():
            cursor.execute(f'DELETE FROM "{table}" WHERE id = ANY(%s)', [numbers])  # noqa: S608
        cursor.execute("SET LOCAL connect.archives = ''")
    Archived.objects.create(
        at=now or timezone.now(),
        first_seal=ranges[0].number,
        last_seal=ranges[-1].number,
        count=count,
        file_sha256=digest.hexdigest(),
    )
    return count


def archive_lines(
    seal: Seal, models: dict[str, type[AppendOnly]], taken: dict[str, list[int]]
) -> Iterator[dict[str, Any]]:
    """Yield a seal and its rows as they are archived; note in `taken` which rows go."""
    yield {"seal": vars(seals.to_sealed(seal)), "sealed": seal.lines}
    for table, lines in seals.group_by_table(seal.lines).items():
        if models[table] is Archived:
            continue
        for number, columns in read_full_rows(models[table], list(lines)).items():
            taken[table].append(number)
            yield {"table": table, "number": number, "columns": columns}


def verify_file(path: str | PathLike[str]) -> Iterator[seals.Finding]:
    """Yield all that is wrong with an archive, held against the seals of the database."""
    content, held = hashlib.sha256(), []
    sealed: dict[tuple[str, int], str] = {}
    keys = set()
    with open(path, "rb") as file:
        for raw in file:
            content.update(raw)
            line = json.loads(raw)
            if "seal" in line:
                seal = line["seal"]
                held.append(seal["number"])
                ours = Seal.objects.filter(number=seal["number"]).first()
                if ours is None or (ours.digest, ours.lines) != (seal["digest"], line["sealed"]):
                    words = f"seal {seal['number']} of the archive is not that of the database"
                    yield seals.Finding("archive changed", words)
                for table, numbers in seals.group_by_table(line["sealed"]).items():
                    if table != Archived._meta.db_table:
                        sealed |= {(table, number): one for number, one in numbers.items()}
                continue
            key, columns = (line["table"], line["number"]), line["columns"]
            keys.add(key)
            yield from faults_of_archived(key, columns, sealed)
    for table, number in sorted(sealed.keys() - keys):
        yield seals.Finding("archive changed", f"{table} {number} is not in the archive")
    marks = Archived.objects.filter(file_sha256=content.hexdigest())
    if not marks:
        yield seals.Finding("archive changed", "the file is none that was archived here")
    for mark in marks:
        if held != list(range(mark.first_seal, mark.last_seal + 1)):
            yield seals.Finding("archive changed", f"the file does not hold the seals {mark}")


def digest_file(path: str | PathLike[str]) -> str:
    """Return the digest by which the mark of an archive names its file."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def faults_of_archived(
    key: tuple[str, int], columns: dict[str, Any], sealed: dict[tuple[str, int], str]
) -> Iterator[seals.Finding]:
    where = f"{key[0]} {key[1]} of the archive"
    beside = {name: columns.pop(name) for name in AppendOnlyTexts.BESIDE if name in columns}
    if chain.row_digest(columns) != sealed.get(key):
        yield seals.Finding("archive changed", f"{where} is not as it was sealed")
    if beside:
        for fault in chain.faults_of_texts(**beside, digests=columns["digests"]):
            yield seals.Finding("archive changed", f"{where}: {fault}")


# For the auditor


def export_trail(since: date | None = None, until: date | None = None) -> Iterator[dict[str, Any]]:
    """Yield each timeline's lines and all readings, as `EXPORTED` names them, table by table."""
    for model in append_only_models():
        rows: QuerySet[Any] = model._base_manager.order_by("pk")
        if since:
            rows = rows.filter(at__date__gte=since)
        if until:
            rows = rows.filter(at__date__lte=until)
        who = next((name for name in ("actor", "reader") if hasattr(model, name)), None)
        for row in (rows.select_related(who) if who else rows).iterator(chunk_size=1000):
            yield export_line(row, who)


def export_line(row: Any, who: str | None) -> dict[str, Any]:
    person = getattr(row, who) if who else None
    columns = {name: getattr(row, name) for name in seals.columns_of(type(row))}
    about = {name: columns.pop(name) for name in list(columns) if name.endswith("_id")}
    about.pop(f"{who}_id", None)
    for name in ("at", "digests"):
        columns.pop(name, None)
    return {
        "table": row._meta.db_table,
        "number": row.pk,
        "at": row.at.isoformat(),
        "who": f"{person.name} <{person.email}>" if person else "",
        "about": about,
        "what": columns,
        "details": getattr(row, "details", {}),
    }


def format_export(rows: Iterable[dict[str, Any]], format: str) -> Iterator[str]:
    """Yield an export as text: JSON, one object a line, or CSV that no spreadsheet runs."""
    if format == "jsonl":
        for row in rows:
            yield as_json(row) + "\n"
        return
    writer = csv.writer(Echo())
    yield writer.writerow(EXPORTED)
    for row in rows:
        cells = [row[name] for name in EXPORTED]
        yield writer.writerow(
            safe_cell(as_json(cell) if isinstance(cell, dict) else cell) for cell in cells
        )
