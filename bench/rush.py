"""The evening of a deadline: gunicorn with 2 workers, 10,000 dossiers, real HTTP.

16 applicants save a section without pause, then 8 officers turn the list of dossiers; the clients
run on the same two cores. Then the last step of one dossier is posted ten times at once.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import threading
import time
import urllib.parse
from datetime import timedelta
from pathlib import Path

from bench.registry import start

DOSSIERS, APPLICANTS, OFFICERS = 10_000, 16, 8
SECONDS = 10
TEXT = "Two trucks empty the pits of the town and there is no place to discharge. " * 12


def fill():
    """Create the missing dossiers with every section typed; return their call."""
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by `start`
    from tqdm import tqdm  # noqa: PLC0415

    from applications.models import Call, Dossier, DossierEvent, SectionDraft  # noqa: PLC0415
    from applications.sections import SECTIONS  # noqa: PLC0415
    from registry.models import Authority  # noqa: PLC0415
    from tests.factories import answers, section_data  # noqa: PLC0415

    now = timezone.now()
    call, _made = Call.objects.get_or_create(
        slug="bench",
        defaults={
            "title": "Bench",
            "opens_at": now - timedelta(days=9),
            "closes_at": now + timedelta(days=3000),
            "forms": ["expert_mission"],
        },
    )
    towns = list(Authority.objects.verified()[:250])
    typed = {s: SECTIONS[s].read_raw_answers(section_data(s, answers())) for s in SECTIONS}
    made = Dossier.objects.filter(call=call).count()
    states = ["submitted", "eligibility_check", "under_selection", "validated", "not_selected"]
    for begin in tqdm(range(made, DOSSIERS, 1000), desc="dossiers", unit_scale=1000):
        some = Dossier.objects.bulk_create(
            Dossier(
                reference=f"CN-1999-{number:05d}",
                call=call,
                authority=towns[number % len(towns)],
                title=f"Organise the emptying of latrines, {number}",
                status=states[number % 5] if number < DOSSIERS - APPLICANTS else "draft",
                status_since=now,
                forms=["expert_mission"],
            )
            for number in range(begin, begin + 1000)
        )
        SectionDraft.objects.bulk_create(
            SectionDraft(dossier=dossier, section=section, raw=raw, version=1, saved_at=now)
            for dossier in some
            for section, raw in typed.items()
        )
        DossierEvent.objects.bulk_create(
            DossierEvent(dossier=dossier, verb="begin", target="draft", at=now) for dossier in some
        )
    return call


def person(name, **fields):
    from accounts.models import User  # noqa: PLC0415

    made, _ = User.objects.get_or_create(
        email=f"{name}@bench.example", defaults={"name": name, **fields}
    )
    return made


def cookie_of(user):
    """Sign a person in, as the site would."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from tests.factories import give_factor  # noqa: PLC0415

    client = Client()
    client.force_login(user)
    if user.is_staff:
        give_factor(client)
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


class Browser:
    """One kept connection with a session, and how long each of its requests took."""

    def __init__(self, port, cookie):
        self.port, self.cookie, self.token = port, cookie, ""
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.took, self.bad = [], 0

    def request(self, method, path, fields=None):
        headers = {"Cookie": self.cookie, "Accept-Encoding": "identity"}
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields | {"csrfmiddlewaretoken": self.token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.perf_counter()
        self.line.request(method, path, body, headers)
        answer = self.line.getresponse()
        text = answer.read().decode()
        self.took.append(1000 * (time.perf_counter() - begun))
        if answer.status >= 400:
            self.bad += 1
        return answer, text

    def open(self, path):
        answer, text = self.request("GET", path)
        given = answer.getheader("Set-Cookie") or ""
        if match := re.search(r"csrftoken=([^;]+)", given):
            self.cookie += f"; csrftoken={match.group(1)}"
        if match := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text):
            self.token = match.group(1)
        self.took.clear()
        return text


def at_once(browsers, work):
    """Run all browsers side by side for a while; print what they saw."""
    until = time.perf_counter() + SECONDS

    def loop(browser, number):
        round_ = 0
        while time.perf_counter() < until:
            round_ += 1
            work(browser, number, round_)

    threads = [
        threading.Thread(target=loop, args=(browser, number))
        for number, browser in enumerate(browsers)
    ]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    length = time.perf_counter() - begun
    took = sorted(ms for browser in browsers for ms in browser.took)
    p50, p95, p99 = (took[min(int(len(took) * q), len(took) - 1)] for q in (0.5, 0.95, 0.99))
    bad = sum(browser.bad for browser in browsers)
    print(
        f"{len(took) / length:6.0f} a second, p50 {p50:.0f} ms, p95 {p95:.0f} ms, "
        f"p99 {p99:.0f} ms, {bad} refused"
    )


