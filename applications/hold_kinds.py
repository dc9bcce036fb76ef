"""Which letters about applications may be held, and the calls by which they are."""

from applications.enums import Status
from applications.models import Call
from applications.transitions import dossier_machine
from connect.transitions import StateMachine
from notifications.hold_rules import names_groups, names_kinds
from notifications.outbox import find_letters

SHOWN = 50  # calls, the newest first


def held_kinds(machine: StateMachine):
    """Return the letters of a life to others than the programme team, but those by a link."""
    notices = [one for step in machine.transitions.values() for one in step.notifies]
    names = {one.template for one in notices if not one.by_link}
    return {name for name in names if not name.endswith("_officer")}


def find_held_question(dossier, now):
    """Return the held letter that asks whether the summary may be published; None without one."""
    asked = dossier.events.filter(verb="validate").last()
    if dossier.status != Status.VALIDATED or asked is None:
        return None
    return find_letters(asked, "dossier_validate").held(now).first()


@names_groups
def list_calls():
    calls = Call.objects.order_by("-opens_at", "-pk")[:SHOWN]
    return [(f"call:{call.pk}", call.title) for call in calls]


@names_kinds
def list_kinds_of_applications():
    return held_kinds(dossier_machine)
