"""Who has a good practice now, and what comes next."""

from django.utils.translation import gettext as _

from connect.standing import Standing
from practices.enums import PracticeStatus
from practices.models import Practice


def practice_standing(practice: Practice) -> Standing:
    if practice.status == PracticeStatus.DRAFT:
        return Standing(
            _("With both sides: they write it."), _("Both sides agree to its publication")
        )
    if practice.status in (PracticeStatus.REVIEW, PracticeStatus.APPROVED):
        return Standing(practice.waiting_words, _("The programme team publishes it"))
    if practice.status == PracticeStatus.ARCHIVED:
        return Standing(
            _("Unpublished: both sides can correct it. Who unpublished it agrees anew."),
            _("The programme team publishes it"),
        )
    return Standing()
