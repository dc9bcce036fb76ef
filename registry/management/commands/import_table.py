"""`python manage.py import_table authorities places.csv`: a large table, whole or not at all."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from registry.registry_tables import TABLES
from registry.table_files import CENTRAL, WESTERN
from registry.table_import import import_table


class Command(BaseCommand):
    help = "Brings a CSV or XLSX table in, of the registry or of what budgets are read with."

    def add_arguments(self, parser):
        parser.add_argument("table", choices=sorted(TABLES))
        parser.add_argument("file")
        parser.add_argument(
            "--central",
            action="store_true",
            help="a CSV that is not UTF-8 has the letters of Central Europe, not of Western",
        )

    def handle(self, table, file, central, **options):
        try:
            counts = import_table(
                table,
                file,
                progress=lambda rows: tqdm(rows, unit=" rows"),
                report=lambda words: self.stderr.write(str(words)),
                letters=CENTRAL if central else WESTERN,
            )
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except ValidationError as faults:
            raise CommandError("Nothing was imported.\n" + "\n".join(faults.messages)) from faults
        self.stdout.write("{new} new, {update} changed, {skip} as they were.".format(**counts))
