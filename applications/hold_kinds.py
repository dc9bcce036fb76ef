"""Which letters about applications may be held, and the calls by which they are."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from applications.enums import Status
from applications.models import Call
from applications.notices import informed_applicants, its_writers
from applications.people import applicants, associations_of, notified_applicants
from applications.transitions import dossier_machine
from connect.languages import label_with_value
from connect.transitions import StateMachine
from connect.types import Words
from notifications.hold_rules import Kind, names_groups, names_kinds
from notifications.outbox import find_letters

Readers = dict[Callable[[Any], Iterable[Any]], Words]  # who finds them: who they are, in words
MOST_CALLS = 50  # calls, the newest first
TO_APPLICANT = _("to the applicant")
READERS: Readers = {
    **dict.fromkeys(
        [applicants, notified_applicants, informed_applicants, its_writers], TO_APPLICANT
    ),
    associations_of: _("to its associations"),
}


def held_kinds(machine: StateMachine[Any], process: Words, readers: Readers) -> list[Kind]:
    """List the letters of a life that some people read, in the order of its steps.

    readers: these people, in words. Those of the programme team, and who has a link alone, are none
    of them.
    """
    steps: dict[str, dict[Words, None]] = {}
    to: dict[str, Words] = {}
    for step in machine.transitions.values():
        for one in step.notifies:
            if one.recipients in readers and not one.by_link:
                steps.setdefault(one.template, {})[step.past] = None
                to.setdefault(one.template, readers[one.recipients])
    return [
        Kind(name, process, label_with_value(" · ".join(map(str, past)), to[name]))
        for name, past in steps.items()
    ]


def find_held_question(dossier, now):
    """Return the held letter that asks whether the summary may be published; None without one."""
    asked = dossier.events.filter(verb="validate").last()
    if dossier.status != Status.VALIDATED or asked is None:
        return None
    return find_letters(asked, "dossier_validate").held(now).first()


@names_groups
def list_calls():
    calls = Call.objects.order_by("-opens_at", "-pk")[:MOST_CALLS]
    return [(f"call:{call.pk}", call.title) for call in calls]


@names_kinds
def list_kinds_of_applications():
    return held_kinds(dossier_machine, _("Applications"), READERS)
