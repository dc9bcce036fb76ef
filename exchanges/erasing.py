"""What exchanges hold of a person: what keeps their account, and what goes blank with it."""

from django.db.models import Q
from django.dispatch import receiver

from accounts.models import User
from accounts.unused import NAMELESS, erased, still_needed, take_out
from applications.erasing import that_may_name as of_dossiers
from exchanges import models
from exchanges.enums import ExchangeStatus as X
from exchanges.models import DiaryEntry, Exchange, Listing, Participant
from matching.models import MatchMessage


@receiver(still_needed, sender=User)
def takes_part(user, **_):
    return (
        Participant.objects.filter(Q(user=user) | Q(address__iexact=user.email))
        .exclude(exchange__status__in=[X.CLOSED, X.CANCELLED])
        .exists()
    )


# Incidents are not among them: whoever was harmed may need what was said for years.
OF_EXCHANGES = {
    models.Exchange: "pk",
    models.ExchangeEvent: "exchange",
    models.Terms: "exchange",
    models.TermsSignature: "terms__exchange",
    models.Session: "exchange",
    models.BudgetLine: "exchange",
    models.Picture: "exchange",
    models.DiaryEntry: "participant__exchange",
    models.Evaluation: "exchange",
    models.ActionPlan: "exchange",
    models.Measure: "plan__exchange",
    models.MeasureReport: "measure__plan__exchange",
    models.FollowUp: "exchange",
}


def that_may_name(user, address):
    """Give the exchanges that they took part in, or that their dossiers led to."""
    return Exchange.objects.filter(
        Q(participants__user=user)
        | Q(participants__address__iexact=address)
        | Q(match__interests__expert__user=user)
        | Q(dossier__in=of_dossiers(user, address))
    )


@receiver(erased, sender=User)
def blank_exchanges(user, name, address, **_):
    found = list(that_may_name(user, address).order_by().values_list("pk", flat=True).distinct())
    for model, path in OF_EXCHANGES.items():
        take_out(model.objects.filter(**{f"{path}__in": found}), user, name, address)


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
        user=user,
        name=NAMELESS,
        address="",
        function="",
        emergency_contact="",
        follows_thread=False,
    )
