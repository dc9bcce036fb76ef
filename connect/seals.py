"""Sealing append-only rows, and finding out whether somebody changed them since.

A worker seals what waits, by the minute. A row waits from its own transaction on, so that one
that commits late is sealed late and never passed over. What happens between a row's commit and
its seal, a minute later, no chain can see; nor that the end of the chain is cut off, unless the
auditor keeps the seals that are sent daily (`verify(sent=…)`).
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from connect import chain
from connect.append_only import AppendOnly, AppendOnlyTexts, append_only_models
from connect.models import Archived, AuditCheck, Seal, Unsealed
from connect.schedule import every

logger = logging.getLogger(__name__)
BATCH = 1000  # rows in a seal at most, and in memory at a time
OVERDUE_AFTER = timedelta(hours=1)  # from which a row that still waits means that nobody seals
KEPT = timedelta(days=2 * 365)  # before it is archived: what may be open reads its own timeline
CHECKS_KEPT = timedelta(days=365)
FIRST = 20  # findings of a check that are kept and told
NOT_SHOWN = "archive not shown"
ONE_AT_A_TIME = 0x5EA1  # the advisory lock of whoever seals

Tables = dict[str, type[AppendOnly]]  # the models by the names of their tables


def private_keys() -> list[Ed25519PrivateKey]:
    """Return the keys of AUDIT_KEY; the first one signs, and the seals of all are believed."""
    return [Ed25519PrivateKey.from_private_bytes(key) for key in settings.AUDIT_KEYS]


def public_keys() -> set[str]:
    return {chain.public_key_of(key) for key in private_keys()}


def columns_of(model: type[AppendOnly]) -> list[str]:
    """Return the columns that a row's digest covers, by their name in the database."""
    beside = AppendOnlyTexts.BESIDE if issubclass(model, AppendOnlyTexts) else ()
    fields = model._meta.concrete_fields
    return [one.attname for one in fields if not one.primary_key and one.name not in beside]


def row_digests(
    model: type[AppendOnly], numbers: Iterable[int]
) -> dict[int, tuple[str, list[str]]]:
    """Return {number: (digest of the row, faults of its typed texts)}, of those rows there are."""
    texts = ("details", "salts") if issubclass(model, AppendOnlyTexts) else ()
    names = columns_of(model)
    digests = {}
    for row in model._base_manager.filter(pk__in=numbers).values("pk", *names, *texts):
        digest = chain.row_digest({name: row[name] for name in names})
        faults = (
            chain.faults_of_texts(row["details"], row["salts"], row["digests"]) if texts else []
        )
        digests[row["pk"]] = digest, faults
    return digests


def group_by_table(lines: str) -> dict[str, dict[int, str]]:
    """Return {table: {number: digest}} of the lines of a seal."""
    tables: dict[str, dict[int, str]] = defaultdict(dict)
    for line in lines.splitlines():
        table, number, digest = line.split(" ")
        tables[table][int(number)] = digest
    return tables


def to_sealed(seal: Seal) -> chain.SealRecord:
    return chain.SealRecord(
        seal.number,
        seal.at.isoformat(),
        seal.count,
        seal.previous,
        chain.sha256(seal.lines),
        seal.digest,
        seal.key,
        seal.signature,
    )


def newest_seal() -> chain.SealRecord | None:
    """Return the newest seal as it is sent to the auditor, or None."""
    last = Seal.objects.last()
    return to_sealed(last) if last else None


def could_change_rows() -> bool:
    """Return whether this connection's role could change seals: that of web must not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege('connect_seal', 'UPDATE, DELETE, TRUNCATE')")
        return cursor.fetchone()[0]


# Sealing


@every(minutes=1, only_workers=True)
def seal_waiting_rows(now: datetime | None = None) -> int:
    """Seal all rows that wait, a thousand to a seal; return how many were sealed."""
    if not settings.AUDIT_KEYS:
        logger.error("nothing is sealed: the workers have no AUDIT_KEY")
        return 0
    total = 0
    while count := seal_batch(now or timezone.now()):
        total += count
    return total


@transaction.atomic
def seal_batch(now: datetime) -> int:
    """Seal the thousand rows that wait longest; return how many, 0 where somebody else seals."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        if not cursor.fetchone()[0]:
            return 0
    there, lines = rows_to_seal()
    if not there:
        return 0
    last = Seal.objects.last()
    number, previous = (last.number + 1, last.digest) if last else (1, chain.FIRST)
    now = now.astimezone(UTC)  # as it will be read
    made = chain.make_seal(number, now, previous, lines, private_keys()[0])
    Seal.objects.create(
        number=number,
        at=now,
        previous=previous,
        lines=lines,
        count=made.count,
        digest=made.digest,
        key=made.key,
        signature=made.signature,
    )
    Unsealed.objects.filter(pk__in=there).delete()
    return len(there)


