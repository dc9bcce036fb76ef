"""What is taken out of a text when a person is erased, and what is not: cases and a property."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.naming import (
    NAMELESS,
    PersonMarks,
    find_passages,
    remove_from_text,
    remove_marks_from,
)

AMA = PersonMarks(names={"Ama"}, addresses={"ama@agona.example"}, numbers={"+233 24 123 4567"})
EFUA = PersonMarks(
    names={"Efua Mensah"}, addresses={"efua@agona.example"}, replacement="gone@erased.invalid"
)
GONE = NAMELESS

TEXTS = [  # of whom, what was typed, what stands there afterwards
    (AMA, "Ama Serwaa shows the plant.", "Ama Serwaa shows the plant."),
    (AMA, "Floods in Ama, and in Amasaman.", "Floods in Ama, and in Amasaman."),
    (AMA, "ama@agona.example", "erased@erased.invalid"),
    (AMA, "Write to AMA@agona.example.", "Write to erased@erased.invalid."),
    (AMA, "Write to mama@agona.example", "Write to mama@agona.example"),
    (AMA, "Write to ama@agona.example.org", "Write to ama@agona.example.org"),
    (AMA, "Call +233241234567 or +233 (24) 123-4567!", "Call  or !"),
    (AMA, "Number 12332412345678", "Number 12332412345678"),
    (EFUA, "Ask Efua Mensah, or wait.", f"Ask {GONE}, or wait."),
    (EFUA, "Efua  MENSAH’s plan, Efua\nMensah’s", f"{GONE}’s plan, {GONE}’s"),
    (EFUA, "EFUA MENSAH", GONE),
    (EFUA, "l’idée d’Efua Mensah.", f"l’idée d’{GONE}."),
    (EFUA, "CV_Efua_Mensah.pdf", f"CV_{GONE}.pdf"),
    (EFUA, "Efua Mensah Boateng", "Efua Mensah Boateng"),
    (EFUA, "Efua Mensah-Boateng, Nana-Efua Mensah", "Efua Mensah-Boateng, Nana-Efua Mensah"),
    (EFUA, "The school in Efua Mensah Street", "The school in Efua Mensah Street"),
    (EFUA, "Efua and Kofi Mensah", "Efua and Kofi Mensah"),
    (EFUA, "MyEfua Mensahs", "MyEfua Mensahs"),
    (PersonMarks(names={"Will Power"}), "By will power alone.", "By will power alone."),
    (PersonMarks(names={"Çağla Şahin"}), "Çağla Şahin, Çağla Şahinler", f"{GONE}, Çağla Şahinler"),
    (PersonMarks(names={"Ama (B) C*"}), "See Ama (B) C* there", f"See {GONE} there"),
    (PersonMarks(names={"of the"}), "The mayor of the town", "The mayor of the town"),
    (PersonMarks(names={"The City"}), "The City decides.", "The City decides."),
    (PersonMarks(names={"Vincent van Gogh"}), "Ask Vincent van Gogh.", f"Ask {GONE}."),
    (PersonMarks(numbers={"1500000"}), "It costs 1 500 000 euros.", "It costs 1 500 000 euros."),
    (PersonMarks(names={""}, addresses={" "}), "Nothing is lost.", "Nothing is lost."),
]


@pytest.mark.parametrize(("marks", "typed", "after"), TEXTS)
def test_what_goes_of_a_text_and_what_stays(marks, typed, after):
    """D2: a person goes by whole words, and nobody else's."""
    assert remove_from_text(typed, marks) == after
    assert bool(find_passages(typed, marks)) == (after != typed)


VALUES = [  # of whom, answers and facts, what stands there afterwards
    (AMA, {"focal_name": [" ama "], "title": ["Ama"]}, {"focal_name": [GONE], "title": ["Ama"]}),
    (AMA, {"authority": "Ama", "who": "Ama"}, {"authority": "Ama", "who": GONE}),
    (AMA, {"person": "Ama Serwaa"}, {"person": "Ama Serwaa"}),
    (AMA, {"focal_phone": "+233 24 123 4567", "n": 3}, {"focal_phone": "", "n": 3}),
    (EFUA, {"place": "Efua Mensah"}, {"place": "Efua Mensah"}),
    (EFUA, [{"risk": "Efua Mensah leaves"}], [{"risk": f"{GONE} leaves"}]),
    (EFUA, {"x": "efua@agona.example"}, {"x": "gone@erased.invalid"}),
]


@pytest.mark.parametrize(("marks", "held", "after"), VALUES)
def test_a_name_alone_goes_only_where_a_name_belongs(marks, held, after):
    """D2: a value goes where a person's name is asked for, never where a place's is."""
    assert remove_marks_from(held, marks) == after


def test_a_letter_that_speaks_of_a_person_keeps_whoever_else_it_names():
    """D2: in a letter known to speak of Ama, her name alone goes and Ama Serwaa stays."""
    text = "Ama asks to join Ama Town. Ask Ama Serwaa, or Ama."

    after = remove_from_text(text, AMA, alone=True, others=["Ama Town", "Ama Serwaa"])

    assert after == f"{GONE} asks to join Ama Town. Ask Ama Serwaa, or {GONE}."


words = st.text("aAmMé .,-_'’@+1\n", max_size=30)


@given(words, words, st.sampled_from([AMA, EFUA]))
@example("x ", " y", EFUA)
def test_all_around_a_name_stays_letter_by_letter(before, after, marks):
    """D2: whatever stands around it, only the mark itself changes."""
    address = min(marks.addresses)
    text = f"{before} {address} {after}"

    written = remove_from_text(text, marks)

    assert address not in written
    assert remove_from_text(written, marks) == written
    assert len(written) - len(text) == (len(marks.replacement) - len(address)) * text.count(address)


@given(st.text(max_size=60))
def test_a_text_without_the_person_is_not_touched(text):
    """D2: no text but one that holds the name, the address or the number changes."""
    marks = PersonMarks(
        names={"Efua Mensah"}, addresses={"efua@agona.example"}, numbers={"0241234567"}
    )

    assert remove_from_text(text, marks) == text or find_passages(text, marks)


@given(st.lists(st.sampled_from(["Ama", "Serwaa", "Efua", "Mensah", "town", "."]), max_size=8))
def test_only_whole_names_go_and_nothing_of_another(parts):
    """D2: words come out in their order, and only a whole Efua Mensah is replaced."""
    text = " ".join(parts)

    expected, rest = [], list(parts)
    while rest:
        goes = rest[:2] == ["Efua", "Mensah"] and not "".join(rest[2:3])[:1].isupper()
        expected.append(GONE if goes else rest[0])
        del rest[: 2 if goes else 1]
    assert remove_from_text(text, EFUA) == " ".join(expected)
