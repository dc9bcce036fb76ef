"""Which letters about answers to requests may be held."""

from applications.hold_kinds import held_kinds
from matching.transitions import interest_machine
from notifications.hold_rules import names_kinds


@names_kinds
def list_kinds_of_answers():
    return held_kinds(interest_machine)
