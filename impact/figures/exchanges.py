"""The exchanges themselves: how many, between which countries, in which forms and themes."""

from django.db.models import CharField, Count, Exists, F, Func, OuterRef, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from applications.models import DossierNeed
from exchanges.enums import ExchangeStatus, IncidentKind
from exchanges.models import Exchange, Incident, Observation
from exchanges.permissions import BEGUN
from impact.figures.authorities import AUTHORITIES, Size
from impact.figures.definitions import Figure, Rows, Section, Table, Total
from impact.figures.flows import countries_in, share_south_south, south_south
from impact.figures.shape import Kind
from registry.enums import Goal, Tier
from registry.exchange_forms import EXCHANGE_FORMS
from registry.models import Theme
from registry.reference import least_developed_countries


class ExchangeRows(Rows):
    """Exchanges in any state."""

    adds_up = False

    def rows_in_scope(self, scope):
        return scope.every

    def exchanges(self, scope, where, adds=None):
        return scope.every.filter(where)


EXCHANGES = ExchangeRows(lambda today: Exchange.objects.all(), exchange="pk")
HELD = Total(EXCHANGES, Q(status__in=BEGUN))
OBSERVATIONS = Observation.objects.notified().filter(session__exchange=OuterRef("pk"))
ON_EITHER_SIDE = Total(AUTHORITIES)
# What harmed people is counted nowhere: one case is too much of a trace.
INCIDENTS = Rows(
    lambda today: Incident.objects.exclude(kind=IncidentKind.SAFEGUARDING), exchange="exchange"
)


def theme_counts(counted):
    """List (theme, exchanges, code): by the themes of the topics that their dossiers name."""
    needs = DossierNeed.objects.filter(dossier__exchanges__in=counted.held)
    numbers = dict(
        needs.values_list(Coalesce("theme__parent", "theme"))
        .order_by()
        .annotate(n=Count("dossier__exchanges", distinct=True))
    )
    themes = Theme.objects.in_bulk(numbers)
    return [(themes[pk], n, themes[pk].code) for pk, n in numbers.items()]


def count_goals(counted):
    """List (goal, exchanges, different targets that they touch)."""
    needs = DossierNeed.objects.filter(dossier__exchanges__in=counted.held)
    goal = Func(F("theme__sdg"), Value("."), Value(1), function="split_part")
    return list(
        needs.exclude(theme__sdg="")
        .values_list(Cast(goal, CharField()))
        .order_by()
        .annotate(
            n=Count("dossier__exchanges", distinct=True),
            targets=Count("theme__sdg", distinct=True),
        )
    )


def goal_counts(counted):
    return [
        (f"{code}. {Goal(code).label}", n, code)
        for code, n, _t in counted.compute_once(count_goals)
    ]


def targets_touched(counted):
    return sum(targets for _code, _n, targets in counted.compute_once(count_goals))


def of_goal(held, goal):
    """Return the exchanges with a topic of a goal."""
    needs = DossierNeed.objects.filter(
        dossier=OuterRef("dossier"), theme__sdg__startswith=f"{goal}."
    )
    return held.filter(Exists(needs))


SECTION = Section(
    _("Exchanges"),
    figures=(
        Figure(
            code="held",
            label=_("exchanges started"),
            words=_(
                "Started, whether finished or not; interrupted ones are included, "
                "cancelled ones are not."
            ),
            counts=HELD,
        ),
        Figure(
            code="countries",
            label=_("countries involved"),
            words=_(
                "Countries of the applicants, of co-applicants that confirmed, and "
                "of the authorities whose experts helped."
            ),
            counts=countries_in,
            lists=HELD,
        ),
        Figure(
            code="south_south",
            label=_("South–South"),
            words=_(
                "Of all pairs of countries in an exchange (confirmed co-applicants "
                "included), those where neither is a high-income country (World "
                "Bank)."
            ),
            counts=share_south_south,
            unit="%",
            lists=south_south,
        ),
        Figure(
            code="observed",
            label=_("with an association"),
            words=_(
                "Exchanges to which an association of local authorities was invited "
                "as an observer; the target is all of them."
            ),
            counts=Total(EXCHANGES, HELD.where & Q(Exists(OBSERVATIONS))),
            share_of=HELD,
            unit="%",
        ),
        Figure(
            code="cancelled",
            label=pgettext_lazy("an exchange", "cancelled"),
            words=_("Agreed, and then cancelled before or after they began; counted nowhere else."),
            counts=Total(EXCHANGES, Q(status=ExchangeStatus.CANCELLED)),
        ),
        Figure(
            code="authorities",
            label=_("authorities reached"),
            words=_("Municipalities, districts and regions on either side, each counted once."),
            counts=ON_EITHER_SIDE,
            lists=HELD,
        ),
        Figure(
            code="least_developed",
            label=_("of them in least developed countries"),
            words=_("Countries on the United Nations' list of December 2024."),
            counts=Total(AUTHORITIES, Q(country__in=sorted(least_developed_countries()))),
            share_of=ON_EITHER_SIDE,
            unit="%",
        ),
        Figure(
            code="targets",
            label=_("SDG targets addressed"),
            words=_("Targets of the Sustainable Development Goals that match the topics."),
            counts=targets_touched,
            lists=HELD,
        ),
        Figure(
            code="incidents",
            label=_("incidents reported"),
            words=_(
                "Of every severity, lost documents included; what happened is not public. What "
                "harmed a person, such as harassment, is left out: a number could point to them."
            ),
            counts=Total(INCIDENTS),
            kind=Kind.INCIDENTS,
            basis=Total(INCIDENTS, different="exchange"),
            admin_page="admin:exchanges_incident_changelist",
        ),
    ),
    tables=(
        Table(
            code="form",
            label=_("By form"),
            total=HELD,
            column="form",
            name=lambda code: EXCHANGE_FORMS[code].label,
            narrows=("form",),
        ),
        Table(
            code="year",
            label=_("By year"),
            total=HELD,
            column="year",
            name=lambda year: year or _("not dated yet"),
            in_order=True,
            narrows=("year_from", "year_to"),
        ),
        Table(
            code="theme",
            label=_("By theme"),
            words=_("An exchange with several themes counts in each."),
            total=HELD,
            rows=theme_counts,
            narrows=("theme",),
        ),
        Table(
            code="goal",
            label=_("By Sustainable Development Goal"),
            words=_("By the targets of the topics; an exchange with several goals counts in each."),
            total=HELD,
            rows=goal_counts,
            lists=of_goal,
        ),
        Table(
            code="tier",
            label=_("Authorities by level"),
            total=ON_EITHER_SIDE,
            column="tier",
            name=lambda code: Tier(code).label,
        ),
        Table(
            code="size",
            label=_("Authorities by inhabitants"),
            total=ON_EITHER_SIDE,
            column="size",
            name=lambda code: Size(code).label,
            order=tuple(Size.values),
        ),
    ),
)
