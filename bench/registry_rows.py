"""The registry that benches search and rank: offers with an expert, a topic, a window and a vector.

It imports models: Django is set up before.
"""

import numpy as np
from tqdm import tqdm

from accounts.models import User
from bench.engine import made_offers
from matching.models import OfferVector
from matching.vectors import ENCODERS, offer_text, text_hash
from registry.models import Authority, Expert, Offer, OfferTopic, OfferWindow, Theme

OFFERS, STEP = 100_000, 5_000


def fill():
    """Create the missing offers."""
    made = Offer.objects.count()
    if made >= OFFERS:
        return
    random = np.random.default_rng(7)
    towns = list(Authority.objects.verified()[:250])
    source = list(made_offers(OFFERS, random))[made:]
    for begin in tqdm(range(0, len(source), STEP), desc="offers", unit_scale=STEP):
        some = source[begin : begin + STEP]
        offers = write_offers(some, towns)
        write_details(offers, some, random)


def write_offers(some, towns):
    users = User.objects.bulk_create(
        User(email=f"bench{offer.id}@example.org", name=f"Bench {offer.id}") for offer in some
    )
    experts = Expert.objects.bulk_create(
        Expert(
            user=user,
            slug=f"bench-{offer.id}",
            authority=towns[offer.id % len(towns)],
            role_type=offer.role,
            function_title="Engineer",
            function=offer.function,
            years=offer.years,
            languages=offer.languages,
            visibility="public",
        )
        for user, offer in zip(users, some)
    )
    return Offer.objects.bulk_create(
        Offer(
            expert=expert,
            title=offer.text[:60],
            text=offer.text,
            language=offer.language,
            forms=offer.forms,
            status="published",
        )
        for expert, offer in zip(experts, some)
    )


def write_details(offers, some, random):
    themes = {theme.code: theme for theme in Theme.objects.exclude(parent=None)}
    OfferTopic.objects.bulk_create(
        OfferTopic(offer=row, theme=themes[code], level=level)
        for row, offer in zip(offers, some)
        for code, level in offer.topics.items()
    )
    OfferWindow.objects.bulk_create(
        OfferWindow(offer=row, starts_on=start, ends_on=end)
        for row, offer in zip(offers, some)
        for start, end in offer.available
    )
    OfferVector.objects.bulk_create(
        OfferVector(
            offer=row,
            encoder=encoder.version,
            text_hash=text_hash(offer_text(row.title, row.text)),
            vector=random.normal(size=length).astype(np.float32).tobytes(),
        )
        for encoder in ENCODERS.encoders.values()
        for length in [encoder.encode([""]).shape[1]]
        for row in offers
    )
