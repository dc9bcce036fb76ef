"""What every template may read."""

from django.conf import settings
from django.utils.translation import get_language_info

from connect.uploads import LARGEST_FILE

# The languages of the site, each by its own name.
OWN_NAMES = [
    (code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES
]


def site(request):
    return {
        "DEMO": settings.DEMO,
        "CONTACT_EMAIL": settings.CONTACT_EMAIL,
        "LARGEST_FILE": LARGEST_FILE,
        "SITE_URL": settings.SITE_URL,
        "SITE_LANGUAGES": OWN_NAMES,
    }
