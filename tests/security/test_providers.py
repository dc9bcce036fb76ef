"""Sign-in by a provider of an organisation's own, on a real one: who comes in, and who does not."""

import re
import threading
import time
from contextlib import contextmanager, suppress
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import jwt
import pytest
import requests
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings as site
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import provider_answers
from accounts.doctor import examine_providers
from accounts.erasure import erase_person
from accounts.holdings import Person
from accounts.models import ErasureReason, User
from accounts.provider_answers import BoundedAdapter
from connect.local.children import free_port
from notifications.models import Letter
from tests.factories import make_authority, make_officer, make_user
from tests.security.providers import LONG, named, running_provider
from tests.security.sign_in import ADMIN, PASSWORD, ask_for_code, confirm, sign_in, with_password

pytestmark = pytest.mark.django_db
# What every browser sends of a form that opens a page.
NAVIGATES = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with running_provider(tmp_path_factory.mktemp("oidc")) as url:
        yield url


@pytest.fixture(autouse=True)
def eu_login(provider, settings):
    settings.OIDC_PROVIDERS = named(provider)


def go(client):
    """Press the button; return the address of the provider that the page leads to."""
    client.get(reverse("account_login"))  # with the button comes a cookie
    page = client.post(reverse("provider", args=["eu-login"]), headers=NAVIGATES)
    refresh = re.search('http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    links = re.findall('href="(http[^"]+authorize[^"]*)"', page.text)
    assert links == [refresh[1]]
    return unescape(refresh[1])


def be_known(address, sub):
    """Sign in at the provider; return the path that it leads back to."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
    back = answer.headers["Location"]
    assert back.startswith(f"{site.SITE_URL}/account/providers/eu-login/return/?")
    return f"{urlsplit(back).path}?{urlsplit(back).query}"


def come(client, sub, **extra):
    """Go to the provider as somebody and come back; return our answer."""
    return client.get(be_known(go(client), sub), **extra)


def linked(user, sub):
    return SocialAccount.objects.create(user=user, provider="eu-login", uid=sub)


def test_who_has_no_account_signs_up_by_a_provider_and_proves_the_address(client):
    """22.6: the form asks what ours asks; what the provider says is believed of nothing but who."""
    asked = come(client, "efua-1")
    form = client.get(asked.url)
    before = User.objects.count()
    typed = {"name": "Efua Mensah", "email": "efua@agona.gov.gh"}
    sent = client.post(asked.url, typed)
    code = client.session["account_email_verification_code"]["code"]
    client.post(reverse("account_email_verification_sent"), {"code": code})

    user = User.objects.get(email="efua@agona.gov.gh")
    account = SocialAccount.objects.get()
    assert asked.url == reverse("socialaccount_signup") and before == 0
    assert 'value="Efua Mensah"' in form.text and 'value="efua@agona.gov.gh"' in form.text
    assert "The whole notice" in form.text
    assert sent.url == reverse("account_email_verification_sent")
    assert (user.name, user.language, user.has_usable_password()) == ("Efua Mensah", "en", False)
    assert (account.user, account.uid, account.extra_data) == (user, "efua-1", {})
    assert client.get(reverse("my")).status_code == 200
    assert [one.verified for one in EmailAddress.objects.filter(user=user)] == [True]

    again = Client()
    assert come(again, "efua-1").url == reverse("my")
    assert again.get(reverse("my")).wsgi_request.user == user


def test_the_language_of_the_page_is_that_of_the_way_back():
    client = Client()
    page = client.post("/fr/account/providers/eu-login/").text
    address = unescape(re.search('href="(http[^"]+authorize[^"]*)"', page)[1])

    asked = client.get(be_known(address, "efua-1"))

    assert "Continuer avec EU Login" in page
    assert asked.url == "/fr/account/providers/sign-up/"


@pytest.mark.parametrize("sub", ["mallory-1", "efua-1"])
def test_no_address_that_a_provider_gives_opens_the_account_of_another(sub, client):
    """H9: neither one that it calls proved nor one that it does not; the owner is told."""
    owner = with_password(make_officer("Ines"))
    User.objects.filter(pk=owner.pk).update(email="ines@connect.eu")
    EmailAddress.objects.filter(user=owner).update(email="ines@connect.eu")

    asked = come(client, sub)
    sent = client.post(asked.url, {"name": "Mallory", "email": "ines@connect.eu"}, follow=True)

    assert asked.url == reverse("socialaccount_signup")
    assert sent.redirect_chain[-1][0] == reverse("account_email_verification_sent")
    assert not SocialAccount.objects.exists() and User.objects.count() == 1
    assert client.get(reverse("my")).status_code == 302
    told = Letter.objects.filter(address="ines@connect.eu").values_list("template", flat=True)
    assert list(told) == ["account/email/account_already_exists"]


def test_who_signed_up_with_the_address_of_another_is_no_way_into_it_once_it_is_proved(client):
    """The owner comes later, by a code, and knows nothing of the provider there."""
    asked = come(client, "mallory-1")
    client.post(asked.url, {"name": "Mallory", "email": "ama@agona.gov.gh"})
    before = [one.uid for one in SocialAccount.objects.all()]
    owner = Client()
    ask_for_code(owner, "ama@agona.gov.gh")
    again = Client()
    answer = come(again, "mallory-1")

    assert before == ["mallory-1"]
    assert owner.get(reverse("my")).status_code == 200
    assert answer.url == reverse("socialaccount_signup")
    assert again.get(reverse("my")).status_code == 302
    assert not SocialAccount.objects.exists()


def test_who_signed_up_by_a_provider_and_gave_no_code_comes_again_by_it_and_gives_one(client):
    asked = come(client, "efua-1")
    client.post(asked.url, {"name": "Efua Mensah", "email": "efua@agona.gov.gh"})
    later = Client()
    come(later, "efua-1")
    code = later.session["account_email_verification_code"]["code"]
    later.post(reverse("account_email_verification_sent"), {"code": code})

    assert later.get(reverse("my")).status_code == 200
    assert [one.uid for one in SocialAccount.objects.all()] == ["efua-1"]


def test_whoever_is_signed_in_links_a_provider_and_removes_it_again():
    """Both are told by e-mail, and asked for once more that it is them."""
    efua = with_password(make_user("Efua", works_for=make_authority()))
    client, _answer = sign_in(efua)
    confirm(client)
    shown = client.get(reverse("account")).text
    done = come(client, "efua-1", follow=True)
    account = SocialAccount.objects.get()
    elsewhere = Client()
    come(elsewhere, "efua-1")
    signed_in = elsewhere.get(reverse("my")).status_code
    page = reverse("socialaccount_connections")
    removed = client.post(page, {"account": account.pk}, follow=True)

    assert reverse("socialaccount_connections") in shown
    assert "EU Login signs you in from now on." in done.text and account.user == efua
    assert signed_in == 200 and elsewhere.get(reverse("my")).status_code == 302
    assert "EU Login no longer signs you in." in removed.text
    assert not SocialAccount.objects.exists()
    templates = Letter.objects.filter(address=efua.email).values_list("template", flat=True)
    assert sorted(templates) == [
        "socialaccount/email/account_connected",
        "socialaccount/email/account_disconnected",
    ]
    assert come(Client(), "efua-1").url == reverse("socialaccount_signup")


def test_a_link_is_made_and_removed_by_a_session_that_has_just_confirmed_it_is_them():
    """H11: a session left open links nothing."""
    efua = with_password(make_user("Efua", works_for=make_authority()))
    client = Client()
    client.force_login(efua)
    asked = come(client, "efua-1")
    before = SocialAccount.objects.count()
    client.post(asked.url, {"password": PASSWORD})
    (account,) = SocialAccount.objects.all()
    late = Client()
    late.force_login(efua)
    refused = late.post(reverse("socialaccount_connections"), {"account": account.pk})

    assert asked.url.startswith(reverse("account_reauthenticate")) and before == 0
    assert account.user == efua
    assert refused.url.startswith(reverse("account_reauthenticate"))
    assert SocialAccount.objects.count() == 1


def test_the_link_of_another_is_neither_taken_over_nor_removed():
    linked(make_user("Owner"), "efua-1")
    mallory = with_password(make_user("Mallory", works_for=make_authority()))
    client, _answer = sign_in(mallory)
    confirm(client)

    done = come(client, "efua-1", follow=True)
    pk = SocialAccount.objects.get().pk
    removed = client.post(reverse("socialaccount_connections"), {"account": pk})

    assert "already signs in somebody else" in done.text and removed.status_code == 404
    assert SocialAccount.objects.get().user.name == "Owner"


def test_an_officer_who_comes_by_a_provider_gives_the_second_factor_all_the_same(client):
    """H11: staff's pages stay shut until it is given, or made."""
    ines, jan = make_officer("Ines"), make_officer("Jan")
    jan.authenticator_set.all().delete()
    linked(ines, "ines-1"), linked(jan, "efua-1")
    for officer in (ines, jan):
        EmailAddress.objects.create(user=officer, email=officer.email, verified=True, primary=True)

    asked = come(client, "ines-1")
    other = Client()
    come(other, "efua-1")

    assert Authenticator.objects.filter(user=ines).exists()
    assert asked.url.startswith(reverse("mfa_authenticate"))
    assert client.get(ADMIN).url.startswith(reverse("admin:login"))
    assert other.get(ADMIN).url == reverse("mfa_activate_totp")


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}", "{}/nowhere"])
def test_a_provider_that_is_away_leads_back_to_other_ways(url, provider, settings, client):
    """22.6: no error of ours; what is wrong is in the log."""
    settings.OIDC_PROVIDERS = named(url.format(free_port() if ":{}" in url else provider))

    page = client.post(reverse("provider", args=["eu-login"]), follow=True)

    assert page.redirect_chain == [(reverse("account_login"), 302)]
    assert "EU Login does not answer. Try again in a few minutes" in page.text


