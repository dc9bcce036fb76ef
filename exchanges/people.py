"""The recipients of letters about an exchange: planners, participants, observers."""

from applications.people import applicants
from exchanges.enums import ObserverAnswer
from exchanges.models import Observation
from exchanges.permissions import BEFORE_COMPLETED
from matching.people import experts_of
from registry.people import association_officers, authors_of


def planners(exchange):
    """Return the people who plan an exchange: the town's contact and authors, and the experts.

    While it is planned, of those who still work for the side that helps.
    """
    experts = experts_of(exchange.match, while_there=exchange.status in BEFORE_COMPLETED)
    people = [*applicants(exchange.dossier), *experts]
    return list({person.address.lower(): person for person in people}.values())


def signatories(exchange):
    """Return the people with an account who may sign: the town's authors, and the experts."""
    people = authors_of(exchange.dossier.authority)
    people += experts_of(exchange.match, while_there=True)
    return list({person.pk: person for person in people}.values())


def reachable_participants(exchange):
    """Return the participants whom a letter reaches."""
    people = exchange.participants.select_related("user")
    return [person for person in people if person.email]


def session_observers(session):
    """Return the officers of the associations that are invited and did not decline."""
    invited = session.observations.exclude(answer=ObserverAnswer.DECLINED)
    return association_officers(invited.values("association"))


def exchange_observers(exchange):
    """Return the officers of the associations that are invited to any item and did not decline."""
    invited = Observation.objects.filter(session__exchange=exchange, session__cancelled_at=None)
    return association_officers(
        invited.exclude(answer=ObserverAnswer.DECLINED).values("association")
    )
