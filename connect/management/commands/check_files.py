"""Compare the files in the storage with the rows that name them."""

from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from connect.files import leftover_files, missing_files


class Command(BaseCommand):
    help = "Tell which files are missing and which no row names; fails if one is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--remove-orphans", action="store_true", help="remove what no row names since a day"
        )

    def handle(self, *args: Any, remove_orphans: bool = False, **options: Any) -> None:
        for name in (orphans := leftover_files(timezone.now())):
            if remove_orphans:
                default_storage.delete(name)
            self.stdout.write(f"{'removed' if remove_orphans else 'no row names'}: {name}")
        for name, whose in (lost := missing_files()):
            self.stdout.write(f"missing: {name} of {whose}")
        self.stdout.write(f"{len(lost)} missing, {len(orphans)} without a row")
        if lost:
            raise CommandError("Restore the missing files from the backup.")