def test_a_provider_that_goes_away_meanwhile_leads_back_too(settings, client):
    back = be_known(go(client), "efua-1")
    settings.OIDC_PROVIDERS = named(f"http://127.0.0.1:{free_port()}")

    page = client.get(back, follow=True)

    assert "EU Login does not answer." in page.text and not User.objects.exists()


@pytest.mark.parametrize(
    "query", ["", "?error=access_denied", "?code=forged&state=forged", "?error=server_error"]
)
def test_an_answer_that_nobody_asked_for_signs_nobody_in(query, client):
    linked(make_user("Efua"), "efua-1")
    address = reverse("provider-return", args=["eu-login"])

    page = client.get(f"{address}{query}", follow=True)

    assert "EU Login has not signed you in." in page.text
    assert client.get(reverse("my")).status_code == 302


def test_the_answer_to_one_browser_signs_no_other_in(client):
    """Login CSRF: the state is of the session that asked."""
    linked(make_user("Mallory"), "mallory-1")
    back = be_known(go(client), "mallory-1")

    page = Client().get(back, follow=True)

    assert "EU Login has not signed you in." in page.text


def test_the_token_that_answers_another_question_is_refused(client, monkeypatch):
    monkeypatch.setattr("accounts.providers.nonce_of", lambda state: "another")
    address = go(client)
    monkeypatch.setattr("accounts.providers.nonce_of", lambda state: "mine")

    page = client.get(be_known(address, "efua-1"), follow=True)

    assert "EU Login has not signed you in." in page.text


