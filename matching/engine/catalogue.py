"""Offers as columns, one row an offer, ready to be compared with one need at a time."""

import numpy as np

from matching.engine.model import LEVELS, Offer
from matching.engine.text import TextIndex
from matching.engine.themes import Themes

MASTERY = np.array([0.0, 0.4, 0.65, 0.9, 1.0])  # worth of a level 0..4
INCOME = {"L": 0, "LM": 1, "UM": 2, "H": 3}


def number(value):
    return np.nan if value is None else float(value)


class Catalogue:
    """Columns of n offers.

    ids: (n,) int; mastery: (n, n_topics) in [0, 1]; language: {code: (n,) 0..7};
    population, years, missions, ratings, recent, capacity: (n,) floats, NaN where unknown.
    """

    def __init__(self, offers, themes, *, encoder=None, vectors=None):
        offers = list(offers)
        order = sorted(range(len(offers)), key=lambda place: offers[place].id)
        if vectors is not None:
            vectors = np.asarray(vectors)[order]
        self.offers: list[Offer] = [offers[place] for place in order]
        self.themes: Themes = themes
        offers = self.offers
        n = len(offers)
        self.ids = np.array([offer.id for offer in offers], np.int64)
        self.text = TextIndex(
            [offer.text for offer in offers],
            [offer.language for offer in offers],
            encoder=encoder,
            vectors=vectors,
        )
        self.mastery = np.zeros((n, len(themes.codes)))
        for row, offer in enumerate(offers):
            for code, level in offer.topics.items():
                if code in themes.position:
                    self.mastery[row, themes.position[code]] = MASTERY[level]
        self.has_topics = np.array([bool(offer.topics) for offer in offers], bool)
        spoken = sorted({code for offer in offers for code in offer.languages})
        self.language = {
            code: np.array([LEVELS.get(offer.languages.get(code, ""), 0) for offer in offers])
            for code in spoken
        }
        self.has_languages = np.array([bool(offer.languages) for offer in offers], bool)
        self.population = np.array([number(offer.population) for offer in offers])
        self.income = np.array(
            [number(INCOME.get(offer.income) if offer.income else None) for offer in offers]
        )
        self.years = np.array([number(offer.years) for offer in offers])
        self.missions = np.array([number(offer.missions) for offer in offers])
        self.recent = np.array([number(offer.recent) for offer in offers])
        self.capacity = np.array([number(offer.capacity) for offer in offers])
        rated = [offer.ratings or (None, None) for offer in offers]
        self.ratings = np.array([[number(value) for value in pair] for pair in rated])
        self.ratings = self.ratings.reshape(n, 2)
        most = max((len(offer.available or ()) for offer in offers), default=0)
        # Periods as day numbers, both ends included; padded with an empty period.
        self.windows = np.tile(np.array([1, 0]), (n, max(most, 1), 1))
        for row, offer in enumerate(offers):
            for place, (start, end) in enumerate(offer.available or ()):
                self.windows[row, place] = (start.toordinal(), end.toordinal())
        self.has_windows = np.array([offer.available is not None for offer in offers], bool)

    @classmethod
    def build(cls, offers, *, themes, encoder=None, vectors=None):
        """Lay out offers as columns, by id; vectors: (n, d) in the order given, or None."""
        return cls(offers, themes, encoder=encoder, vectors=vectors)

    def update(self, offer):
        """Put an offer in, in place of the one with its id if there is one."""
        kept = [other for other in self.offers if other.id != offer.id]
        self.__init__([*kept, offer], self.themes, encoder=self.text.encoder)

    def remove(self, offer_id):
        """Take an offer out; KeyError if it is not there."""
        kept = [other for other in self.offers if other.id != offer_id]
        if len(kept) == len(self.offers):
            raise KeyError(offer_id)
        self.__init__(kept, self.themes, encoder=self.text.encoder)

    def column(self, name):
        """Return (n,) objects: a field of every offer, None where unknown."""
        return np.array([getattr(offer, name) for offer in self.offers], dtype=object)

    def free_days(self, window):
        """Return (n,) ints: days of the window, both ends included, on which each is free."""
        first, last = window[0].toordinal(), window[1].toordinal()
        overlap = np.minimum(self.windows[:, :, 1], last) - np.maximum(self.windows[:, :, 0], first)
        return np.clip(overlap + 1, 0, None).sum(axis=1)

    def longest_free(self, window):
        """Return (n,) ints: the longest free stretch within the window, in days."""
        first, last = window[0].toordinal(), window[1].toordinal()
        overlap = np.minimum(self.windows[:, :, 1], last) - np.maximum(self.windows[:, :, 0], first)
        return np.clip(overlap + 1, 0, None).max(axis=1)
