"""allauth's letters go through the outbox, like every other."""

import uuid
from types import SimpleNamespace
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils import translation

from notifications.outbox import post_written

NAME = "CONNECT"


def site():
    """Give what allauth's letters call the site: ours, whatever host a request names."""
    return SimpleNamespace(name=NAME, domain=urlsplit(settings.SITE_URL).netloc)


class Adapter(DefaultAccountAdapter):
    def format_email_subject(self, subject):
        return f"[{NAME}] {subject}"

    def send_mail(self, template_prefix, email, context):
        """Write the letter now, in the language of the page; a worker sends it.

        All but a notice of a change may hold a code or a link that lets somebody in. Nothing of
        the request is in the text: allauth's addresses name the host that the browser claimed.
        """
        is_notice = "timestamp" in context  # see send_notification_mail
        told = {name: of_our_site(name, value) for name, value in context.items()}
        told |= {"email": email, "current_site": site()}
        message = self.render_mail(template_prefix, email, told)
        post_written(
            template_prefix,
            key=f"account:{uuid.uuid4()}",
            address=email,
            language=translation.get_language() or "en",
            subject=message.subject,
            body=message.body,
            is_secret=not is_notice,
        )


def of_our_site(name, value):
    """Put our own address in the place of the one that a request claimed."""
    if not name.endswith("_url") or not value:
        return value
    parts = urlsplit(value)
    return f"{settings.SITE_URL}{urlunsplit(parts._replace(scheme='', netloc=''))}"
