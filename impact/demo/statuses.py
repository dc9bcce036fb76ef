"""What leads to each status of the demonstration: how long ago, and by which steps."""

from applications.enums import Status
from exchanges.enums import ExchangeStatus
from impact.demo.past import AFTERWARDS
from matching.enums import InterestStatus

JUDGED = next(details for verb, _days, details in AFTERWARDS if verb == "evaluate")
FELL_ILL = {
    "en": "Two of the group fell ill. Invented for the demonstration.",
    "fr": "Deux membres du groupe sont tombés malades. Inventé pour la démonstration.",
    "es": "Dos del grupo enfermaron. Inventado para la demostración.",
    "pt": "Dois do grupo adoeceram. Inventado para a demonstração.",
}
BEGUN = ("plan", "get_ready", "start")
# State of an exchange: its first day, counted from today, and the steps that lead there.
EXCHANGES: dict = {
    ExchangeStatus.AGREED: (None, ()),
    ExchangeStatus.PLANNED: (50, ("plan",)),
    ExchangeStatus.READY: (12, ("plan", "get_ready")),
    ExchangeStatus.RUNNING: (-1, BEGUN),
    ExchangeStatus.INTERRUPTED: (-2, (*BEGUN, "interrupt")),
    ExchangeStatus.POSTPONED: (30, ("plan", "postpone")),
    ExchangeStatus.CANCELLED: (25, ("plan", "cancel")),
    ExchangeStatus.COMPLETED: (-9, (*BEGUN, "complete")),
    ExchangeStatus.EVALUATED: (-50, (*BEGUN, "complete", "evaluate")),
    ExchangeStatus.FOLLOW_UP_6M: (-200, (*BEGUN, "complete", "evaluate", "follow_up_6m")),
    ExchangeStatus.FOLLOW_UP_12M: (
        -390,
        (*BEGUN, "complete", "evaluate", "follow_up_6m", "follow_up_12m"),
    ),
    ExchangeStatus.CLOSED: (
        -420,
        (*BEGUN, "complete", "evaluate", "follow_up_6m", "follow_up_12m", "close"),
    ),
}
AFTER_FIRST_DAY = {  # step: days after the first day
    **{"plan": -30, "postpone": -20, "cancel": -15, "get_ready": -7, "start": 0, "interrupt": 1},
    **{"complete": 4, "evaluate": 35, "follow_up_6m": 195, "follow_up_12m": 380, "close": 395},
}
UNREPORTED = {
    "en": "Nobody reported. Invented for the demonstration.",
    "fr": "Personne n'a rendu compte. Inventé pour la démonstration.",
    "es": "Nadie informó. Inventado para la demostración.",
    "pt": "Ninguém prestou contas. Inventado para a demonstração.",
}
STOPS, UNANSWERED = ("interrupt", "postpone", "cancel"), ("follow_up_6m", "follow_up_12m")


def details_of(verb, language):
    """Return the details of a step of an exchange, in its dossier's language."""
    if verb in STOPS:
        return {"reason": "health", "note": FELL_ILL[language]}
    if verb in UNANSWERED:
        return {"note": UNREPORTED[language]}
    return JUDGED if verb == "evaluate" else {}


# State of a dossier: for how many days it has been in it.
DOSSIERS = {
    **{Status.DRAFT: 1, Status.SUBMITTED: 1, Status.ELIGIBILITY_CHECK: 3},
    **{Status.CORRECTION_ASKED: 2, Status.INELIGIBLE: 4, Status.UNDER_SELECTION: 4},
    **{Status.NOT_SELECTED: 6, Status.RESERVE: 5, Status.VALIDATED: 2, Status.PUBLISHED: 5},
    **{Status.SHORTLISTING: 2, Status.CONSENT_PENDING: 1, Status.CLOSED_NO_MATCH: 3},
    **{Status.WITHDRAWN: 7, Status.CANCELLED: 8},
}
INTERESTS: dict = {  # state of an answer: the steps after it was sent
    InterestStatus.SUBMITTED: (),
    InterestStatus.SCREENED: ("screen",),
    InterestStatus.SHORTLISTED: ("screen", "shortlist"),
    InterestStatus.RESERVE: ("screen", "keep_in_reserve"),
    InterestStatus.DECLINED: ("screen", "decline"),
    InterestStatus.WITHDRAWN: ("withdraw",),
}
