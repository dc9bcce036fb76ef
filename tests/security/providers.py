"""A provider of the tests that signs people in by OpenID Connect, and how settings name it."""

import json
import sys
from contextlib import contextmanager

from connect.local.children import free_port
from connect.sign_in_providers import parse_providers
from tests.deploy.servers import started

EFUA = {"sub": "efua-1", "name": "Efua Mensah", "email": "efua@agona.gov.gh"}
CLAIMS = [EFUA | {"email_verified": True}, {"sub": "mallory-1", "email": "ines@connect.eu"}]
CLAIMS += [{"sub": "nameless-1"}, {"sub": "ines-1", "email": "ines@connect.eu"}]
LONG = "l" * 255  # as long as the standard allows
CLAIMS += [{"sub": LONG}]


@contextmanager
def running_provider(folder):
    """Give the address of a provider that asks for a nonce and knows these people."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "-p", str(port), "-n", "true"]
    for claims in CLAIMS:
        command += ["--user-claims", json.dumps(claims)]
    with started(command, {}, folder / "log", port):
        yield f"http://127.0.0.1:{port}"


def named(url, id="eu-login", name="EU Login"):
    row = {"id": id, "name": name, "url": url, "client_id": id, "secret": "s"}
    return parse_providers(json.dumps([row]))
