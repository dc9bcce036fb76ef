"""From which country to which colleagues go, and which of it is from South to South."""

from collections import Counter

from django.db.models import Count, Exists, OuterRef

from impact.figures.authorities import asked_by
from impact.figures.selection import asked_from
from impact.figures.shape import percentage
from matching.models import Interest
from registry.enums import IncomeLevel
from registry.models import Authority, Income
from registry.worldmap import Flow

FLOW = "flow"  # the code of their list


def count_flows(held):
    """Count exchanges a pair of countries, the busiest first.

    From the country that helped to those that asked, confirmed co-applicants too; a country
    counts once an exchange.
    """
    helping, asking = "match__interests__authority__country", "dossier__authority__country"
    joint = "dossier__partners__country"
    rows = held.order_by().values_list(helping, asking)
    pairs = list(rows.annotate(n=Count("pk", distinct=True)))
    together = held.exclude(dossier__partners=None).order_by()
    rows = together.values_list(helping, joint, asking).annotate(n=Count("pk", distinct=True))
    pairs += [(source, target, count) for source, target, first, count in rows if target != first]
    counted: Counter = Counter()
    for source, target, count in pairs:
        counted[source, target] += count
    flows = [Flow(source, target, count) for (source, target), count in counted.items() if source]
    return sorted(flows, key=lambda flow: (-flow.count, flow.source, flow.target))


def counted_flows(counted):
    return count_flows(counted.held)


def countries_in(counted):
    """Count the countries on either side."""
    flows = counted.compute_once(counted_flows)
    return len({flow.source for flow in flows} | {flow.target for flow in flows})


def share_south_south(counted):
    """Return the percentage of pairs of countries neither of which is a high-income country."""
    flows = counted.compute_once(counted_flows)
    rich = set(high_income().values_list("country", flat=True))
    south = sum(flow.count for flow in flows if not {flow.source, flow.target} & rich)
    return percentage(south, sum(flow.count for flow in flows))


def high_income():
    return Income.objects.filter(level=IncomeLevel.HIGH)


def south_south(held):
    """Filter exchanges to those between countries neither of which is a high-income country."""
    rich = high_income().values("country")
    helping = Interest.objects.filter(matches=OuterRef("match")).exclude(
        authority__country__in=rich
    )
    south = Authority.objects.exclude(country__in=rich)
    return held.filter(asked_by(south), Exists(helping))


def of_flow(held, pair):
    """Filter exchanges to those from a country to another; pair: both codes with a hyphen."""
    source, _line, target = pair.partition("-")
    helping = Interest.objects.filter(matches=OuterRef("match"), authority__country=source)
    return held.filter(asked_from([target]), Exists(helping))
