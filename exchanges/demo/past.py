"""The five real exchanges of 2017 to 2019, with what is public about them, from dossier to end."""

from datetime import UTC, datetime, time, timedelta

from django.utils.dateparse import parse_date

from exchanges.demo.people import address_of, make_expert
from exchanges.enums import Readiness
from exchanges.models import Exchange
from exchanges.transitions import life
from registry.models import Authority

AFTERWARDS = [  # verb, days after the first day
    ("plan", -30, {}),
    ("get_ready", -7, {}),
    ("start", 0, {}),
    ("complete", 5, {}),
    ("evaluate", 35, {"note": "Evaluated with both sides."}),
    ("follow_up_6m", 185, {}),
    ("follow_up_12m", 370, {}),
    ("close", 380, {}),
]


def hold(builder, spec, call):
    """Bring one of REAL from its dossier to its closing, and return the dossier."""
    first, last = (parse_date(day) for day in spec["dates"])
    morning = datetime.combine(first, time(9), UTC)
    for name, slug, title, function, spoken in spec["experts"]:
        native, *others = spoken.split()
        languages = " ".join([f"{native}:native", *(f"{code}:C1" for code in others)])
        cells = [name, slug, "technical", title, function, "10", "0", languages, "staff"]
        make_expert(builder, cells)
    begun = morning - timedelta(days=170)
    dossier = builder.dossier(as_dossier(spec, first, last), call, begun, timedelta(days=10))
    exchange = Exchange.objects.get(dossier=dossier)
    Exchange.objects.filter(pk=exchange.pk).update(
        planned_start=first,
        planned_end=last,
        checklist=Readiness.values,
        summary=spec["summary"],
    )
    for verb, days, details in AFTERWARDS:
        now = morning + timedelta(days=days)
        life.advance(exchange, verb, actor=builder.officer, now=now, **details)
    return dossier


def as_dossier(spec, first, last):
    """Fill a dossier with the little that is known: its summary stands where more was written."""
    authority = Authority.objects.get(slug=spec["authority"])
    writer = f"{authority.slug.split('-', 1)[1].replace('-', ' ').title()} Office"
    summary = spec["summary"]
    return {
        "reach": "matched",
        "authority": spec["authority"],
        "partners": spec.get("partners", []),
        "by": (writer, address_of(writer), "Focal point"),
        "legal": (f"{authority.name} Council", "Mayor"),
        "language": "fr" if authority.country == "BF" else "en",
        "title": spec["title"],
        "summary": summary,
        "problem": f"{summary} {summary}",
        "objective": summary[:400],
        "specific": [spec["title"]],
        "topics": [(topic, 3, "") for topic in spec["topics"]],
        "colleague": (spec["function"], "both", []),
        "experts": str(len(spec["experts"])),
        "forms": [spec["form"]],
        "languages": spec["languages"],
        "window": (first - timedelta(days=30), last + timedelta(days=30)),
        "days": (last - first).days + 1,
        "interests": [name for name, *_ in spec["experts"]],
        "closes_on": first - timedelta(days=60),
    }
