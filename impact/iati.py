"""The programme as an IATI 2.03 activity file: one activity for it, one below it for each exchange
that has days.

Element order and codes are those of the standard (domain.md 14). Never the name of a person.
"""

from collections import Counter
from decimal import Decimal
from xml.etree import ElementTree as ET

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from applications.models import Call
from connect.characters import clean_text
from connect.statuses import for_each_status
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange
from registry.exchange_forms import EXCHANGE_FORMS

BATCH = 500
# None: not in the file.
STATUS = for_each_status(
    ExchangeStatus,
    {
        ExchangeStatus.AGREED: "1",
        ExchangeStatus.PLANNED: "1",
        ExchangeStatus.READY: "1",
        ExchangeStatus.RUNNING: "2",
        ExchangeStatus.COMPLETED: "3",
        ExchangeStatus.EVALUATED: "3",
        ExchangeStatus.FOLLOW_UP_6M: "3",
        ExchangeStatus.FOLLOW_UP_12M: "3",
        ExchangeStatus.CLOSED: "4",
        ExchangeStatus.CANCELLED: "5",
        ExchangeStatus.INTERRUPTED: "6",
        ExchangeStatus.POSTPONED: None,  # an activity needs a day
    },
)
REPORTED = [status for status, code in STATUS.items() if code]
ROLES = [  # participating-org: role (1 funding, 2 accountable, 4 implementing), type, name
    ("1", "15", "European Commission"),
    ("2", "22", "PLATFORMA"),
    ("4", "22", "VNG International"),
]
MARKERS = {"gender": "1", "climate": "2", "disability": "11"}  # policy-marker codes
PROGRAMME = "CONNECT: peer exchange between local and regional authorities"
DESCRIPTION = (
    "Local and regional authorities learn from each other, colleague to colleague "
    f"({', '.join(EXCHANGE_FORMS).replace('_', ' ')}), followed by measures that are reported on."
)


def narrative(parent, name, text, language="", **attributes):
    element = ET.SubElement(parent, name, attributes)
    child = ET.SubElement(element, "narrative")
    child.text = text
    if language:
        child.set("xml:lang", language)
    return element


def begin_activity(identifier, title, description, status, language=""):
    """Begin an activity with what all have in common, as far as its status."""
    activity = ET.Element("iati-activity", {"default-currency": "EUR", "xml:lang": "en"})
    ET.SubElement(activity, "iati-identifier").text = identifier
    organisation = {"ref": settings.IATI_ORGANISATION, "type": "22"}
    narrative(activity, "reporting-org", "CONNECT", **organisation)
    narrative(activity, "title", title, language)
    narrative(activity, "description", description or title, language, type="1")
    for role, kind, name in ROLES:
        narrative(activity, "participating-org", name, role=role, type=kind)
    ET.SubElement(activity, "activity-status", code=status)
    return activity


def share_percent(codes):
    """Return [(code, "33.34")]: each code's share of 100 percent."""
    counted = Counter(codes)
    total, rest, shared = sum(counted.values()), Decimal(100), []
    for place, (code, count) in enumerate(sorted(counted.items()), start=1):
        part = (Decimal(100) * count / total).quantize(Decimal("0.01"))
        part = rest if place == len(counted) else part
        rest -= part
        shared.append((code, format(part.normalize(), "f")))
    return shared


def activity_end(activity, related):
    """Return what follows the sectors: flow, finance and aid types, related activities."""
    ET.SubElement(activity, "collaboration-type", code="1")
    ET.SubElement(activity, "default-flow-type", code="10")
    ET.SubElement(activity, "default-finance-type", code="110")
    ET.SubElement(activity, "default-aid-type", code="D02")
    for reference, kind in related:
        ET.SubElement(activity, "related-activity", ref=reference, type=kind)
    return clean_text(ET.tostring(activity, encoding="unicode"))


def exchange_identifier(exchange):
    return f"{settings.IATI_ORGANISATION}-{exchange.reference}"


def parent_identifier():
    return f"{settings.IATI_ORGANISATION}-CONNECT"


