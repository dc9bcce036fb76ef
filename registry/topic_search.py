"""Topics by the words that people use for them: synonyms, misspelt words, what comes nearest."""

import re

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection

from registry.models import SearchEntry, Theme

ALIKE = 0.45  # of letters in threes: a word of a topic with a letter too many, or too few
NEAR = 0.5  # of a topic's words to one that was asked
SHORTEST = 4  # letters: below, words are alike by chance
MOST_NEAREST = 5
# A name or a synonym of each topic, in every language.
NAMED = """
    SELECT code, value FROM registry_theme CROSS JOIN LATERAL (
        SELECT value FROM jsonb_each_text(names)
        UNION ALL
        SELECT word FROM jsonb_each(synonyms) AS list, jsonb_array_elements_text(list.value) AS word
    ) AS listed
"""
SPELT = rf"""
    SELECT DISTINCT ON (asked) asked, word, alike
    FROM (
        SELECT DISTINCT lower(one) AS word
        FROM ({NAMED}) AS named, regexp_split_to_table(value, '[\s,;:/()''’-]+') AS one
        WHERE length(one) >= {SHORTEST}
    ) AS known
    CROSS JOIN unnest(%s::text[]) AS asked
    CROSS JOIN LATERAL (
        SELECT similarity(lower(unaccent(asked)), unaccent(word)) AS alike
    ) AS compared
    WHERE alike >= {ALIKE}
    ORDER BY asked, alike DESC, word
"""  # noqa: S608 - all that somebody typed is a parameter
NEAREST = f"""
    SELECT code FROM (
        SELECT
            code,
            max(word_similarity(lower(unaccent(asked)), lower(unaccent(value)))) AS alike,
            max(similarity(lower(unaccent(%s)), lower(unaccent(value)))) AS as_a_whole
        FROM ({NAMED}) AS named CROSS JOIN unnest(%s::text[]) AS asked
        GROUP BY code, asked
    ) AS met
    WHERE alike >= {NEAR}
    GROUP BY code
    ORDER BY sum(alike) DESC, max(as_a_whole) DESC, code
    LIMIT {MOST_NEAREST}
"""  # noqa: S608 - all that somebody typed is a parameter


def topics_named(query):
    """Return the entries of the topics and themes that a text query names, by name or synonym."""
    return SearchEntry.objects.filter(kind=SearchEntry.TOPIC, words=query)


def codes_named(query):
    """Make the list, in the database, of the codes of the topics that a text query names."""
    return ArraySubquery(topics_named(query).order_by("key").values("themes__0"))


def long_words(words):
    return [word for word in re.findall(r"\w+", words) if len(word) >= SHORTEST]


def correct_spelling(words):
    """Return words spelt as the topics are; "" where no word becomes another.

    A word that no topic comes near to, as a name, stays as it is.
    """
    asked = long_words(words)
    if not asked:
        return ""
    with connection.cursor() as cursor:
        cursor.execute(SPELT, [asked])
        rows = cursor.fetchall()
    meant = {one: word for one, word, alike in rows if alike < 1}
    corrected = re.sub(r"\w+", lambda match: meant.get(match[0], match[0]), words)
    return corrected if corrected != words else ""


def find_nearest_topics(words):
    """Return the topics whose names or synonyms come nearest to most of these words; few."""
    asked = long_words(words)
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, [words, asked])
        codes = [code for (code,) in cursor.fetchall()]
    themes = Theme.objects.select_related("parent").in_bulk(codes, field_name="code")
    return [themes[code] for code in codes]
