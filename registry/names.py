"""Names of towns as people type them: a blank for the hyphen, no accents, another apostrophe."""

from collections import defaultdict

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connect.languages import join_names
from registry.enums import AuthorityStatus
from registry.models import Authority, SearchEntry
from registry.search import TownSearch, order_entries, rows_in_order
from registry.spellings import SAINT, name_letters, pattern_of

MOST = 5  # towns that somebody is asked about
ALIKE = 50  # entries that are looked at, the nearest first


def match_name(words):
    """Filter authorities by name, ignoring case, accents and spellings of Saint.

    Nothing else tells two spellings of one name from two names: those are asked about.
    """
    if SAINT.search(words):
        return Q(name__unaccent__iregex=f"^{pattern_of(words)}$")
    return Q(name__unaccent__iexact=words)


def similar_towns(words, country=""):
    """List the verified towns with this name, or a former or nearly the same one.

    The nearest first, MOST at most; country: two letters, or any.
    """
    entries = SearchEntry.objects.filter(kind=SearchEntry.AUTHORITY, is_public=True)
    whole = " ".join(words.split())[:200]
    asked = TownSearch(q=whole, country=str(country or ""))
    verified = Authority.objects.verified()
    named = verified.filter(match_name(whole))
    towns = {one.pk: one for one in (named.filter(country=country) if country else named)}
    near = order_entries(asked.narrow(entries), asked, total=0).values_list("key", flat=True)[
        :ALIKE
    ]
    towns |= {one.pk: one for one in rows_in_order(verified, near)}
    letters = name_letters(words)
    alike = sorted(towns.values(), key=lambda one: letters not in map(name_letters, one.names))
    return alike[:MOST]


def town_named(words, country=""):
    """Return the one town of this name (`match_name`); None for none or several."""
    slug = words.strip("/").rpartition("/")[2]  # of a link as well
    verified = Authority.objects.verified().filter(Q(slug=slug) | match_name(words))
    towns = list((verified.filter(country=country) if country else verified)[:2])
    return towns[0] if len(towns) == 1 else None


class TownNameMixin(forms.BaseForm):
    """A form with a town's name, which asks "is it this one?" where it is spelt otherwise.

    `named` is the field of its name, `within` that of its country, where there is one.
    `chosen_town` is the one that is meant: None where it is none that is known.
    """

    named, within = "name", ""
    NONE = "none"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.chosen_town = None
        words = self.data.get(self.add_prefix(self.named), "").strip() if self.is_bound else ""
        country = self.data.get(self.add_prefix(self.within), "") if self.within else ""
        self.exact = town_named(words, country) if words else None
        self.alike = similar_towns(words, country) if words and self.exact is None else []
        if self.alike:
            choices = [(one.slug, one.place_with_former_names) for one in self.alike]
            self.fields["town"] = forms.ChoiceField(
                label=gettext_lazy("Is it this one?"),
                choices=[*choices, (self.NONE, gettext_lazy("No, it is another one"))],
                widget=forms.RadioSelect,
                error_messages={
                    "required": gettext_lazy("We know an authority with a very similar name.")
                },
            )
            names = list(self.fields)
            names.remove("town")
            names.insert(names.index(self.named) + 1, "town")
            self.order_fields(names)

    def clean(self):
        super().clean()
        cleaned = self.cleaned_data
        slug = cleaned.get("town")
        self.chosen_town = self.exact or next((t for t in self.alike if t.slug == slug), None)
        return cleaned


def namesakes_in(countries):
    """Return {(country, the letters of a name): {address here: number of GeoNames}} of towns.

    By their present and former names.
    """
    namesakes: defaultdict[tuple, dict] = defaultdict(dict)
    gone = [AuthorityStatus.MERGED, AuthorityStatus.REFUSED]
    towns = Authority.objects.filter(country__in=countries).exclude(status__in=gone)
    for town in towns.only("name", "former_names", "country", "slug", "geonames_id"):
        for name in town.names:
            namesakes[str(town.country), name_letters(name)][town.slug] = town.geonames_id
    return namesakes


def question_about(words):
    """Return the question which town a table's cell means; "" where none is near."""
    near = join_names(f"{one.slug} ({one.place_with_former_names})" for one in similar_towns(words))
    return _("Is it this one? %s") % near if near else ""