def rows_to_seal() -> tuple[list[int], str]:
    """Return (keys of the rows that wait longest, their lines), of those that can be sealed.

    One that is gone before it was sealed, or of a table that this version does not know, keeps
    waiting, for `verify` to tell of, and holds back none behind it.
    """
    models = {model._meta.db_table: model for model in append_only_models()}
    there: list[int] = []
    lines, start = "", 0
    while not there and (waiting := Unsealed.objects.order_by("pk")[start : start + BATCH]):
        start += BATCH
        numbers = defaultdict(set)
        for row in waiting:
            numbers[row.table_name].add(row.row_id)
        digests = {
            table: row_digests(models[table], numbers[table]) for table in numbers.keys() & models
        }
        for row in waiting:
            if row.row_id in digests.get(row.table_name, ()):
                there.append(row.pk)
                lines += f"{row.table_name} {row.row_id} {digests[row.table_name][row.row_id][0]}\n"
        if len(there) < len(waiting):
            logger.error("rows wait that cannot be sealed: see `manage.py audit verify`")
    return there, lines


# Verifying


@dataclass(frozen=True)
class Finding:
    """Something wrong: which kind of tampering, and where."""

    kind: str
    words: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


def verify_trail(
    sent: Collection[chain.SealRecord] = (),
    now: datetime | None = None,
    archive_digests: Collection[str] = (),
) -> Iterator[Finding]:
    """Yield all that is wrong with the rows, the seals and the chain; nothing where all is well.

    `sent` are seals that the auditor was sent: none of them may be gone or different.
    `archive_digests` are those of the archives that are verified too: whose file nobody shows is a
    finding.
    """
    now = now or timezone.now()
    keys = public_keys() or {seal.key for seal in sent}
    models = {model._meta.db_table: model for model in append_only_models()}
    marks = list(Archived.objects.all())
    held: Counter[int] = Counter()
    known: dict[str, set[int]] = {table: set() for table in models}
    before, sent_by_number = None, {seal.number: seal for seal in sent}
    for row in Seal.objects.order_by("number").iterator(chunk_size=20):
        seal = to_sealed(row)
        for kind, words in chain.faults_of_link(seal, row.lines, before, keys):
            yield Finding(kind, words)
        if (mine := sent_by_number.pop(seal.number, None)) and mine.digest != seal.digest:
            words = f"seal {seal.number} is not the one that was sent to the auditor"
            yield Finding("chain rewritten", words)
        covering = [one for one in marks if one.first_seal <= seal.number <= one.last_seal]
        held.update({one.pk: rows_archived_of(row) for one in covering})
        is_archived = any(could_be_archived(row, one, now) for one in covering)
        yield from faults_of_rows(row, models, known, is_archived)
        before = seal
    for number in sorted(sent_by_number):
        yield Finding("tail cut", f"seal {number}, which was sent to the auditor, is gone")
    for seal in sent:
        if not chain.is_signed(seal, keys):
            words = f"seal {seal.number} of the auditor is not signed with the key of the audit"
            yield Finding("wrong signature", words)
    yield from faults_of_marks(marks, held, archive_digests)
    yield from faults_of_unsealed(models, known, now)


