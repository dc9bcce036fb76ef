"""What people post to the pages of an exchange, and what they read there."""

import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from PIL import Image

from exchanges import agenda_link
from notifications.models import Letter
from tests.exchanges.conftest import START
from tests.factories import make_agenda_key


def agenda_item_data(**changed):
    return {
        "title": "Debrief with the council",
        "day": (START + timedelta(days=3)).isoformat(),
        "begins": "09:00",
        "ends": "11:30",
        "time_zone": "Africa/Accra",
        "place": "Assembly hall",
        "kind": "debrief",
        **changed,
    }


def page_of(exchange, name, *args):
    return reverse(f"exchange-{name}", args=[exchange.reference, *args])


def events_of(exchange, query=""):
    answer = Client().get(agenda_link.calendar_address(make_agenda_key(exchange)) + query)
    return Calendar.from_ical(answer.content)


def told_addresses(template):
    return sorted(Letter.objects.filter(template=template).values_list("address", flat=True))


def measure_data(**changed):
    return {
        "title": "License the private emptiers",
        "description": "The council votes a by-law; the officer meets each operator, then checks.",
        "topic": "water-sanitation/faecal-sludge",
        "level": "organisational",
        "indicator": "Operators with a licence",
        "unit": "operators",
        "baseline": "0",
        "target": "6,5",
        "due_on": "2027-03-01",
        "responsible": "Kofi Mensah, sanitation officer",
        **changed,
    }


def drawn(kind="JPEG"):
    written = io.BytesIO()
    Image.new("RGB", (1600, 900), "green").save(written, kind)
    return SimpleUploadedFile("bed.jpg", written.getvalue())


FLIGHTS = {
    "category": "travel",
    "label": "Flights Amsterdam - Accra",
    "unit": "flights",
    "quantity": "2",
    "unit_cost": "1 300,50",
    "currency": "ghs",
    "payer": "programme",
}
