"""What of experts waits for a person: an employer's agreement in principle."""

from django.utils.translation import gettext_lazy as _

from connect.my_work import Task, describes_task_of
from registry.models import Expert


@describes_task_of(Expert, "user", "authority")
def describe_agreement_in_principle(expert, link, user, now):
    about, place = expert.user.name, expert.authority.place
    if expert.employer_agrees is not None:
        what = _("Your agreement in principle")
        return Task(what, about, place, link.path, asks=False)
    what = _("Say whether you agree in principle")
    return Task(what, about, place, link.path, link.last_day)
