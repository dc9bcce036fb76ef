"""`python manage.py let_in ADDRESS`: lets one of the staff in before e-mails leave."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.letting_in import make_way_in


class Command(BaseCommand):
    help = (
        "Print a link by which one of the staff sets a password, once, without an e-mail: for the"
        " first administrator, right after createsuperuser."
    )

    def add_arguments(self, parser):
        parser.add_argument("address")

    def handle(self, *args, address, **options):
        try:
            link = make_way_in(address)
        except ValidationError as refusal:
            raise CommandError(refusal.message) from None
        minutes = settings.PASSWORD_RESET_TIMEOUT // 60
        self.stdout.write(
            f"{link}\nOpen it within {minutes} minutes and set a password; then sign in, and make"
            " a second factor. Whoever has this link can do so: send it to nobody."
        )
