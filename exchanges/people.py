"""Whom a letter about an exchange goes to: who plans it, takes part in it, observes it."""

from applications.people import applicants
from exchanges.enums import ObserverAnswer
from exchanges.models import Observation
from exchanges.permissions import PLANNED
from registry.people import association_officers


def in_charge(exchange):
    """Give the people who plan an exchange: the town's contact and authors, and the experts.

    While it is planned, of those who still work for the side that helps.
    """
    interests = exchange.match.interests.select_related("expert__user")
    if exchange.status in PLANNED:
        interests = interests.still_there()
    people = [*applicants(exchange.dossier), *(interest.expert.user for interest in interests)]
    return list({person.address.lower(): person for person in people}.values())


def signatories(exchange):
    """Give the people with an account who may sign: the town's authors, and the experts."""
    authors = exchange.dossier.authority.memberships.active().of_authors()
    people = [one.user for one in authors.select_related("user")]
    interests = exchange.match.interests.still_there().select_related("expert__user")
    people += [interest.expert.user for interest in interests]
    return list({person.pk: person for person in people}.values())


def taking_part(exchange):
    """Give those of the participants whom a letter reaches."""
    people = exchange.participants.select_related("user")
    return [person for person in people if person.email]


def observers(session):
    """Give the officers of the associations that are invited and did not decline."""
    invited = session.observations.exclude(answer=ObserverAnswer.DECLINED)
    return association_officers(invited.values("association"))


def observing(exchange):
    """Give the officers of the associations that are invited to any item and did not decline."""
    invited = Observation.objects.filter(session__exchange=exchange, session__cancelled_at=None)
    return association_officers(
        invited.exclude(answer=ObserverAnswer.DECLINED).values("association")
    )
