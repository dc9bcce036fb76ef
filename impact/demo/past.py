"""The five real exchanges of 2017 to 2019, with what is public about them, from dossier to end."""

from datetime import UTC, date, datetime, time, timedelta

from connect.dates import months_after
from exchanges import measures, plan_approval
from exchanges.enums import Readiness
from exchanges.models import Exchange
from exchanges.transitions import exchange_machine
from impact.demo.people import address_of, make_expert
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
MEASURES = [  # title, what is counted, unit, today, aim, after 6 and after 12 months
    (
        "A decision of the council",
        "Decisions voted",
        "decisions",
        0,
        1,
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
PEOPLE = [  # part, gender, post: four of the town for each exchange
    ("delegate", "woman", "elected"),
    ("delegate", "man", "elected"),
    ("delegate", "woman", "technical"),
    ("observer", "undisclosed", "other"),
]


def hold_exchange(builder, spec, call):
    """Create one of REAL from its dossier to its closing; return the dossier."""
    first, last = (date.fromisoformat(day) for day in spec["dates"])
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
        settled_why=INVENTED,
        summary=spec["summary"],
    )
    exchange.refresh_from_db()
    for number, (part, gender, post) in enumerate(PEOPLE, start=1):
        exchange.participants.create(
            name=f"Participant {number} (invented)",
            organisation=dossier.authority.name,
            side="requesting",
            part=part,
            gender=gender,
            post=post,
            days=(last - first).days + 1,
            attended=True,
            confirmed_at=morning,
        )
    for verb, days, details in AFTERWARDS:
        now = morning + timedelta(days=days)
        exchange_machine.advance(exchange, verb, actor=builder.officer, now=now, **details)
    add_reported_measures(builder, exchange, morning)
    return dossier


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
        said = {
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
            said,
            {"unexpected": "", "help_wanted": "", "in_contact": True},
            actor=builder.officer,
            now=morning + timedelta(days=days),
        )


def as_dossier(spec, first, last):
    """Return a dossier's answers from the little that is known; its summary serves for most."""
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
