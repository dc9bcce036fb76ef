"""Pages of sign-in by a provider (OpenID Connect): the way there, the way back, one's own links."""

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.core.internal.httpkit import add_query_params
from allauth.core.internal.ratelimit import respond_429
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal.flows.signup import clear_pending_signup
from allauth.socialaccount.models import SocialAccount, SocialApp
from allauth.socialaccount.providers.base import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.views import signup
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from requests import RequestException

from accounts import confirmation, limits, providers
from connect.posted_values import posted_number
from connect.typed_texts import never_saves

LANGUAGE_KEY = "provider-language"  # of the session: the way back is in no language


def get_provider_or_404(request, provider_id):
    if provider_id not in {one.id for one in settings.OIDC_PROVIDERS}:
        raise Http404  # allauth knows all of them by one name too
    return get_adapter(request).get_provider(request, provider_id)


@never_saves("next")  # the page names a state that is good once: it gets no address to return to
@login_not_required
@require_POST
def start(request, provider_id):
    """Lead to a provider, by a page of ours: a form may lead to no other host.

    Whoever is signed in links it to their account.
    """
    provider = get_provider_or_404(request, provider_id)
    if not limits.count_way_to_provider(request):
        return respond_429(request)
    if request.user.is_authenticated:
        confirmation.require_new_sign_in(request, "allauth.socialaccount")
    provider.oauth2_adapter_class = providers.OpenIdConnect
    process = AuthProcess.CONNECT if request.user.is_authenticated else AuthProcess.LOGIN
    try:
        there = provider.redirect(request, process, get_next_redirect_url(request)).url
    except (RequestException, OAuth2Error) as error:
        providers.log_failure(request, provider_id, error)
        return providers.lead_on(request, provider.name, is_away=True)
    state = there.partition("state=")[2].partition("&")[0]
    request.session[LANGUAGE_KEY] = get_language()
    address = add_query_params(there, {"nonce": providers.nonce_of(state)})
    return render(request, "accounts/to_provider.html", {"name": provider.name, "address": address})


@login_not_required
@require_GET
def come_back(request, provider_id):
    """Take up what a provider answers, in the language that its person left in."""
    with override(request.session.get(LANGUAGE_KEY) or get_language()):
        provider = get_provider_or_404(request, provider_id)
        adapter = providers.OpenIdConnect(request, provider_id)
        try:
            return OAuth2CallbackView.adapter_view(adapter)(request)
        except (RequestException, OAuth2Error) as error:
            providers.log_failure(request, provider_id, error)
            is_away = isinstance(error, RequestException)
            return providers.lead_on(request, provider.name, is_away=is_away)


@login_not_required
def sign_up(request):
    """Sign up whoever comes from a provider; anew where the settings name it no more."""
    try:
        return signup(request)
    except SocialApp.DoesNotExist:
        clear_pending_signup(request)
        return redirect("account_login")


@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True, app="allauth.socialaccount")
def own_providers(request):
    """Show by which providers this person signs in; link another one, or remove one."""
    if request.method == "POST":
        try:
            name = providers.unlink(request, posted_number(request, "account"))
        except SocialAccount.DoesNotExist:
            raise Http404 from None
        messages.success(request, _("%(name)s no longer signs you in.") % {"name": name})
        return redirect("socialaccount_connections")
    linked = SocialAccount.objects.filter(user=request.user).order_by("pk")
    if not settings.OIDC_PROVIDERS and not linked:
        raise Http404
    about = {
        "linked": [(one, providers.provider_name(one.provider)) for one in linked],
        "others": get_adapter(request).list_apps(request),
    }
    return render(request, "accounts/providers.html", about)
