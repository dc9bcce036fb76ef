"""The exchanges themselves: how many, between which countries, in which forms and themes."""

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from applications.models import Dossier
from exchanges.enums import ExchangeStatus
from exchanges.models import Observation
from impact.figures.shape import Figure, Flow, Section, share, table
from matching.models import Interest
from registry.enums import ExchangeForm, IncomeLevel, Tier
from registry.models import Authority, Income, Theme


def flows_of(held):
    """Count exchanges a pair of countries, the busiest first."""
    pairs = (
        held.values("match__interests__authority__country", "dossier__authority__country")
        .order_by()
        .annotate(n=Count("pk", distinct=True))
    )
    flows = [
        Flow(
            pair["match__interests__authority__country"],
            pair["dossier__authority__country"],
            pair["n"],
        )
        for pair in pairs
        if pair["match__interests__authority__country"]
    ]
    return sorted(flows, key=lambda flow: (-flow.count, flow.source, flow.target))


def exchanges_of(every, held, flows):
    forms = dict(held.values_list("form").order_by().annotate(n=Count("pk")))
    years = dict(held.values_list("year").order_by().annotate(n=Count("pk")))
    counts, tiers = theme_counts(held), reached(held)
    incomes = dict(Income.objects.values_list("country", "level"))
    south = sum(flow.count for flow in flows if not is_rich(flow, incomes))
    total = sum(forms.values())
    observed = Observation.objects.filter(session__exchange=OuterRef("pk"))
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
                _("Of the towns that asked and of the colleagues who helped."),
            ),
            Figure(
                "south_south",
                _("from South to South"),
                share(south, sum(f.count for f in flows)),
                _(
                    "Of all pairs of countries of an exchange, those where neither is a "
                    "high-income country (World Bank)."
                ),
                "%",
            ),
            Figure(
                "observed",
                _("with an association"),
                share(held.filter(Exists(observed)).count(), total),
                _(
                    "Exchanges to which an association of authorities was invited as an "
                    "observer; the aim is all of them."
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
                sum(n for _label, n, _key in tiers),
                _("Towns, districts and regions on either side, each counted once."),
            ),
        ],
        [
            table(
                "form",
                _("By form"),
                [(ExchangeForm(code).label, n, code) for code, n in forms.items()],
            ),
            table(
                "year",
                _("By year"),
                [(year or _("not dated yet"), n, str(year or "")) for year, n in years.items()],
            ),
            table(
                "theme",
                _("By theme"),
                counts,
                _("An exchange about several themes counts in each."),
            ),
            table("tier", _("Authorities by level"), tiers),
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
    """Count the authorities of either side by their level: [(label, n, key)]."""
    asking = held.values("dossier__authority")
    helping = Interest.objects.filter(matches__exchange__in=held).values("authority")
    found = Authority.objects.filter(Q(pk__in=asking) | Q(pk__in=helping))
    tiers = found.values_list("tier").order_by().annotate(n=Count("pk"))
    return [(Tier(tier).label, n, "") for tier, n in tiers]
