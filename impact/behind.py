"""The list behind each figure and each row: the exchanges counted, each with what it adds."""

from django.db.models import (
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce, Round
from django.utils.translation import ngettext_lazy

from applications.models import Dossier
from exchanges.enums import ExchangeStatus, MeasureStatus, Moment
from exchanges.models import (
    BudgetLine,
    Evaluation,
    FollowUp,
    Measure,
    MeasureReport,
    Observation,
    Participant,
)
from exchanges.permissions import BEGUN
from impact.figures.asked import asked_from
from impact.figures.exchanges import Size
from matching.models import Interest
from practices.models import Practice
from registry.enums import IncomeLevel
from registry.models import Authority, Income
from registry.reference import least_developed

NUMBER, EUROS = IntegerField(), FloatField()


def counted_as(one, several):
    """Name what is counted: `% {"n": its number, "shown": the number as it is written}`."""
    return ngettext_lazy(one, several, "n")


COSTS = counted_as("%(shown)s euro", "%(shown)s euros")
MEASURES = counted_as("%(shown)s measure", "%(shown)s measures")
THERE = counted_as("%(shown)s participation", "%(shown)s participations")
ANSWERS = counted_as("%(shown)s answer", "%(shown)s answers")
PEOPLE = counted_as("%(shown)s person", "%(shown)s people")
REPORTS = counted_as("%(shown)s report came", "%(shown)s reports came")


def sum_of(rows, path, what=None, output=NUMBER):
    """What an exchange adds: the rows that lead to it, counted or summed; 0 for none."""
    added = Sum(what) if what is not None else Count("pk")
    mine = rows.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Coalesce(
        Subquery(mine.annotate(added=added).values("added")[:1], output_field=output),
        Value(0),
        output_field=output,
    )


def people():
    return Participant.objects.there()


def euros(cost):
    return Round(ExpressionWrapper(cost / F("per_euro"), EUROS))


def south_south(held):
    """Those between countries neither of which is a high-income country."""
    rich = Income.objects.filter(level=IncomeLevel.HIGH).values("country")
    helping = Interest.objects.filter(matches=OuterRef("match")).exclude(
        authority__country__in=rich
    )
    south = Authority.objects.exclude(country__in=rich)
    return held.filter(asked_by(south), Exists(helping))


def in_least_developed(held):
    return of_authorities(held, Authority.objects.filter(country__in=least_developed()))


def observed(held):
    return held.filter(
        Exists(Observation.objects.reached().filter(session__exchange=OuterRef("pk")))
    )


def follow_ups(month, today):
    return FollowUp.objects.filter(month=month, due_on__lte=today)


def sums(today):
    """Give what figures sum up over exchanges: {code: (expression, its unit in words)}."""
    measures, lines = Measure.objects.all(), BudgetLine.objects.all()
    shown = MeasureReport.objects.filter(measure=OuterRef("pk")).exclude(evidence="")
    done, practices = measures.filter(status=MeasureStatus.DONE), Practice.objects.published()
    at_end = Evaluation.objects.filter(moment=Moment.END, answered_at__isnull=False)
    spent = (
        sum_of(lines.filter(spent__isnull=False), "exchange", euros(F("spent")), EUROS),
        COSTS,
    )
    answers = sum_of(at_end, "exchange"), ANSWERS
    there = sum_of(people(), "exchange"), THERE
    came = {
        month: sum_of(follow_ups(month, today).filter(answered_at__isnull=False), "exchange")
        for month in (6, 12)
    }
    return {
        "participations": there,
        "participants": there,
        "days": (
            sum_of(people(), "exchange", "days"),
            counted_as("%(shown)s day", "%(shown)s days"),
        ),
        "first_timers": (
            sum_of(people().filter(is_first_time=True), "exchange"),
            counted_as("%(shown)s for the first time", "%(shown)s for the first time"),
        ),
        "carbon": (
            sum_of(people().filter(travels=True), "exchange"),
            counted_as("%(shown)s travelled", "%(shown)s travelled"),
        ),
        "planned": (
            sum_of(lines, "exchange", euros(F("quantity") * F("unit_cost")), EUROS),
            COSTS,
        ),
        **dict.fromkeys(("spent", "cost_per_day", "co_funding"), spent),
        "measures": (sum_of(measures, "plan__exchange"), MEASURES),
        "done": (
            sum_of(done, "plan__exchange"),
            counted_as("%(shown)s measure done", "%(shown)s measures done"),
        ),
        "proved": (
            sum_of(done.filter(Exists(shown)), "plan__exchange"),
            counted_as("%(shown)s with evidence", "%(shown)s with evidence"),
        ),
        "reports_6": (came[6], REPORTS),
        "reports_12": (came[12], REPORTS),
        "practices": (
            sum_of(practices, "exchange"),
            counted_as("%(shown)s good practice", "%(shown)s good practices"),
        ),
        "views": (
            sum_of(practices, "exchange", "views"),
            counted_as("read %(shown)s time", "read %(shown)s times"),
        ),
        **dict.fromkeys(("satisfaction", "gain", "response"), answers),
    }


OF_PEOPLE = {
    *("participations", "participants", "days", "first_timers", "carbon"),
    *("satisfaction", "gain", "response"),
}
LISTS = {
    "held": lambda held: held,
    "countries": lambda held: held,
    "authorities": lambda held: held,
    "targets": lambda held: held,
    "south_south": south_south,
    "least_developed": in_least_developed,
    "observed": observed,
}


def behind(asked, code, today):
    """Give the exchanges behind a figure and the unit of what each adds, as its `added`.

    The unit (see `counted_as`) is "" where each counts once. KeyError for what has no list.
    """
    every = asked.exchanges()
    held = every.filter(status__in=BEGUN)
    if code == "cancelled":
        return every.filter(status=ExchangeStatus.CANCELLED), ""
    if code in LISTS:
        return LISTS[code](held), ""
    added, unit = sums(today)[code]
    rows = held.annotate(added=added).order_by("-added", "-pk")
    if code.startswith("reports_"):
        month = int(code.removeprefix("reports_"))
        return rows.filter(Exists(follow_ups(month, today).filter(exchange=OuterRef("pk")))), unit
    return rows.filter(added__gt=0), unit


def of_goal(held, goal):
    needs = Dossier.needs.rel.related_model.objects.filter(
        dossier=OuterRef("dossier"), theme__sdg__startswith=f"{goal}."
    )
    return held.filter(Exists(needs))


def between(held, pair):
    """Those that go from a country to another; pair: the two codes with a line between."""
    source, _line, target = pair.partition("-")
    helping = Interest.objects.filter(matches=OuterRef("match"), authority__country=source)
    return held.filter(asked_from([target]), Exists(helping))


def of_authorities(held, found):
    """Those with one of these authorities on either side."""
    helping = Interest.objects.filter(matches=OuterRef("match"), authority__in=found)
    return held.filter(asked_by(found) | Exists(helping))


def asked_by(authorities):
    """Match the exchanges that one of these authorities asked for, or asked for together."""
    joint = Dossier.objects.filter(partners__in=authorities)
    return Q(dossier__authority__in=authorities) | Q(dossier__in=joint.values("pk"))


ROWS = {
    "goal": of_goal,
    "flow": between,
    "tier": lambda held, tier: of_authorities(held, Authority.objects.filter(tier=tier)),
    "size": lambda held, size: of_authorities(
        held, Authority.objects.annotate(size=Size.of_authority()).filter(size=size)
    ),
}
ROWS_OF_PEOPLE = {"gender", "side", "post"}


def behind_row(asked, code, key):
    """Give the exchanges behind a row of a table and the unit of what each adds, as `added`.

    KeyError for a table whose rows have no list of exchanges.
    """
    held = asked.exchanges().filter(status__in=BEGUN)
    if code in ROWS:
        return ROWS[code](held, key), ""
    if code in ROWS_OF_PEOPLE:
        added, unit = sum_of(people().filter(**{code: key}), "exchange"), PEOPLE
    else:
        added, unit = measures_in(code, key), MEASURES
    return held.annotate(added=added).filter(added__gt=0).order_by("-added", "-pk"), unit


def measures_in(code, status):
    """Count an exchange's measures in a state: now, or as reported after 6 or 12 months."""
    if code == "measures":
        return sum_of(Measure.objects.filter(status=status), "plan__exchange")
    month = {"measures_6": 6, "measures_12": 12}[code]
    reported = MeasureReport.objects.filter(follow_up__month=month, status=status)
    return sum_of(reported, "follow_up__exchange")


# Figures of dossiers: a table by country, for what is not published is nobody's to list.
OF_DOSSIERS = {
    *("dossiers", "dossier_countries", "success", "opportunities", "answers", "unmatched"),
}
TABLES_OF_DOSSIERS = {"status", "place"}
COUNTED = ("sent", "decided", "admitted", "published", "answers", "unmatched")  # of a country


def dossiers_by_country(dossiers, decided, admitted):
    """Count dossiers a country: [{country and each of COUNTED}]."""
    answers = Interest.objects.of_own_accord().filter(dossier=OuterRef("pk")).order_by()
    answers = answers.values("dossier").annotate(n=Count("pk", distinct=True)).values("n")
    return (
        dossiers.values("authority__country")
        .order_by()
        .annotate(
            sent=Count("pk"),
            decided=Count("pk", filter=Q(status__in=decided)),
            admitted=Count("pk", filter=Q(status__in=admitted)),
            published=Count("opportunity"),
            answers=Coalesce(Sum(Subquery(answers)), 0),
            unmatched=Count("pk", filter=Q(status="closed_no_match")),
        )
    )
