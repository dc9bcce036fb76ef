"""`python manage.py load_reference`: themes, associations, incomes, groups; towns when asked."""

from django.core.management.base import BaseCommand

from registry.reference import load_all


class Command(BaseCommand):
    help = "Loads the reference data; safe to run again when a file changes."

    def add_arguments(self, parser):
        parser.add_argument(
            "--towns",
            action="store_true",
            help="also some 270 local authorities of all countries, to try the site with",
        )

    def handle(self, *, towns, **options):
        load_all(towns=towns)
        self.stdout.write("Reference data is loaded.")
