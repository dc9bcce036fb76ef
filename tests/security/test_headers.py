"""What every answer says of itself: caches, cookies, forged posts."""

import json
import subprocess
import sys

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from connect.local import places
from tests.addresses import EVERY_THIRD, EXPECTED, PUBLIC, admin_pages
from tests.local.production import PRODUCTION
from tests.worlds import OneOfEach

pytestmark = pytest.mark.django_db
# Written by what only looks: how long one is signed in, and what concerns reading by staff.
MAY_CHANGE = {"connect_reading", "connect_unsealed", "django_session", "usersessions_usersession"}

ROWS = """SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM "{}" t"""

ASK = """
import json, django
django.setup()
from django.conf import settings
from django.templatetags.static import static
from django.test import Client
client = Client(SERVER_NAME="connect.eu")
pages = {"page": "/healthz", "missing": "/nowhere", "static": static("look.css"),
         "sign-in": "/en/account/login/"}
told = {}
for name, page in pages.items():
    answer = client.get(page, secure=True)
    told[name] = {"status": answer.status_code, "headers": dict(answer.headers)}
    told[name]["cookies"] = [cookie.OutputString() for cookie in answer.cookies.values()]
told["plain"] = client.get("/en/").headers.get("Location", "")
told["names"] = [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME]
told["names"].append(settings.DEVICE_COOKIE_NAME)
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def production():
    """What answers say under the settings of production."""
    environment = PRODUCTION | {"DJANGO_SETTINGS_MODULE": "connect.settings", "PATH": ""}
    environment["STATIC_ROOT"] = str(places.VAR / "static")
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=places.BASE,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("kind", ["page", "missing", "static", "sign-in"])
def test_every_answer_carries_the_headers_that_keep_browsers_safe(production, kind):
    """C2: static files and errors too."""
    headers = {name.lower(): value for name, value in production[kind]["headers"].items()}

    age, _, rest = headers["strict-transport-security"].partition(";")
    assert int(age.removeprefix("max-age=")) >= 31536000 and "includeSubDomains" in rest
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert production["plain"].startswith("https://")


def test_cookies_stay_with_this_host_over_https_and_out_of_scripts(production):
    """C3: each by its prefix, and with all that goes with it."""
    cookies = production["sign-in"]["cookies"]

    assert production["names"] == ["__Host-session", "__Host-csrf", "__Host-device"]
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
        assert "SameSite=Lax" in cookie and "Domain" not in cookie


def links(world):
    """The pages that a link of one person's opens, and the calendars."""
    named = [name for name, row in EXPECTED.items() if row == PUBLIC and name in world.arguments]
    found = [reverse(name, args=world.arguments[name]) for name in named]
    tokens = {str(one) for one in world.arguments["agenda-by-link"]}
    return [page for page in found if "/answer/" in page or any(t in page for t in tokens)] + [
        reverse(name, args=world.arguments[name])
        for name in ("availability", "agenda-calendar", "sign", "together", "plan-by-link")
    ]


def test_what_is_for_one_person_stays_in_no_cache(client):
    """C4, H17: signed in, about to sign in, and by a link of one's own, calendars too."""
    world = OneOfEach()
    pages = [*links(world), reverse("account_login"), reverse("account_reset_password")]
    by_link = {page: client.get(page).headers.get("Cache-Control", "") for page in pages}
    client.force_login(world.people["colleague"])
    for name in ("my", "account", "sessions", "memberships", "dossier", "exchange-agenda"):
        page = reverse(name, args=world.arguments.get(name, []))
        by_link[page] = client.get(page).headers.get("Cache-Control", "")

    assert {page for page, said in by_link.items() if "no-store" not in said} == set()


def test_public_pages_set_no_cookie(client):
    """C4: what a cache in between may keep carries nobody's cookie."""
    world, told = OneOfEach(), {}
    for name, row in EXPECTED.items():
        if row == PUBLIC:
            answer = Client().get(reverse(name, args=world.arguments.get(name, [])))
            personal = "no-store" in answer.headers.get("Cache-Control", "")
            asks = b"csrfmiddlewaretoken" in b"".join(answer)  # a form needs its token
            told[name] = bool(answer.cookies) and not (personal or asks)

    assert [name for name, sets in told.items() if sets] == []


def test_no_post_without_its_token_is_heard():
    """S6: every address, the admin's too; neither from another site."""
    world = OneOfEach()
    client, forged = Client(enforce_csrf_checks=True), Client(enforce_csrf_checks=True)
    for one in (client, forged):
        one.force_login(world.people["officer"])
    token = client.get(reverse("account")).cookies["csrftoken"].value
    pages = [reverse(name, args=world.arguments.get(name, [])) for name in EXPECTED]
    pages += [*admin_pages(), reverse("account_email"), reverse("account_logout")]

    answers = {page: client.post(page).status_code for page in pages}
    elsewhere = client.post(
        reverse("account"),
        {"csrfmiddlewaretoken": token},
        headers={"origin": "https://evil.example"},
    )

    heard = {page for page, code in answers.items() if code not in (403, 405)}
    # A mail program ends letters by a post of its own (RFC 8058), and a service that translates
    # posts what it made: the key in the address alone lets them.
    by_key = ("pause", "translation-answer")
    assert heard == {reverse(name, args=world.arguments[name]) for name in by_key}
    assert elsewhere.status_code == 403


def rows():
    """A print of every table but those that looking may change."""
    tables = {model._meta.db_table for model in apps.get_models()} - MAY_CHANGE
    with connection.cursor() as cursor:
        known = set(connection.introspection.table_names(cursor))
        found = {}
        for table in sorted(tables & known):
            cursor.execute(ROWS.format(table))
            found[table] = cursor.fetchone()[0]
    return found


@EVERY_THIRD
def test_looking_changes_nothing(client, apart):
    """S6: every page by GET, as an officer and as a colleague, leaves every row as it was."""
    world = OneOfEach()
    before = rows()

    for place, role in enumerate(("officer", "colleague", "expert")):
        client.force_login(world.people[role])
        before = before | {"accounts_user": rows()["accounts_user"]}  # when one last signed in
        pages = [reverse(name, args=world.arguments.get(name, [])) for name in EXPECTED]
        for page in [*pages, *admin_pages()][place % apart :: apart]:
            answer = client.get(page)
            b"".join(answer)  # what is streamed is made now

    assert rows() == before
