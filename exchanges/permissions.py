"""Who may do what with an exchange."""

from django.db.models import Exists, OuterRef, Q

from connect.permissions import ALL, OFFICER, Permissions, Tie
from matching.models import Interest
from matching.permissions import APPLICANT
from registry.permissions import mine, signed_in


def association(user):
    return Q(Exists(mine(user).filter(association__members=OuterRef("dossier__authority"))))


def expert(user):
    return Q(Exists(Interest.objects.filter(matches=OuterRef("match"), expert__user=user)))


ASSOCIATION = Tie("officer of its association", signed_in(association))
EXPERT = Tie("an expert of the exchange", signed_in(expert))

EXCHANGES = Permissions({"read": {APPLICANT: ALL, EXPERT: ALL, ASSOCIATION: ALL, OFFICER: ALL}})
