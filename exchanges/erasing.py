"""What exchanges hold of a person: what keeps their account, and what goes blank with it."""

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import User
from accounts.unused import NAMELESS, erased, still_needed
from exchanges.enums import ExchangeStatus as X
from exchanges.models import DiaryEntry, Listing, Participant
from matching.models import MatchMessage


@receiver(still_needed, sender=User)
def takes_part(user, **_):
    return (
        Participant.objects.filter(user=user)
        .exclude(exchange__status__in=[X.CLOSED, X.CANCELLED])
        .exists()
    )


@receiver(erased, sender=User)
def blank_participants(user, address, **_):
    Listing.objects.filter(user=user).delete()
    DiaryEntry.objects.filter(
        Q(participant__user=user) | Q(participant__address__iexact=address)
    ).delete()
    people = Participant.objects.filter(Q(user=user) | Q(address__iexact=address))
    for person in people:
        said = MatchMessage.objects.filter(match__exchange=person.exchange_id, side="guest")
        said.filter(name=person.name).update(name=NAMELESS)
    people.update(
        name=NAMELESS, address="", function="", emergency_contact="", follows_thread=False
    )
