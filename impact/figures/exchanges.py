"""The exchanges themselves: how many, between which countries, in which forms and themes."""

import math
from collections import Counter

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications.models import Dossier
from exchanges.enums import ExchangeStatus, IncidentKind
from exchanges.models import Incident, Observation
from impact.figures.shape import Figure, Kind, Section, share, summed, table
from matching.models import Interest
from registry.enums import Goal, IncomeLevel, Tier
from registry.exchange_forms import EXCHANGE_FORMS
from registry.models import Authority, Income, Theme
from registry.reference import least_developed
from registry.worldmap import Flow


class Size(TextChoices):
    """An authority by its inhabitants."""

    SMALL = "s", gettext_lazy("fewer than 10,000")
    MEDIUM = "m", gettext_lazy("10,000 to 50,000")
    LARGE = "l", gettext_lazy("50,000 to 250,000")
    LARGEST = "xl", gettext_lazy("250,000 or more")
    UNKNOWN = "u", gettext_lazy("not known")

    @classmethod
    def of_authority(cls):
        """The size of an authority as an expression."""
        bounds = [(cls.SMALL, 10_000), (cls.MEDIUM, 50_000), (cls.LARGE, 250_000)]
        return Case(
            When(population=None, then=Value(cls.UNKNOWN.value)),
            *(When(population__lt=most, then=Value(size.value)) for size, most in bounds),
            default=Value(cls.LARGEST.value),
        )


def flows_of(held):
    """Count exchanges a pair of countries, the busiest first.

    From that of who helped to those of who asked: of co-applicants that confirmed, too; a country
    counts once an exchange.
    """
    helping, asking = "match__interests__authority__country", "dossier__authority__country"
    joint = "dossier__partners__country"
    rows = held.order_by().values_list(helping, asking)
    pairs = list(rows.annotate(n=Count("pk", distinct=True)))
    together = held.exclude(dossier__partners=None).order_by()
    rows = together.values_list(helping, joint, asking).annotate(n=Count("pk", distinct=True))
    pairs += [(source, target, n) for source, target, first, n in rows if target != first]
    counted: Counter = Counter()
    for source, target, n in pairs:
        counted[source, target] += n
    flows = [Flow(source, target, n) for (source, target), n in counted.items() if source]
    return sorted(flows, key=lambda flow: (-flow.count, flow.source, flow.target))


