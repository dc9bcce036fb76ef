"""What a page quotes of two texts, each sentence named by its own language."""

from types import SimpleNamespace

from matching.quotations import Quotations
from matching.sentences import answer_text
from matching.vectors import text_hash

NEED = "We repair no roads. We plan works."
ANSWER = SimpleNamespace(
    pk=5,
    status="submitted",
    motivation="I can help.",
    approach="Je peux aider.",
    comparable_case="",
)


def quoted_languages(**stored):
    """Return how the sentences of the need and of the answer are named."""
    text = answer_text(ANSWER)
    start = text.index("Je peux")
    entry = {
        "state": "pair",
        "hashes": [text_hash(NEED), text_hash(text)],
        "places": [[0, 19], [start, start + 14]],
    }
    need = {"text": NEED, "language": "en"}
    run = SimpleNamespace(need=need, quotes={"desk": {"-5": entry | stored}}, dossier=None)
    quotation = Quotations(run).quote_answer(ANSWER, "en")
    return [(one.text, one.source, one.language) for one in quotation.sentences]


def test_a_sentence_in_the_second_language_of_an_answer_is_named_by_that():
    assert quoted_languages(languages=["en", "fr"]) == [
        ("We repair no roads.", "the need, read as English", "en"),
        ("Je peux aider.", "the answer, read as French", "fr"),
    ]


def test_a_sentence_whose_language_nobody_told_is_named_by_that_of_its_text():
    assert [one[2] for one in quoted_languages()] == ["en", "en"]
    assert [one[2] for one in quoted_languages(languages=["", ""])] == ["en", "en"]
