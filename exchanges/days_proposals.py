"""The end of a proposal of days: agreed to, replaced by others, or of no more use."""

from notifications.outbox import cancel_letters


def close_proposals(exchange, now):
    for proposal in exchange.proposed_days.filter(closed_at=None):
        close_proposal(proposal, now)


def close_proposal(proposal, now, is_agreed=False):
    proposal.closed_at, proposal.is_agreed = now, is_agreed
    proposal.save(update_fields=["closed_at", "is_agreed"])
    cancel_letters(proposal, "days_proposed")
