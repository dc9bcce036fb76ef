"""What of matching waits on the desk's home, and the days to come."""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import LOOKING, Status
from applications.models import Dossier
from applications.worklist import STUCK, is_past_last_day
from connect.desk_home import (
    DeskQueue,
    Moment,
    add_queues,
    is_due,
    waits_longer_than,
    week_source,
)
from connect.languages import join_names
from matching.enums import InterestStatus, MatchStatus
from matching.models import DossierToMatch, Interest, Match, Opportunity


def has_new_answers():
    """Return a condition of the dossiers with an answer that nobody has screened."""
    sent = Interest.objects.filter(dossier=OuterRef("pk"), status=InterestStatus.SUBMITTED)
    return Q(Exists(sent), status__in=LOOKING)


def dossiers_with_new_answers(user):
    """Return the requests with answers to screen, each with the instant of the oldest of them."""
    sent = Interest.objects.filter(dossier=OuterRef("pk"), status=InterestStatus.SUBMITTED)
    oldest = Subquery(sent.order_by("status_since").values("status_since")[:1])
    rows = DossierToMatch.objects.for_officer(user).filter(has_new_answers())
    return rows.annotate(answered_at=oldest)


def dossiers_to_decide(user):
    return DossierToMatch.objects.for_officer(user).filter(status=Status.SHORTLISTING)


def requests_past_last_day(user):
    """Return the requests that take no more answers and hang until an officer decides."""
    past = is_past_last_day(timezone.localdate())
    return DossierToMatch.objects.for_officer(user).filter(past)


def has_hung_too_long(now):
    return is_past_last_day(timezone.localdate(now - timedelta(days=STUCK)))


def open_proposals(user):
    return Match.objects.for_user(user).proposed()


add_queues(
    DeskQueue(
        order=60,
        words=_("requests with answers to screen"),
        model=DossierToMatch,
        query={"answers": "new"},
        rows=dossiers_with_new_answers,
        since="answered_at",
        overdue=waits_longer_than("answered_at", STUCK),
        dossier="",
    ),
    DeskQueue(
        order=65,
        words=_("requests whose last day for answers is over"),
        model=DossierToMatch,
        query={"answers": "over"},
        rows=requests_past_last_day,
        since="opportunity__closes_on",
        overdue=has_hung_too_long,
        dossier="",
    ),
    DeskQueue(
        order=70,
        words=_("requests for which an expert is to be proposed"),
        model=DossierToMatch,
        query={"status__exact": Status.SHORTLISTING},
        rows=dossiers_to_decide,
        since="status_since",
        overdue=waits_longer_than("status_since", STUCK),
        dossier="",
    ),
    DeskQueue(
        order=80,
        words=_("proposals waiting for an answer"),
        model=Match,
        query={"status__exact": MatchStatus.PROPOSED},
        rows=open_proposals,
        since="status_since",
        overdue=is_due("answer_by"),
        dossier="dossier__",
    ),
)


@week_source
def find_proposals_due(user, scoped, first, last):
    rows = open_proposals(user).filter(scoped("dossier__"), answer_by__range=(first, last))
    for match in rows.select_related("dossier__authority"):
        words = _("Last day to answer the proposal %s")
        about = join_names([match.reference, str(match.dossier.authority)])
        yield Moment(
            match.answer_by, words % about, reverse("admin:matching_desk", args=[match.dossier_id])
        )


@week_source
def find_requests_that_close(user, scoped, first, last):
    mine = Dossier.objects.for_officer(user).order_by()
    rows = Opportunity.objects.open(first).filter(
        scoped("dossier__"), closes_on__lte=last, dossier__in=mine
    )
    for one in rows.select_related("dossier__authority"):
        about = join_names([one.dossier.reference, str(one.dossier.authority)])
        words = _("Last day to answer the request %s") % about
        yield Moment(one.closes_on, words, reverse("admin:matching_desk", args=[one.dossier_id]))
