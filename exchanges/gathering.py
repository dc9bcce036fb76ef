"""What the desk shows of a person's and an authority's exchanges."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from connect.gathering import OF_AUTHORITY, OF_PERSON, event_source, gather_rows, gathers
from exchanges.desk_search import describe_exchange
from exchanges.models import Exchange, ExchangeEvent


def gather_exchanges(rows):
    """Gather exchanges, the newest change first."""
    rows = rows.with_list_details().order_by("-status_since", "pk")
    return gather_rows(_("Exchanges"), rows, describe_exchange)


@gathers(OF_PERSON, 70, Exchange)
def gather_exchanges_of_person(person, reader):
    part = Q(match__interests__expert__user=person) | Q(participants__user=person)
    part |= Q(participants__address__iexact=person.email)
    keys = Exchange.objects.filter(part).order_by().values("pk")
    return gather_exchanges(Exchange.objects.for_user(reader).filter(pk__in=keys))


@gathers(OF_AUTHORITY, 70, Exchange)
def gather_exchanges_of_authority(authority, reader):
    sides = Q(dossier__authority=authority) | Q(match__interests__authority=authority)
    keys = Exchange.objects.filter(sides).order_by().values("pk")
    return gather_exchanges(Exchange.objects.for_user(reader).filter(pk__in=keys))


@event_source(describe=lambda event: describe_exchange(event.exchange))
def find_exchange_events(reader):
    exchanges = Exchange.objects.for_user(reader).order_by().values("pk")
    events = ExchangeEvent.objects.filter(exchange__in=exchanges)
    return events.select_related("exchange__dossier__authority")
