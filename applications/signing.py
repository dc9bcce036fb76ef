"""Who signs the minutes of a meeting: its chair, and a deputy for the cases that the chair left."""

from applications.enums import UNDECIDED
from applications.models import Dossier


def signers_of(meeting):
    return [one for one in (meeting.chair, meeting.deputy) if one]


def list_signatures(meeting):
    """Return {key of a person: when they signed} the minutes as they were sent last."""
    sent = meeting.events.filter(verb="send_to_chair").last()
    signed = meeting.events.filter(verb__in=("sign", "sign_part"), pk__gt=sent.pk if sent else 0)
    return dict(signed.values_list("actor", "at"))


def signs_now(meeting, user):
    """True for who is to sign minutes and has not done so."""
    is_signer = user in signers_of(meeting)
    return is_signer and user.pk not in list_signatures(meeting)


def can_be_signed(meeting):
    """True if one or two of those present could sign: one of them has no conflict in each case."""
    decided = meeting.cases.exclude(outcome__in=UNDECIDED)
    present = meeting.members.filter(is_present=True).select_related("member")
    tied = []
    for member in (one.member for one in present if one.member.is_committee_member):
        free = Dossier.objects.without_conflict_of(member).order_by()
        tied.append(set(decided.exclude(dossier__in=free).values_list("pk", flat=True)))
    return any(not (first & second) for first in tied for second in tied)


def is_covered(meeting):
    """True where each case of which something was decided has a signer without a conflict."""
    cases = meeting.cases.exclude(outcome__in=UNDECIDED)
    for one in signers_of(meeting):
        cases = cases.exclude(dossier__in=Dossier.objects.without_conflict_of(one).order_by())
    return not cases.exists()
