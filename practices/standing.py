"""Who has a good practice now, and what comes next."""

from django.utils.translation import gettext as _

from connect.standing import Standing
from practices.enums import Party, PracticeStatus
from practices.models import Practice
from practices.permissions import AGREED_IN


def practice_standing(practice: Practice) -> Standing:
    if practice.status == PracticeStatus.DRAFT:
        return Standing(
            _("With both sides: they write it."), _("Both sides agree to its publication")
        )
    if practice.is_left_unpublished and practice.parties.issuperset(Party):
        return Standing(_("Both sides can correct it."), _("The programme team publishes it"))
    if practice.status in AGREED_IN:
        return Standing(practice.waiting_words, _("The programme team publishes it"))
    return Standing()
