"""How the browser of a test begins as a person who has signed in."""

from django.conf import settings


def sign_in(context, client, person, site):
    client.force_login(person)
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": site,
            }
        ]
    )
