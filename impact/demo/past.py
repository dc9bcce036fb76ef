"""The five real exchanges of 2017 to 2019, with what is public about them, from dossier to end."""

import itertools
from datetime import UTC, date, datetime, time, timedelta

from connect.dates import months_after
from exchanges import measures, plan_approval
from exchanges.enums import Readiness, Side
from exchanges.models import Exchange
from exchanges.transitions import exchange_machine
from impact.demo.people import address_of, make_expert, record_all_there
from registry.models import Authority

AFTERWARDS = [  # verb, days after the first day
    ("plan", -30, {}),
    ("get_ready", -7, {}),
    ("start", 0, {}),
    ("complete", 5, {}),
    (
        "evaluate",
        35,
        {
            "note": "Invented for the demonstration: no score of the real exchange is public.",
            "all_the_same": True,
            **dict.fromkeys(("relevance", "effectiveness", "sustainability"), 4),
            **dict.fromkeys(("coherence", "efficiency", "impact"), 3),
        },
    ),
]
INVENTED = "Invented for the demonstration."
# Why nothing stands in the lists of an exchange that is older than they are.
BROUGHT_IN = (
    "Brought in from what was public of the exchanges of 2017 to 2019: its agenda, its budget and "
    "its signed papers are in the programme's earlier files, not here."
)
MEASURES = [  # title, what is counted, unit, today, aim, after 6 and after 12 months
    (
        "Decisions of the council",
        "Decisions voted",
        "decisions",
        0,
        4,
        ("started", 50),
        ("done", 100),
    ),
    (
        "Train the officers in charge",
        "Officers trained",
        "officers",
        2,
        10,
        ("started", 40),
        ("started", 80),
    ),
    ("Tell the neighbouring towns", "Towns told", "towns", 0, 4, ("delayed", 10), ("dropped", 10)),
]
PEOPLE = [  # part, gender, post: those of the town beside its contact, again from the first on
    ("delegate", "woman", "elected"),
    ("delegate", "man", "elected"),
    ("delegate", "woman", "technical"),
    ("delegate", "man", "technical"),
    ("observer", "", ""),
]


def hold_exchange(builder, spec, call):
    """Create one of REAL from its dossier to its closing; return the dossier."""
    first, last = (date.fromisoformat(day) for day in spec["dates"])
    morning = datetime.combine(first, time(9), UTC)
    for name, slug, title, function, spoken in spec["experts"]:
        native, *others = spoken.split()
        languages = " ".join([f"{native}:native", *(f"{code}:C1" for code in others)])
        cells = [name, slug, "technical", title, function, "10", "0", languages, "staff"]
        expert = make_expert(builder, cells)
        for topic in spec["topics"]:
            expert.topics.create(theme=builder.topics[topic], level=4)
    begun = morning - timedelta(days=170)
    dossier = builder.dossier(as_dossier(spec, first, last), call, begun, timedelta(days=10))
    exchange = Exchange.objects.get(dossier=dossier)
    Exchange.objects.filter(pk=exchange.pk).update(
        planned_start=first,
        planned_end=last,
        checklist=Readiness.values,
        settled_why=BROUGHT_IN,
        summary=spec["summary"],
    )
    exchange.refresh_from_db()
    name_people(exchange, spec["people"], morning, (last - first).days + 1)
    for verb, days, details in AFTERWARDS:
        now = morning + timedelta(days=days)
        exchange_machine.advance(exchange, verb, actor=builder.officer, now=now, **details)
    add_reported_measures(builder, exchange, morning)
    return dossier


def name_people(exchange, number, morning, days):
    """Name those of the town beside its contact; all of both sides were there, and all days."""
    travels = exchange.travelling_side == Side.REQUESTING
    rows = itertools.islice(itertools.cycle(PEOPLE), number - 1)
    for place, (part, gender, post) in enumerate(rows, start=1):
        exchange.participants.create(
            name=f"Participant {place} (invented)",
            organisation=exchange.dossier.authority.name,
            side=Side.REQUESTING,
            part=part,
            gender=gender,
            post=post,
            travels=travels,
        )
    record_all_there(exchange, morning, days)


def add_reported_measures(builder, exchange, morning):
    """Create invented measures, have them approved, and report on them twice."""
    plan = plan_approval.plan_of(exchange)
    topic = exchange.dossier.needs.first().theme
    stages = {}
    for title, indicator, unit, baseline, target, *progress in MEASURES:
        measure = plan.measures.create(
            title=title,
            description=f"{INVENTED} {exchange.dossier.summary}"[:1000],
            topic=topic,
            level="organisational",
            indicator=indicator,
            unit=unit,
            baseline=baseline,
            target=target,
            due_on=months_after(exchange.last_day or morning.date(), 12),
            responsible="Somebody invented, officer in charge",
        )
        stages[measure] = progress
    plan_approval.request_plan_approval(
        exchange, actor=builder.officer, now=morning + timedelta(days=20)
    )
    plan.refresh_from_db()
    plan_approval.save_plan_approval(
        plan,
        name=exchange.dossier.legal_name,
        digest=plan.digest,
        now=morning + timedelta(days=25),
    )
    for place, (month, days) in enumerate(((6, 185), (12, 370))):
        reports = {
            measure: {
                "status": progress[place][0],
                "progress": progress[place][1],
                "value": measure.baseline
                + (measure.target - measure.baseline) * progress[place][1] // 100,
                "comment": INVENTED,
            }
            for measure, progress in stages.items()
        }
        measures.answer_follow_up(
            exchange.follow_ups.get(month=month),
            reports,
            {"unexpected": "", "help_wanted": "", "in_contact": True},
            actor=builder.officer,
            now=morning + timedelta(days=days),
        )


def as_dossier(spec, first, last):
    """Return a dossier's answers: what the town asked, months before."""
    authority = Authority.objects.get(slug=spec["authority"])
    name, function = spec["by"]
    return spec["asked"] | {
        "reach": "matched",
        "authority": spec["authority"],
        "partners": spec.get("partners", []),
        "by": (name, address_of(name), function),
        "legal": spec["legal"],
        "language": "fr" if authority.country == "BF" else "en",
        "title": spec["title"],
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
