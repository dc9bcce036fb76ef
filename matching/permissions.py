"""Who may do what with an interest and with a match."""

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from connect.permissions import ALL, OFFICER, Condition, Permissions, Tie
from connect.types import User
from matching.enums import InterestStatus, MatchStatus
from registry.permissions import ITS_EXPERT, member_of, signed_in_only


def expert_of(match: str) -> Condition:
    """Make a tie of the experts of a row's match."""

    def condition(user: User) -> Q:
        interests = apps.get_model("matching", "Interest").objects.filter(expert__user=user)
        return Q(Exists(interests.filter(matches=OuterRef(match))))

    return signed_in_only(condition)


APPLICANT = Tie("colleague of the applicant", member_of("dossier__authority"))
EXPERT_OF_MATCH = Tie("an expert of the match", expert_of("pk"))

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
