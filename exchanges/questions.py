"""The questionnaires: what is asked of whom and when, and what each question measures.

Change a question's meaning and VERSION rises: answers keep the version that they answered.
Before and after are both asked at the end (a "then-test"): people judge what they knew better once
they know more.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from connect.types import Words
from exchanges.enums import Criterion, LearningLevel, Moment

VERSION = 1
SCALE = [
    ("1", _("1: not at all")),
    ("2", "2"),
    ("3", "3"),
    ("4", "4"),
    ("5", _("5: very much")),
    ("0", _("I cannot say")),
]
TEN = [(str(number), str(number)) for number in range(11)]


@dataclass(frozen=True)
class Question:
    """kind: "scale" (1 to 5, or 0 for who cannot say), "ten" (0 to 10) or "text"."""

    code: str
    words: Words
    kind: str
    learning: str
    criterion: str = ""
    moments: tuple = (Moment.END,)


PEOPLE, OFFICE, TOWN = (
    LearningLevel.INDIVIDUAL,
    LearningLevel.ORGANISATIONAL,
    LearningLevel.COMMUNITY,
)
LATER = (Moment.SIX, Moment.TWELVE)
QUESTIONS = [
    Question(
        "satisfied", _("How satisfied are you with the exchange as a whole?"), "scale", PEOPLE
    ),
    Question(
        "organised",
        _("Was it well organised, considering the time it took?"),
        "scale",
        PEOPLE,
        Criterion.EFFICIENCY,
    ),
    Question(
        "need",
        _("Was it about what the applicant really needs?"),
        "scale",
        OFFICE,
        Criterion.RELEVANCE,
    ),
    Question(
        "fits",
        _("Does it fit with what other programmes do there?"),
        "scale",
        OFFICE,
        Criterion.COHERENCE,
    ),
    Question("before", _("How well did you know the subject before?"), "scale", PEOPLE),
    Question("after", _("How well do you know it now?"), "scale", PEOPLE),
    Question(
        "reached",
        _("Were your objectives reached?"),
        "scale",
        OFFICE,
        Criterion.EFFECTIVENESS,
    ),
    Question(
        "recommend",
        _("Would you recommend CONNECT to a colleague? (0: never, 10: certainly)"),
        "ten",
        PEOPLE,
    ),
    Question("differently", _("What will you do differently from now on?"), "text", PEOPLE),
    Question("better", _("What should we do better?"), "text", PEOPLE),
    Question(
        "applied",
        _("How much of what was learnt is put into practice?"),
        "scale",
        OFFICE,
        Criterion.EFFECTIVENESS,
        LATER,
    ),
    Question(
        "noticed", _("Do inhabitants notice a change?"), "scale", TOWN, Criterion.IMPACT, LATER
    ),
    Question(
        "lasts",
        _("Will it last without help from outside?"),
        "scale",
        OFFICE,
        Criterion.SUSTAINABILITY,
        LATER,
    ),
    Question(
        "example",
        _("Give one example of what changed, or say why nothing did."),
        "text",
        OFFICE,
        "",
        LATER,
    ),
]


def questions_at(moment):
    return [question for question in QUESTIONS if moment in question.moments]
