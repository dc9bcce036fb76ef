"""Who may do what with an interest and with a match."""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from connect.permissions import ALL, OFFICER, Permissions, Tie
from matching.enums import InterestStatus, MatchStatus
from registry.permissions import ITS_EXPERT, mine, signed_in


def applicant(user):
    return Q(Exists(mine(user).filter(authority=OuterRef("dossier__authority"))))


def expert_of_match(user):
    interests = apps.get_model("matching", "Interest").objects.filter(expert__user=user)
    return Q(Exists(interests.filter(matches=OuterRef("pk"))))


APPLICANT = Tie("colleague of the applicant", signed_in(applicant))
EXPERT_OF_MATCH = Tie("an expert of the match", signed_in(expert_of_match))

# What staff undid before anybody was told of it is for staff alone.
INVITED = set(InterestStatus) - {InterestStatus.UNDONE}
ASKED = set(MatchStatus) - {MatchStatus.TAKEN_BACK}
CHOICE = {InterestStatus.SHORTLISTED, InterestStatus.CHOSEN, InterestStatus.RESERVE}
INTERESTS = Permissions(
    {
        "read": {ITS_EXPERT: INVITED, APPLICANT: CHOICE, OFFICER: ALL},
        "write": {ITS_EXPERT: {InterestStatus.INVITED, InterestStatus.DRAFT}},
    }
)
MATCHES = Permissions({"read": {APPLICANT: ASKED, EXPERT_OF_MATCH: ASKED, OFFICER: ALL}})
