"""`python manage.py load_reference`: themes, associations, incomes, authorities, groups."""

from django.core.management.base import BaseCommand

from registry.reference import load_all


class Command(BaseCommand):
    help = "Loads the reference data; safe to run again when a file changes."

    def handle(self, **options):
        load_all()
        self.stdout.write("Reference data is loaded.")
