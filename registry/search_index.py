"""What is searched: one table, each thing's words stemmed in their language, written anew."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.search import SearchVector
from django.db import connection
from django.db.models import Exists, Func, OuterRef, Value
from django.db.models.functions import Now

from connect.schedule import every, process_one_by_one
from registry.enums import AuthorityStatus, OfferStatus
from registry.models import Authority, Expert, SearchEntry, Theme

# Made by a migration: the language's stemmer behind unaccent.
CONFIGS = {
    "en": "connect_english",
    "fr": "connect_french",
    "es": "connect_spanish",
    "pt": "connect_portuguese",
    "nl": "connect_dutch",
    "ar": "connect_arabic",
}
PLAIN = "connect_simple"
BATCH = 1000
STEMMED = """
    SELECT string_agg(DISTINCT '(' || form || ')', ' | ') FROM (
        SELECT websearch_to_tsquery(config::regconfig, spelling)::text AS form
        FROM unnest(%s) AS config, unnest(%s) AS spelling
    ) forms WHERE form <> ''
"""
# Facet: the column of entries that it counts.
COLUMNS = {"theme": "themes", "country": "country", "form": "forms", "language": "languages"}


# Writing


@dataclass(frozen=True)
class SearchDocument:
    """The content of an entry: texts are (language, text); names weigh more than texts."""

    key: int
    name: str
    texts: list
    is_public: bool
    country: str
    themes: list
    forms: list
    languages: list


def search_vector(document):
    parts = [SearchVector(Value(document.name), config=PLAIN, weight="A")]
    together: dict[str, list[str]] = {}
    for language, text in document.texts:
        together.setdefault(CONFIGS.get(language, PLAIN), []).append(text)
    parts += [
        SearchVector(Value("\n".join(some)), config=config, weight="B")
        for config, some in sorted(together.items())
    ]
    return reduce(add, parts)


def write_entries(kind, documents):
    """Insert or replace entries, in the order of keys to avoid deadlocks."""
    SearchEntry.objects.bulk_create(
        [
            SearchEntry(
                kind=kind,
                key=one.key,
                name=Func(Func(Value(one.name), function="unaccent"), function="lower"),
                words=search_vector(one),
                is_public=one.is_public,
                country=one.country,
                themes=one.themes,
                forms=one.forms,
                languages=one.languages,
                at=Now(),
            )
            for one in documents
        ],
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=[
            *("name", "words", "is_public", "country", "themes", "forms", "languages", "at")
        ],
        batch_size=200,
    )


def add_parent_themes(themes):
    """Return the codes of topics and of the themes they belong to."""
    codes = {theme.code for theme in themes}
    return sorted(codes | {code.split("/")[0] for code in codes})


def theme_names(themes):
    """Return (language, name) of topics in every language that they have."""
    return [(language, name) for theme in themes for language, name in theme.names.items()]


def index_experts(keys):
    """Index these experts: profile, topics and published offers."""
    rows = Expert.objects.filter(pk__in=keys).select_related("user", "authority").order_by("pk")
    visible = Expert.objects.for_user(AnonymousUser()).filter(pk__in=keys)
    public = set(visible.values_list("pk", flat=True))
    documents = []
    for expert in rows.prefetch_related("topics__theme", "offers__topics__theme"):
        offers = [o for o in expert.offers.all() if o.status == OfferStatus.PUBLISHED]
        topics = [topic.theme for topic in expert.topics.all()]
        topics += [topic.theme for offer in offers for topic in offer.topics.all()]
        authority_names = " ".join(expert.authority.names)
        texts = [("", f"{expert.function_title} {authority_names}"), *theme_names(set(topics))]
        texts += [("", topic.evidence) for topic in expert.topics.all() if topic.evidence]
        texts += [(offer.language, f"{offer.title}\n{offer.text}") for offer in offers]
        documents.append(
            SearchDocument(
                key=expert.pk,
                name=expert.user.name,
                texts=texts,
                is_public=expert.pk in public,
                country=str(expert.authority.country),
                themes=add_parent_themes(topics),
                forms=sorted({form for offer in offers for form in offer.forms}),
                languages=sorted(expert.languages),
            )
        )
    write_entries(SearchEntry.EXPERT, documents)


def index_authorities(keys):
    """Index these authorities."""
    write_entries(
        SearchEntry.AUTHORITY,
        [
            SearchDocument(
                key=authority.pk,
                name=" · ".join(authority.names)[:250],
                texts=[("", name) for name in authority.former_names],
                is_public=authority.status == AuthorityStatus.VERIFIED,
                country=str(authority.country),
                themes=[],
                forms=[],
                languages=[],
            )
            for authority in Authority.objects.filter(pk__in=keys).order_by("pk")
        ],
    )


# What else is found by the names of its town: (the rows of some authorities, their writer). Later
# apps add their own.
INDEXED_BY_TOWN: list[tuple[Callable[..., Any], Callable[..., None]]] = [
    (lambda towns: Expert.objects.filter(authority__in=towns), index_experts)
]


def index_by_town(towns):
    """Index what is found by the names of these authorities, which have others now."""
    for rows_of, index in INDEXED_BY_TOWN if towns else ():
        keys = list(rows_of(towns).order_by("pk").values_list("pk", flat=True))
        for start in range(0, len(keys), BATCH):
            index(keys[start : start + BATCH])


def index_topics(keys):
    """Index these topics and themes by their names and synonyms in every language."""
    documents = []
    for theme in Theme.objects.filter(pk__in=keys).order_by("pk"):
        words = [(code, "\n".join(some)) for code, some in theme.synonyms.items()]
        documents.append(
            SearchDocument(
                key=theme.pk,
                name=theme.names["en"][:250],
                texts=[*theme_names([theme]), *words],
                is_public=True,
                country="",
                themes=[theme.code],
                forms=[],
                languages=[],
            )
        )
    write_entries(SearchEntry.TOPIC, documents)


# What is searched: (kind, model, writer of the entries of some keys). Later apps add their own.
# (kind, model, function that writes the entries of some of its rows)
KINDS: list[tuple[str, Any, Callable[..., None]]] = [
    (SearchEntry.EXPERT, Expert, index_experts),
    (SearchEntry.AUTHORITY, Authority, index_authorities),
    (SearchEntry.TOPIC, Theme, index_topics),
]


def reindex(progress=iter):
    """Index everything again, a batch at a time, and drop entries of things that are gone."""
    for kind, model, index in KINDS:
        keys = list(model.objects.order_by("pk").values_list("pk", flat=True))
        for start in progress(range(0, len(keys), BATCH)):
            index(keys[start : start + BATCH])
        gone = SearchEntry.objects.filter(kind=kind).exclude(key__in=model.objects.values("pk"))
        gone.delete()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_searchentry")


@every(hours=1, only_workers=True)
def index_missing():
    """Index what has no entry; return how many."""
    made = 0
    for kind, model, index in KINDS:
        known = SearchEntry.objects.filter(kind=kind, key=OuterRef("pk"))
        lacking = model.objects.filter(~Exists(known)).order_by("pk").values_list("pk", flat=True)
        missing = list(lacking)
        for start in range(0, len(missing), BATCH):
            keys = missing[start : start + BATCH]
            if process_one_by_one(index, [keys]):
                made += len(keys)
            else:  # one of them fails, and holds back none of the others
                made += len(process_one_by_one(index, [[key] for key in keys]))
    return made