def serve(port):
    """Start gunicorn as docs/deploy.md starts it, with two workers."""
    words = ["gunicorn", "connect.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    words += ["--threads", "4", "--no-control-socket", "--log-level", "error"]
    return subprocess.Popen(
        [sys.executable, "-m", *words], cwd=Path(__file__).parent.parent, env=dict(os.environ)
    )


def save_without_pause(port, drafts):
    """Have applicants save a section each; return their browsers."""
    from django.urls import reverse  # noqa: PLC0415

    writers, versions = [], []
    for number, draft in enumerate(drafts):
        writer = person(f"writer{number}")
        draft.authority.memberships.get_or_create(
            user=writer, defaults={"roles": ["editor"], "status": "active"}
        )
        browser = Browser(port, cookie_of(writer))
        page = browser.open(reverse("section", args=[draft.reference, "problem"]))
        [version] = re.findall(r'name="version" value="(\d+)"', page)
        versions.append(int(version))
        writers.append(browser)
    addresses = [reverse("autosave", args=[d.reference, "problem"]) for d in drafts]

    def save(browser, number, round_):
        text = f"{TEXT} {round_}"
        fields = {"problem": text, "context": TEXT, "version": versions[number]}
        _answer, body = browser.request("POST", addresses[number], fields)
        versions[number] = json.loads(body)["version"]

    print(f"\n{APPLICANTS} applicants save a section of 1,800 characters without pause:")
    at_once(writers, save)
    return writers


def turn_lists(port):
    """Have officers page through the list of dossiers."""
    from allauth.mfa.models import Authenticator  # noqa: PLC0415
    from django.contrib.auth.models import Group  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    officers = []
    for number in range(OFFICERS):
        officer = person(f"officer{number}", is_staff=True)
        officer.groups.add(Group.objects.get(name="officers"))
        kept = {"user": officer, "type": Authenticator.Type.TOTP}
        Authenticator.objects.get_or_create(**kept, defaults={"data": {}})
        officers.append(Browser(port, cookie_of(officer)))
    page = reverse("admin:applications_dossier_changelist")
    for words, query in (("of 2,000", "?status__exact=submitted"), ("of 10,000", "")):
        for browser in officers:
            browser.open(page + query)
        print(f"{OFFICERS} officers turn the list of dossiers {words}:")
        at_once(
            officers, lambda b, _n, r, q=query: b.request("GET", f"{page}{q or '?'}&p={r % 20}")
        )


def post_at_once(port, draft, writer):
    """Post the last step of a dossier ten times at once, and count what came of it."""
    from django.urls import reverse  # noqa: PLC0415

    from notifications.models import Letter  # noqa: PLC0415

    Letter.objects.filter(template="dossier_submit").delete()
    draft.versions.all().delete()
    before = draft.events.filter(verb="submit").count()  # of runs before: events stay
    step = reverse("dossier-step", args=[draft.reference, "submit"])
    ten = [Browser(port, writer.cookie) for _ in range(10)]
    for browser in ten:
        browser.token = writer.token
    threads = [threading.Thread(target=b.request, args=("POST", step, {})) for b in ten]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    receipts = Letter.objects.filter(template="dossier_submit", address="writer0@bench.example")
    print(
        f"the last step posted 10 times at once: {draft.versions.count()} version, "
        f"{draft.events.filter(verb='submit').count() - before} step, "
        f"{receipts.count()} receipt"
    )


def main():
    start()
    call = fill()
    from applications.models import Dossier  # noqa: PLC0415 - Django is set up by `start`
    from connect.local import supervisor  # noqa: PLC0415
    from connect.local.children import free_port  # noqa: PLC0415
    from connect.local.mailserver import is_listening  # noqa: PLC0415
    from tests.conftest import wait_for  # noqa: PLC0415

    supervisor.run_management_command("collectstatic", "--no-input")
    port = free_port()
    server = serve(port)
    try:
        wait_for(lambda: is_listening(port))
        drafts = list(Dossier.objects.filter(call=call).order_by("-pk")[:APPLICANTS])
        Dossier.objects.filter(pk__in=[d.pk for d in drafts]).update(status="draft")
        writers = save_without_pause(port, drafts)
        turn_lists(port)
        post_at_once(port, drafts[0], writers[0])
    finally:
        server.terminate()
        server.wait(30)


if __name__ == "__main__":
    main()
