"""What waits for a person of those who join them, and of experts: an agreement in principle."""

from django.db.models import BooleanField, ExpressionWrapper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from connect.languages import join_parts
from connect.my_work import Task, describes_task_of, finds_tasks_of
from connect.permissions import is_officer
from registry.models import Expert, Membership
from registry.people import is_author
from registry.permissions import former_member

MOST_NAMES = 5  # in one line; their page has them all


@finds_tasks_of(is_officer, is_author)
def find_requests_to_join(user, now):
    """Yield, in one line for the page where it is answered, who asks to join a person's own."""
    asked = Membership.objects.decidable_by(user).order_by("pk")
    asking = list(asked.select_related("user", "authority", "association"))
    if asking:
        what = ngettext(
            "One colleague asks to join", "%(number)s colleagues ask to join", len(asking)
        ) % {"number": len(asking)}
        names = [one.user.name for one in asking[:MOST_NAMES]]
        places = dict.fromkeys(str(one.organisation) for one in asking[:MOST_NAMES])
        yield Task(what, join_parts(names), join_parts(places), "/account/memberships/")


def has_left(user):
    """Return whether an expert has left the authority of their profile."""
    return ExpressionWrapper(former_member("user", "authority"), BooleanField())


@describes_task_of(Expert, "user", "authority", has_left=has_left)
def describe_agreement_in_principle(expert, link, user, now):
    about, place = expert.user.name, expert.authority.place
    if expert.employer_agrees is not None:
        what = _("Your agreement in principle")
        return Task(what, about, place, link.path, asks=False)
    what = _("Say whether you agree in principle")
    return Task(what, about, place, link.path, link.last_day)
