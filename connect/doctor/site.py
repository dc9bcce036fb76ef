"""Whether the site answers as its readers see it, with its static files, and its workers work."""

import json
import urllib.error
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from connect.celery import ORDINARY, URGENT
from connect.doctor import Fault, examines, first_line
from connect.no_redirects import OPENER
from connect.queues import is_silent, last_sign_of_life

PAGE = "/favicon.ico"  # the application answers it, with little work
PATIENCE = 10  # seconds


def fetch_status(address: str) -> tuple[int, str]:
    """Return (status, where it redirects to) of an address; OSError where nothing answers."""
    try:
        with OPENER.open(address, timeout=PATIENCE) as answer:
            return answer.status, ""
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, answer.headers.get("Location", "")


@examines("https")
def examine_https() -> Iterator[Fault]:
    address = f"{settings.SITE_URL}{PAGE}"
    try:
        status, leads_to = fetch_status(address)
    except OSError as error:
        is_untrusted = "CERTIFICATE" in str(error).upper()
        yield Fault(
            f"Nothing answers at {settings.SITE_URL}: {first_line(error)}",
            "Every link in our e-mails leads there.",
            "Give the proxy a certificate that browsers trust, with all its chain."
            if is_untrusted
            else "See that the name leads to the proxy, that it listens, and that this machine may"
            " reach it.",
        )
        return
    if leads_to == address:
        yield Fault(
            "The application takes what comes by HTTPS for HTTP.",
            "It sends its readers round in a circle.",
            "Let the proxy set `X-Forwarded-Proto https`, and count it in TRUSTED_PROXIES.",
        )
    elif status == 400:
        yield Fault(
            f"The application does not know the host of {settings.SITE_URL}.",
            "It refuses every page.",
            "Add the host to ALLOWED_HOSTS, and let the proxy pass it on (proxy_set_header Host).",
        )
    elif status >= 500:
        yield Fault(
            f"{address} answers with {status}.",
            "The proxy does not reach the application, or that fails.",
            "See that gunicorn runs where the proxy looks for it, and read its log.",
        )


@examines("static files")
def examine_static_files() -> Iterator[Fault]:
    again = "Run `manage.py collectstatic --no-input` with this version, and serve STATIC_ROOT."
    root = Path(settings.STATIC_ROOT)
    try:
        names = json.loads((root / "staticfiles.json").read_text())["paths"]
    except (OSError, ValueError, KeyError):
        yield Fault(
            f"There are no static files in {root}.", "Pages fail: they have no styles.", again
        )
        return
    ours = Path(settings.BASE_DIR, "static")
    for path in sorted(path for path in ours.rglob("*") if path.is_file()):
        name = path.relative_to(ours).as_posix()
        kept = root / name
        if name not in names or not (root / names[name]).is_file() or not kept.is_file():
            what = f"{name} is missing in {root}."
        elif kept.read_bytes() != path.read_bytes():
            what = f"{name} in {root} is of another version."
        else:
            continue
        yield Fault(what, "Pages fail, or look wrong.", again)
        return


@examines("workers")
def examine_workers() -> Iterator[Fault]:
    now = timezone.now()
    for worker, work in ((ORDINARY, "Rankings, reminders and tables"), (URGENT, "Codes and links")):
        if not is_silent(now, worker):
            continue
        seen = last_sign_of_life(worker)
        since = f"since {seen:%Y-%m-%d %H:%M} UTC" if seen else "so far"
        yield Fault(
            f"The worker of the queue “{worker}” has not answered beat {since}.",
            f"{work} are late.",
            f"See that beat runs (one in all), and `celery -A connect.celery worker --queues"
            f" {worker}`, both with the same REDIS_URL; read their logs. After a start, wait a"
            " minute.",
        )
