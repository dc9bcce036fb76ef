"""Sign-in by a provider of an organisation's own, of those that OIDC_PROVIDERS names.

A provider is believed when it says who came, by the number that it has of them, and in nothing
else. The name and address that it gives begin the form of a sign-up; the address is proved by a
code of ours, like any other, and of what else it says nothing is kept. Whoever has an account
links a provider to it while signed in: no address leads from the one to the other.
"""

import hashlib
import logging

import jwt
from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.app_settings import UID_MAX_LENGTH
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.socialaccount.signals import social_account_removed
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from requests import RequestException

from accounts import provider_answers, sessions
from accounts.provider_answers import BoundedAdapter, WrongAnswer, refuse_wrong_answers

logger = logging.getLogger(__name__)

LONGEST_NAME = 150  # characters
CLOCKS_DIFFER = 60  # seconds: a provider's clock may be ahead of ours
SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]


class ProviderAdapter(DefaultSocialAccountAdapter):
    def list_apps(self, request, provider=None, client_id=None):
        """List the providers of the settings: no table names one."""
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=one.id,
                name=one.name,
                client_id=one.client_id,
                secret=one.secret,
                settings={
                    "server_url": one.url.rstrip("/"),
                    "scope": one.scope.split(),
                    "oauth_pkce_enabled": True,
                },
            )
            for one in settings.OIDC_PROVIDERS
            if provider in (None, "openid_connect", one.id) and client_id in (None, one.client_id)
        ]

    def generate_state_param(self, state):
        return get_random_string(43)  # some ask for 32 characters

    def populate_user(self, request, sociallogin, data):
        """Begin a sign-up with the name and address that were said, and keep nothing else."""
        user, account = sociallogin.user, sociallogin.account
        parts = (data.get("first_name"), data.get("last_name"))
        name = data.get("name") or " ".join(filter(None, parts))
        user.name, user.email = str(name)[:LONGEST_NAME], str(data.get("email") or "")
        account.extra_data, sociallogin.email_addresses = {}, []
        return user

    def get_signup_form_initial_data(self, sociallogin):
        return {"name": sociallogin.user.name, "email": sociallogin.user.email}

    def pre_social_login(self, request, sociallogin):
        """Forget the tokens, before a sign-up or a link is kept in the session.

        A link saves its person's whole row: it is read anew, after what the provider took.
        """
        sociallogin.token = None
        sociallogin.state.pop("pkce_code_verifier", None)
        if request.user.is_authenticated:
            request.user.refresh_from_db()
            if not request.user.is_active:
                raise ImmediateHttpResponse(redirect("account_login"))

    def get_requests_session(self):
        """Return a session that bounds what it reads, and sends our secret to nobody else."""
        session = super().get_requests_session()
        session.max_redirects = 0
        for scheme in ("https://", "http://"):
            session.mount(scheme, BoundedAdapter())
        return session

    def on_authentication_error(
        self, request, provider, error=None, exception=None, extra_context=None
    ):
        is_away = isinstance(exception, RequestException)
        if error != AuthError.CANCELLED:
            log_failure(request, provider.sub_id, exception)
        raise ImmediateHttpResponse(lead_on(request, provider.name, is_away=is_away))


