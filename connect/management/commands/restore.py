"""`python manage.py restore FILE`: brings a backup back into an empty database and storage."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from connect.backups import BackupError, restore_backup


class Command(BaseCommand):
    help = (
        "Restore a backup into an empty database and an empty storage, as the owner of the tables,"
        " and compare each table and file with what was there."
    )
    requires_system_checks: list[str] = []  # there is no table yet

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--through", default="", help="a command that decrypts it, as: age -d -i key.txt"
        )

    def handle(self, *args: Any, file: Path, through: str, **options: Any) -> None:
        try:
            manifest = restore_backup(file, through)
        except BackupError as error:
            raise CommandError(str(error)) from None
        rows = sum(int(count) for count, _sum in manifest.tables.values())
        self.stdout.write(
            f"Restored as it was at {manifest.made_at}: {len(manifest.tables)} tables, {rows} rows,"
            f" {len(manifest.parts) - 1} files, each compared. Now, before the site opens:"
            " migrate, grant_role, erasures replay, doctor (docs/operate.md)."
        )
