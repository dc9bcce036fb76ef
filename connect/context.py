"""What every template may read."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from connect.languages import own_names
from connect.uploads import LARGEST_FILE


def site_context(request: HttpRequest) -> dict[str, Any]:
    return {
        "DEMO": settings.DEMO,
        "CONTACT_EMAIL": settings.CONTACT_EMAIL,
        "LARGEST_FILE": LARGEST_FILE,
        "SITE_URL": settings.SITE_URL,
        "SITE_LANGUAGES": own_names(),
    }
