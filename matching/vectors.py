"""The sentence vectors of offers: one a text and encoder, stored, made by workers alone.

A vector carries its encoder's version, and those of several versions lie beside each other: so a
catalogue ranks with the encoders that have seen its offers while others are still encoding them.
"""

import hashlib
import importlib.util
import logging
from urllib.error import HTTPError

import numpy as np
from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import Count, Exists, OuterRef

from connect.schedule import every
from engine.encoders import WHEELS, CachingEncoder, Encoder, Endpoint, Together
from matching import unread_texts
from matching.models import OfferVector
from registry.models import Offer

# An encoder takes part in rankings once at most so many offers lack its vectors, or this share:
# they are encoded on the spot. Were more of them compared by less than the others, it would show.
FEW, SHARE = 200, 0.02
BATCH = 64  # offers encoded and stored at a time: what a stop in between loses
A_TURN = 500  # offers encoded by the clock at a time: half a minute
logger = logging.getLogger(__name__)


def choose_encoders():
    """Return the encoders of the settings that this machine has, with a notice of what it lacks."""
    chosen: list[Encoder] = []
    if settings.EMBEDDINGS_URL:
        chosen.append(
            Endpoint(
                settings.EMBEDDINGS_URL, settings.EMBEDDINGS_MODEL, key=settings.EMBEDDINGS_KEY
            )
        )
    for name in settings.ENCODERS:
        module, make = WHEELS[name]
        if name == "e5" and settings.EMBEDDINGS_URL:
            continue  # the service stands in its place
        if importlib.util.find_spec(module):
            chosen.append(make())
        else:
            logger.warning("%s is not installed: texts are compared without it", module)
    return Together(*map(CachingEncoder, chosen))


ENCODERS = choose_encoders()


def choose_ready_encoders():
    """Return those of our encoders that have seen all but a few of the published offers."""
    published = Offer.objects.published()
    total = published.count()
    seen = dict(
        OfferVector.objects.filter(offer__in=published.order_by().values("pk"))
        .order_by()
        .values_list("encoder")
        .annotate(Count("pk"))
    )
    enough = total - max(FEW, SHARE * total)
    return Together(*(o for o in ENCODERS.encoders.values() if seen.get(o.version, 0) >= enough))


def offer_text(title, text):
    """Join what of an offer's words is encoded."""
    return f"{title}\n{text}"


def text_hash(text):
    return hashlib.sha256(text.encode()).hexdigest()


def encode_texts(texts, encoders):
    """Return (n, d) float32, a row for each of {offer id: text}; what is new is encoded.

    Each row holds the vectors of the encoders, side by side.
    """
    hashes = {pk: text_hash(text) for pk, text in texts.items()}
    parts = [encode_with(one, texts, hashes) for one in encoders.encoders.values()]
    return np.hstack([np.zeros((len(texts), 0), np.float32), *parts])


def encode_with(encoder, texts, hashes):
    """Return (n, d) float32 of one encoder; store what it had not seen."""
    rows = OfferVector.objects.filter(offer__in=texts, encoder=encoder.version)
    stored = {
        pk: np.frombuffer(vector, np.float32)
        for pk, made_of, vector in rows.values_list("offer", "text_hash", "vector")
        if made_of == hashes[pk]
    }
    lacking = [pk for pk in texts if pk not in stored]
    for start in range(0, len(lacking), BATCH):
        some = lacking[start : start + BATCH]
        made = np.asarray(encoder.encode([texts[pk] for pk in some]), np.float32)
        stored |= zip(some, made)
        OfferVector.objects.bulk_create(
            [
                OfferVector(
                    offer_id=pk,
                    encoder=encoder.version,
                    text_hash=hashes[pk],
                    vector=vector.tobytes(),
                )
                for pk, vector in zip(some, made)
            ],
            update_conflicts=True,  # another worker may have met the same text
            unique_fields=["offer", "encoder"],
            update_fields=["text_hash", "vector"],
        )
    vectors = [stored[pk] for pk in texts]
    return np.array(vectors, np.float32).reshape(len(vectors), -1 if vectors else 0)


def list_unseen_offers(encoders):
    """List the published offers that one of these encoders has never seen."""
    unseen: set[int] = set()
    for one in encoders.encoders.values():
        theirs = OfferVector.objects.filter(offer=OuterRef("pk"), encoder=one.version)
        unseen.update(
            Offer.objects.published().exclude(Exists(theirs)).values_list("pk", flat=True)
        )
    return sorted(unseen)


def encode_offers(ids, encoders):
    """Make the vectors that offers lack, a batch at a time; yield how many were read."""

    def encode(some):
        offers = Offer.objects.filter(pk__in=some).only("title", "text")
        texts = {one.pk: offer_text(one.title, one.text) for one in offers}
        return len(encode_texts(texts, encoders))

    for start in range(0, len(ids), BATCH):
        yield encode_apart(encode, ids[start : start + BATCH], unread_texts.WHOLE)


def encode_apart(encode, ids, what):
    """Encode offers at once, or one by one where that fails; return how many were read.

    A text that an encoder cannot read is logged, holds up no other, and is tried again after a
    pause (`unread`). Where a service is away all is tried again the next time.
    """
    try:
        with transaction.atomic():
            count = encode(ids)
            unread_texts.forget_failures(ids, what)
            return count
    except OperationalError:
        raise
    except Exception as error:
        if is_away(error):
            raise
    return sum(encode_alone(encode, pk, what) for pk in ids)


def encode_alone(encode, pk, what):
    try:
        with transaction.atomic():
            count = encode([pk])
            unread_texts.forget_failures([pk], what)
            return count
    except OperationalError:
        raise
    except Exception as error:
        if is_away(error):
            raise
        logger.exception("the text of offer %s cannot be read", pk)
        unread_texts.note_failure(pk, what, error)
    return 0


def is_away(error):
    """True where a service did not answer at all: that says nothing of the text."""
    return isinstance(error, OSError) and not isinstance(error, HTTPError)


@every(minutes=5, only_workers=True)
def encode_unseen_offers():
    """Encode some of the offers that an encoder has never seen; return how many.

    After an import, or where an encoder is new, until `manage.py encode` or this has met them all.
    """
    unseen = Offer.objects.filter(pk__in=list_unseen_offers(ENCODERS))
    due = (
        unseen.exclude(unread_texts.is_put_off(unread_texts.WHOLE))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return sum(encode_offers(list(due[:A_TURN]), ENCODERS))
