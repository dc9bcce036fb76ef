"""`python manage.py add_officer ADDRESS --name NAME`: makes a programme officer."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.team import Role, add_to_team


class Command(BaseCommand):
    help = "Make a programme officer of an address, with or without an account."

    def add_arguments(self, parser):
        parser.add_argument("address")
        parser.add_argument("--name", default="", help="of somebody who has no account yet")
        parser.add_argument("--language", default="", help="en, fr, es, pt or ar")
        parser.add_argument(
            "--administrator", action="store_true", help="who may also give rights to others"
        )

    def handle(self, *args, address, name, language, administrator, **options):
        try:
            role = Role.ADMINISTRATOR if administrator else Role.OFFICER
            person = add_to_team(address, name, language, role=role)
        except ValidationError as refusal:
            raise CommandError(refusal.messages[0]) from None
        self.stdout.write(
            f"{person.name} is a programme officer: they ask for a code at"
            f" {settings.SITE_URL}/en/account/login/, and make a second factor. Where no e-mail"
            f" leaves yet: `manage.py let_in {person.email}`."
        )
