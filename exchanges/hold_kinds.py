"""Which letters about exchanges may be held."""

from django.utils.translation import gettext_lazy as _

from applications.hold_kinds import Readers, held_kinds
from exchanges.transitions import both_sides, exchange_machine
from notifications.hold_rules import names_kinds

READERS: Readers = {both_sides: _("to both sides and all who take part")}


@names_kinds
def list_kinds_of_exchanges():
    return held_kinds(exchange_machine, _("Exchanges"), READERS)
