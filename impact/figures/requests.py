"""What towns asked for, and what became of it."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from applications.enums import UNSENT, Status
from applications.journey import STAGES, TITLES_FOR_OTHERS, stage_days
from connect.anonymity import FEW
from exchanges.models import Exchange
from exchanges.permissions import BEGUN
from impact.figures.definitions import Figure, Rows, Section, Table, Total
from impact.figures.shape import CountedSection, CountedTable, Kind, Row
from matching.models import Interest, Opportunity

UNDECIDED = {
    Status.SUBMITTED,
    Status.ELIGIBILITY_CHECK,
    Status.CORRECTION_ASKED,
    Status.UNDER_SELECTION,
    Status.WITHDRAWN,
    Status.CANCELLED,
}
DECIDED = set(Status) - UNDECIDED - UNSENT
ADMITTED = {
    Status.VALIDATED,
    Status.PUBLISHED,
    Status.SHORTLISTING,
    Status.CONSENT_PENDING,
    Status.MATCHED,
    Status.CLOSED,
    Status.CLOSED_NO_MATCH,
}
# A dossier is public once its request was published, or an exchange of it was held.
IS_PUBLIC = Q(Exists(Opportunity.objects.filter(dossier=OuterRef("pk")))) | Q(
    Exists(Exchange.objects.filter(dossier=OuterRef("pk"), status__in=BEGUN))
)


@dataclass(frozen=True, eq=False)
class DossierRows(Rows):
    """Rows of dossiers: their list is a table by country, for not all of them are public."""

    query: Callable  # the rows of some dossiers
    exchange: str = ""
    dossier: str = "dossier__"  # leads from a row to its dossier
    page = "impact-dossiers"

    def rows_in_scope(self, scope):
        return self.query(scope.dossiers)


DOSSIERS = DossierRows(lambda dossiers: dossiers, dossier="")
REQUESTS = DossierRows(lambda dossiers: Opportunity.objects.filter(dossier__in=dossiers))
ANSWERS = DossierRows(lambda some: Interest.objects.uninvited().filter(dossier__in=some))

SENT, PUBLIC = Total(DOSSIERS), Total(DOSSIERS, IS_PUBLIC)
ARE_DECIDED, ARE_ADMITTED = (
    Total(DOSSIERS, Q(status__in=sorted(states))) for states in (DECIDED, ADMITTED)
)
UNMATCHED = Total(DOSSIERS, Q(status=Status.CLOSED_NO_MATCH))
PUBLISHED, ANSWERED = Total(REQUESTS), Total(ANSWERS, different="pk")
# What is counted of a country in the list.
COLUMNS = {
    "sent": SENT,
    "decided": ARE_DECIDED,
    "admitted": ARE_ADMITTED,
    "published": PUBLISHED,
    "answers": ANSWERED,
    "unmatched": UNMATCHED,
}


def count_by_country(rows, dossiers, totals):
    """Count rows of dossiers a country: {country: {name: number}} of {name: total}.

    A dossier counts once in each country of its applicant and of co-applicants that confirmed.
    """
    first, joint = f"{rows.dossier}authority__country", f"{rows.dossier}partners__country"
    sums = {name: replace(total, different="pk").aggregate() for name, total in totals.items()}
    query = rows.query(dossiers).order_by()
    together = query.exclude(**{f"{rows.dossier}partners": None})
    others = together.values(first, joint).annotate(**sums)
    counted = [
        *query.values(first).annotate(**sums),
        *(row for row in others if row[joint] != row[first]),
    ]
    numbers: dict = defaultdict(lambda: dict.fromkeys(totals, 0))
    for row in counted:
        of_country = numbers[row.get(joint, row[first])]
        for name in totals:
            of_country[name] += row[name]
    return numbers


def columns_by_rows():
    sums: dict = defaultdict(dict)
    for name, total in COLUMNS.items():
        sums[total.rows][name] = total
    return sums


def dossiers_by_country(dossiers):
    """Count dossiers a country: [{country and each of COLUMNS}]."""
    by_country: dict = {}
    for rows, totals in columns_by_rows().items():
        for code, numbers in count_by_country(rows, dossiers, totals).items():
            row = by_country.setdefault(code, {"country": code} | dict.fromkeys(COLUMNS, 0))
            row.update(numbers)
    return list(by_country.values())


def dossiers_in_all(dossiers):
    """Count dossiers of all countries, each once: {each of COLUMNS}."""
    counted: dict = {}
    for rows, totals in columns_by_rows().items():
        sums = {name: total.aggregate() for name, total in totals.items()}
        counted |= rows.query(dossiers).order_by().aggregate(**sums)
    return counted


def sent_by_country(counted):
    return count_by_country(DOSSIERS, counted.dossiers, {"sent": SENT, "public": PUBLIC})


def countries_that_asked(name):
    """Make the count of countries with dossiers that are "sent" or "public"."""
    return lambda counted: sum(
        row[name] > 0 for row in counted.compute_once(sent_by_country).values()
    )


def rows_by_country(counted):
    """List (country, dossiers sent, key, public ones) of each country."""
    sums = counted.compute_once(sent_by_country).items()
    return [
        (countries.name(code), row["sent"], str(code or ""), row["public"]) for code, row in sums
    ]


def public_unmatched(counted):
    return counted.totals_by(PUBLIC, "status").get(Status.CLOSED_NO_MATCH, 0)


def mean_of_whole_fives(counted):
    """Return the mean of the first whole fives of answers, to the nearest half."""
    answers, requests = counted.number(ANSWERED), counted.number(PUBLISHED)
    return round(2 * (answers // FEW * FEW) / requests) / 2 if requests else None


SECTION = Section(
    _("Applications and requests"),
    figures=(
        Figure(
            code="dossiers",
            label=_("applications submitted"),
            words=_("By local authorities, whatever the outcome."),
            counts=SENT,
            kind=Kind.DOSSIERS,
        ),
        Figure(
            code="dossier_countries",
            label=_("applicant countries"),
            words=_(
                "Of the local authorities that submitted an application, and of "
                "co-applicants that confirmed."
            ),
            counts=countries_that_asked("sent"),
            lists=SENT,
            kind=Kind.DOSSIERS,
            public=countries_that_asked("public"),
        ),
        Figure(
            code="success",
            label=_("validated"),
            words=_("Of the applications on which a decision was taken."),
            counts=ARE_ADMITTED,
            share_of=ARE_DECIDED,
            unit="%",
            kind=Kind.DOSSIERS,
        ),
        Figure(
            code="opportunities",
            label=_("requests published"),
            words=_("Published to find an expert, now or before."),
            counts=PUBLISHED,
        ),
        Figure(
            code="answers",
            label=_("answers per request"),
            words=_("Sent by experts on their own initiative, on average."),
            counts=ANSWERED,
            share_of=PUBLISHED,
            ratio=lambda answers, requests: round(answers / requests, 1) if requests else None,
            kind=Kind.ANSWERS,  # how many answered an open request is not theirs to know
            basis=ANSWERED,
            in_halves=mean_of_whole_fives,
        ),
        Figure(
            code="unmatched",
            label=_("requests without a match"),
            words=_("Closed because no expert matched."),
            counts=UNMATCHED,
            kind=Kind.DOSSIERS,
            public=public_unmatched,
        ),
    ),
    tables=(
        Table(
            code="status",
            label=_("Applications by status"),
            total=SENT,
            column="status",
            name=lambda code: Status(code).label,
            kind=Kind.DOSSIERS,
            public=PUBLIC,
        ),
        Table(
            code="place",
            label=_("Applications by country"),
            total=SENT,
            rows=rows_by_country,
            kind=Kind.DOSSIERS,
            public=PUBLIC,
            narrows=("country",),
        ),
    ),
)


def steps_of(asked):
    """Return a section of the days each step takes: for half of the dossiers, for nine in ten.

    It reads every event of every dossier: a page of its own, and counted for the exports.
    """
    days = stage_days(asked.dossiers(), (0.5, 0.9))
    tables = (
        (
            "days_median",
            _("Days after which half of the applications have left each step (median)"),
            _(
                "The median of the applications that have left the step, if there are at "
                "least five."
            ),
        ),
        (
            "days_p90",
            _("Days after which nine applications out of ten have left each step"),
            _("One in ten takes longer."),
        ),
    )
    made = []
    for place, (code, label, words) in enumerate(tables):
        known = [
            (str(TITLES_FOR_OTHERS.get(name, title)), days[name][place])
            for name, title, _in in STAGES
            if name in days
        ]
        most = max((number for _title, number in known), default=1)
        rows = [Row(title, number, number / most) for title, number in known]
        made.append(CountedTable(code, str(label), rows, str(words), Kind.DOSSIERS))
    return CountedSection(str(_("How long each step takes")), [], made)
