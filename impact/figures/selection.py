"""The filters of the impact pages, as an address has them; empty where it has none."""

import re
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce, ExtractYear
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_countries import countries

from applications.enums import UNSENT
from applications.models import Call, Dossier, DossierNeed
from connect.languages import sort_alphabetically
from connect.posted_values import as_number
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange
from exchanges.permissions import BEGUN
from matching.models import Interest
from registry import search
from registry.enums import Continent
from registry.exchange_forms import exchange_form_choices
from registry.models import Association, Authority, Theme
from registry.reference import continent_by_country


def years_in_order(first: str, last: str) -> tuple[str, str]:
    """Return two years, "" for any, the earlier first: either way round, the same are meant."""
    return (last, first) if "" < last < first else (first, last)


@dataclass(frozen=True)
class Selection:
    """The filters of the impact pages, as an address has them; empty where it has none."""

    year_from: str = ""
    year_to: str = ""
    country: str = ""
    theme: str = ""
    form: str = ""
    call: str = ""
    region: str = ""
    state: str = ""
    association: str = ""  # its key; its own page leads there

    @classmethod
    def from_query(cls, query):
        """Read the filters of a page's address; invalid ones are ignored."""
        typed = {name: query.get(name, "").strip()[:80] for name in cls.__dataclass_fields__}
        for name in ("year_from", "year_to"):
            if not re.fullmatch(r"(19|20|21)\d\d", typed[name], re.ASCII):
                typed[name] = ""
        years = years_in_order(typed["year_from"], typed["year_to"])
        typed["year_from"], typed["year_to"] = years
        typed["association"] = str(as_number(typed["association"]) or "")
        typed = {name: value.replace("\x00", "") for name, value in typed.items()}
        return cls(
            **{name: v if v and filter_value_name(name, v) else "" for name, v in typed.items()}
        )

    @property
    def query(self):
        """The address that asks the same."""
        chosen = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return urlencode({name: value for name, value in chosen.items() if value})

    def exchanges(self):
        """All exchanges that are asked for, in any state."""
        exchanges = Exchange.objects.annotate(
            year=ExtractYear(Coalesce("actual_start", "planned_start"))
        )
        if self.year_from:
            exchanges = exchanges.filter(year__gte=int(self.year_from))
        if self.year_to:
            exchanges = exchanges.filter(year__lte=int(self.year_to))
        if self.form:
            exchanges = exchanges.filter(form=self.form)
        if self.country:
            exchanges = exchanges.filter(between_countries([self.country]))
        if self.region:
            exchanges = exchanges.filter(between_countries(in_region(self.region)))
        if self.state:
            exchanges = exchanges.filter(status=self.state)
        by_dossier = self.theme or self.call or self.association
        return (
            exchanges.filter(dossier__in=self.dossiers_of_any_year()) if by_dossier else exchanges
        )

    def dossiers_of_any_year(self):
        """The dossiers of the theme and the call that are asked for."""
        dossiers = Dossier.objects.exclude(status__in=UNSENT)
        if self.association:
            members = Authority.objects.filter(associations=int(self.association))
            dossiers = dossiers.filter(authority__in=members)
        if self.call:
            dossiers = dossiers.filter(call__slug=self.call)
        if self.theme:
            needs = DossierNeed.objects.filter(dossier=OuterRef("pk"))
            own = Q(theme__code=self.theme) | Q(theme__parent__code=self.theme)
            dossiers = dossiers.filter(Exists(needs.filter(own)))
        return dossiers

    def dossiers(self):
        """The dossiers that are asked for: by the year they were sent in."""
        dossiers = self.dossiers_of_any_year()
        if self.year_from:
            dossiers = dossiers.filter(submitted_at__year__gte=int(self.year_from))
        if self.year_to:
            dossiers = dossiers.filter(submitted_at__year__lte=int(self.year_to))
        if self.country:
            dossiers = dossiers.filter(sent_from([self.country]))
        if self.region:
            dossiers = dossiers.filter(sent_from(in_region(self.region)))
        return dossiers.filter(forms__contains=[self.form]) if self.form else dossiers


