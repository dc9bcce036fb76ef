"""What of good practices waits for a person: the agreement of their side to publication."""

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.people import is_followed_by
from connect.my_work import Task, finds_tasks, finds_tasks_of
from connect.transitions import by_officer
from practices.enums import Party, PracticeStatus
from practices.models import Practice, PracticeEvent
from practices.permissions import AGREED_IN, HELPED, TOWN_AUTHOR
from registry.people import is_author, is_expert


@finds_tasks_of(is_author)
def find_practices_of_towns(user, now):
    theirs = TOWN_AUTHOR.rows(user)
    yield from find_unagreed(theirs, Party.TOWN)
    yield from find_outdated(theirs, now)


@finds_tasks_of(is_expert)
def find_practices_of_experts(user, now):
    theirs = HELPED.rows(user)
    yield from find_unagreed(theirs, Party.COLLEAGUES)
    yield from find_outdated(theirs, now)


def find_unagreed(theirs, party):
    """Yield the practices of a person's side that wait for its agreement."""
    waiting = Practice.objects.filter(theirs, status=PracticeStatus.REVIEW)
    waiting = waiting.exclude(agreements__party=party).prefetch_related("texts")
    for practice in waiting.select_related("exchange__dossier__authority"):
        yield practice_task(_("Read the good practice, and agree to its publication"), practice)


def find_outdated(theirs, now):
    """Yield the published practices of a side that have to be confirmed after two years."""
    outdated = Practice.objects.outdated(timezone.localdate(now)).filter(theirs)
    rows = outdated.select_related("exchange__dossier__authority").prefetch_related("texts")
    for practice in rows.order_by("pk"):
        yield practice_task(_("Say whether the good practice is still correct"), practice)


def practice_task(what, practice, until=None):
    return Task(what, str(practice), practice.authority.place, practice.path, until)


def begun_drafts(user):
    """Filter the practices that a person began, and that nobody has sent to both sides."""
    begun = PracticeEvent.objects.filter(practice=OuterRef("pk"), verb="begin", actor=user)
    return Practice.objects.filter(Exists(begun), status=PracticeStatus.DRAFT)


def has_begun_draft(user):
    """True for who began a practice that is a draft still: most people never do."""
    return begun_drafts(user).exists()


@finds_tasks_of(has_begun_draft)
def find_drafts(user, now):
    """Yield the drafts that a person began and may still write."""
    own = begun_drafts(user).filter_allowed(user, "write").prefetch_related("texts")
    for practice in own.select_related("exchange__dossier__authority"):
        yield practice_task(_("Finish the good practice, and send it for review"), practice)


@finds_tasks
def find_practices_to_publish(user, now):
    """Yield the practices to which both sides agreed, for the officer of their application."""
    if not by_officer(user, None):
        return
    practices = Practice.objects.filter(is_followed_by(user, "exchange__dossier__"))
    asked = practices.filter(status__in=AGREED_IN)
    rows = asked.select_related("exchange__dossier__authority")
    for practice in rows.prefetch_related("texts", "agreements").order_by("pk"):
        if practice.parties.issuperset(Party) and not practice.is_left_unpublished:
            is_read = practice.status == PracticeStatus.REVIEW
            what = _("Approve the good practice") if is_read else _("Publish the good practice")
            yield practice_task(what, practice)
