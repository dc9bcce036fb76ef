"""Who takes a step of a dossier."""

from typing import TypeGuard

from applications.models import Dossier
from applications.permissions import AUTHOR, NEUTRAL, TYPIST, WRITER
from connect.transitions import by_clock, by_officer
from connect.types import Actor, User


def by_applicant(actor: Actor, dossier: Dossier) -> bool:
    return AUTHOR.holds(actor, dossier)


def by_neutral_officer(actor: Actor, dossier: Dossier) -> TypeGuard[User]:
    """An officer whom no conflict of interest ties to what is selected."""
    return by_officer(actor, dossier) and NEUTRAL.holds(actor, dossier)


def by_administrator(actor: Actor, dossier: Dossier) -> bool:
    """An administrator: overrules the committee with a written reason on the timeline."""
    return by_neutral_officer(actor, dossier) and actor.is_superuser


def by_writer_or_clock(actor: Actor, dossier: Dossier) -> bool:
    """The writer of a private draft, or the clock once they are a member."""
    return by_clock(actor, dossier) or WRITER.holds(actor, dossier)


def by_applicant_or_typist(actor: Actor, dossier: Dossier) -> bool:
    """The applicant's people, or the officer who types it in for them."""
    return TYPIST.holds(actor, dossier) or by_applicant(actor, dossier)


def by_another_officer(actor: Actor, dossier: Dossier) -> bool:
    """Another officer than the one who decided."""
    if not by_neutral_officer(actor, dossier):
        return False
    decision = dossier.events.filter(verb="find_ineligible").last()
    return decision is None or decision.actor_id != actor.pk
