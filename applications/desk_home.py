"""What of applications waits on the desk's home, whose it is, and the days to come."""

from datetime import timedelta
from functools import partial

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import UNSENT, Status
from applications.models import Call, Correction, Dossier, Meeting
from applications.worklist import STUCK, waiting_conditions
from connect.desk_home import (
    CALLS,
    MINE,
    OWNERS,
    DeskQueue,
    Moment,
    add_queues,
    waits_longer_than,
    week_source,
)
from connect.languages import join_names

ORDER = {"me": 10, "left": 15, "opening": 20, "applicant": 30, "decision": 40, "stuck": 50}


def is_own(path, user):
    return Q(**{f"{path}case_officer": user})


def is_of_own_calls(path, user):
    """Return a condition of the files of the calls in which this officer has one."""
    calls = Dossier.objects.filter(case_officer=user).order_by().values("call")
    return Q(**{f"{path}call__in": calls})


OWNERS[MINE], OWNERS[CALLS] = is_own, is_of_own_calls


def waiting_dossiers(code, user):
    """Return the files that wait for whom a code of the list names."""
    rows = Dossier.objects.for_officer(user).exclude(status__in=UNSENT)
    return rows.filter(waiting_conditions(user, timezone.now())[code].condition)


def is_correction_late(now):
    overdue = Correction.objects.unanswered().filter(due_on__lt=timezone.localdate(now))
    return Q(Exists(overdue.filter(dossier=OuterRef("pk"))))


def make_queue(code):
    overdue = (
        is_correction_late if code == "applicant" else waits_longer_than("status_since", STUCK)
    )
    return DeskQueue(
        order=ORDER[code],
        words=waiting_conditions(None, timezone.now())[code].whole_words,
        model=Dossier,
        query={"waits": code},
        rows=partial(waiting_dossiers, code),
        since="status_since",
        overdue=overdue,
        dossier="",
    )


add_queues(*map(make_queue, ORDER))


@week_source
def find_corrections_due(user, scoped, first, last):
    open_ = Correction.objects.unanswered().filter(due_on__range=(first, last))
    asked = Dossier.objects.for_officer(user).filter(scoped(""), status=Status.CORRECTION_ASKED)
    mine = open_.filter(dossier__in=asked.order_by())
    for one in mine.select_related("dossier__authority"):
        words = _("Correction due: %s") % join_names(
            [one.dossier.reference, str(one.dossier.authority)]
        )
        yield Moment(one.due_on, words, one.dossier.desk_path)


@week_source
def find_days_of_calls(_user, _scoped, first, last):
    """Find the days on which a call opens or closes."""
    # One that closes at midnight has its last day before.
    closing = Q(closes_at__date__range=(first, last + timedelta(days=1)))
    days = closing | Q(opens_at__date__range=(first, last))
    for call in Call.objects.filter(days).order_by("pk"):
        files = reverse("admin:applications_call_change", args=[call.pk])
        for day, words, address in (
            (call.first_day, _("The call opens: %s"), files),
            (call.last_day, _("The call closes: %s"), files),
        ):
            if day and first <= day <= last:
                yield Moment(day, words % call.title, address)


@week_source
def find_meetings(user, _scoped, first, last):
    """Find the days on which a committee meets."""
    planned = Meeting.objects.for_user(user).planned()
    for one in planned.filter(starts_at__date__range=(first, last)).select_related("call"):
        yield Moment(one.day, _("The committee meets: %s") % one.call.title, one.desk_path)
