"""Encrypt every restricted column and seed with the first key of FIELD_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from connect.restricted import rotate_keys


class Command(BaseCommand):
    help = (
        "Encrypt with the first key of FIELD_KEYS whatever is in clear or under another key; then"
        " the other keys may go. It may be run at any time, and twice."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{rotate_keys()} texts were encrypted anew.")
