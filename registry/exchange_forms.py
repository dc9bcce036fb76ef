"""The forms of exchange (domain.md 7): each is one row, with all that the project asks of it.

A form more is a row here, its translations, and a column of Dossier for its own question. Parts,
sides and kinds of session are the codes of `exchanges.enums`.
"""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from connect.types import Words

Bounds = tuple[int, int]  # least and most


@dataclass(frozen=True)
class Question:
    """The question that an application with this form is asked: its column, and the words."""

    column: str
    label: Words
    example: Words
    help_text: Words | str = ""


@dataclass(frozen=True)
class TermsDocument:
    """The document in which both sides agree what is done; its question replaces the usual one."""

    name: Words
    signed: Words  # the item of the readiness list
    questions: dict[str, Words] = field(default_factory=dict)  # by the column of Terms


TERMS_OF_REFERENCE = TermsDocument(
    name=_("Terms of reference"), signed=_("Terms of reference signed by both sides")
)
LEARNING_AGREEMENT = TermsDocument(
    name=_("Learning agreement"),
    signed=_("Learning agreement signed by both sides"),
    questions={
        "purpose": _("What should the intern be able to do when it is over?"),
        "tasks": _("What will the intern do, week by week, and who guides them?"),
    },
)


@dataclass(frozen=True)
class ExchangeForm:
    """What one form asks for: outside its bounds a page warns and never refuses."""

    code: str
    label: Words
    days: Bounds
    asking_authorities: tuple[int, int | None]  # None: as many as one likes
    helping_authorities: tuple[int, int | None]
    travellers: Bounds
    local_participants: Bounds  # of the authority that asks
    travelling_side: str  # "offering": the experts go to the town that asked
    experts_part: str
    contact_part: str  # of the town's contact
    question: Question
    terms: TermsDocument = TERMS_OF_REFERENCE
    counts_travellers: bool = True  # of the side that travels, once the exchange is planned
    required_part: str = ""  # somebody must have it
    closing_session: str = ""  # the kind of an item that the agenda must have
    filled_halves: int = 0  # of each weekday in the agenda: 1 any, 2 morning and afternoon
    counts_weekdays: bool = False  # its length is in working days
    needs_themes: bool = False  # each visit says what one learns there
    diary_part: str = ""  # who has it writes each day down, and a report is made of it


EXCHANGE_FORMS = {
    form.code: form
    for form in (
        ExchangeForm(
            code="expert_mission",
            label=_("expert mission"),
            days=(3, 10),
            asking_authorities=(1, None),
            helping_authorities=(1, 2),
            travellers=(1, 3),
            local_participants=(0, 60),
            travelling_side="offering",
            experts_part="expert",
            contact_part="delegate",
            question=Question(
                "working_with",
                _("Expert mission: with whom would the expert work, day by day?"),
                example=_(
                    "With the two health officers, and on two days with the truck operators."
                ),
            ),
            closing_session="debrief",
            filled_halves=1,
        ),
        ExchangeForm(
            code="internship",
            label=_("internship"),
            days=(5, 20),
            asking_authorities=(1, 1),
            helping_authorities=(1, 1),
            travellers=(1, 3),
            local_participants=(0, 0),
            travelling_side="requesting",
            experts_part="mentor",
            contact_part="intern",
            question=Question(
                "placed",
                _("Internship: who would be placed, and what is their job?"),
                example=_("The head of the tax office, who has done this job for six years."),
            ),
            terms=LEARNING_AGREEMENT,
            diary_part="intern",
            required_part="mentor",
            counts_weekdays=True,
        ),
        ExchangeForm(
            code="round_table",
            label=_("round table"),
            days=(1, 5),
            asking_authorities=(2, None),
            helping_authorities=(1, None),
            travellers=(1, 60),
            local_participants=(5, 60),
            travelling_side="offering",
            experts_part="expert",
            contact_part="delegate",
            question=Question(
                "at_the_table",
                _("Round table: which other authorities would take part?"),
                example=_(
                    "The five municipalities of our valley, each with its mayor and its engineer."
                ),
                help_text=_("A round table needs two authorities that have the problem."),
            ),
            counts_travellers=False,  # those of the towns around travel, too
            required_part="facilitator",
            closing_session="conclusions",
            filled_halves=1,
        ),
        ExchangeForm(
            code="study_visit",
            label=_("study visit"),
            days=(3, 7),
            asking_authorities=(1, 12),
            helping_authorities=(1, 3),
            travellers=(3, 16),
            local_participants=(0, 60),
            travelling_side="requesting",
            experts_part="mentor",
            contact_part="delegate",
            question=Question(
                "group_leader",
                _("Study visit: who would lead the group, and who are its members?"),
                example=_(
                    "The deputy mayor for planning, with three engineers and two councillors."
                ),
            ),
            required_part="group_leader",
            filled_halves=2,
            needs_themes=True,
        ),
    )
}
# Who has one of these writes a diary, also where the form was changed later.
DIARY_PARTS = {form.diary_part for form in EXCHANGE_FORMS.values() if form.diary_part}


def exchange_form_choices():
    """List (code, label) of all forms; a field that is given this function needs no migration."""
    return [(code, form.label) for code, form in EXCHANGE_FORMS.items()]
