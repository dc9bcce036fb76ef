"""What the programme comes to: every figure by query, with what it counts in words (domain.md 13).

One person in two exchanges is two participations and one participant; "not told" is a column of its
own; cancelled exchanges are counted apart, interrupted ones in.
"""

from dataclasses import dataclass, field

from django.db.models import (
    Avg,
    Count,
    Exists,
    F,
    FloatField,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, ExtractYear, Lower
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django_countries import countries

from applications.enums import Status
from applications.models import Call, Dossier
from exchanges.enums import ExchangeStatus, MeasureStatus, Moment, Payer, Post
from exchanges.models import (
    BudgetLine,
    Evaluation,
    Exchange,
    FollowUp,
    Measure,
    MeasureReport,
    Observation,
    Participant,
)
from exchanges.permissions import BEGUN
from matching.models import Interest, Opportunity
from practices.models import Practice
from registry.enums import ExchangeForm, Gender, IncomeLevel, Tier
from registry.models import Authority, Income, Theme

LEAST = 3  # answers below which no mean is told
FEW = 5  # people below which they are not counted by what they are


@dataclass(frozen=True)
class Asked:
    """Which exchanges are counted, as the address says it; empty where it does not."""

    year_from: str = ""
    year_to: str = ""
    country: str = ""
    theme: str = ""
    form: str = ""
    call: str = ""

    @classmethod
    def of(cls, query):
        """Read a page's address; what cannot be is as if it were not there."""
        typed = {name: query.get(name, "").strip()[:80] for name in cls.__dataclass_fields__}
        for name in ("year_from", "year_to"):
            if not (typed[name].isascii() and typed[name].isdecimal() and len(typed[name]) == 4):
                typed[name] = ""
        return cls(**{name: value.replace("\x00", "") for name, value in typed.items()})

    @property
    def query(self):
        """The address that asks the same."""
        chosen = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return urlencode({name: value for name, value in chosen.items() if value})

    def exchanges(self):
        """All exchanges that are asked for, in any state."""
        found = Exchange.objects.annotate(
            year=ExtractYear(Coalesce("actual_start", "planned_start"))
        )
        if self.year_from:
            found = found.filter(year__gte=int(self.year_from))
        if self.year_to:
            found = found.filter(year__lte=int(self.year_to))
        if self.form:
            found = found.filter(form=self.form)
        if self.country:
            helping = Interest.objects.filter(
                matches=OuterRef("match"), authority__country=self.country
            )
            found = found.filter(Q(dossier__authority__country=self.country) | Exists(helping))
        return found.filter(dossier__in=self.of_dossiers()) if self.theme or self.call else found

    def of_dossiers(self):
        """The dossiers of the theme and the call that are asked for."""
        found = Dossier.objects.exclude(status=Status.DRAFT)
        if self.call:
            found = found.filter(call__slug=self.call)
        if self.theme:
            needs = Dossier.needs.rel.related_model.objects.filter(dossier=OuterRef("pk"))
            own = Q(theme__code=self.theme) | Q(theme__parent__code=self.theme)
            found = found.filter(Exists(needs.filter(own)))
        return found

    def dossiers(self):
        """The dossiers that are asked for: by the year they were sent in."""
        found = self.of_dossiers()
        if self.year_from:
            found = found.filter(submitted_at__year__gte=int(self.year_from))
        if self.year_to:
            found = found.filter(submitted_at__year__lte=int(self.year_to))
        if self.country:
            found = found.filter(authority__country=self.country)
        return found.filter(forms__contains=[self.form]) if self.form else found


@dataclass(frozen=True)
class Figure:
    """A number with its name and what it counts; `value` is None where too few answered."""

    code: str
    label: str
    value: float | int | None
    words: str
    unit: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    count: int | None  # None for a few people, who might be known by it
    share: float  # of the largest row, for the bar
    key: str = ""


@dataclass(frozen=True)
class Table:
    code: str
    label: str
    rows: list
    words: str = ""


@dataclass(frozen=True)
class Section:
    title: str
    figures: list
    tables: list = field(default_factory=list)


@dataclass(frozen=True)
class Flow:
    """Exchanges from the country of those who help to that of those who asked."""

    source: str
    target: str
    count: int


@dataclass(frozen=True)
class Impact:
    sections: list
    flows: list

    @property
    def figures(self):
        return [figure for section in self.sections for figure in section.figures]

    @property
    def tables(self):
        return [table for section in self.sections for table in section.tables]


def impact_of(asked, now):
    """Count everything that is asked for, in a fixed number of queries."""
    every = asked.exchanges()
    held = every.filter(status__in=BEGUN)
    flows = flows_of(held)
    return Impact(
        [
            exchanges_of(every, held, flows),
            people_of(held),
            requests_of(asked),
            afterwards_of(held, timezone.localdate(now)),
            opinions_of(held),
            money_of(held),
        ],
        flows,
    )


def table(code, label, counted, words=""):
    """Make a table of (label, count, key), the largest first; rows that count nothing go."""
    rows = [row for row in counted if row[1]]
    most = max((count for _label, count, _key in rows), default=1)
    rows.sort(key=lambda row: (-row[1], str(row[0])))
    return Table(code, label, [Row(str(a), n, n / most, key) for a, n, key in rows], words)


def without_few(made):
    """Hide the rows of a table of people that count fewer than five (check P5)."""
    rows = [row if row.count >= FEW else Row(row.label, None, 0, row.key) for row in made.rows]
    return Table(made.code, made.label, rows, made.words)


def share(part, whole):
    return round(100 * part / whole) if whole else None


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


def people_of(held):
    there = Participant.objects.filter(exchange__in=held).there()
    columns = ("gender", "post", "side", "is_first_time")
    counted = list(there.values_list(*columns).order_by().annotate(n=Count("pk"), days=Sum("days")))
    total = sum(row[4] for row in counted)
    who = Coalesce(Cast("user", output_field=IntegerField()), Value(0))
    different = there.aggregate(
        n=Count(Lower("name"), distinct=True, filter=Q(user=None)),
        known=Count(who, distinct=True, filter=Q(user__isnull=False)),
    )

    def by(place, choices):
        counts = {}
        for row in counted:
            counts[row[place]] = counts.get(row[place], 0) + row[4]
        return [(choices(code).label, n, code) for code, n in counts.items()]

    told = [row for row in counted if row[3] is not None]
    first = sum(row[4] for row in told if row[3])
    return Section(
        _("People"),
        [
            Figure(
                "participations",
                _("participations"),
                total,
                _("Everybody who took part, once for each exchange."),
            ),
            Figure(
                "participants",
                _("different people"),
                different["n"] + different["known"],
                _("The same account, or the same name without an account, counts once."),
            ),
            Figure(
                "days",
                _("days of taking part"),
                sum(row[5] or 0 for row in counted),
                _("Days of all people together, where they are known."),
            ),
            Figure(
                "first_timers",
                _("for the first time"),
                share(first, sum(row[4] for row in told)),
                _("Of those of whom we know whether it was their first CONNECT exchange."),
                "%",
            ),
        ],
        [
            without_few(table("gender", _("By gender"), by(0, Gender))),
            without_few(table("post", _("Elected and technical"), by(1, Post))),
        ],
    )


def money_of(held):
    spent = F("spent") / F("per_euro")
    there = Participant.objects.filter(exchange=OuterRef("exchange")).there()
    days = there.order_by().values("exchange").annotate(n=Sum("days")).values("n")
    lines = BudgetLine.objects.filter(exchange__in=held, spent__isnull=False)
    rows = list(
        lines.order_by()
        .values("exchange", "payer")
        .annotate(euros=Sum(spent), days=Subquery(days))
        .values_list("exchange", "payer", "euros", "days")
    )
    total = sum(row[2] for row in rows)
    dated = {row[0]: row[3] for row in rows if row[3]}
    of_dated = sum(row[2] for row in rows if row[0] in dated)
    others = sum(row[2] for row in rows if row[1] != Payer.PROGRAMME)
    return Section(
        _("Money"),
        [
            Figure(
                "spent",
                _("euros spent"),
                round(total),
                _("All that was spent on exchanges held, whoever paid, at the rates of the days."),
            ),
            Figure(
                "cost_per_day",
                _("euros for a participant's day"),
                round(of_dated / sum(dated.values())) if dated else None,
                _("Of exchanges whose costs and days of taking part are both known."),
            ),
            Figure(
                "co_funding",
                _("paid by the two sides"),
                share(others, total),
                _("Of all that was spent, what the programme did not pay."),
                "%",
            ),
        ],
    )


def requests_of(asked):
    dossiers = asked.dossiers()
    opened = Opportunity.objects.filter(dossier__in=dossiers)
    sent = Interest.objects.filter(dossier__in=dossiers, events__verb="submit").distinct()
    answers = sent.exclude(events__verb="invite").count()
    counted = dict(dossiers.values_list("status").order_by().annotate(n=Count("pk")))
    decided = sum(n for status, n in counted.items() if status not in UNDECIDED)
    admitted = sum(n for status, n in counted.items() if status in ADMITTED)
    places = dossiers.values("authority__country").distinct().count()
    requests = opened.count()
    return Section(
        _("Requests"),
        [
            Figure(
                "dossiers",
                _("dossiers sent"),
                sum(counted.values()),
                _("By towns, whatever became of them."),
            ),
            Figure(
                "dossier_countries",
                _("countries that asked"),
                places,
                _("Of the towns that sent a dossier."),
            ),
            Figure(
                "success",
                _("validated"),
                share(admitted, decided),
                _("Of the dossiers that were decided on."),
                "%",
            ),
            Figure(
                "opportunities",
                _("requests published"),
                requests,
                _("Looking for a colleague on the public board, now or before."),
            ),
            Figure(
                "answers",
                _("answers to a request"),
                round(answers / requests, 1) if requests else None,
                _("Sent by experts of their own accord, on average."),
            ),
            Figure(
                "unmatched",
                _("requests without a match"),
                counted.get(Status.CLOSED_NO_MATCH, 0),
                _("Closed because nobody fitted."),
            ),
        ],
        [
            table(
                "status",
                _("Dossiers by state"),
                [(Status(code).label, n, "") for code, n in counted.items()],
            )
        ],
    )


UNDECIDED = {
    Status.SUBMITTED,
    Status.ELIGIBILITY_CHECK,
    Status.CORRECTION_ASKED,
    Status.UNDER_SELECTION,
    Status.WITHDRAWN,
    Status.CANCELLED,
}
ADMITTED = {
    Status.VALIDATED,
    Status.PUBLISHED,
    Status.SHORTLISTING,
    Status.CONSENT_PENDING,
    Status.MATCHED,
    Status.CLOSED,
    Status.CLOSED_NO_MATCH,
}


def afterwards_of(held, today):
    measures = Measure.objects.filter(plan__exchange__in=held)
    shown = MeasureReport.objects.filter(measure=OuterRef("pk")).exclude(evidence="")
    counted = dict(measures.values_list("status").order_by().annotate(n=Count("pk")))
    done = counted.get(MeasureStatus.DONE, 0)
    proved = measures.filter(Exists(shown), status=MeasureStatus.DONE).count()
    reports = MeasureReport.objects.filter(measure__plan__exchange__in=held)
    at = {
        (month, status): n
        for month, status, n in reports.exclude(follow_up=None)
        .values_list("follow_up__month", "status")
        .order_by()
        .annotate(n=Count("pk"))
    }
    asked = {
        row["month"]: row
        for row in FollowUp.objects.filter(exchange__in=held, due_on__lte=today)
        .values("month")
        .order_by()
        .annotate(asked=Count("pk"), answered=Count("pk", filter=Q(answered_at__isnull=False)))
    }
    practices = Practice.objects.published().filter(exchange__in=held).count()

    def rate(month):
        row = asked.get(month)
        return share(row["answered"], row["asked"]) if row else None

    def of_month(month):
        return [(MeasureStatus(code).label, n, code) for (m, code), n in at.items() if m == month]

    return Section(
        _("What came of it"),
        [
            Figure(
                "measures",
                _("measures"),
                sum(counted.values()),
                _("Written down in the towns' action plans."),
            ),
            Figure("done", _("measures done"), done, _("As the towns last reported.")),
            Figure(
                "proved",
                _("of them with evidence"),
                share(proved, done),
                _("A photo or a document shows it."),
                "%",
            ),
            Figure(
                "reports_6",
                _("reports after 6 months"),
                rate(6),
                _("Of the reports that were due; what never came is no success."),
                "%",
            ),
            Figure(
                "reports_12",
                _("reports after 12 months"),
                rate(12),
                _("Of the reports that were due; what never came is no success."),
                "%",
            ),
            Figure(
                "practices",
                _("good practices"),
                practices,
                _("Published with the agreement of both sides."),
            ),
        ],
        [
            table(
                "measures",
                _("Measures as they stand"),
                [(MeasureStatus(code).label, n, code) for code, n in counted.items()],
            ),
            table("measures_6", _("As reported after 6 months"), of_month(6)),
            table("measures_12", _("As reported after 12 months"), of_month(12)),
        ],
    )


def opinions_of(held):
    asked = Evaluation.objects.filter(exchange__in=held, moment=Moment.END)
    satisfied, before, after = (
        Cast(KT(f"answers__{code}"), IntegerField()) for code in ("satisfied", "before", "after")
    )
    told = asked.filter(answered_at__isnull=False).annotate(s=satisfied, b=before, a=after)
    numbers = told.aggregate(
        answered=Count("pk"),
        satisfied=Avg("s", filter=Q(s__gt=0)),
        of=Count("pk", filter=Q(s__gt=0)),
        gain=Avg(Cast(F("a") - F("b"), FloatField()), filter=Q(a__gt=0, b__gt=0)),
        both=Count("pk", filter=Q(a__gt=0, b__gt=0)),
    )

    def mean(value, count):
        return round(value, 1) if count >= LEAST else None

    return Section(
        _("What those who took part think"),
        [
            Figure(
                "satisfaction",
                _("satisfied, of 5"),
                mean(numbers["satisfied"], numbers["of"]),
                _("Mean of the answers at the end, from three on."),
            ),
            Figure(
                "gain",
                _("steps of knowledge gained"),
                mean(numbers["gain"], numbers["both"]),
                _("How much better people know the subject after than before, on a scale of five."),
            ),
            Figure(
                "response",
                _("answered"),
                share(numbers["answered"], asked.count()),
                _("Of those who were asked at the end."),
                "%",
            ),
        ],
    )


# What one may choose


def choices():
    """Give the filters: (name, label, [(value, words)])."""
    held = Exchange.objects.filter(status__in=BEGUN)
    years = sorted(
        year
        for year in held.annotate(y=ExtractYear(Coalesce("actual_start", "planned_start")))
        .values_list("y", flat=True)
        .order_by()
        .distinct()
        if year
    )
    there = {flow.source for flow in flows_of(held)} | {flow.target for flow in flows_of(held)}
    numbers = [(str(year), str(year)) for year in years]
    themes = Theme.objects.filter(parent=None)
    return [
        ("year_from", _("From"), numbers),
        ("year_to", _("To"), numbers),
        (
            "country",
            _("Country"),
            sorted(((c, countries.name(c)) for c in there), key=lambda c: c[1]),
        ),
        ("theme", _("Theme"), sorted(((t.code, str(t)) for t in themes), key=lambda t: t[1])),
        (
            "form",
            _("Form of exchange"),
            [(code, str(label)) for code, label in ExchangeForm.choices],
        ),
        (
            "call",
            _("Call"),
            [(call.slug, call.title) for call in Call.objects.order_by("-closes_at")],
        ),
    ]