def programme_activity(kind, first):
    """The activity of the whole programme, from its first day, planned ("1") or actual ("2")."""
    activity = begin_activity(parent_identifier(), PROGRAMME, DESCRIPTION, "2")
    ET.SubElement(activity, "activity-date", {"type": kind, "iso-date": first.isoformat()})
    region = {"code": "998", "vocabulary": "1"}  # developing countries, unspecified
    ET.SubElement(activity, "recipient-region", region)
    ET.SubElement(activity, "sector", {"vocabulary": "1", "code": "15185"})  # local government
    return activity_end(activity, [])


def activity_dates(exchange):
    days = [
        ("1", exchange.planned_start),
        ("2", exchange.actual_start),
        ("3", exchange.planned_end),
        ("4", exchange.actual_end),
    ]
    return [(kind, day) for kind, day in days if day]


# The standard asks of an activity the day of its start, planned or actual. What is only agreed has
# none, and the former days of what is postponed are not planned any more: such an exchange is left
# out until it has days, for the period that a town wished for is nobody's plan.
HAS_START = Q(actual_start__isnull=False) | Q(planned_start__isnull=False)


def exchange_activity(exchange):
    """The activity of one exchange, as text."""
    dossier = exchange.dossier
    activity = begin_activity(
        exchange_identifier(exchange),
        dossier.title,
        dossier.summary,
        STATUS[exchange.status],
        dossier.language,
    )
    for kind, day in activity_dates(exchange):
        ET.SubElement(activity, "activity-date", {"type": kind, "iso-date": day.isoformat()})
    towns = [dossier.authority, *dossier.partners.all()]
    countries = share_percent({town.country.code for town in towns})  # each once, in equal parts
    for code, percent in countries:
        share = {"percentage": percent} if len(countries) > 1 else {}
        ET.SubElement(activity, "recipient-country", {"code": code} | share)
    themes = [need.theme for need in dossier.needs.all()]
    for code, percent in share_percent([theme.dac_code for theme in themes]):
        ET.SubElement(activity, "sector", {"vocabulary": "1", "code": code, "percentage": percent})
    for target in sorted({theme.sdg for theme in themes if theme.sdg}):
        ET.SubElement(activity, "tag", {"vocabulary": "3", "code": target})
    for goal in sorted({theme.sdg.partition(".")[0] for theme in themes if theme.sdg}, key=int):
        ET.SubElement(activity, "tag", {"vocabulary": "2", "code": goal})
    for name, code in MARKERS.items():
        significance = str(getattr(dossier, name) or "")
        if significance in ("0", "1", "2"):
            marker = {"vocabulary": "1", "code": code, "significance": significance}
            ET.SubElement(activity, "policy-marker", marker)
    return activity_end(activity, [(parent_identifier(), "1")])


def programme_start(exchanges, now):
    """Return (kind, first day) of the programme: of its first exchange, else of its first call."""
    began, planned = (
        rows.exclude(**{name: None}).order_by(name).values_list(name, flat=True).first()
        for name, rows in (
            ("actual_start", exchanges),
            ("planned_start", exchanges.exclude(status=ExchangeStatus.CANCELLED)),
        )
    )
    if began:
        return "2", began
    call = Call.objects.filter(opens_at__lte=now).order_by("opens_at").first()
    return "1", planned or timezone.localdate(call.opens_at if call else now)


def activity_lines(now):
    """Yield the file in pieces, with flat memory however many exchanges there are."""
    instant = timezone.localtime(now).isoformat(timespec="seconds")
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<iati-activities version="2.03" generated-datetime="{instant}">\n'
    rows = Exchange.objects.filter(HAS_START, status__in=REPORTED)
    rows = rows.select_related("dossier__authority").prefetch_related(
        "dossier__needs__theme", "dossier__partners"
    )
    yield programme_activity(*programme_start(rows, now)) + "\n"
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        for exchange in batch:
            yield exchange_activity(exchange) + "\n"
    yield "</iati-activities>\n"
