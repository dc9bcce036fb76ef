"""`python manage.py encode`: the sentence vectors of all published offers, ahead of need."""

import sys

from django.core.management.base import BaseCommand
from tqdm import tqdm

from matching.needs import ENCODER, encode_texts, offer_text
from registry.models import Offer

BATCH = 64  # offers encoded and stored at a time: what a stop in between loses


class Command(BaseCommand):
    help = "Encodes the published offers that lack a vector of the present encoder; may be stopped."

    def handle(self, **options):
        ids = list(Offer.objects.published().order_by("pk").values_list("pk", flat=True))
        with tqdm(total=len(ids), unit="offer", file=sys.stderr, disable=None) as bar:
            for start in range(0, len(ids), BATCH):
                some = Offer.objects.filter(pk__in=ids[start : start + BATCH])
                texts = {o.pk: offer_text(o.title, o.text) for o in some.only("title", "text")}
                bar.update(len(encode_texts(texts)))
        self.stdout.write(f"{len(ids)} offers have their vector of {ENCODER.version}.")
