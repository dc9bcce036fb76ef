"""What the impact page and the open data cost with 20,000 exchanges.

120,000 participants and 60,000 measures, on the bench's own PostgreSQL (see `bench.registry`).
Beside it: the same figures by a plain loop over the rows in Python, as a script reads them.
"""

import resource
from itertools import islice

from bench.registry import start, timed
from bench.search import quantiles


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
    from django.core.cache import cache  # noqa: PLC0415 - Django is set up by `start`
    from django.test import Client  # noqa: PLC0415
    from django.test.utils import setup_test_environment  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from bench.impact_rows import EXCHANGES, fill  # noqa: PLC0415
    from connect.local import supervisor  # noqa: PLC0415

    _, seconds = timed(fill)
    setup_test_environment()
    supervisor.run_management_command("collectstatic", "--no-input")
    client, page = Client(), reverse("impact")
    assert client.get(page).status_code == 200

    def cold():
        cache.clear()
        client.get(page)

    title = f"impact of {EXCHANGES:,} exchanges ({seconds:.0f} s to write)"
    print(f"\n{title:50}{'p50 ms':>9}{'p95 ms':>9}")
    for words, call in (("counted anew", cold), ("counted before", lambda: client.get(page))):
        median, slow = quantiles(call)
        print(f"{'the impact page, ' + words:50}{median:9.0f}{slow:9.0f}")
    (held, people, measures, flows), seconds = timed(plain_counts)
    print(f"{'four of its counts, by reading the rows':50}{seconds * 1000:9.0f}")
    lines = iter(client.get(reverse("open-data")))
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
