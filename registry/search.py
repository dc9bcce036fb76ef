"""Search: words in each language, names as people misspell them, facets with counts.

What is searched stands in one table, an entry a thing, written by whoever changes the thing. Words
are stemmed in the language they were written in, without accents; a name is also found by its
letters in threes (pg_trgm). An entry says who may find it; the thing itself is read by `for_user`.
"""

from dataclasses import dataclass, fields
from functools import cached_property, reduce
from operator import add, itemgetter

from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector
from django.core.cache import cache
from django.db import connection
from django.db.models import Case, Exists, F, FloatField, Func, OuterRef, Q, Value, When
from django.db.models.functions import Now
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_countries import countries

from connect.languages import alphabetical
from connect.remembered import remembered
from connect.schedule import every
from registry.enums import LANGUAGES, AuthorityStatus, OfferStatus, Visibility
from registry.exchange_forms import exchange_form_choices
from registry.models import Authority, Expert, SearchEntry, Theme
from registry.spellings import spellings_of

# Made by a migration: the language's stemmer behind unaccent.
CONFIGS = {
    "en": "connect_english",
    "fr": "connect_french",
    "es": "connect_spanish",
    "pt": "connect_portuguese",
    "nl": "connect_dutch",
}
PLAIN = "connect_simple"
RANKED_AT_MOST = 2000  # above, the order by rank would read every text, and says little
REMEMBERED_FOR = 120  # seconds: counts without words; a worker counts ahead every minute
BATCH = 1000
LONGEST = 200  # characters of what is asked


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
class Found:
    """What an entry says of a thing: texts are (language, text); names weigh more than texts."""

    key: int
    name: str
    texts: list
    is_public: bool
    country: str
    themes: list
    forms: list
    languages: list


def vector(found):
    parts = [SearchVector(Value(found.name), config=PLAIN, weight="A")]
    together: dict[str, list[str]] = {}
    for language, text in found.texts:
        together.setdefault(CONFIGS.get(language, PLAIN), []).append(text)
    parts += [
        SearchVector(Value("\n".join(some)), config=config, weight="B")
        for config, some in sorted(together.items())
    ]
    return reduce(add, parts)


def write(kind, found):
    """Put entries in, in place of those of the same things; in the order of keys, as all do."""
    SearchEntry.objects.bulk_create(
        [
            SearchEntry(
                kind=kind,
                key=one.key,
                name=Func(Func(Value(one.name), function="unaccent"), function="lower"),
                words=vector(one),
                is_public=one.is_public,
                country=one.country,
                themes=one.themes,
                forms=one.forms,
                languages=one.languages,
                at=Now(),
            )
            for one in found
        ],
        update_conflicts=True,
        unique_fields=["kind", "key"],
        update_fields=[
            *("name", "words", "is_public", "country", "themes", "forms", "languages", "at")
        ],
        batch_size=200,
    )


def with_parents(themes):
    """Return the codes of topics and of the themes they belong to."""
    codes = {theme.code for theme in themes}
    return sorted(codes | {code.split("/")[0] for code in codes})


def names_of(themes):
    """Return (language, name) of topics in every language that they have."""
    return [(language, name) for theme in themes for language, name in theme.names.items()]


def index_experts(keys):
    """Write what is found of these experts: profile, topics and published offers."""
    rows = Expert.objects.filter(pk__in=keys).select_related("user", "authority").order_by("pk")
    found = []
    for expert in rows.prefetch_related("topics__theme", "offers__topics__theme"):
        offers = [o for o in expert.offers.all() if o.status == OfferStatus.PUBLISHED]
        topics = [topic.theme for topic in expert.topics.all()]
        topics += [topic.theme for offer in offers for topic in offer.topics.all()]
        at = " ".join(expert.authority.names)
        texts = [("", f"{expert.function_title} {at}"), *names_of(set(topics))]
        texts += [("", topic.evidence) for topic in expert.topics.all() if topic.evidence]
        texts += [(offer.language, f"{offer.title}\n{offer.text}") for offer in offers]
        found.append(
            Found(
                key=expert.pk,
                name=expert.user.name,
                texts=texts,
                is_public=(
                    expert.visibility == Visibility.PUBLIC
                    and expert.user.is_active
                    and not expert.is_hidden
                ),
                country=str(expert.authority.country),
                themes=with_parents(topics),
                forms=sorted({form for offer in offers for form in offer.forms}),
                languages=sorted(expert.languages),
            )
        )
    write(SearchEntry.EXPERT, found)


