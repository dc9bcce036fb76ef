"""What a search costs at 100,000 experts, beside what one would write first (`icontains`).

On the bench's own PostgreSQL (see `bench.registry`). Times are of whole pages, made by Django in
this process for somebody who is not signed in: entries, counts of four facets, 25 experts.
"""

import time

from bench.registry import start, timed

ROUNDS = 15
ASKED = [
    ("all, the first page", {}),
    ("all, in order of the last change", {"sort": "new"}),
    ("a rare word", {"q": "desludging"}),
    ("two words", {"q": "water tariff"}),
    ("a common word", {"q": "water"}),
    ("a misspelt name", {"q": "rotterdm"}),
    ("a word of another language", {"q": "basura"}),
    ("a misspelt topic", {"q": "assainisement"}),
    ("nothing, and what is nearest", {"q": "kitchen xylophones"}),
    ("a country", {"country": "GH"}),
    ("a theme and a language", {"theme": "water-sanitation", "language": "fr"}),
    ("a word, a theme and a country", {"q": "water", "theme": "solid-waste", "country": "NL"}),
]


def quantiles(action, rounds=ROUNDS):
    """Return (p50, p95) of an action's length, in milliseconds."""
    lengths = []
    for _ in range(rounds):
        begun = time.perf_counter()
        action()
        lengths.append(1000 * (time.perf_counter() - begun))
    lengths.sort()
    return lengths[len(lengths) // 2], lengths[int(len(lengths) * 0.95)]


def main():
    start()
    from bench import registry_rows  # noqa: PLC0415 - Django is set up by `start`

    registry_rows.fill()
    from django.test import Client  # noqa: PLC0415 - Django is set up by `start`
    from django.test.utils import setup_test_environment  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415
    from tqdm import tqdm  # noqa: PLC0415

    from connect.local import supervisor  # noqa: PLC0415
    from registry import search_index  # noqa: PLC0415
    from registry.models import Expert, Offer, SearchEntry  # noqa: PLC0415

    setup_test_environment()  # a page then tells what it was made of
    supervisor.run_management_command("collectstatic", "--no-input")
    if SearchEntry.objects.filter(kind=SearchEntry.EXPERT).count() < Expert.objects.count():
        _, seconds = timed(lambda: search_index.reindex(progress=tqdm))
        print(f"\nentries of {Expert.objects.count():,} experts written: {seconds:.0f} s")
    _, one = timed(lambda: search_index.index_experts([Expert.objects.latest("pk").pk]))
    print(f"one expert written anew: {1000 * one:.0f} ms")
    client = Client()
    print(f"\n{'a page of experts':36}{'found':>9}{'p50 ms':>9}{'p95 ms':>9}")
    for words, asked in ASKED:
        page = client.get(reverse("experts"), asked)
        median, slow = quantiles(lambda asked=asked: client.get(reverse("experts"), asked))
        print(f"{words:36}{page.context['result'].count:9,}{median:9.0f}{slow:9.0f}")
    naive = Offer.objects.filter(text__icontains="water").select_related("expert__user")
    median, slow = quantiles(lambda: (naive.count(), list(naive[:25])), 5)
    print(f"{'icontains, a common word, no facets':36}{naive.count():9,}{median:9.0f}{slow:9.0f}")


if __name__ == "__main__":
    main()
