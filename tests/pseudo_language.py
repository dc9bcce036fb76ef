"""The settings of a site with one language more, and what it then says: see test_languages."""

import json
import os
import sys

from connect.settings import *  # noqa: F403
from connect.settings import LANGUAGES

LANGUAGES = [*LANGUAGES, ("eo", "Esperanto")]
LOCALE_PATHS = [os.environ["LOCALE"], os.path.join(os.environ["LOCALE"], "allauth")]


def what_it_says():
    """Give what pages, letters, choices and checks make of the language."""
    import django  # noqa: PLC0415 - this module is the settings themselves

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.template.loader import get_template  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from accounts.models import User  # noqa: PLC0415
    from connect.mail import Recipient  # noqa: PLC0415
    from connect.management.commands import check_translations  # noqa: PLC0415
    from connect.pasted_values import read_day  # noqa: PLC0415
    from notifications.letter_text import compose_letter  # noqa: PLC0415
    from notifications.models import Letter  # noqa: PLC0415

    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)
    client = Client(headers={"host": "localhost"})
    english, own = client.get("/en/privacy/").text, client.get("/eo/privacy/").text
    letter = Letter(template="profile_confirm", language="eo", path="/profile/")
    return {
        "switcher": 'hreflang="eo">Esperanto</a>' in english,
        "page": '<html lang="eo" dir="ltr">' in own and "[Personal data]" in own,
        "written to": Recipient("a@agona.example", "Efua", "eo").language,
        "letter": compose_letter(letter)[0].startswith("["),
        "choice": "eo" in dict(User._meta.get_field("language").choices),
        "error page": '"eo" dir="ltr">[What you have' in get_template("500.html").render(),
        "checked": check_translations.translated_languages(),
        "lacking": check_translations.untranslated_messages(
            check_translations.catalogue_path("eo")
        ),
        "day": str(read_day("3 marto 2027")),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(what_it_says()))
