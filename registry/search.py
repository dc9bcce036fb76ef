"""Search: words in each language, names as people misspell them, facets with counts.

What is searched stands in one table, an entry a thing, written by whoever changes the thing. Words
are stemmed in the language they were written in, without accents; a name is also found by its
letters in threes (pg_trgm). An entry says who may find it; the thing itself is read by `for_user`.
"""

import re
from dataclasses import dataclass, fields, replace
from functools import cached_property
from operator import itemgetter

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import Case, F, FloatField, Func, Q, Value, When
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_countries import countries

from connect.cached_counts import cached_value, save_value
from connect.languages import join_names, sort_alphabetically
from registry.countries import named_countries
from registry.enums import LANGUAGES
from registry.exchange_forms import exchange_form_choices
from registry.models import Theme
from registry.search_index import COLUMNS, CONFIGS, PLAIN, STEMMED
from registry.spellings import spellings_of, without_kind
from registry.topic_search import (
    codes_named,
    correct_spelling,
    find_nearest_topics,
    topics_named,
)

RANKED_AT_MOST = 2000  # above, the order by rank would read every text, and says little
REMEMBERED_FOR = 120  # seconds: counts without words; a worker counts ahead every minute
LONGEST = 200  # characters of what is asked
FEW_FOUND = 5  # below, words may be misspelt
LONE_DASH = re.compile(r"-(?!\w)")


# Asking


@dataclass(frozen=True)
class Search:
    """A search, as an address has it; empty where it has nothing."""

    q: str = ""
    theme: str = ""
    country: str = ""
    form: str = ""
    language: str = ""
    sort: str = ""

    @classmethod
    def from_query(cls, query):
        """Read the filters of a page's address; invalid ones are ignored."""
        typed = {field.name: query.get(field.name, "") for field in fields(cls)}
        clean = {name: " ".join(v.replace("\x00", "").split()) for name, v in typed.items()}
        short = {name: value[:LONGEST] for name, value in clean.items()}
        unknown = {
            name for name in COLUMNS if short[name] and not facet_value_name(name, short[name])
        }
        return cls(**short | dict.fromkeys(unknown, ""))

    @property
    def is_empty(self):
        return not any((self.q, self.theme, self.country, self.form, self.language))

    @property
    def facets_query(self):
        """The chosen facets as a query string."""
        return urlencode({name: value for name in COLUMNS if (value := getattr(self, name))})

    def narrow(self, entries):
        """Filter entries by all that is asked."""
        if self.q:
            entries = entries.filter(self.text_condition())
        if self.country:
            entries = entries.filter(country=self.country)
        for name in ("theme", "form", "language"):
            if value := getattr(self, name):
                entries = entries.filter(**{f"{COLUMNS[name]}__contains": [value]})
        return entries

    @property
    def words(self):
        """The words that are looked for."""
        return self.q

    @cached_property
    def query(self):
        return query_of(self.words)

    @cached_property
    def in_named_countries(self):
        """Matches of a country named in the query that also have its other words."""
        condition = Q()
        for code, rest in named_countries(self.words):
            condition |= Q(country=code) & (Q(words=query_of(rest)) if rest else Q())
        return condition

    def text_condition(self):
        named = Q(words=self.query) | Q(name__trigram_word_similar=self.normalized_query())
        by_topic = Q(themes__overlap=codes_named(self.query))
        return named | by_topic | self.in_named_countries

    def normalized_query(self):
        return Func(Func(Value(self.words), function="unaccent"), function="lower")


@dataclass(frozen=True)
class TownSearch(Search):
    """A search for towns by their names: many have “commune de” before it, or “District”."""

    @property
    def words(self):
        """The words that are looked for, without the kind of place."""
        return without_kind(self.q)


def query_of(words):
    """Return the text query of words in each spelling, stemmed in every language.

    Twice the same form would count twice in the planner's estimate, and cost the index. A dash
    before no word would be a “not” of PostgreSQL's, and a line of them more than it can hold.
    """
    words = LONE_DASH.sub(" ", words)
    with connection.cursor() as cursor:
        cursor.execute(STEMMED, [[PLAIN, *CONFIGS.values()], spellings_of(words)])
        forms = cursor.fetchone()[0] or ""
    return SearchQuery(forms, config="simple", search_type="raw")


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
    asked: Search
    orders: dict
    typed: str = ""  # the words, where those of `asked` are theirs as topics are spelt
    meant: str = ""  # what would find more
    nearest: tuple = ()  # topics, where there are no results

    @property
    def meant_query(self):
        """The address's query of the same search for what was meant."""
        return "&".join(filter(None, [urlencode({"q": self.meant}), self.asked.facets_query]))


def search_entries(entries, asked, *, facets, remember="", orders=None):
    """Find entries; facets names those that the page shows.

    orders: what these entries alone may be sorted by, {value of the address: (words, columns)}.
    remember: a name under which counts without words are kept for a minute, a choice of facets
    each: whoever turns the pages of a list does not have it counted again.
    """

    def count():
        return count_facets(entries, asked, facets)

    if remember and not asked.q:
        total, numbers = cached_value(search_key(remember, asked), REMEMBERED_FOR, count)
    else:
        total, numbers = count()
    listed = [make_facet(name, numbers[name], asked) for name in facets]
    orders = orders or {}
    narrowed = asked.narrow(entries)
    if asked.sort in orders:
        _words, columns = orders[asked.sort]
        rows = narrowed.order_by(*columns, "key")
    else:
        rows = order_entries(narrowed, asked, total)
    return Result(rows.values_list("key", flat=True), total, listed, asked, orders)