class OpenIdConnect(OpenIDConnectOAuth2Adapter):
    @property
    def openid_config(self):
        return provider_answers.read_configuration(self.get_provider().app.settings["server_url"])

    def get_access_token_data(self, *args, **kwargs):
        with refuse_wrong_answers():
            return super().get_access_token_data(*args, **kwargs)

    def get_callback_url(self, request, app):
        """Return the one address that is registered there: of the site, in no language."""
        return settings.SITE_URL + reverse("provider-return", args=[self.provider_id])

    def complete_login(self, request, app, token, **kwargs):
        """Return who came: of the token that answers our question, and of that person alone."""
        with refuse_wrong_answers():
            claims = self.read_token(app, kwargs["response"]["id_token"])
            userinfo = self.read_person(app, token.token)
            is_answer = claims.get("nonce") == nonce_of(request.GET["state"])
            if not is_answer or userinfo["sub"] != claims["sub"]:
                raise WrongAnswer("the answer is to another question, or of another person")
            if len(userinfo["sub"]) > UID_MAX_LENGTH:
                userinfo["sub"] = hashlib.sha256(userinfo["sub"].encode()).hexdigest()
            return self.get_provider().sociallogin_from_response(request, {"userinfo": userinfo})

    def read_person(self, app, token):
        """Return what the provider says of who came: bare, or signed, as ProConnect does."""
        with get_adapter(self.request).get_requests_session() as session:
            answer = session.get(self.profile_url, headers={"Authorization": f"Bearer {token}"})
        answer.raise_for_status()
        if answer.headers.get("Content-Type", "").partition(";")[0].strip() == "application/jwt":
            return self.read_signed(app, answer.text.strip(), ["sub"])
        return answer.json()

    def read_signed(self, app, token, needed):
        """Return what is signed by a key that the provider publishes, and is for us."""
        known, key_id = self.openid_config, jwt.get_unverified_header(token).get("kid")
        return jwt.decode(
            token,
            provider_answers.find_key(known["jwks_uri"], key_id),
            algorithms=SIGNED_BY,
            audience=app.client_id,
            issuer=known["issuer"],
            leeway=CLOCKS_DIFFER,
            options={"require": needed},
        )

    def read_token(self, app, token):
        """Return the claims of a sign-in's token, if it was issued for us."""
        claims = self.read_signed(app, token, ["exp", "iat", "sub"])
        if claims["aud"] not in (app.client_id, [app.client_id]) and (
            claims.get("azp") != app.client_id
        ):
            raise WrongAnswer("the token is for several, and another one asked for it")
        return claims


def nonce_of(state):
    """Return what ties the token of a provider to the session that asked for it."""
    return hashlib.sha256(f"nonce {state}".encode()).hexdigest()


def lead_on(request, name, *, is_away=False):
    """Lead back to where other ways to sign in are, with what happened."""
    words = (
        _("%(name)s does not answer. Try again in a few minutes, or sign in another way.")
        if is_away
        else _("%(name)s has not signed you in. Try again, or sign in another way.")
    )
    messages.error(request, words % {"name": name})
    is_known = request.user.is_authenticated
    return redirect("socialaccount_connections" if is_known else "account_login")


def log_failure(request, provider_id, exception):
    """Log why a provider signed nobody in, for who mends it: nothing of a person."""
    if exception is None:
        why = repr(request.GET.get("error", "no state")[:100])
    elif isinstance(exception, WrongAnswer):
        why = str(exception)
    else:  # its words may hold a token, or what the provider says of somebody
        answer = getattr(exception, "response", None)
        status = "" if answer is None else f" {answer.status_code}"
        why = f"{type(exception).__name__}{status}"
    logger.warning("sign-in by %s failed: %s", provider_id, why)


def provider_name(provider_id):
    """Return the name of a provider; its id where the settings name it no more."""
    names = {one.id: one.name for one in settings.OIDC_PROVIDERS}
    return names.get(provider_id, provider_id)


def remove_account(request, account):
    """Take a provider away from an account; the log of security says so."""
    account.delete()
    social_account_removed.send(SocialAccount, request=request, socialaccount=account)


@transaction.atomic
def unlink(request, pk):
    """Take a provider away from the ways in which the person of this session signs in.

    Their other sessions end. Raises SocialAccount.DoesNotExist where it is not theirs.
    """
    account = SocialAccount.objects.select_for_update().get(user=request.user, pk=pk)
    name = provider_name(account.provider)
    remove_account(request, account)
    sessions.end_sessions_of(request.user, but=request.session.session_key)
    get_account_adapter(request).send_notification_mail(
        "socialaccount/email/account_disconnected", request.user, {"provider": {"name": name}}
    )
    return name
