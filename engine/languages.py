"""Which language a text is written in, where nobody said."""

import functools
from typing import Any

SURE = 0.9  # the least probability, among all that the model knows, at which a language is believed
SAME = {"nb": "no"}  # what the model splits further than people say


def detect_language(text: str) -> str:
    """Return the ISO 639-1 code of a text's language; "" where it is too short to tell.

    >>> detect_language("Wij geven vergunningen voor het legen van beerputten.")
    'nl'
    >>> detect_language("Ok")
    ''
    """
    code, probability = load_identifier().classify(text)
    return SAME.get(code, code) if probability >= SURE else ""


@functools.cache
def load_identifier() -> Any:
    """Load the model, once a process: 100 MB, and a second."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - where it is asked

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
