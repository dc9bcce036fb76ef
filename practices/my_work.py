"""What of good practices waits for a person: the agreement of their side to publication."""

from django.utils.translation import gettext_lazy as _

from connect.my_work import Task, finds_tasks
from practices.enums import Party, PracticeStatus
from practices.models import Practice
from practices.permissions import HELPED, TOWN_AUTHOR


@finds_tasks
def find_practices(user, now):
    """Yield the practices that wait for the agreement of a person's side."""
    for party, tie in ((Party.TOWN, TOWN_AUTHOR), (Party.COLLEAGUES, HELPED)):
        waiting = Practice.objects.filter(tie.rows(user), status=PracticeStatus.REVIEW)
        waiting = waiting.exclude(agreements__party=party).prefetch_related("texts")
        for practice in waiting.select_related("exchange__dossier__authority"):
            what = _("Read the good practice, and agree to its publication")
            yield Task(what, str(practice), practice.authority.place, practice.path)