def check_trail_daily(now: datetime) -> AuditCheck | None:
    """Verify the audit trail once a day and save the result; return it, None if already done.

    The seal that the check before saw must still be there. Archives lie elsewhere: whoever has
    them verifies them.
    """
    day = timezone.localdate(now)
    if AuditCheck.objects.filter(day=day).exists():
        return None
    if settings.AUDIT_KEYS:
        last = AuditCheck.objects.exclude(seal="").first()
        sent = [chain.read_seal(last.seal)] if last else []
        findings = [str(one) for one in verify_trail(sent, now) if one.kind != NOT_SHOWN]
    else:
        findings = ["nothing is sealed or verified: the workers have no AUDIT_KEY"]
    for line in findings[:FIRST]:
        logger.error("audit: %s", line)
    made, is_new = AuditCheck.objects.get_or_create(
        day=day,
        defaults={
            "at": now,
            "seal": str(newest_seal() or ""),
            "count": len(findings),
            "findings": "\n".join(findings[:FIRST]),
        },
    )
    AuditCheck.objects.filter(day__lt=day - CHECKS_KEPT).delete()
    return made if is_new else None


def could_be_archived(seal: Seal, mark: Archived, now: datetime) -> bool:
    """Return whether a seal was old enough when it was archived, by its mark.

    Whoever owns the tables can write a mark: it excuses nothing that `archive` would not do.
    """
    day = timezone.localdate(mark.at)
    return mark.at <= now and timezone.localdate(seal.at) < day - KEPT


def rows_archived_of(seal: Seal) -> int:
    """Count the rows of a seal that go when it is archived: all but the marks of archives."""
    lines = group_by_table(seal.lines)
    return sum(len(rows) for table, rows in lines.items() if table != Archived._meta.db_table)


def faults_of_marks(
    marks: list[Archived], held: Counter[int], archive_digests: Collection[str]
) -> Iterator[Finding]:
    """Yield the faults of the records of archived rows."""
    for mark in marks:
        if held[mark.pk] != mark.count:
            words = f"seals {mark} hold {held[mark.pk]} rows, and {mark.count} were archived"
            yield Finding("archive changed", words)
        if mark.file_sha256 not in archive_digests:
            yield Finding(NOT_SHOWN, f"whether it holds the rows of seals {mark} is not verified")


def faults_of_rows(
    seal: Seal, models: Tables, known: dict[str, set[int]], is_archived: bool
) -> Iterator[Finding]:
    """Yield what is wrong with the rows of a seal; note in `known` which rows it holds."""
    for table, lines in group_by_table(seal.lines).items():
        if table not in models:
            yield Finding("seal changed", f"seal {seal.number} names a table {table}")
            continue
        digests = row_digests(models[table], list(lines))
        others = {digest: number for number, (digest, _faults) in digests.items()}
        for number, digest in lines.items():
            where = f"{table} {number} (seal {seal.number})"
            if number in known[table]:
                yield Finding("seal changed", f"{where} was sealed before")
            known[table].add(number)
            if number not in digests:
                if not is_archived or models[table] is Archived:
                    yield Finding("row removed", f"{where} is gone")
                continue
            now, faults = digests[number]
            if now != digest:
                if digest in others:
                    words = f"{where} stands at {others[digest]} now"
                    yield Finding("rows reordered", words)
                else:
                    yield Finding("row changed", f"{where} is not as it was sealed")
            for fault in faults:
                yield Finding("text changed", f"{where}: {fault}")


def faults_of_unsealed(
    models: Tables, known: dict[str, set[int]], now: datetime
) -> Iterator[Finding]:
    """Yield what is wrong with the rows that no seal holds."""
    waiting = defaultdict(set)
    for row in Unsealed.objects.order_by("pk").iterator():
        waiting[row.table_name].add(row.row_id)
        if row.at < now - OVERDUE_AFTER:
            words = f"{row} waits to be sealed since {timezone.localtime(row.at):%Y-%m-%d %H:%M}"
            yield Finding("row waits", words)
    for table, model in models.items():
        there = set(model._base_manager.values_list("pk", flat=True))
        for number in sorted(there - known[table] - waiting[table]):
            words = f"{table} {number} is in no seal and waits for none"
            yield Finding("row inserted", words)
        for number in sorted(waiting[table] - there):
            yield Finding("row removed", f"{table} {number} is gone before it was sealed")
        for number in sorted(waiting[table] & there):
            for fault in row_digests(model, [number])[number][1]:
                yield Finding("text changed", f"{table} {number}: {fault}")
    for table in sorted(waiting.keys() - models.keys()):
        yield Finding("row inserted", f"{table}, an unknown table, waits to be sealed")
