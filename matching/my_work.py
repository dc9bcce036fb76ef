"""What of matches waits for a person: each side's answer to a proposal."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from connect.my_work import Task, describes_task_of, finds_tasks
from matching.enums import Answer, MatchStatus, Side
from matching.models import Consent
from registry.permissions import author_of

OF_APPLICANT = author_of("match__dossier__authority")


def waiting_consents(user):
    """Filter the consents of open proposals that an applicant or an expert has not given."""
    mine = Q(side=Side.APPLICANT) & (OF_APPLICANT(user) or Q(pk__in=[]))
    mine |= Q(side=Side.EXPERT, interest__expert__user=user)
    waiting = Consent.objects.filter(mine, answer=Answer.WAITING)
    return waiting.filter(match__status=MatchStatus.PROPOSED)


@finds_tasks
def find_consents(user, now):
    """Yield the proposals to which an applicant or an expert has not answered."""
    for consent in waiting_consents(user).select_related("match__dossier__authority"):
        yield consent_task(consent, consent.match.path)


@describes_task_of(Consent, "match__dossier__authority")
def describe_employers_answer(consent, link, user, now):
    if consent.answer == Answer.WAITING and consent.match.status == MatchStatus.PROPOSED:
        return consent_task(consent, link.path)
    what, dossier = _("Outcome of a proposed exchange"), consent.match.dossier
    return Task(what, dossier.title, dossier.authority.place, link.path, asks=False)


def consent_task(consent, path):
    match = consent.match
    what, dossier = _("Answer to the proposed exchange"), match.dossier
    return Task(what, dossier.title, dossier.authority.place, path, match.answer_by)
