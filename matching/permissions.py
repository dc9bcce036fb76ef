"""Who may do what with an interest and with a match."""

from collections.abc import Callable

from django.apps import apps
from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import In
from django.utils import timezone

from applications.permissions import NEUTRAL
from connect.permissions import ALL, Condition, Permissions, Tie
from connect.types import User, Visitor
from connect.undo_period import status_for_others, untold_condition
from matching.enums import CHOICE, InterestStatus, MatchStatus
from registry.permissions import ITS_EXPERT, member_of, signed_in_only


def expert_of(match: str) -> Condition:
    """Make a tie of the experts of a row's match."""

    def condition(user: User) -> Q:
        interests = apps.get_model("matching", "Interest").objects.filter(expert__user=user)
        return Q(Exists(interests.filter(matches=OuterRef(match))))

    return signed_in_only(condition)


def is_untold_proposal() -> Q:
    """Make a condition of the proposals of which the sides do not know yet."""
    messages = apps.get_model("matching", "MatchMessage").objects.filter(match=OuterRef("pk"))
    events = apps.get_model("matching", "MatchEvent").objects.all()
    proposed = untold_condition(events, "match", timezone.now(), "propose")
    return Q(proposed, status=MatchStatus.PROPOSED) & ~Q(Exists(messages))


def is_untold_invitation() -> Q:
    events = apps.get_model("matching", "InterestEvent").objects.all()
    invited = untold_condition(events, "interest", timezone.now(), "invite")
    return Q(invited, status=InterestStatus.INVITED)


def is_known_choice() -> Q:
    """Make a condition of the answers that are on the shortlist as far as is known outside.

    One that was declined a moment ago still is; one that came onto it is not yet.
    """
    events = apps.get_model("matching", "InterestEvent").objects.all()
    return Q(In(status_for_others(events, "interest", timezone.now()), sorted(CHOICE)))


def narrow_tie(tie: Tie, condition: Callable[[], Q]) -> Tie:
    """Make the same tie of those rows alone of which a condition of the moment holds."""

    def rows(user: Visitor) -> Q | None:
        mine = tie.rows(user)
        return None if mine is None else mine & condition()

    return Tie(tie.name, rows)


def once_known(tie: Tie, is_untold: Callable[[], Q]) -> Tie:
    """Make the same tie of the rows alone of which it may be known outside."""
    return narrow_tie(tie, lambda: ~is_untold())


def neutral_officer(user: Visitor) -> Q | None:
    """An officer, for rows of dossiers to which no conflict of interest ties them."""
    condition = NEUTRAL.rows(user)
    if not condition:  # none, or every row
        return condition
    dossiers = apps.get_model("applications", "Dossier").objects.filter(condition)
    return Q(dossier__in=dossiers.order_by().values("pk"))


OFFICER = Tie("officer without conflict with its dossier", neutral_officer)
APPLICANT = Tie("colleague of the applicant", member_of("dossier__authority"))
EXPERT_OF_MATCH = Tie("an expert of the match", expert_of("pk"))

# What staff undid before anybody was told of it is for staff alone.
INVITED = set(InterestStatus) - {InterestStatus.UNDONE}
ASKED = set(MatchStatus) - {MatchStatus.UNDONE}
INVITED_EXPERT = once_known(ITS_EXPERT, is_untold_invitation)
INTERESTS = Permissions(
    {
        "read": {
            INVITED_EXPERT: INVITED,
            # One that was declined for as long as that can be undone.
            narrow_tie(APPLICANT, is_known_choice): CHOICE | {InterestStatus.DECLINED},
            OFFICER: ALL,
        },
        "write": {INVITED_EXPERT: {InterestStatus.INVITED, InterestStatus.DRAFT}},
    }
)
MATCHES = Permissions(
    {
        "read": {
            once_known(APPLICANT, is_untold_proposal): ASKED,
            once_known(EXPERT_OF_MATCH, is_untold_proposal): ASKED,
            OFFICER: ALL,
        }
    }
)
