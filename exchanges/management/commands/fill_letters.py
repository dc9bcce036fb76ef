"""`python manage.py fill_letters`: what each e-mail concerns, where an old version wrote it.

While an upgrade goes on, the old version still writes e-mails without the row that they concern:
nothing would cancel those, and no erasure find them. Once all machines run the new version, this
does again what `migrate` did, for them alone.
"""

from importlib import import_module

from django.apps import apps
from django.core.management.base import BaseCommand

# They go with these migrations, in version 2.
STEPS = [
    ("notifications.migrations.0026_fill_row_that_a_letter_concerns", "fill"),
    ("exchanges.migrations.0043_session_that_a_letter_concerns", "fill"),
    ("notifications.migrations.0028_addresses_in_small_letters", "write_small"),
]


class Command(BaseCommand):
    help = (
        "Fills what e-mails concern that an old version wrote during the upgrade; safe to repeat."
    )

    def handle(self, **options):
        for module, name in STEPS:
            getattr(import_module(module), name)(apps, None)
        self.stdout.write("Each e-mail names the row that it concerns.")
