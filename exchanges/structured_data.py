"""What search engines may show of an open event: structured data of schema.org."""

from django.urls import reverse

MODES = {  # whether there is a place, and whether there is a link
    (True, True): "MixedEventAttendanceMode",
    (False, True): "OnlineEventAttendanceMode",
    (True, False): "OfflineEventAttendanceMode",
    (False, False): "OfflineEventAttendanceMode",
}


def as_event(session, address):
    """Describe a part of an exchange that is open to everybody as an Event.

    address: a function that makes a path of ours absolute.
    """
    exchange, host = session.exchange, session.exchange.hosts[0]
    there = {
        "@type": "Place",
        "name": session.place or host.name,
        "address": {"@type": "PostalAddress", "addressCountry": host.country.code},
    }
    online = {"@type": "VirtualLocation", "url": session.link}
    mode = MODES[bool(session.place), bool(session.link)]
    places = [there] if session.place or not session.link else []
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "url": f"{address(reverse('events'))}#event-{session.pk}",
        "name": session.title,
        "description": exchange.dossier.title,
        "startDate": session.local_start.isoformat(timespec="minutes"),
        "endDate": session.local_end.isoformat(timespec="minutes"),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": f"https://schema.org/{mode}",
        "location": [*places, online] if session.link else places,
        "organizer": {"@type": "GovernmentOrganization", "name": host.name},
        "isAccessibleForFree": True,
    }
