"""The public catalogue: what is found, what is near to what, who did the same."""

from itertools import islice

import numpy as np
from django.contrib.syndication.views import Feed
from django.core.cache import cache
from django.db.models import F
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from connect.feeds import Atom
from connect.schedule import every
from engine.text import TextIndex
from matching.vectors import ENCODERS
from practices.models import Practice
from registry import search_index
from registry.models import SearchEntry

NEAREST, NEWEST = 3, 50
AKIN = 0.2  # a likeness that three of four texts do not reach; a topic is shared besides


def index_practices(keys):
    """Index practices for search by their texts in each language, their topics and town."""
    rows = Practice.objects.filter(pk__in=keys).with_list_details().order_by("pk")
    documents = []
    for practice in rows:
        topics, texts = list(practice.topics.all()), list(practice.texts.all())
        authority = practice.authority
        name = f"{practice.in_language(practice.language) or ''} {authority.name}"
        words = [("", " ".join(authority.former_names))]
        words += [
            (
                text.language,
                "\n".join((text.title, text.summary, text.problem, text.done, text.result)),
            )
            for text in texts
        ]
        documents.append(
            search_index.SearchDocument(
                key=practice.pk,
                name=name[:250],
                texts=[*words, *search_index.theme_names(topics)],
                is_public=practice.status == "published",
                country=str(authority.country),
                themes=search_index.add_parent_themes(topics),
                forms=[practice.exchange.form],
                languages=sorted({text.language for text in texts}),
            )
        )
    search_index.write_entries(SearchEntry.PRACTICE, documents)


@every(hours=1, only_workers=True)
def relate_practices():
    """Save the nearest practices of every published one: of those that share a topic, by their
    texts, across languages.

    Only workers encode text. Returns how many changed.
    """
    rows = list(Practice.objects.published().with_list_details().order_by("pk"))
    texts = [practice.in_language(practice.language) for practice in rows]
    words = [f"{text.title}\n{text.summary}\n{text.problem}" for text in texts]
    languages = [text.language for text in texts]
    topics = [{theme.pk for theme in practice.topics.all()} for practice in rows]
    if len(rows) < 2:
        return 0
    index, changed = TextIndex(words, languages, encoder=ENCODERS), 0
    for place, practice in enumerate(rows):
        scores = index.scores(words[place], languages[place]).copy()
        scores[place] = -1
        order = np.argsort(-scores, kind="stable")[: (scores > AKIN).sum()].tolist()
        akin = (rows[row].pk for row in order if topics[row] & topics[place])
        related = list(islice(akin, NEAREST))
        if related != practice.related:
            Practice.objects.filter(pk=practice.pk).update(related=related)
            changed += 1
    return changed


class PracticeFeed(Feed):
    """The newest good practices."""

    feed_type = Atom

    def title(self):
        return _("CONNECT: good practices of local authorities")

    def link(self):
        return reverse("practices")

    def items(self):
        return Practice.objects.published().with_list_details()[:NEWEST]

    def item_title(self, practice):
        return practice.text.title

    def item_description(self, practice):
        return practice.text.summary

    def item_author_name(self, practice):
        return practice.authority.place

    def item_pubdate(self, practice):
        return practice.published_at


def count_view(practice, reader):
    """Count that somebody other than its writers opened a published practice, once a day.

    reader: whatever tells two readers apart; nothing of it is kept. Without a cache nobody is
    counted: a reader who comes back would count twice.
    """
    key = salted_hmac("practices.view", f"{practice.pk} {reader}").hexdigest()
    try:
        is_first = cache.add(f"practice-view:{key}", 1, timeout=24 * 3600)
    except RedisError:
        return
    if not is_first:
        return
    Practice.objects.published().filter(pk=practice.pk).update(views=F("views") + 1)
