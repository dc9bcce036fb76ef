"""The language that a text is written in, of those that people here know."""

from engine.languages import detect_language
from registry.enums import LANGUAGES


def detect_our_language(text: str) -> str:
    """Return the language that a text's words tell; "" where they do not, or it is none of ours.

    Workers alone ask: it loads a model.
    """
    code = detect_language(text)
    return code if code in LANGUAGES else ""
