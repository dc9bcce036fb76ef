"""`manage.py audit …`: seal, verify, export and archive what is only ever added to."""

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from connect import archive, chain, seals


def read_day_option(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


class Command(BaseCommand):
    help = "Seal, verify, export and archive the timelines and readings."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("seal", help="seal what waits, and show the newest seal")
        verbs.add_parser("key", help="show the public key that signs the seals")
        verify = verbs.add_parser("verify", help="find what was changed since it was recorded")
        verify.add_argument(
            "--seal", action="append", default=[], help="a seal, or the e-mail that brought it"
        )
        verify.add_argument(
            "--archive", action="append", default=[], help="an archive: give all of them"
        )
        export = verbs.add_parser("export", help="write all for the auditor")
        export.add_argument("--since", type=read_day_option, help="a day, as 2027-01-31")
        export.add_argument("--until", type=read_day_option, help="a day, as 2027-12-31")
        export.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")
        shelve = verbs.add_parser("archive", help="take out what was sealed before a day")
        shelve.add_argument(
            "--before", type=read_day_option, required=True, help="a day, as 2027-01-31"
        )
        shelve.add_argument("file", help="the new file to write it to")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        getattr(self, verb)(**options)

    def seal(self, **options: Any) -> None:
        if not settings.AUDIT_KEYS:
            raise CommandError("Set AUDIT_KEY: seals are signed with it.")
        count = seals.seal_waiting_rows()
        self.stdout.write(f"{count} rows sealed.\n{seals.newest_seal() or 'There is no seal yet.'}")

    def key(self, **options: Any) -> None:
        for private_key in seals.private_keys():
            self.stdout.write(chain.public_key_of(private_key))

    def verify(self, seal: list[str], archive: list[str], **options: Any) -> None:
        """Exit with status 1, and a line for each finding, where anything is wrong.

        With status 3 where nothing is, but archives are not shown: their rows could be anywhere.
        """
        try:
            sent = [chain.read_seal(Path(path).read_text(errors="replace")) for path in seal]
        except (OSError, ValueError) as error:
            raise CommandError(f"--seal: {error}") from None
        if not settings.AUDIT_KEYS and not sent:
            raise CommandError("Set AUDIT_KEY or give --seal: signatures are checked by its key.")
        if settings.PRODUCTION and seals.could_change_rows():
            self.stderr.write("This role could change what is recorded: see `grant_role`.")
        kinds = []
        for finding in self.findings(sent, archive):
            kinds.append(finding.kind)
            self.stdout.write(str(finding))
        if kinds:
            status = 3 if set(kinds) == {seals.NOT_SHOWN} else 1
            raise CommandError(f"{len(kinds)} findings.", returncode=status)
        newest = seals.newest_seal()
        self.stdout.write(
            f"Nothing was changed, up to seal {newest.number} of {newest.at}."
            if newest
            else "Nothing is sealed yet."
        )

    def findings(
        self, sent: list[chain.SealRecord], archives: Iterable[str]
    ) -> Iterator[seals.Finding]:
        digests = set()
        for path in archives:
            try:
                yield from archive.verify_file(path)
                digests.add(archive.digest_file(path))
            except (OSError, ValueError, KeyError, TypeError) as error:
                yield seals.Finding("archive changed", f"{path} cannot be read: {error}")
        yield from seals.verify_trail(sent, archive_digests=digests)

    def export(
        self, since: datetime.date | None, until: datetime.date | None, format: str, **options: Any
    ) -> None:
        rows = archive.export_trail(since, until)
        for line in archive.format_export(rows, format):
            self.stdout.write(line, ending="")

    def archive(self, before: datetime.date, file: str, **options: Any) -> None:
        try:
            count = archive.archive_seals(before, file)
        except (OSError, ValueError) as error:
            raise CommandError(f"Nothing was archived: {error}") from None
        self.stdout.write(f"{count} rows are in {file}, and no longer in the database.")
