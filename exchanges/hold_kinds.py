"""Which letters about exchanges may be held."""

from applications.hold_kinds import held_kinds
from exchanges.transitions import exchange_machine
from notifications.hold_rules import names_kinds


@names_kinds
def list_kinds_of_exchanges():
    return held_kinds(exchange_machine)
