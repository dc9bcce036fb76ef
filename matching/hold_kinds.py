"""Which letters about answers to requests may be held."""

from django.utils.translation import gettext_lazy as _

from applications.hold_kinds import Readers, held_kinds
from matching.transitions import interest_machine, its_expert
from notifications.hold_rules import names_kinds

READERS: Readers = {its_expert: _("to the expert")}


@names_kinds
def list_kinds_of_answers():
    return held_kinds(interest_machine, _("Answers to requests"), READERS)
