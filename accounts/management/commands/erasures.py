"""The journal of erasures as a file, and after a restore its replay.

python manage.py erasures export > journal.jsonl     # every night, beside the backup
python manage.py erasures replay journal.jsonl       # after a restore, before the site opens
"""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts import journal
from accounts.erasure import replay_erasures


class Command(BaseCommand):
    help = "Write the journal of erasures, or erase again whoever a restore brought back."

    def add_arguments(self, parser):
        parser.add_argument("verb", choices=["export", "replay"])
        parser.add_argument("file", nargs="?", help="the journal to replay besides the table's own")

    def handle(self, *args, verb, file=None, **options):
        if verb == "export":
            for line in journal.export_lines():
                self.stdout.write(line)
            return
        if file:
            self.stdout.write(f"{self.read(file)} lines are new in the journal")
        self.stdout.write(f"{replay_erasures(timezone.now())} people were erased again")
        if others := journal.lines_of_other_keys():
            raise CommandError(
                f"{others} lines of the journal were written with another ERASURE_KEY: replay once"
                " with that one as well, before the site opens."
            )

    def read(self, file):
        try:
            with open(file, encoding="utf-8") as lines:
                return journal.read_journal(lines)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from None
        except journal.WrongKey:
            raise CommandError(
                f"{file} was written with another ERASURE_KEY: set that one and try again."
            ) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CommandError(f"{file} is no journal of erasures.") from None
