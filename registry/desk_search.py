"""What the desk finds of people, authorities and experts: also by where they work."""

from functools import reduce
from operator import and_

from django.contrib import admin
from django.contrib.postgres.search import SearchQuery
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from connect.desk_search import Hit, SearchKind, register_kind
from connect.languages import isolate, join_names, join_parts
from connect.plain_text import keys_with_word, sort_exact_first, word_condition
from connect.templatetags.look import status
from registry.models import Association, Authority, Expert, Membership, SearchEntry
from registry.search import Search
from registry.search_index import PLAIN

PERSON_COLUMNS, ASSOCIATION_COLUMNS = ("name", "email"), ("name", "acronym")


def authority_keys(word):
    """Return the keys of authorities that have a word in a name, of now or former."""
    named = word_condition("name", word) | Q(words=SearchQuery(word, config=PLAIN))
    entries = SearchEntry.objects.filter(kind=SearchEntry.AUTHORITY).filter(named)
    return entries.order_by().values("key")


def town_keys(text):
    """Return the keys of authorities that somebody who writes a text may mean, as on the site.

    Of now or former names, with any spelling of an accent, an apostrophe or a saint.
    """
    named = Q(words=SearchQuery(text, config=PLAIN))
    if words := text.split():  # each word: “Saint Ode” is not like Saint-Brieuc
        named |= reduce(and_, (word_condition("name", word) for word in words))
    asked = Search.from_query({"q": text})
    spelt = Q(words=asked.query) if asked.q else Q(pk__in=[])
    entries = SearchEntry.objects.filter(kind=SearchEntry.AUTHORITY).filter(named | spelt)
    return entries.order_by().values("key")


class TownSearchMixin(admin.ModelAdmin):
    """Finds the rows of a list by their local authorities, as the site does.

    towns: the ways from a row to its authorities.
    """

    towns: tuple = ("authority",)

    def get_search_results(self, request, queryset, search_term):
        matches, may_repeat = super().get_search_results(request, queryset, search_term)
        if not (text := search_term.strip()):
            return matches, may_repeat
        there = Q(pk__in=matches.order_by().values("pk"))
        for way in self.towns:
            there |= Q(**{f"{way}__in": town_keys(text)})
        return queryset.filter(there), may_repeat


def person_keys(word):
    """Return the keys of people with a word in their name or address."""
    return keys_with_word(User.objects.all(), word, *PERSON_COLUMNS)


def association_keys(word):
    """Return the keys of associations with a word in their name or acronym."""
    return keys_with_word(Association.objects.all(), word, *ASSOCIATION_COLUMNS)


def keys_by_text(kind, text):
    """Return the keys of what the site's own search finds, as a subquery."""
    entries = SearchEntry.objects.filter(kind=kind)
    return Search(q=text).narrow(entries).order_by().values("key")


def find_people(_user, asked):
    rows = User.objects.all()
    for word in asked.words:
        place = Q(authority__in=authority_keys(word)) | Q(association__in=association_keys(word))
        there = Membership.objects.active().filter(place).order_by()
        rows = rows.filter(pk__in=person_keys(word).union(there.values("user")))
    places = Membership.objects.active().select_related("authority", "association")
    rows = rows.prefetch_related(Prefetch("memberships", places, to_attr="places"))
    return sort_exact_first(rows, asked.text, PERSON_COLUMNS, ["name"])


def describe_person(person):
    """Describe a person with their address and where they belong (`places`, prefetched)."""
    places = [isolate(str(one.authority or one.association)) for one in person.places]
    return Hit(
        title=person.name,
        address=reverse("admin:accounts_user_person", args=[person.pk]),
        about=join_parts([isolate(person.email), *places]),
        status="" if person.is_active else status("stop", _("inactive")),
    )


def find_authorities(user, asked):
    rows = Authority.objects.for_user(user)
    rows = rows.filter(pk__in=keys_by_text(SearchEntry.AUTHORITY, asked.text))
    return sort_exact_first(rows, asked.text, ["name"], ["name"])


def describe_authority(authority):
    former = join_names(map(isolate, authority.former_names))
    return Hit(
        title=authority.place,
        address=reverse("admin:registry_authority_about", args=[authority.pk]),
        about=_("formerly: %s") % former if former else "",
        status=status(authority.get_status_kind(), authority.get_status_display()),
    )


def find_associations(_user, asked):
    rows = Association.objects.all()
    for word in asked.words:
        rows = rows.filter(pk__in=association_keys(word))
    return sort_exact_first(rows, asked.text, ASSOCIATION_COLUMNS, ["name"])


def describe_association(association):
    return Hit(
        title=association.name,
        address=reverse("admin:registry_association_change", args=[association.pk]),
        about=join_parts(filter(None, [association.acronym, association.country.name])),
    )


def find_experts(user, asked):
    """Find experts by their name, authority, topics and published offers."""
    rows = Expert.objects.for_user(user)
    rows = rows.filter(pk__in=keys_by_text(SearchEntry.EXPERT, asked.text))
    rows = rows.select_related("user", "authority").prefetch_related("offers")
    return sort_exact_first(rows, asked.text, ["user__name"], ["user__name"])


def describe_expert(expert):
    offers = [isolate(offer.title) for offer in expert.offers.all()]
    return Hit(
        title=expert.user.name,
        address=reverse("admin:accounts_user_person", args=[expert.user_id]),
        about=join_parts([expert.authority.place, *offers]),
    )


register_kind(SearchKind("people", 20, _("People"), User, find_people, describe_person))
register_kind(
    SearchKind(
        "authorities",
        30,
        _("Local authorities"),
        Authority,
        find_authorities,
        describe_authority,
    )
)
register_kind(
    SearchKind(
        "associations",
        35,
        _("Associations of local authorities"),
        Association,
        find_associations,
        describe_association,
    )
)
register_kind(
    SearchKind("experts", 40, _("Experts and their offers"), Expert, find_experts, describe_expert)
)