def test_the_button_is_a_form_to_ourselves_that_no_policy_stops(client):
    pages = [client.get(reverse(name)) for name in ("account_login", "account_signup")]

    for page in pages:
        assert "Continue with EU Login" in page.text
        assert f'action="{reverse("provider", args=["eu-login"])}"' in page.text
        assert "form-action 'self'" in page["Content-Security-Policy"]
    assert client.post(reverse("provider", args=["elsewhere"])).status_code == 404


def test_without_providers_there_is_no_word_of_them(client, settings):
    settings.OIDC_PROVIDERS = []

    page = client.get(reverse("account_login")).text

    assert "By your organisation" not in page


def test_what_a_provider_is_to_somebody_goes_with_their_account():
    """P1: the number that it has of them."""
    efua = make_user("Efua", works_for=make_authority())
    linked(efua, "efua-1")

    erase_person(Person.from_user(efua), why=ErasureReason.ASKED)

    assert not SocialAccount.objects.exists()


def test_a_sign_up_that_waits_keeps_no_token(client):
    come(client, "efua-1")

    kept = client.session["socialaccount_sociallogin"]
    assert ("token" in kept, sorted(kept["state"])) == (False, ["data", "process"])


def test_the_log_says_nothing_that_a_provider_says(client, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise OAuth2Error("Error retrieving access token: efua@agona.gov.gh")

    monkeypatch.setattr(OAuth2Client, "get_access_token", fail)

    come(client, "efua-1")

    logged = [one.getMessage() for one in caplog.records if one.name == "accounts.providers"]
    assert logged == ["sign-in by eu-login failed: OAuth2Error"]


def test_a_clock_that_is_behind_refuses_nobody(client):
    with time_machine.travel(time.time() - 30):
        asked = come(client, "efua-1")

    assert asked.url == reverse("socialaccount_signup")


def test_the_longest_number_that_a_provider_has_of_somebody_signs_them_in(client):
    assert come(client, LONG).url == reverse("socialaccount_signup")


def test_the_one_name_that_all_providers_have_leads_to_none(client, provider, settings):
    settings.OIDC_PROVIDERS += named(provider, "town", "Town")

    page = client.get(reverse("provider-return", args=["openid_connect"]))

    assert page.status_code == 404


def test_a_sign_up_that_waits_ends_where_its_provider_is_taken_away(client, settings):
    asked = come(client, "efua-1")
    settings.OIDC_PROVIDERS = []

    page = client.get(asked.url)

    assert (page.url, "socialaccount_sociallogin" in client.session) == (
        reverse("account_login"),
        False,
    )


@pytest.mark.parametrize("text", ["1", '{"issuer": "https://elsewhere.eu"}'])
def test_the_doctor_names_what_a_provider_does_not_say(text, monkeypatch):
    answer = requests.Response()
    answer.status_code, answer._content = 200, text.encode()
    monkeypatch.setattr(requests, "get", lambda *args, **kwargs: answer)

    (fault,) = examine_providers()

    assert "jwks_uri, an issuer that is its url" in str(fault)


def test_who_has_no_password_and_no_factor_signs_in_anew_before_a_way_in_is_added():
    """H11: a session left open links nothing, and adds no address."""
    efua = make_user("Efua", works_for=make_authority())
    EmailAddress.objects.create(user=efua, email=efua.email, verified=True, primary=True)
    pages = [reverse("account_email"), reverse("provider", args=["eu-login"])]
    asked = []
    for page in pages:
        client = Client()
        client.force_login(efua)
        typed = {"email": "mallory@town.example", "action_add": ""}
        asked.append(client.post(page, typed))
        assert client.get(reverse("my")).status_code == 302
    client = Client()
    ask_for_code(client, efua.email)

    done = come(client, "efua-1", follow=True)

    assert [unquote(one.url) for one in asked] == [
        f"{reverse('account_login')}?next={reverse(name)}"
        for name in ("account_email", "socialaccount_connections")
    ]
    assert "EU Login signs you in from now on." in done.text
    assert EmailAddress.objects.get().email == efua.email


def test_what_a_provider_says_of_itself_is_known_for_ten_minutes(monkeypatch):
    fetched, fetch = [], provider_answers.fetch_document
    monkeypatch.setattr(provider_answers, "fetch_document", lambda a: fetched.append(a) or fetch(a))
    cache.clear()

    for _ in range(2):
        assert come(Client(), "efua-1").url == reverse("socialaccount_signup")

    assert len(fetched) == 2  # where it is, and its keys


def test_a_provider_that_was_away_is_asked_again_after_half_a_minute(client, settings, monkeypatch):
    settings.OIDC_PROVIDERS = named(f"http://127.0.0.1:{free_port()}")
    tried, send = [], BoundedAdapter.send
    monkeypatch.setattr(
        BoundedAdapter, "send", lambda self, *a, **k: tried.append(a) or send(self, *a, **k)
    )

    pages = [client.post(reverse("provider", args=["eu-login"]), follow=True) for _ in range(2)]

    assert all("EU Login does not answer." in page.text for page in pages)
    assert len(tried) == 1


def test_twenty_ways_to_a_provider_a_minute_are_enough_for_a_network(client):
    cache.clear()
    codes = [client.post(reverse("provider", args=["eu-login"])).status_code for _ in range(21)]

    assert codes == [200] * 20 + [429]


@pytest.mark.parametrize(("size", "wait"), [(3_000_000, 0), (50, 0.2)])
def test_no_answer_is_read_that_is_too_large_or_too_slow(size, wait, monkeypatch):
    monkeypatch.setattr(provider_answers, "LONGEST", 2)
    with dripping_server(size, wait) as address, requests.Session() as session:
        session.mount("http://", BoundedAdapter())
        with pytest.raises(requests.ConnectionError, match="too large or too slow"):
            session.get(address, timeout=5)


@contextmanager
def dripping_server(size, wait):
    """Serve an answer of so many bytes; with a wait, after each of them."""

    class Drips(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            with suppress(OSError):
                for _ in range(size if wait else 1):
                    self.wfile.write(b"1" * (1 if wait else size))
                    over.wait(wait)

        def log_message(self, *args):
            pass

    over = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Drips)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.parametrize("is_published", [True, False])
def test_what_a_provider_says_of_a_person_may_be_signed(is_published, client, monkeypatch):
    """22.6: as ProConnect does; by a key that it publishes, for us."""
    private, other = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    public = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    find, get = provider_answers.find_key, requests.Session.get

    def find_key(address, key_id):
        return jwt.PyJWK(public, "RS256") if key_id == "signs" else find(address, key_id)

    def get_signed(self, url, **kwargs):
        answer = get(self, url, **kwargs)
        if url.endswith("/userinfo"):
            claims = answer.json() | {"iss": site.OIDC_PROVIDERS[0].url, "aud": "eu-login"}
            key = private if is_published else other
            signed = jwt.encode(claims, key, "RS256", headers={"kid": "signs"})
            answer.headers["Content-Type"] = "application/jwt; charset=utf-8"
            answer._content = signed.encode()
        return answer

    monkeypatch.setattr(provider_answers, "find_key", find_key)
    monkeypatch.setattr(requests.Session, "get", get_signed)
    page = come(client, "efua-1", follow=True)

    assert ('value="Efua Mensah"' in page.text) == is_published
    assert ("EU Login has not signed you in." in page.text) != is_published


def test_without_providers_nobody_has_a_page_of_them(client, settings):
    settings.OIDC_PROVIDERS = []
    client.force_login(make_user("Efua", works_for=make_authority()))

    assert client.get(reverse("socialaccount_connections")).status_code == 404