def exchanges_of(every, held, flows):
    forms = dict(held.values_list("form").order_by().annotate(n=Count("pk")))
    years = dict(held.values_list("year").order_by().annotate(n=Count("pk")))
    authorities = reached(held)
    goals, targets = goal_counts(held)
    incomes = dict(Income.objects.values_list("country", "level"))
    south = sum(flow.count for flow in flows if not is_rich(flow, incomes))
    total = sum(forms.values())
    # What harmed people is counted nowhere: one case is too much of a trace.
    incidents = Incident.objects.filter(exchange__in=held).exclude(kind=IncidentKind.SAFEGUARDING)
    reported = incidents.aggregate(n=Count("pk"), exchanges=Count("exchange", distinct=True))
    observed = Observation.objects.reached().filter(session__exchange=OuterRef("pk"))
    places = {flow.source for flow in flows} | {flow.target for flow in flows}
    return Section(
        _("Exchanges"),
        [
            Figure(
                "held",
                _("exchanges held"),
                total,
                _("Begun, whether over or not; interrupted ones are in, cancelled ones are not."),
            ),
            Figure(
                "countries",
                _("countries in them"),
                len(places),
                _(
                    "Of the authorities that asked, with co-applicants that confirmed, and of "
                    "those whose experts helped."
                ),
            ),
            Figure(
                "south_south",
                _("from South to South"),
                share(south, sum(f.count for f in flows)),
                _(
                    "Of all pairs of countries of an exchange, with those of co-applicants that "
                    "confirmed, those where neither is a high-income country (World Bank)."
                ),
                "%",
            ),
            Figure(
                "observed",
                _("with an association"),
                share(held.filter(Exists(observed)).count(), total),
                _(
                    "Exchanges to which somebody of an association of authorities was invited "
                    "as an observer; the aim is all of them."
                ),
                "%",
            ),
            Figure(
                "cancelled",
                _("cancelled"),
                every.filter(status=ExchangeStatus.CANCELLED).count(),
                _("Agreed, and then cancelled before or after they began; counted nowhere else."),
            ),
            Figure(
                "authorities",
                _("authorities reached"),
                sum(row[-1] for row in authorities),
                _("Towns, districts and regions on either side, each counted once."),
            ),
            Figure(
                "least_developed",
                _("of them in least developed countries"),
                share(
                    sum(n for _tier, _band, code, n in authorities if code in least_developed()),
                    sum(row[-1] for row in authorities),
                ),
                _("Countries on the United Nations' list of December 2024."),
                "%",
            ),
            Figure(
                "targets",
                _("targets of the SDGs touched"),
                targets,
                _("Targets of the Sustainable Development Goals that belong to the topics."),
            ),
            Figure(
                "incidents",
                _("incidents reported"),
                reported["n"],
                _(
                    "Of any severity, from a lost document on, but for harassment and other harm "
                    "to people, which is counted nowhere; what happened is not public."
                ),
                kind=Kind.INCIDENTS,
                basis=reported["exchanges"],
            ),
        ],
        [
            table(
                "form",
                _("By form"),
                [(EXCHANGE_FORMS[code].label, n, code) for code, n in forms.items()],
            ),
            table(
                "year",
                _("By year"),
                [
                    (year or _("not dated yet"), n, str(year or ""))
                    for year, n in sorted(years.items(), key=lambda one: one[0] or math.inf)
                ],
                in_order=True,
            ),
            table(
                "theme",
                _("By theme"),
                theme_counts(held),
                _("An exchange about several themes counts in each."),
            ),
            table(
                "goal",
                _("By Sustainable Development Goal"),
                goals,
                _("By the targets of the topics; an exchange about several goals counts in each."),
            ),
            table("tier", _("Authorities by level"), by(authorities, 0, Tier)),
            table("size", _("Authorities by inhabitants"), by(authorities, 1, Size)),
        ],
    )


def theme_counts(held):
    """Return (theme, exchanges, code): by the themes of the topics that their dossiers name."""
    needs = Dossier.needs.rel.related_model.objects.filter(dossier__exchanges__in=held)
    counted = dict(
        needs.values_list(Coalesce("theme__parent", "theme"))
        .order_by()
        .annotate(n=Count("dossier__exchanges", distinct=True))
    )
    themes = Theme.objects.in_bulk(counted)
    return [(themes[pk], n, themes[pk].code) for pk, n in counted.items()]


def is_rich(flow, incomes):
    return IncomeLevel.HIGH in (incomes.get(flow.source), incomes.get(flow.target))


def reached(held):
    """Count the authorities of either side: [(tier, size, country, n)]."""
    asking = Q(pk__in=held.values("dossier__authority"))
    asking |= Q(pk__in=held.exclude(dossier__partners=None).values("dossier__partners"))
    helping = Interest.objects.filter(matches__exchange__in=held).values("authority")
    found = Authority.objects.filter(asking | Q(pk__in=helping))
    kinds = found.values_list("tier", Size.of_authority(), "country")
    return list(kinds.order_by().annotate(n=Count("pk")))


def by(rows, place, choices):
    """Sum [(…, n)] by the value at a place: [(label, n, key)]."""
    return [(choices(code).label, n, code) for code, n in summed(rows, place).items()]


def goal_counts(held):
    """Return [(goal, exchanges, key)], and how many different targets they touch."""
    needs = Dossier.needs.rel.related_model.objects.filter(dossier__exchanges__in=held)
    goal = Func(F("theme__sdg"), Value("."), Value(1), function="split_part")
    rows = (
        needs.exclude(theme__sdg="")
        .values_list(Cast(goal, CharField()))
        .order_by()
        .annotate(
            n=Count("dossier__exchanges", distinct=True),
            targets=Count("theme__sdg", distinct=True),
        )
    )
    found = list(rows)
    named = [(f"{code}. {Goal(code).label}", n, code) for code, n, _targets in found]
    return named, sum(targets for _code, _n, targets in found)
