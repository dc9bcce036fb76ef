"""What the impact page and the open data cost with 20,000 exchanges.

120,000 participants and 60,000 measures, on the bench's own PostgreSQL (see `bench.registry`).
Beside it: the same figures by a plain loop over the rows in Python, as a script reads them.
"""

import resource
from datetime import date, timedelta
from itertools import islice

from bench.registry import start, timed
from bench.search import quantiles

EXCHANGES, PEOPLE, MEASURES = 20_000, 6, 3
COUNTRIES = "GH BF SN UG KH LK CO EC MA MD NL FR ES SE IS BR MX KE TZ MZ".split()


def batches(rows, size=5000):
    rows = iter(rows)
    while batch := list(islice(rows, size)):
        yield batch


def fill():
    """Write the exchanges once, straight into the tables."""
    from django.utils import timezone  # noqa: PLC0415 - Django is set up by `start`

    from applications.models import Dossier, DossierEvent, DossierNeed  # noqa: PLC0415
    from exchanges.models import (  # noqa: PLC0415
        ActionPlan,
        Exchange,
        FollowUp,
        Measure,
        MeasureReport,
        Participant,
    )
    from matching.models import Interest, Match  # noqa: PLC0415
    from registry.models import Theme  # noqa: PLC0415
    from tests.factories import make_authority, make_call, make_expert  # noqa: PLC0415

    if Exchange.objects.filter(reference__startswith="EX-BENCH").count() == EXCHANGES:
        return
    now, call = timezone.now(), make_call()
    towns = [
        make_authority(country=code, latitude=place * 4 - 30, longitude=place * 15 - 140)
        for place, code in enumerate(COUNTRIES)
    ]
    experts = [make_expert(authority=town) for town in towns]
    topics = list(Theme.objects.exclude(parent=None))
    numbers = range(EXCHANGES)

    def write(model, rows):
        made = []
        for batch in batches(rows):
            made += model.objects.bulk_create(batch)
        return made

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
            for n in numbers
        ),
    )
    write(
        DossierEvent,
        (
            DossierEvent(
                dossier=d, verb="move", target=target, at=now + timedelta(days=place + n % 9)
            )
            for n, d in enumerate(dossiers)
            for place, target in enumerate(
                ("draft", "submitted", "under_selection", "validated", "matched")
            )
        ),
    )
    write(
        DossierNeed,
        (DossierNeed(dossier=d, theme=topics[d.pk % len(topics)], importance=3) for d in dossiers),
    )
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
    days = [date(2017, 1, 1) + timedelta(days=n % 3600) for n in numbers]
    exchanges = write(
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
    plans = write(ActionPlan, (ActionPlan(exchange=exchange) for exchange in exchanges))
    states = ("done", "started", "dropped")
    measures = write(
        Measure,
        (
            Measure(
                plan=plan,
                title="License the emptiers",
                description="A by-law.",
                topic=topics[0],
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
    from django.db import connection  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def plain_counts():
    """Count the same by reading rows: what is held, people by gender, measures by state, flows."""
    from collections import Counter  # noqa: PLC0415

    from exchanges.models import Exchange, Measure, Participant  # noqa: PLC0415

    held = {
        row.pk: row
        for row in Exchange.objects.exclude(status="cancelled")
        .select_related("dossier__authority")
        .prefetch_related("match__interests__authority")
    }
    flows = Counter(
        (interest.authority.country.code, exchange.dossier.authority.country.code)
        for exchange in held.values()
        for interest in exchange.match.interests.all()
    )
    people = Counter(
        person.gender for person in Participant.objects.iterator() if person.exchange_id in held
    )
    measures = Counter(
        measure.status
        for measure in Measure.objects.select_related("plan").iterator()
        if measure.plan.exchange_id in held
    )
    return len(held), people, measures, flows


def peak():
    """The most memory that this process has had so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    start()
    _, seconds = timed(fill)
    from django.core.cache import cache  # noqa: PLC0415 - Django is set up by `start`
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from connect.local import supervisor  # noqa: PLC0415

    setup_test_environment()
    supervisor.manage("collectstatic", "--no-input")
    client, page = Client(), reverse("impact")
    assert client.get(page).status_code == 200

    def cold():
        cache.clear()
        client.get(page)

    title = f"impact of {EXCHANGES:,} exchanges ({seconds:.0f} s to write)"
    print(f"\n{title:50}{'p50 ms':>9}{'p95 ms':>9}")
    for words, call in (("counted anew", cold), ("counted before", lambda: client.get(page))):
        median, late = quantiles(call)
        print(f"{'the impact page, ' + words:50}{median:9.0f}{late:9.0f}")
    (held, people, measures, flows), seconds = timed(plain_counts)
    print(f"{'four of its counts, by reading the rows':50}{seconds * 1000:9.0f}")
    lines = client.get(reverse("open-data")).streaming_content
    peaks = [peak()]
    begun, first = timed(lambda: sum(len(part) for part in islice(lines, 1000)))
    peaks.append(peak())
    rest, seconds = timed(lambda: sum(len(part) for part in lines))
    peaks.append(peak())
    print(
        f"open data: {held:,} lines, {(begun + rest) / 1e6:.1f} MB in {first + seconds:.1f} s;"
        f" memory grew by {peaks[1] - peaks[0]:.0f} MB with the first 1,000 lines,"
        f" by {peaks[2] - peaks[1]:.0f} MB with all the others"
    )


if __name__ == "__main__":
    main()
