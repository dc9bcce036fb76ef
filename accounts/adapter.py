"""How people sign in: allauth's ways with our limits, and its letters through our outbox."""

import uuid
from types import SimpleNamespace
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import respond_429
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import translation

from accounts import devices, limits
from accounts.forms import zones
from notifications.outbox import post_written

NAME = "CONNECT"


def site():
    """Give what allauth's letters call the site: ours, whatever host a request names."""
    return SimpleNamespace(name=NAME, domain=urlsplit(settings.SITE_URL).netloc)


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": limits.TOO_MANY
    }

    def pre_authenticate(self, request, **credentials):
        """Count a try before the password is read; allauth takes it back where it was right."""
        tried = limits.begin(limits.PASSWORDS, request, credentials.get("email", ""))
        if tried is None:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage = tried

    def _delete_login_attempts_cached_email(self, request, **credentials):
        limits.forget(limits.PASSWORDS, request, credentials.get("email", ""))

    def clean_password(self, password, user=None):
        """Reckon with the name as well, which at sign-up stands beside the password."""
        if user is not None and not user.name:
            user.name = self.request.POST.get("name", "")
        return super().clean_password(password, user)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        devices.remember(request, response, user)
        take_zone(request, user)
        return response

    def send_account_already_exists_mail(self, email):
        """Answer a sign-up for a known address, as slowly as one for a new address."""
        make_password(self.request.POST.get("password1", ""))
        super().send_account_already_exists_mail(email)

    def send_confirmation_mail(self, request, emailconfirmation, signup):
        """Count what no form has counted: who signs in unproved, or adds an address."""
        address = emailconfirmation.email_address.email
        is_counted = getattr(request, "is_letter_counted", False)
        if not is_counted and not limits.begin(limits.LETTERS, request, address):
            raise ImmediateHttpResponse(respond_429(request))
        super().send_confirmation_mail(request, emailconfirmation, signup)

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


def take_zone(request, user):
    """Keep the time zone that the browser tells, of whoever has chosen none."""
    zone = request.POST.get("time_zone", "")
    if not user.time_zone and zone in zones():
        user.time_zone = zone
        user.save(update_fields=["time_zone"])


def of_our_site(name, value):
    """Put our own address in the place of the one that a request claimed."""
    if not name.endswith("_url") or not value:
        return value
    parts = urlsplit(value)
    return f"{settings.SITE_URL}{urlunsplit(parts._replace(scheme='', netloc=''))}"
