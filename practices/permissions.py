"""Who may do what with a good practice."""

from django.db.models import Exists, OuterRef, Q

from connect.permissions import ALL, ANYBODY, OFFICER, Permissions, Tie
from matching.models import Interest
from practices.enums import PracticeStatus as S
from registry.enums import Role
from registry.permissions import mine, signed_in


def of_town(*roles):
    here = OuterRef("exchange__dossier__authority")
    return signed_in(lambda user: Q(Exists(mine(user, *roles).filter(authority=here))))


def helped(user):
    interests = Interest.objects.filter(expert__user=user)
    return Q(Exists(interests.filter(matches=OuterRef("exchange__match"))))


TOWN = Tie("colleague of its town", of_town())
TOWN_AUTHOR = Tie("author of its town", of_town(Role.EDITOR, Role.LEGAL_REPRESENTATIVE))
HELPED = Tie("an expert who helped", signed_in(helped))

WRITTEN = {S.DRAFT, S.REVIEW}
PRACTICES = Permissions(
    {
        "read": {ANYBODY: {S.PUBLISHED}, TOWN: ALL, HELPED: ALL, OFFICER: ALL},
        "write": {
            TOWN_AUTHOR: WRITTEN,
            HELPED: WRITTEN,
            OFFICER: WRITTEN | {S.APPROVED, S.PUBLISHED},
        },
        "agree": {TOWN_AUTHOR: {S.REVIEW}, HELPED: {S.REVIEW}},
    }
)
