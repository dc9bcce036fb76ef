"""What goes wrong says so in plain words, and nothing of the inside."""

import re

import pytest
from django.test import Client
from django.urls import reverse

import connect.views
from applications.models import Dossier
from exchanges.models import Exchange
from tests.addresses import EVERY_THIRD, EXPECTED, ROLES, names_for
from tests.factories import make_user
from tests.worlds import OneOfEach

pytestmark = pytest.mark.django_db
INSIDE = ("Traceback", "django", "Django/", "python", "/work", "urlconf", "settings", "gunicorn")


@pytest.mark.parametrize(
    "path", ["/en/nowhere/", "/nowhere", "/.git/config", "/.env", "/static/../manage.py"]
)
def test_what_is_not_there_is_said_without_a_word_of_the_inside(client, path):
    """C6: an unknown address, the history of the code, a file of settings."""
    answer = client.get(path, follow=True)

    assert answer.status_code == 404
    assert [word for word in INSIDE if word in answer.content.decode()] == []


def test_a_fault_of_ours_is_one_page_that_tells_nothing_of_it(monkeypatch):
    """C6: the page of a 500, and its policy."""

    def fails(*words):
        raise ZeroDivisionError("of a kind that nobody should read")

    monkeypatch.setattr(connect.views, "HttpResponse", fails)
    client = Client(raise_request_exception=False)

    answer = client.get(reverse("healthz"))

    assert answer.status_code == 500
    text = answer.content.decode()
    assert "nobody should read" not in text and [word for word in INSIDE if word in text] == []
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_each_address_that_takes_only_a_form_leads_on_to_a_page():
    """C6: one got there by signing in, and saw a white page. The staff's too."""
    world = OneOfEach()
    lives = {name: row for name, row in EXPECTED.items() if row[-1] == 405}
    pages = {name: reverse(name, args=world.arguments.get(name, [])) for name in lives}
    for name, thing in (("exchanges_exchange", Exchange), ("applications_dossier", Dossier)):
        about = thing.objects.exclude(status="draft").first()
        pages[f"admin {name}"] = reverse(f"admin:{name}_step", args=[about.pk, "plan"])
    led = {}

    for name, page in pages.items():
        client = Client()
        client.force_login(world.people["officer" if name.startswith("admin") else "colleague"])
        answer = client.get(page)
        text = answer.text
        there = re.findall(r'class="btn [^"]+" href="([^"]+)"', text)[0]
        known = client.get(there, follow=True).status_code in (200, 404)  # theirs to see or not
        led[name] = (answer.status_code, "Nothing was changed." in text, known)

    assert led == dict.fromkeys(pages, (405, True, True))
    assert len(led) > 30


@EVERY_THIRD
@pytest.mark.parametrize("role", ["anonymous", "colleague", "expert"])
def test_each_page_answers_as_well_who_asks_for_its_head_alone(role, apart):
    """Checkers of links in mail programs ask so: a good link was marked as a broken one."""
    world, client, column = OneOfEach(), Client(), ROLES.index(role)
    if person := world.people[role]:
        client.force_login(person)
    pages = [name for name in names_for(role, apart) if EXPECTED[name][column] == 200]

    answers = {
        name: client.head(reverse(name, args=world.arguments.get(name, []))) for name in pages
    }

    assert {name: one.status_code for name, one in answers.items()} == dict.fromkeys(pages, 200)
    assert [name for name, one in answers.items() if b"".join(one)] == []
    assert int(answers[pages[0]].headers["Content-Length"]) > 0


def test_a_form_of_before_the_sign_in_is_a_page_that_leads_on():
    """C6: Django's own speaks of tokens."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user())

    answer = client.post(reverse("account"), {"name": "Efua"})

    assert (answer.status_code, "open the page again" in answer.text) == (403, True)
    assert reverse("my") in answer.text and "CSRF" not in answer.text
    signed_out = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x"})
    assert f'href="{reverse("account_login")}"' in signed_out.text
    assert "offers to restore it" in signed_out.text


@pytest.mark.parametrize("name", ["home", "account", "opportunities", "healthz"])
def test_nothing_is_traced(client, name):
    """C6: TRACE would give a page's headers back."""
    client.force_login(make_user())

    assert client.trace(reverse(name)).status_code == 405


@pytest.mark.parametrize("host", ["10.0.0.7:8000", "connect-web-1", "[::1]", "pod_7.internal"])
def test_a_probe_of_the_health_is_answered_whatever_host_it_names(client, settings, host):
    """C6: and nothing else is: a forged Host opens no page."""
    settings.ALLOWED_HOSTS = [".connect.example.org"]

    answers = [client.get(path, HTTP_HOST=host).status_code for path in ("/healthz", "/readyz")]

    assert answers == [200, 200]
    assert client.get("/en/", HTTP_HOST=host).status_code == 400