def index_authorities(keys):
    """Write what is found of these authorities."""
    write(
        SearchEntry.AUTHORITY,
        [
            Found(
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


# What is searched: (kind, model, writer of the entries of some keys). Later apps add their own.
KINDS = [
    (SearchEntry.EXPERT, Expert, index_experts),
    (SearchEntry.AUTHORITY, Authority, index_authorities),
]


def reindex(progress=iter):
    """Write every entry anew, a batch at a time, and drop those of things that are gone."""
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
    """Write the entries of what has none, however it came in; return how many."""
    made = 0
    for kind, model, index in KINDS:
        known = SearchEntry.objects.filter(kind=kind, key=OuterRef("pk"))
        lacking = model.objects.filter(~Exists(known)).order_by("pk").values_list("pk", flat=True)
        while keys := list(lacking[:BATCH]):
            index(keys)
            made += len(keys)
    return made


# Asking


@dataclass(frozen=True)
class Asked:
    """What somebody looks for, as the address says it; empty where it does not."""

    q: str = ""
    theme: str = ""
    country: str = ""
    form: str = ""
    language: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query):
        """Read a page's address; what cannot be is as if it were not there."""
        typed = {field.name: query.get(field.name, "") for field in fields(cls)}
        clean = {name: " ".join(v.replace("\x00", "").split()) for name, v in typed.items()}
        short = {name: value[:LONGEST] for name, value in clean.items()}
        unknown = {name for name in COLUMNS if short[name] and not name_of(name, short[name])}
        return cls(**short | dict.fromkeys(unknown, ""))

    @property
    def is_empty(self):
        return not any((self.q, self.theme, self.country, self.form, self.language))

    @property
    def choice(self):
        """What is chosen of the facets, as one word."""
        return urlencode({name: value for name in COLUMNS if (value := getattr(self, name))})

    def narrow(self, entries):
        """Filter entries by all that is asked."""
        if self.q:
            entries = entries.filter(self.said())
        if self.country:
            entries = entries.filter(country=self.country)
        for name in ("theme", "form", "language"):
            if value := getattr(self, name):
                entries = entries.filter(**{f"{COLUMNS[name]}__contains": [value]})
        return entries

    @cached_property
    def query(self):
        """The words, in each spelling, stemmed in every language of a text; each form once.

        Twice the same form would count twice in the planner's estimate, and cost the index.
        """
        with connection.cursor() as cursor:
            cursor.execute(STEMMED, [[PLAIN, *CONFIGS.values()], spellings_of(self.q)])
            forms = cursor.fetchone()[0] or ""
        return SearchQuery(forms, config="simple", search_type="raw")

    def said(self):
        return Q(words=self.query) | Q(name__trigram_word_similar=self.plain())

    def plain(self):
        return Func(Func(Value(self.q), function="unaccent"), function="lower")


@dataclass(frozen=True)
class Facet:
    """One way to narrow: the field's name, its label, and (value, words, count) to choose from."""

    name: str
    label: str
    chosen: str
    options: list


@dataclass(frozen=True)
class Result:
    """keys in the order asked; how many there are; facets with counts."""

    keys: object
    count: int
    facets: list
    asked: Asked


def search(entries, asked, *, facets, remember=""):
    """Find entries; facets names those that the page shows.

    remember: a name under which counts without words are kept for a minute, a choice of facets
    each: whoever turns the pages of a list does not have it counted again.
    """

    def counted():
        return counts(entries, asked, facets)

    if remember and not asked.q:
        total, numbers = remembered(key_of(remember, asked), REMEMBERED_FOR, counted)
    else:
        total, numbers = counted()
    shown = [facet(name, numbers[name], asked) for name in facets]
    keys = ordered(asked.narrow(entries), asked, total).values_list("key", flat=True)
    return Result(keys, total, shown, asked)


def key_of(remember, asked):
    return f"search:{remember}:{asked.choice}"


def count_ahead(remember, entries, facets):
    """Count a whole list before anybody opens it: who comes first need not wait for it."""
    asked = Asked()
    cache.set(key_of(remember, asked), counts(entries, asked, facets), REMEMBERED_FOR)


def ordered(found, asked, total):
    if asked.sort == "new":
        return found.order_by("-at", "key")
    if asked.q and asked.sort != "name":
        alike = Func(
            asked.plain(), F("name"), function="word_similarity", output_field=FloatField()
        )
        # Below the threshold letters are alike by chance.
        named = When(name__trigram_word_similar=asked.plain(), then=alike)
        likeness = Case(named, default=0.0, output_field=FloatField())
        if total > RANKED_AT_MOST:
            return found.order_by(likeness.desc(), "name", "key")
        return found.order_by((SearchRank(F("words"), asked.query) + likeness).desc(), "key")
    return found.order_by("name", "key")


def counts(entries, asked, facets):
    """Return how many are found, and {facet: [(value, count)]} under all that is asked but itself.

    One statement: words are looked up once, and every facet is counted over what they find.
    """
    said = entries.filter(asked.said()) if asked.q else entries
    inner, given = said.order_by().values(*COLUMNS.values()).query.sql_with_params()
    chosen = {name: getattr(asked, name) for name in COLUMNS if getattr(asked, name)}
    # What stands in the text are names of columns; all that somebody typed is a parameter.
    branches = [f"SELECT '', '', count(*) FROM said{only(chosen)}"]  # noqa: S608
    parameters = list(given)
    parameters += chosen.values()
    for name in facets:
        others = {other: value for other, value in chosen.items() if other != name}
        column = COLUMNS[name]
        source = "said" if name == "country" else f"said, unnest({column}) AS value"
        value = "country" if name == "country" else "value"
        branches.append(
            f"SELECT '{name}', {value}, count(*) FROM {source}{only(others)} GROUP BY 2"  # noqa: S608
        )
        parameters += others.values()
    kept = "MATERIALIZED" if asked.q else "NOT MATERIALIZED"
    with connection.cursor() as cursor:
        cursor.execute(f"WITH said AS {kept} ({inner}) " + " UNION ALL ".join(branches), parameters)
        rows = cursor.fetchall()
    total = next(number for name, _value, number in rows if not name)
    found = {name: [(v, n) for facet, v, n in rows if facet == name and v] for name in facets}
    return total, found


def only(chosen):
    """Write the condition that rows hold what was chosen; its values are parameters."""
    parts = [
        "country = %s" if name == "country" else f"{COLUMNS[name]} @> ARRAY[%s]::varchar[]"
        for name in chosen
    ]
    return f" WHERE {' AND '.join(parts)}" if parts else ""


def facet(name, numbers, asked):
    chosen = getattr(asked, name)
    words, label = WORDS[name]()
    options = [(value, words.get(value, value), n) for value, n in numbers if value in words]
    if chosen and chosen not in {value for value, _words, _n in options}:
        options.append((chosen, name_of(name, chosen), 0))
    return Facet(name, label, chosen, alphabetical(options, itemgetter(1)))


def themes():
    rows = Theme.objects.filter(parent=None)
    return {theme.code: str(theme) for theme in rows}, _("Theme")


WORDS = {
    "theme": themes,
    "country": lambda: (dict(countries), _("Country")),
    "form": lambda: (dict(exchange_form_choices()), _("Form of exchange")),
    "language": lambda: (LANGUAGES, _("Language")),
}


def name_of(name, value):
    """Give a facet's value in words, though nothing may be of it; "" for what does not exist."""
    if name == "theme":  # a topic below one may be asked for, too
        return str(Theme.objects.filter(code=value).first() or "")
    return str(WORDS[name]()[0].get(value, ""))


def in_order(rows, keys):
    """Give a queryset's rows in the order of their keys; what it does not show is left out."""
    found = rows.in_bulk(list(keys))
    return [found[key] for key in keys if key in found]


def in_words(asked):
    """Say a kept search {name: value} in the reader's words."""
    said = [f"“{asked['q']}”"] if asked.get("q") else []
    for name in COLUMNS:
        if value := asked.get(name):
            said.append(name_of(name, value))
    return ", ".join(filter(None, said))
