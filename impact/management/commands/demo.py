"""`python manage.py demo`: the demonstration data; refused where it does not belong."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from impact.demo.alive import complete_demonstration
from impact.demo.build import write_demonstration


class Command(BaseCommand):
    help = "Loads the demonstration's persons, offers and dossiers; safe to run again."

    def handle(self, **options):
        if not settings.DEMO:
            raise CommandError("The demonstration does not belong in production.")
        now = timezone.now()
        done = write_demonstration(now)
        added = complete_demonstration(now)
        self.stdout.write("The demonstration is loaded." if done else "It was there already.")
        if added and not done:
            self.stdout.write(f"{added} things are added, so that something is in every state.")
