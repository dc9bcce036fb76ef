"""`python manage.py encode`: the vectors of all published offers, and of their sentences, ahead of
need."""

import sys

from django.core.management.base import BaseCommand
from tqdm import tqdm

from matching.models import OfferSentences, OfferVector
from matching.sentences import READER, encode_sentences
from matching.vectors import BATCH, ENCODERS, encode_offers
from registry.models import Offer


class Command(BaseCommand):
    help = "Encodes the published offers that lack a vector of our encoders; may be stopped."

    def add_arguments(self, parser):
        parser.add_argument(
            "--only",
            action="store_true",
            help="Afterwards, delete the vectors of other encoders: no machine ranks by them now.",
        )

    def handle(self, *, only, **options):
        ids = list(Offer.objects.published().order_by("pk").values_list("pk", flat=True))
        with tqdm(total=len(ids), unit="offer", file=sys.stderr, disable=None) as bar:
            for done in encode_offers(ids, ENCODERS):
                bar.update(done)
        with tqdm(total=len(ids), unit="offer", file=sys.stderr, disable=None) as bar:
            for start in range(0, len(ids), BATCH):
                bar.update(encode_sentences(ids[start : start + BATCH]))
        self.stdout.write(f"{len(ids)} offers have their vectors of {ENCODERS.version}.")
        if only:
            ours = [one.version for one in ENCODERS.encoders.values()]
            count, _models = OfferVector.objects.exclude(encoder__in=ours).delete()
            count += OfferSentences.objects.exclude(encoder=READER.version).delete()[0]
            self.stdout.write(f"{count} vectors of other encoders are deleted.")
