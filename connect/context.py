"""What every template may read."""

from django.conf import settings


def site(request):
    return {
        "DEMO": settings.DEMO,
        "CONTACT_EMAIL": settings.CONTACT_EMAIL,
        "SITE_URL": settings.SITE_URL,
        "SITE_LANGUAGES": settings.LANGUAGES,  # each by its own name
    }
