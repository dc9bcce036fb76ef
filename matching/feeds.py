"""The public board for other programs: a feed, a calendar of last days, and structured data."""

from datetime import datetime, time

from django.contrib.syndication.views import Feed
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from connect.calendars import calendar_to_bytes
from connect.feeds import Atom
from matching.models import Opportunity
from registry.models import SearchEntry
from registry.search import Search

NEWEST = 50


def find_opportunities(query):
    """Return the open opportunities that an address asks for, as the board does, newest first."""
    visible = Opportunity.objects.open(timezone.localdate())
    entries = SearchEntry.objects.filter(kind=SearchEntry.OPPORTUNITY, is_public=True)
    asked = Search.from_query(query)
    if not asked.is_empty:
        visible = visible.filter(pk__in=asked.narrow(entries).values("key"))
    return visible.with_list_details().order_by("-published_at", "-pk")


class OpportunityFeed(Feed):
    """The newest requests, by the same words and filters as the board."""

    feed_type = Atom

    def get_object(self, request):
        return request.GET

    def title(self, query):
        return _("CONNECT: open requests")

    def link(self, query):
        return reverse("opportunities") + (f"?{query.urlencode()}" if query else "")

    def items(self, query):
        return find_opportunities(query)[:NEWEST]

    def item_title(self, opportunity):
        return opportunity.dossier.title

    def item_description(self, opportunity):
        return opportunity.dossier.summary

    def item_author_name(self, opportunity):
        return opportunity.dossier.authority.place

    def item_pubdate(self, opportunity):
        return opportunity.published_at

    def item_updateddate(self, opportunity):
        return opportunity.extended_at or opportunity.published_at

    def item_categories(self, opportunity):
        return [str(need.theme) for need in opportunity.dossier.needs.all()]


def calendar_of(query, address):
    """Return the bytes of a calendar of last days (RFC 5545).

    address: a function that makes a path of ours absolute.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//CONNECT//opportunities//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _("CONNECT: closing dates of open requests"))
    moved = Count("dossier__events", filter=Q(dossier__events__verb__in=("extend", "seek_again")))
    for opportunity in find_opportunities(query).annotate(moves=moved):
        dossier = opportunity.dossier
        event = Event()
        event.add("uid", f"opportunity-{opportunity.pk}@connect")
        event.add("dtstamp", opportunity.extended_at or opportunity.published_at)
        event.add("sequence", opportunity.moves)
        event.add("dtstart", opportunity.closes_on)
        event.add("summary", _("Last day to answer: %s") % dossier.title)
        event.add("description", f"{dossier.authority.place}\n{dossier.summary}")
        event.add("url", address(opportunity.get_absolute_url()))
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return calendar_to_bytes(calendar)


def as_demand(opportunity, address):
    """Describe a request as a schema.org Demand: what a search engine may show of it."""
    dossier = opportunity.dossier
    last = datetime.combine(opportunity.closes_on, time.max)
    return {
        "@context": "https://schema.org",
        "@type": "Demand",
        "url": address(opportunity.get_absolute_url()),
        "name": dossier.title,
        "description": dossier.summary,
        "inLanguage": dossier.language,
        "availabilityStarts": opportunity.published_at.isoformat(),
        "availabilityEnds": timezone.make_aware(last).isoformat(timespec="seconds"),
        "areaServed": {"@type": "Country", "name": str(dossier.authority.country.code)},
        "seller": {"@type": "GovernmentOrganization", "name": dossier.authority.name},
        "itemOffered": {
            "@type": "Service",
            "serviceType": [need.theme.code for need in dossier.needs.all()],
        },
    }
