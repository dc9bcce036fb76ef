"""The rows that the bench of the impact page counts, written straight into the tables, once.

It imports models: Django is set up before.
"""

from datetime import date, timedelta
from itertools import islice

from django.db import connection
from django.utils import timezone

from applications.models import Dossier, DossierEvent, DossierNeed
from exchanges.models import ActionPlan, Exchange, FollowUp, Measure, MeasureReport, Participant
from matching.models import Interest, Match
from registry.models import Theme
from tests.factories import make_authority, make_call, make_expert

EXCHANGES, PEOPLE, MEASURES = 20_000, 6, 3
COUNTRIES = "GH BF SN UG KH LK CO EC MA MD NL FR ES SE IS BR MX KE TZ MZ".split()
STEPS = ("draft", "submitted", "under_selection", "validated", "matched")


def batches(rows, size=5000):
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def write(model, rows):
    made = []
    for batch in batches(rows):
        made += model.objects.bulk_create(batch)
    return made


def fill():
    """Create the exchanges that are missing."""
    if Exchange.objects.filter(reference__startswith="EX-BENCH").count() == EXCHANGES:
        return
    now = timezone.now()
    towns = [
        make_authority(country=code, latitude=place * 4 - 30, longitude=place * 15 - 140)
        for place, code in enumerate(COUNTRIES)
    ]
    topics = list(Theme.objects.exclude(parent=None))
    dossiers = write_dossiers(towns, topics, now)
    exchanges = write_exchanges(write_matches(dossiers, towns), dossiers)
    write_people(exchanges)
    write_measures(exchanges, topics[0], now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def write_dossiers(towns, topics, now):
    call = make_call()
    dossiers = write(
        Dossier,
        (
            Dossier(
                reference=f"CN-B-{n}",
                call=call,
                authority=towns[n % len(towns)],
                status="closed",
                title=f"Exchange {n}",
                forms=["expert_mission"],
                submitted_at=now,
            )
            for n in range(EXCHANGES)
        ),
    )
    write(
        DossierEvent,
        (
            DossierEvent(
                dossier=d, verb="move", target=target, at=now + timedelta(days=place + n % 9)
            )
            for n, d in enumerate(dossiers)
            for place, target in enumerate(STEPS)
        ),
    )
    write(
        DossierNeed,
        (DossierNeed(dossier=d, theme=topics[d.pk % len(topics)], importance=3) for d in dossiers),
    )
    return dossiers


def write_matches(dossiers, towns):
    """Write a match a dossier, with an expert of another town."""
    experts = [make_expert(authority=town) for town in towns]
    matches = write(
        Match,
        (
            Match(reference=f"MA-B-{n}", dossier=d, status="agreed", answer_by=date(2030, 1, 1))
            for n, d in enumerate(dossiers)
        ),
    )
    interests = write(
        Interest,
        (
            Interest(
                dossier=d,
                expert=experts[(n * 7 + 3) % len(experts)],
                authority=towns[(n * 7 + 3) % len(towns)],
                status="chosen",
            )
            for n, d in enumerate(dossiers)
        ),
    )
    joined = Match.interests.through
    write(
        joined,
        (
            joined(match_id=match.pk, interest_id=interest.pk)
            for match, interest in zip(matches, interests, strict=True)
        ),
    )
    return matches


def write_exchanges(matches, dossiers):
    days = [date(2017, 1, 1) + timedelta(days=n % 3600) for n in range(EXCHANGES)]
    return write(
        Exchange,
        (
            Exchange(
                reference=f"EX-BENCH-{n}"[:15],
                match=match,
                dossier=d,
                form=("expert_mission", "study_visit", "round_table", "internship")[n % 4],
                status="cancelled" if n % 20 == 0 else "closed",
                actual_start=days[n],
                actual_end=days[n] + timedelta(days=4),
            )
            for n, (match, d) in enumerate(zip(matches, dossiers, strict=True))
        ),
    )


def write_people(exchanges):
    genders, posts = ("woman", "man", "undisclosed"), ("elected", "technical", "other")
    write(
        Participant,
        (
            Participant(
                exchange=exchange,
                name=f"Person {(exchange.pk * PEOPLE + p) % 90_000}",
                side="requesting",
                part="delegate",
                gender=genders[(exchange.pk + p) % 3],
                post=posts[p % 3],
                travels=p < 2,
                days=5,
            )
            for exchange in exchanges
            for p in range(PEOPLE)
        ),
    )


def write_measures(exchanges, topic, now):
    """Write plans with measures, and what was reported on each."""
    plans = write(ActionPlan, (ActionPlan(exchange=exchange) for exchange in exchanges))
    states = ("done", "started", "dropped")
    measures = write(
        Measure,
        (
            Measure(
                plan=plan,
                title="License the emptiers",
                description="A by-law.",
                topic=topic,
                level="community",
                indicator="Licences",
                unit="licences",
                target=6,
                due_on=date(2028, 1, 1),
                responsible="An officer",
                status=states[m],
            )
            for plan in plans
            for m in range(MEASURES)
        ),
    )
    follow_ups = write(
        FollowUp,
        (
            FollowUp(exchange=exchange, month=12, due_on=date(2020, 1, 1), answered_at=now)
            for exchange in exchanges
        ),
    )
    write(
        MeasureReport,
        (
            MeasureReport(
                measure=measure,
                follow_up=follow_ups[place // MEASURES],
                at=now,
                status=measure.status,
                progress=50,
                evidence="a.pdf" if measure.status == "done" else "",
            )
            for place, measure in enumerate(measures)
        ),
    )