def search_forgiving(entries, asked, *, facets, **kwargs):
    """Find entries as `search_entries` does; where hardly any are found, as topics are spelt.

    Where nothing is found at all, the nearest topics are offered.
    """
    result = search_entries(entries, asked, facets=facets, **kwargs)
    is_found = not asked.q or result.count >= FEW_FOUND or topics_named(asked.query).exists()
    if is_found or "theme" not in facets:
        return result
    if meant := correct_spelling(asked.q):
        again = search_entries(entries, replace(asked, q=meant), facets=facets, **kwargs)
        if again.count and not result.count:
            return replace(again, typed=asked.q)
        if again.count > result.count:
            return replace(result, meant=meant)
    if result.count:
        return result
    return replace(result, nearest=tuple(find_nearest_topics(asked.q)))


def find_topics(words):
    """Return the topics that words name, with these words as topics are spelt.

    Where they name none, those that come nearest, and no words.
    """
    for meant in (words, correct_spelling(words)):
        codes = topics_named(query_of(meant)).order_by().values("themes__0") if meant else []
        named = Theme.objects.filter(code__in=codes).select_related("parent")
        if topics := sort_alphabetically(named):
            return topics, meant
    return find_nearest_topics(words), ""


def search_key(remember, asked):
    return f"search:{remember}:{asked.facets_query}"


def count_ahead(remember, entries, facets):
    """Count a whole list in advance, so that its first reader need not wait."""
    asked = Search()
    counted = count_facets(entries, asked, facets)
    save_value(search_key(remember, asked), counted, REMEMBERED_FOR)


def order_entries(entries, asked, total):
    if asked.sort == "new":
        return entries.order_by("-at", "key")
    if asked.q and asked.sort != "name":
        alike = Func(
            asked.normalized_query(),
            F("name"),
            function="word_similarity",
            output_field=FloatField(),
        )
        # Below the threshold letters are alike by chance.
        named = When(name__trigram_word_similar=asked.normalized_query(), then=alike)
        likeness = Case(named, default=0.0, output_field=FloatField())
        if total > RANKED_AT_MOST:
            return entries.order_by(likeness.desc(), "name", "key")
        return entries.order_by((SearchRank(F("words"), asked.query) + likeness).desc(), "key")
    return entries.order_by("name", "key")


def count_facets(entries, asked, facets):
    """Return the total, and {facet: [(value, count)]}, each under all other conditions.

    One statement: words are looked up once, and every facet is counted over what they find.
    """
    matching = entries.filter(asked.text_condition()) if asked.q else entries
    inner, given = matching.order_by().values(*COLUMNS.values()).query.sql_with_params()
    chosen = {name: getattr(asked, name) for name in COLUMNS if getattr(asked, name)}
    # What stands in the text are names of columns; all that somebody typed is a parameter.
    branches = [f"SELECT '', '', count(*) FROM matches{facet_condition(chosen)}"]  # noqa: S608
    parameters = list(given)
    parameters += chosen.values()
    for name in facets:
        others = {other: value for other, value in chosen.items() if other != name}
        column = COLUMNS[name]
        source = "matches" if name == "country" else f"matches, unnest({column}) AS value"
        value = "country" if name == "country" else "value"
        branches.append(
            f"SELECT '{name}', {value}, count(*) FROM {source}{facet_condition(others)} GROUP BY 2"  # noqa: S608
        )
        parameters += others.values()
    kept = "MATERIALIZED" if asked.q else "NOT MATERIALIZED"
    with connection.cursor() as cursor:
        statement = f"WITH matches AS {kept} ({inner}) " + " UNION ALL ".join(branches)
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    total = next(number for name, _value, number in rows if not name)
    counts = {name: [(v, n) for facet, v, n in rows if facet == name and v] for name in facets}
    return total, counts


def facet_condition(chosen):
    """Return the SQL condition of a chosen value; its values are parameters."""
    parts = [
        "country = %s" if name == "country" else f"{COLUMNS[name]} @> ARRAY[%s]::varchar[]"
        for name in chosen
    ]
    return f" WHERE {' AND '.join(parts)}" if parts else ""


def make_facet(name, numbers, asked):
    chosen = getattr(asked, name)
    words, label = WORDS[name]()
    options = [(value, words.get(value, value), n) for value, n in numbers if value in words]
    if chosen and chosen not in {value for value, _words, _n in options}:
        options.append((chosen, facet_value_name(name, chosen), 0))
    return Facet(name, label, chosen, sort_alphabetically(options, itemgetter(1)))


def theme_by_code():
    rows = Theme.objects.filter(parent=None)
    return {theme.code: str(theme) for theme in rows}, _("Theme")


WORDS = {
    "theme": theme_by_code,
    "country": lambda: (dict(countries), _("Country")),
    "form": lambda: (dict(exchange_form_choices()), _("Form of exchange")),
    "language": lambda: (LANGUAGES, _("Language")),
}


def facet_value_name(name, value):
    """Return a facet's value in words, even if nothing has it; "" for an unknown one."""
    if name == "theme":  # a topic below one may be asked for, too
        return str(Theme.objects.filter(code=value).first() or "")
    return str(WORDS[name]()[0].get(value, ""))


def rows_in_order(rows, keys):
    """Return a queryset's rows in the order of `keys`, without those it hides."""
    rows_by_key = rows.in_bulk(list(keys))
    return [rows_by_key[key] for key in keys if key in rows_by_key]


def describe_search(asked):
    """Describe a saved search {name: value} in the reader's words."""
    parts = [_("“%(words)s”") % {"words": asked["q"]}] if asked.get("q") else []
    for name in COLUMNS:
        if value := asked.get(name):
            parts.append(facet_value_name(name, value))
    return join_names(filter(None, parts))
