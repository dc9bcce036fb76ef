"""`python manage.py backup FOLDER`: database and files in one archive, of one moment."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from connect.backups import BackupError, make_backup


class Command(BaseCommand):
    help = "Write database and files to one archive, with the digest of each of its parts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--through",
            default="",
            help="a command that encrypts what it is given, as: age -r age1…",
        )
        parser.add_argument(
            "--keep", type=int, default=0, help="how many of them stay in the folder (all)"
        )

    def handle(self, *args: Any, folder: Path, through: str, keep: int, **options: Any) -> None:
        try:
            self.stdout.write(str(make_backup(folder, through, keep, self.stderr.write)))
        except BackupError as error:
            raise CommandError(str(error)) from None
