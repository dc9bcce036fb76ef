"""Search entries: one for each thing."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from registry.querysets import (
    SearchEntryQuerySet,
)


class SearchEntry(models.Model):
    """The search entry of an expert, a practice or another kind (`search.py`).

    A copy that may be written anew at any time; who may read the thing itself, `for_user` decides.
    """

    EXPERT, AUTHORITY = "expert", "authority"
    OPPORTUNITY, PRACTICE = "opportunity", "practice"
    TOPIC = "topic"  # by whose words the others are found

    kind = models.CharField(max_length=12)
    key = models.BigIntegerField()
    name = models.CharField(max_length=250)  # lower case, without accents
    words = SearchVectorField()
    is_public = models.BooleanField()
    country = models.CharField(max_length=2)
    themes = ArrayField(models.CharField(max_length=80), default=list)
    forms = ArrayField(models.CharField(max_length=20), default=list)
    languages = ArrayField(models.CharField(max_length=5), default=list)
    at = models.DateTimeField()

    objects = SearchEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="one_search_entry_a_thing")
        ]
        indexes = [
            GinIndex(fields=["words"], name="search_words"),
            GinIndex(fields=["name"], name="search_letters", opclasses=["gin_trgm_ops"]),
            GinIndex(fields=["themes"], name="search_themes"),
            models.Index(fields=["kind", "is_public", "name", "key"], name="search_names"),
            models.Index(fields=["kind", "country"], name="search_countries"),
        ]

    def __str__(self):
        return f"{self.kind} {self.key}"
