"""Run by hand what beat runs: all that is due, now or as if it were another time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from connect.schedule import run_rules


class Command(BaseCommand):
    help = "Remind, lapse, close and move whatever is due; it may be run at any time, and twice."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", help="an instant as 2027-01-31T10:00, in Brussels time")

    def handle(self, *args: Any, now: str | None = None, **options: Any) -> None:
        try:
            given = parse_datetime(now) if now else timezone.now()
        except ValueError:
            given = None
        if given is None:
            raise CommandError("--now is an instant such as 2027-01-31T10:00")
        instant = given if timezone.is_aware(given) else timezone.make_aware(given)
        for name, done in run_rules(instant).items():
            self.stdout.write(f"{name}: {done}")