def filter_value_name(name, value):
    """Describe a filter's value in words, even if nothing has it; "" for an unknown one."""
    if name in ("year_from", "year_to"):
        return value
    if name in CHOICES:
        return str(CHOICES[name].get(value, ""))
    if name == "call":
        return str(Call.objects.filter(slug=value, opens_at__lte=timezone.now()).first() or "")
    if name == "association":
        return str(Association.objects.filter(pk=value).first() or "")
    return search.facet_value_name(name, value)


CHOICES = {
    "region": dict(Continent.choices),
    "state": {state.value: state.label for state in ExchangeStatus if state in BEGUN},
}


def sent_from(there):
    """Match the dossiers that somebody of these countries sent, or confirmed to be part of."""
    joint = Dossier.objects.filter(partners__country__in=there)
    return Q(authority__country__in=there) | Q(pk__in=joint.values("pk"))


def asked_from(there):
    """Match the exchanges that somebody of these countries asked for, or asked for together."""
    joint = Dossier.objects.filter(partners__country__in=there)
    return Q(dossier__authority__country__in=there) | Q(dossier__in=joint.values("pk"))


def between_countries(there):
    """Match the exchanges with an authority of these countries on either side."""
    helping = Interest.objects.filter(matches=OuterRef("match"), authority__country__in=there)
    return asked_from(there) | Q(Exists(helping))


def in_region(code):
    return [country for country, continent in continent_by_country().items() if continent == code]


def countries_of(held):
    """Return the codes of the countries of all who took part in some exchanges."""
    asking = held.values_list("dossier__authority__country", flat=True)
    joint = held.exclude(dossier__partners=None).values_list(
        "dossier__partners__country", flat=True
    )
    helping = Interest.objects.filter(matches__exchange__in=held)
    return {
        *asking.order_by().distinct(),
        *joint.order_by().distinct(),
        *helping.values_list("authority__country", flat=True).order_by().distinct(),
    }


def list_filters(now):
    """Return the filters: (name, label, [(value, words)]), with what exchanges have alone."""
    held = Exchange.objects.filter(status__in=BEGUN)
    years = sorted(
        year
        for year in held.annotate(y=ExtractYear(Coalesce("actual_start", "planned_start")))
        .values_list("y", flat=True)
        .order_by()
        .distinct()
        if year
    )
    there = countries_of(held)
    regions = {continent_by_country().get(country) for country in there}
    involved = Association.objects.filter(
        Exists(held.filter(dossier__authority__associations=OuterRef("pk")))
    )
    numbers = [(str(year), str(year)) for year in years]
    needs = DossierNeed.objects.filter(dossier__in=held.values("dossier"))
    own = needs.values_list("theme", flat=True).union(needs.values_list("theme__parent", flat=True))
    themes = Theme.objects.filter(parent=None, pk__in=[pk for pk in own if pk])
    forms = set(held.values_list("form", flat=True))
    states = set(held.values_list("status", flat=True))
    calls = Call.objects.filter(
        Exists(held.filter(dossier__call=OuterRef("pk"))), opens_at__lte=now
    )
    return [
        ("year_from", pgettext("year or country", "From"), numbers),
        ("year_to", pgettext("year or country", "To"), numbers),
        ("region", _("Region"), [one for one in Continent.choices if one[0] in regions]),
        (
            "country",
            _("Country"),
            sort_alphabetically(((c, countries.name(str(c))) for c in there), lambda c: c[1]),
        ),
        ("theme", _("Theme"), [(theme.code, str(theme)) for theme in sort_alphabetically(themes)]),
        (
            "form",
            _("Form of exchange"),
            [(code, str(label)) for code, label in exchange_form_choices() if code in forms],
        ),
        (
            "state",
            _("Status of the exchange"),
            [one for one in CHOICES["state"].items() if one[0] in states],
        ),
        (
            "association",
            _("Association of local authorities"),
            [(str(one.pk), str(one)) for one in sort_alphabetically(involved)],
        ),
        (
            "call",
            _("Call"),
            [(call.slug, str(call)) for call in sort_alphabetically(calls)],
        ),
    ]
