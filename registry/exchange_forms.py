"""The forms of exchange (domain.md 7): each is one row, with all that the project asks of it.

A form more is a row here, its translations, and a column of Dossier for its own question. Parts,
sides and kinds of session are the codes of `exchanges.enums`.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Bounds = tuple[int, int]  # least and most


@dataclass(frozen=True)
class ExchangeForm:
    """What one form asks for: outside its bounds a page warns and never refuses."""

    code: str
    label: Promise
    days: Bounds
    asking_authorities: tuple[int, int | None]  # None: as many as one likes
    helping_authorities: tuple[int, int | None]
    travellers: Bounds
    local_participants: Bounds  # of the authority that asks
    counts_travellers: bool = True  # of the side that travels, once the exchange is planned
    required_part: str = ""  # somebody must have it
    closing_session: str = ""  # the kind of an item that the agenda must have
    filled_halves: int = 0  # of each weekday in the agenda: 1 any, 2 morning and afternoon
    counts_weekdays: bool = False  # its length is in working days
    needs_themes: bool = False  # each visit says what one learns there


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
            required_part="group_leader",
            filled_halves=2,
            needs_themes=True,
        ),
    )
}


def exchange_form_choices():
    """List (code, label) of all forms; a field that is given this function needs no migration."""
    return [(code, form.label) for code, form in EXCHANGE_FORMS.items()]
