"""Who may do what with a good practice."""

from connect.permissions import ANYBODY, OFFICER, Permissions, Tie
from exchanges.permissions import helper_of
from matching.permissions import expert_of
from practices.enums import PracticeStatus
from registry.permissions import author_of, member_of

TOWN = Tie("colleague of its town", member_of("exchange__dossier__authority"))
TOWN_AUTHOR = Tie("author of its town", author_of("exchange__dossier__authority"))
HELPED = Tie("an expert who helped", expert_of("exchange__match"))
# Who has left that authority reads the practice, and agrees to what it says of them; no more.
HELPER = Tie("an expert who helped and still works there", helper_of("exchange__match"))

KEPT = set(PracticeStatus) - {PracticeStatus.REMOVED}
# What was unpublished is corrected, and agreed to anew by the side that took it off.
WRITTEN = {PracticeStatus.DRAFT, PracticeStatus.REVIEW, PracticeStatus.ARCHIVED}
AGREED_IN = {PracticeStatus.REVIEW, PracticeStatus.APPROVED, PracticeStatus.ARCHIVED}
PRACTICES = Permissions(
    {
        "read": {ANYBODY: {PracticeStatus.PUBLISHED}, TOWN: KEPT, HELPED: KEPT, OFFICER: KEPT},
        "write": {
            TOWN_AUTHOR: WRITTEN,
            HELPER: WRITTEN,
            OFFICER: WRITTEN | {PracticeStatus.APPROVED, PracticeStatus.PUBLISHED},
        },
        # A picture that must go, whatever the status: with a reason, see `withdrawals`.
        "withdraw": {OFFICER: KEPT},
        "agree": {TOWN_AUTHOR: AGREED_IN, HELPED: AGREED_IN},
    }
)
