"""What of matches waits for a person: an invitation to answer, each side's answer to a proposal."""

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import Status
from applications.models import Dossier
from applications.people import is_followed_by
from connect.my_work import Task, describes_task_of, finds_tasks, finds_tasks_of
from connect.transitions import by_officer
from matching.enums import Answer, InterestStatus, MatchStatus, Side
from matching.models import Consent, Interest, Match, Opportunity
from registry.people import is_author, is_expert
from registry.permissions import author_of

OF_APPLICANT = author_of("match__dossier__authority")


def waiting_consents(user):
    """Filter the consents of open proposals that an applicant or an expert has not given."""
    mine = Q(side=Side.APPLICANT) & (OF_APPLICANT(user) or Q(pk__in=[]))
    mine |= Q(side=Side.EXPERT, interest__expert__user=user)
    waiting = Consent.objects.filter(mine, answer=Answer.WAITING)
    asked = waiting.filter(match__status=MatchStatus.PROPOSED)
    return asked.exclude(match__in=Match.objects.untold().order_by())


@finds_tasks_of(is_author, is_expert)
def find_consents(user, now):
    """Yield the proposals to which an applicant or an expert has not answered."""
    for consent in waiting_consents(user).select_related("match__dossier__authority"):
        yield consent_task(consent, consent.match.path)


@finds_tasks_of(is_expert)
def find_invitations(user, now):
    """Yield the open requests that an expert is invited to answer, or has begun to."""
    begun = Interest.objects.of_expert(user).filter(
        status__in=[InterestStatus.INVITED, InterestStatus.DRAFT],
        dossier__opportunity__in=Opportunity.objects.open(timezone.localdate(now)).order_by(),
    )
    for interest in begun.select_related("dossier__authority", "dossier__opportunity"):
        dossier, invited = interest.dossier, interest.status == InterestStatus.INVITED
        what = (
            _("Answer the request, to which you are invited")
            if invited
            else _("Finish your answer")
        )
        until = dossier.opportunity.closes_on
        yield Task(what, dossier.title, dossier.authority.place, interest.path, until)


@finds_tasks
def find_answers_to_check(user, now):
    """Yield the open requests whose officer has answers to check."""
    if not by_officer(user, None):
        return
    received = Interest.objects.filter(dossier=OuterRef("pk"), status=InterestStatus.SUBMITTED)
    open_ = Dossier.objects.for_officer(user).filter(status=Status.PUBLISHED)
    dossiers = open_.filter(is_followed_by(user))
    for dossier in dossiers.filter(Exists(received)).select_related("authority"):
        path = reverse("admin:matching_desk", args=[dossier.pk])
        about = f"{dossier.reference} · {dossier.heading}"
        what = _("Check the answers received")
        yield Task(what, about, dossier.authority.place, path, belongs_to=dossier.desk_path)


def is_untold(user):
    """Return whether the sides of a consent's proposal do not know of it yet."""
    return Exists(Match.objects.untold().order_by().filter(pk=OuterRef("match")))


@describes_task_of(Consent, "match__dossier__authority", is_untold=is_untold)
def describe_employers_answer(consent, link, user, now):
    if consent.is_untold:
        return None
    if consent.answer == Answer.WAITING and consent.match.status == MatchStatus.PROPOSED:
        return consent_task(consent, link.path)
    what, dossier = _("Outcome of a proposed exchange"), consent.match.dossier
    return Task(what, dossier.title, dossier.authority.place, link.path, asks=False)


def consent_task(consent, path):
    match = consent.match
    what, dossier = _("Answer to the proposed exchange"), match.dossier
    place = dossier.authority.place
    return Task(what, dossier.title, place, path, match.answer_by, belongs_to=match.path)
