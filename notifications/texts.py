"""The texts of letters: ours in each language, and those that staff write in their place.

Our words are Django's templates, so that they are translated as all others are; what a template
makes is a text of the grammar that staff write in (`letter_grammar`), and one function fills both
with the facts of a letter. Of facts a letter has those that its template names, and no other.
"""

import warnings
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.template import Context, Engine
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from connect.transitions import by_officer
from connect.types import User
from notifications.letter_grammar import describe_faults, fill_text, names_of
from notifications.models import Letter, LetterText
from notifications.templatetags.letters import PassageText

FOLDER = Path(settings.BASE_DIR) / "templates" / "letters"
ALWAYS = {"name", "contact"}
# Known of its reader, and of where it leads; a reader who is only informed is asked nothing.
OF_EVERY_LETTER = ALWAYS | {"link", "is_informed"}
# Facts that any letter may have beside those that it names: what is attached, what its foot says,
# and the file that it is about, by which it is found when somebody on it is erased.
BESIDE = {"calendar", "is_informed", "reference", "references"}


class FactWarning(UserWarning):
    """A letter is given a fact that it does not name, or lacks one that it does.

    It is sent all the same: a programming error must not lose a letter.
    """


class Facts(dict[str, Any]):
    """The facts of a letter: one that is lacking is left out, and warned of."""

    def __missing__(self, fact: str) -> str:
        warnings.warn(f"A letter lacks {fact!r}, which it names.", FactWarning, stacklevel=2)
        return ""


class Placeholders(dict[str, Any]):
    """Stands for any facts: each is its placeholder."""

    def __contains__(self, fact: object) -> bool:
        return True

    def __missing__(self, fact: str) -> str:
        return f"{{{fact}}}"


class Dots(dict[str, Any]):
    """Stands for any facts: each is there, and is dots."""

    def __contains__(self, fact: object) -> bool:
        return True

    def __missing__(self, fact: str) -> str:
        return "…"


class Words(NamedTuple):
    """A letter's text, and what its passages say, by their placeholders."""

    subject: str
    body: str
    passages: dict[str, PassageText]

    @property
    def words_by_placeholder(self) -> dict[str, str]:
        return {placeholder: passage.words for placeholder, passage in self.passages.items()}


def letter_names() -> list[str]:
    """List the letters that there are."""
    return sorted(path.stem for path in FOLDER.glob("*.txt") if not path.stem.startswith("_"))


def our_words(name: str, language: str, facts: dict[str, Any] | None = None) -> Words:
    """Return our text of a letter; its passages are said of these facts, or as an example."""
    passages: dict[str, PassageText] = {}
    context = Placeholders(_facts=facts, _passages=passages)
    template = Engine.get_default().get_template(f"letters/{name}.txt")
    with translation.override(language):
        text = template.render(Context(context, autoescape=False))
    subject, _line, body = text.strip().partition("\n")
    return Words(subject, body.strip(), passages)


@cache
def letter_placeholders(name: str) -> frozenset[str]:
    """Return the placeholders that a text of this letter may use."""
    words = our_words(name, settings.LANGUAGE_CODE)
    return frozenset(names_of(f"{words.subject}\n{words.body}", "fact") | ALWAYS)


@cache
def letter_conditions(name: str) -> frozenset[str]:
    """Return the facts that a text of this letter may ask for."""
    words = our_words(name, settings.LANGUAGE_CODE)
    return letter_placeholders(name) | names_of(f"{words.subject}\n{words.body}", "if")


@cache
def letter_facts(name: str) -> frozenset[str]:
    """Return the facts that a letter may be posted with: those that its words name, and few beside.

    None of an unknown letter.
    """
    if name not in letter_names():
        return frozenset()
    passages = our_words(name, settings.LANGUAGE_CODE).passages
    needed = {fact for passage in passages.values() for fact in passage.facts}
    return letter_conditions(name) - passages.keys() - OF_EVERY_LETTER | needed | BESIDE


def check_facts(name: str, facts: Iterable[str]) -> None:
    """Warn of facts that are no letter's of this name: a slip of the pen, as `meting_on`."""
    if unknown := sorted(set(facts) - letter_facts(name)):
        warnings.warn(f"The letter {name} does not name {unknown}.", FactWarning, stacklevel=3)


def describe_letter(name: str, language: str) -> tuple[str, str]:
    """Return what a letter is known by to staff: its subject, and the first that it says."""
    words = our_words(name, language)
    facts = Dots(words.words_by_placeholder)
    paragraphs = fill_text(words.body, facts).split("\n\n")
    return fill_text(words.subject, facts), next(iter(paragraphs[1:]), "")


def check_letter_text(name: str, subject: str, body: str) -> None:
    """Raise ValidationError for a text that could not be sent as this letter."""
    placeholders, conditions = letter_placeholders(name), letter_conditions(name)
    wrong = {}
    for field, text in (("subject", subject), ("body", body)):
        unknown = names_of(text, "fact") - placeholders | names_of(text, "if") - conditions
        if unknown:
            message = _("This e-mail cannot fill in: %s")
            wrong[field] = message % ", ".join(f"{{{one}}}" for one in sorted(unknown))
        elif fault := describe_faults(text):
            wrong[field] = fault
    if "name" in names_of(subject, "fact"):
        wrong["subject"] = _("No names in the subject: others can see it on a screen.")
    if "\n" in subject.strip():
        wrong["subject"] = _("A subject is one line.")
    if "link" in placeholders and "body" not in wrong and not always_leads(body):
        wrong["body"] = _("The e-mail leads to a page: it needs {link}.")
    if wrong:
        raise ValidationError(wrong)


def always_leads(body: str) -> bool:
    """True of a text that names its link, whatever else it is told."""
    least: dict[str, str] = defaultdict(str, link="\0")
    return all("\0" in fill_text(body, facts) for facts in (least, Dots(link="\0")))


@transaction.atomic
def save_letter_text(
    name: str, language: str, *, subject: str, body: str, actor: User, now: datetime | None = None
) -> LetterText:
    """Save staff's words for a letter; letters already written keep theirs.

    Raises PermissionDenied for anybody but an officer, ValidationError for a text that cannot be.
    """
    if not by_officer(actor, None):
        raise PermissionDenied
    if name not in letter_names() or language not in dict(settings.LANGUAGES):
        raise ValidationError(_("This e-mail does not exist."), code="letter")
    check_letter_text(name, subject, body)
    text, _made = LetterText.objects.update_or_create(
        template=name,
        language=language,
        defaults={
            "subject": subject.strip(),
            "body": body.strip(),
            "changed_at": now or timezone.now(),
            "changed_by": actor,
        },
    )
    return text


def reset_letter_text(name: str, language: str, *, actor: User) -> None:
    """Go back to our template."""
    if not by_officer(actor, None):
        raise PermissionDenied
    LetterText.objects.filter(template=name, language=language).delete()


def saved_text(letter: Letter) -> tuple[str, str] | None:
    """Return (subject, body) of a letter as staff wrote them; None where they have not."""
    text = LetterText.objects.filter(template=letter.template, language=letter.language).first()
    return (text.subject, text.body) if text else None


def fill_letter(letter: Letter, context: dict[str, Any]) -> tuple[str, str]:
    """Return (subject, body) of a letter with these facts, in staff's words or in ours."""
    ours = our_words(letter.template, letter.language, context)
    subject, body = saved_text(letter) or (ours.subject, ours.body)
    facts = Facts(context | ours.words_by_placeholder)
    return fill_text(subject, facts), fill_text(body, facts)
