"""`python manage.py doctor`: tries each part of an installation, and says how to mend it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import autodiscover_modules

from connect import doctor


class Command(BaseCommand):
    help = (
        "Try database, Redis, mail, storage, workers and all else that CONNECT stands on. Prints"
        " what is wrong, why, and how to mend it; ends with status 1 where anything is."
    )
    requires_system_checks: list[str] = []  # they would stop at the first fault

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", action="append", default=[], help="an examination's name")
        parser.add_argument(
            "--skip",
            action="append",
            default=[],
            help="an examination to leave out: a timer's"
            " each hour need not send the e-mail of “mail”",
        )

    def handle(self, *args: Any, only: list[str], skip: list[str], **options: Any) -> None:
        from connect.doctor import (  # noqa: F401, PLC0415 - as apps
            database,
            services,
            site,
            storage,
            translation,
        )

        autodiscover_modules("doctor")
        if unknown := {*only, *skip} - set(doctor.EXAMINATIONS):
            known = ", ".join(doctor.EXAMINATIONS)
            raise CommandError(f"There is no {', '.join(unknown)}: there are {known}.")
        count = 0
        for name, faults in doctor.examine(only, skip):
            if faults is None:
                self.stdout.write(f"{name}: not examined, the database does not answer")
                continue
            self.stdout.write(f"{name}: {'WRONG' if faults else 'well'}")
            for fault in faults:
                self.stdout.write(f"  {fault.what}\n    Why: {fault.why}\n    Mend: {fault.mend}")
            count += len(faults)
        if count:
            raise CommandError(f"{count} faults: see above.", returncode=1)
        self.stdout.write("All is well.")
