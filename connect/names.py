"""What counts as a name: at least one letter, of any script, and nothing that misleads a reader.

Names that people choose stand in subjects of e-mails and beside what others decide: no address of a
page is one, nor the programme's own name. What turns the direction of writing is left out of all
that is typed (`connect.characters`).
"""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from connect.characters import remove_disguise
from connect.pasted_values import fold_text

LETTER = re.compile(r"[^\W\d_]")
ADDRESS = re.compile(r"://|\bwww\.|[^\s@]@[^\s@]+\.", re.IGNORECASE)
# As mail programs read one without a scheme; St.Denis, J.Smith and 2 p.m. are none.
# It begins with a word: tried from each letter, a long word takes the square of its length.
# A title or a saint before a name is none either: Prof.dr., Lic.juan, St.denis.
TITLE = (
    r"(?i:prof|drs?|dra|ing|ir|lic|licda|lcd[ao]|arq|abg|arch|eng|engr|hon|mr|mrs|ms|mme|mlle|sra?|"
    r"ste?|st[ao]|el|al)"
)
DOMAIN = re.compile(
    rf"(?<![^\W_])(?!{TITLE}\.(?!(?i:com|org|net|info|eu|gov)\b))"
    r"[^\W_]{2,}\.(?:[a-z]{2,}|COM|ORG|NET|INFO|EU|GOV)\b"
)
SENTENCE = re.compile(r"(?:[:?]|(?<!\bHo)(?<!\bHa)!)(?:\s|$)")  # Westward Ho! is a town
ALPHABETS = {"LATIN", "CYRILLIC", "GREEK"}  # whose letters look like each other's
# What is written for other letters: a nought for an o, a one or an l for an i.
LOOKALIKES = str.maketrans({"0": "o", "1": "i", "l": "i", "|": "i", "5": "s", "3": "e"})
LOOKALIKE_PAIRS = (("rn", "m"), ("vv", "w"))
LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]")


def look_of(name: str) -> str:
    """Return a name's skeleton of look-alike letters, to compare it with another's.

    >>> look_of("C0NNECT") == look_of("Connect"), look_of("lnes") == look_of("Ines")
    (True, True)
    >>> look_of("VNG Intemational") == look_of("VNG International")
    True
    """
    look = remove_disguise(name).casefold().translate(LOOKALIKES)
    for pair, letter in LOOKALIKE_PAIRS:
        look = look.replace(pair, letter)
    return look


# The programme, who runs it and who pays for it, as people of ours alone may be called.
BODIES = (
    *("connect", "vng international", "european commission", "commission europeenne"),
    *("comision europea", "comissao europeia", "europaische kommission", "europese commissie"),
)
PROGRAMME = re.compile(rf"\b(?:{'|'.join(look_of(body) for body in BODIES)})\b")
# Somebody's function may be for it, as of a coordinator of CONNECT; nobody is it.
FOR_PROGRAMME = re.compile(rf"(?<=\w) +(?:\w{{1,3}} +)?{look_of('connect')}$")
# Words for the programme itself: before its name they make no function of anybody.
OURS = "the le la el o a team equipe equipo equipa programme program programa project projet"
# Before it, an article that is written with it, as it looks: l’équipe.
OURS_ALONE = re.compile(rf"(?:(?:i\W?)?(?:{'|'.join(map(look_of, OURS.split()))})\b *)+")
COLON = re.compile(r"\s*:\s+")  # between a name and what this person does


def word_of_two_alphabets(name: str) -> str:
    """Give the word of a name that has letters of two alphabets, as of Cyrillic within Latin.

    >>> word_of_two_alphabets("New Ag\\u043ena") == "Ag\\u043ena"
    True
    >>> word_of_two_alphabets("Agona \\u041c\\u0438\\u0440")
    ''
    """
    for word in re.findall(r"[^\W\d_]+", name):
        if len({unicodedata.name(one, "").split(" ")[0] for one in word} & ALPHABETS) > 1:
            return word
    return ""


def check_name(value: str) -> None:
    """Raise ValidationError for a text that is no name, or is the programme's own name."""
    check_any_name(value)
    if PROGRAMME.search(look_of(fold_text(remove_disguise(value)))):
        message = _(
            "This is the name of the programme, or of an organisation that runs or "
            "funds it: enter your own."
        )
        raise ValidationError(message, code="programme")


def check_function(value: str) -> None:
    """Raise ValidationError for what is no function of a person, or no name with a function.

    A colon may part the two, and the function may be for the programme.
    """
    look = look_of(fold_text(remove_disguise(value)))
    rest = FOR_PROGRAMME.sub("", look)
    if rest != look and not (PROGRAMME.search(rest) or OURS_ALONE.fullmatch(rest)):
        check_any_name(COLON.sub(", ", value, count=1))
    else:
        check_name(COLON.sub(", ", value, count=1))


def check_any_name(value: str) -> None:
    """Raise ValidationError for what is no name."""
    value = remove_disguise(value)
    if not LETTER.search(value):
        raise ValidationError(_("Enter a name: at least one letter."), code="name")
    if ADDRESS.search(value) or DOMAIN.search(value):
        raise ValidationError(_("Write a name, without any address."), code="address")
    if SENTENCE.search(value):
        raise ValidationError(_("Write a name alone, without a sentence."), code="sentence")
    if word := word_of_two_alphabets(value):
        message = _(
            "“%(word)s” has letters of two alphabets that look alike. Delete this word and type "
            "it again with one keyboard; they often come from a copied name."
        )
        raise ValidationError(message, code="alphabets", params={"word": word})


def check_full_name(value: str) -> None:
    """Raise ValidationError for an incomplete name of who signs: initials name nobody."""
    check_name(value)
    refuse_initials(value)


def refuse_initials(value: str) -> None:
    if not LETTERS.search(remove_disguise(value)):
        message = _("Write your name in full: a letter alone names nobody.")
        raise ValidationError(message, code="full_name")


class HasNames(forms.BaseForm):
    """A model form that checks the names of people or places in the fields of `names`.

    functions: the fields for what a person does, with or without their name.
    """

    names: tuple = ("name",)
    functions: tuple = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.names:
            if name in self.fields:
                self.fields[name].validators.append(check_name)
        for name in self.functions:
            if name in self.fields:
                self.fields[name].validators.append(check_function)
