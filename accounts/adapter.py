"""How people sign in: allauth's adapter with our limits, and its letters through our outbox."""

import uuid
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

from allauth.account import app_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal.ratelimit import respond_429
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts import confirmation, devices, limits, sessions
from connect.languages import current_language
from connect.time_zones import canonical_zone, time_zone_place
from notifications.letter_grammar import collapse_empty_lines
from notifications.letter_text import foot_facts, plain_text
from notifications.outbox import post_written_letter

# How long what a letter gives works, in seconds.
LASTS = {
    "account/email/email_confirmation": app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
    "account/email/email_confirmation_signup": app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
    "account/email/login_code": app_settings.LOGIN_BY_CODE_TIMEOUT,
    "account/email/password_reset_key": settings.PASSWORD_RESET_TIMEOUT,
}


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "too_many_login_attempts": limits.TOO_MANY
    }

    def is_reauthentication_required(self, *, app, **kwargs):
        confirmation.require_new_sign_in(self.request, app)
        return super().is_reauthentication_required(app=app, **kwargs)

    def get_logout_redirect_url(self, request):
        """Return the home page in the language of the page: the plain address asks the browser."""
        return reverse("home")

    def get_email_verification_redirect_url(self, email_address):
        """Lead whoever confirmed another address of theirs to where it is chosen: it is not yet."""
        user = self.request.user
        if user.is_authenticated and email_address.email.lower() != user.email.lower():
            words = _(
                "Our e-mails still go to %(address)s. To change that, choose the new address "
                "below and select “Write to this one”."
            )
            messages.info(self.request, words % {"address": user.email})
            return reverse("account_email")
        return super().get_email_verification_redirect_url(email_address)

    def pre_authenticate(self, request, **credentials):
        """Count a try before the password is checked; allauth uncounts it if that was right."""
        tried = limits.begin_try(limits.PASSWORDS, request, credentials.get("email", ""))
        if tried is None:
            raise self.validation_error("too_many_login_attempts")
        self._login_failed_rl_usage = tried

    def _delete_login_attempts_cached_email(self, request, **credentials):
        limits.forget_tries(limits.PASSWORDS, request, credentials.get("email", ""))

    def pre_login(self, request, user, **kwargs):
        """Treat an address that a code has just verified as verified: it asks for no second code.

        An account that was made for somebody, not by signing up, has no row of its address yet.
        """
        records = get_authentication_records(request, user)
        if any(one["method"] == "code" and one.get("email") == user.email for one in records):
            proved = {"verified": True, "primary": True}
            EmailAddress.objects.get_or_create(user=user, email=user.email, defaults=proved)
        return super().pre_login(request, user, **kwargs)

    def clean_password(self, password, user=None):
        """Check the password against the name as well, which sign-up asks for beside it."""
        if user is not None and not user.name:
            user.name = self.request.POST.get("name", "")
        return super().clean_password(password, user)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        devices.remember_device(request, response, user)
        take_zone(request, user)
        return response

    def send_account_already_exists_mail(self, email):
        """Answer a sign-up for a known address, as slowly as one for a new address."""
        if "password1" in self.request.POST:  # by a provider there is none
            make_password(self.request.POST["password1"])
        super().send_account_already_exists_mail(email)

    def send_confirmation_mail(self, request, emailconfirmation, signup):
        """Count the letters that no form counts: a sign-in without verification, a new address.

        Who is written to often enough already is asked for the code of the last letter, whichever
        of their windows it was for: it proves the same address of the same account.
        """
        address = emailconfirmation.email_address.email
        last = f"last-code:{emailconfirmation.email_address.user_id}:{address.lower()}"
        is_counted = getattr(request, "is_letter_counted", False)
        if is_counted or limits.begin_try(limits.LETTERS, request, address):
            super().send_confirmation_mail(request, emailconfirmation, signup)
            with suppress(RedisError):  # away, it remembers no code: the next letter has its own
                lasts = app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT
                cache.set(last, emailconfirmation.key, lasts)
            return
        with suppress(RedisError):
            if code := cache.get(last):
                emailconfirmation.state["code"] = code
                return
        raise ImmediateHttpResponse(respond_429(request))

    def send_mail(self, template_prefix, email, context):
        """Write the letter now, in the language of the page; a worker sends it.

        All but a notice of a change may hold a code or a link that lets somebody in.
        """
        subject, body = self.write(template_prefix, email, context)
        post_written_letter(
            template_prefix,
            key=f"account:{uuid.uuid4()}",
            address=email,
            language=current_language(),
            subject=subject,
            body=body,
            is_secret="timestamp" not in context,  # see send_notification_mail
        )

    def write(self, template_prefix, email, context):
        """Return (subject, body) of a letter, rendered from our own templates.

        Nothing of the request is in the text: allauth's addresses name the host that the browser
        claimed.
        """
        facts = {name: with_our_address(name, value) for name, value in context.items()}
        facts |= foot_facts(current_language()) | {
            "email": email,
            "minutes": LASTS.get(template_prefix, 0) // 60,
            "new_password": settings.SITE_URL + reverse("account_reset_password"),
        }
        if "timestamp" in context:
            moment = timezone.localtime(context["timestamp"])
            facts |= {
                "day": date_format(moment, "DATE_FORMAT"),
                "time": f"{moment:%H:%M}",
                "zone": time_zone_place(str(moment.tzinfo)),
                "device": sessions.known_device_of(context["user_agent"]),
            }
        subject, body = (
            plain_text(f"{template_prefix}_{part}.txt", facts) for part in ("subject", "message")
        )
        return " ".join(subject.split()), collapse_empty_lines(body) + "\n"


def take_zone(request, user):
    """Save the time zone that the browser reports, for a person who has chosen none."""
    zone = canonical_zone(request.POST.get("time_zone", ""))
    if zone and not user.time_zone:
        user.time_zone = zone
        user.save(update_fields=["time_zone"])


def with_our_address(name, value):
    """Replace the address that a request claimed with our own."""
    if not name.endswith("_url") or not value:
        return value
    parts = urlsplit(value)
    return f"{settings.SITE_URL}{urlunsplit(parts._replace(scheme='', netloc=''))}"
