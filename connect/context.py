"""What every template may read."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from connect.languages import own_names
from connect.my_work import count_asked
from connect.uploads import LARGEST_FILE


def site_context(request: HttpRequest) -> dict[str, Any]:
    @cache
    def count_once() -> int:
        """Count when a page asks: a number, since no lazy object has the remainders of plurals."""
        return count_asked_of(request)

    return {
        "DEMO": settings.DEMO,
        "CONTACT_EMAIL": settings.CONTACT_EMAIL,
        "LARGEST_FILE": LARGEST_FILE,
        "SITE_URL": settings.SITE_URL,
        "SITE_LANGUAGES": own_names(),
        "ASKED": count_once,
    }


def count_asked_of(request: HttpRequest) -> int:
    """Return how many tasks wait for the reader; 0 for who has not signed in."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return 0
    return count_asked(user, timezone.now())
