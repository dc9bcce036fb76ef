"""What came of exchanges: measures, reports, good practices."""

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from exchanges.enums import MeasureStatus
from exchanges.models import FollowUp, Measure, MeasureReport
from impact.figures.definitions import (
    Figure,
    Rows,
    Section,
    Table,
    Total,
    not_asked,
)
from practices.models import Practice

MEASURES = Rows(lambda today: Measure.objects.all(), exchange="plan__exchange")
REPORTS = Rows(lambda today: MeasureReport.objects.all(), exchange="follow_up__exchange")
FOLLOW_UPS = Rows(lambda today: FollowUp.objects.filter(due_on__lte=today), exchange="exchange")
PRACTICES = Rows(lambda today: Practice.objects.published(), exchange="exchange")

WRITTEN_DOWN = Total(MEASURES)
DONE = Total(MEASURES, Q(status=MeasureStatus.DONE))
EVIDENCE = MeasureReport.objects.filter(measure=OuterRef("pk")).exclude(evidence="")
MEASURE = ngettext_lazy("%(shown)s measure", "%(shown)s measures", "n")


def reports_after(month, label):
    """Define the share of reports that came, of those that were due after some months."""
    due = Total(FOLLOW_UPS, Q(month=month))
    return Figure(
        code=f"reports_{month}",
        label=label,
        words=_(
            "Of the reports that were due; a report that was not sent does not count as a success."
        ),
        counts=Total(FOLLOW_UPS, due.where & Q(answered_at__isnull=False)),
        share_of=due,
        unit="%",
        note=not_asked(due),
        each=ngettext_lazy("%(shown)s report received", "%(shown)s reports received", "n"),
        lists_all=True,
    )


def measures_by_status(code, label, total):
    """Define the table of measures by how they stand."""
    return Table(
        code=code,
        label=label,
        total=total,
        column="status",
        name=lambda status: MeasureStatus(status).label,
        each=MEASURE,
    )


SECTION = Section(
    _("Measures and follow-up"),
    figures=(
        Figure(
            code="measures",
            label=_("measures"),
            words=_("In the action plans of local authorities."),
            counts=WRITTEN_DOWN,
            each=MEASURE,
            column="measures",
            column_words=_("Measures in the local authority's action plan"),
        ),
        Figure(
            code="done",
            label=_("measures carried out"),
            words=_("As last reported by the local authorities."),
            counts=DONE,
            each=ngettext_lazy("%(shown)s measure done", "%(shown)s measures done", "n"),
            column="measures_done",
            column_words=_("Of them carried out, as last reported"),
        ),
        Figure(
            code="proved",
            label=_("of them with evidence"),
            words=_("A photo or a document shows it."),
            counts=Total(MEASURES, DONE.where & Q(Exists(EVIDENCE))),
            share_of=DONE,
            unit="%",
            each=ngettext_lazy("%(shown)s with evidence", "%(shown)s with evidence", "n"),
        ),
        reports_after(6, _("reports after 6 months")),
        reports_after(12, _("reports after 12 months")),
        Figure(
            code="practices",
            label=_("good practices"),
            words=_("Published with the agreement of both sides."),
            counts=Total(PRACTICES),
            each=ngettext_lazy("%(shown)s good practice", "%(shown)s good practices", "n"),
        ),
        Figure(
            code="views",
            label=_("times read"),
            words=_("Visits to their pages by people other than their authors."),
            counts=Total(PRACTICES, adds=F("views")),
            each=ngettext_lazy("read %(shown)s time", "read %(shown)s times", "n"),
        ),
    ),
    tables=(
        measures_by_status("measures", _("Status of measures"), WRITTEN_DOWN),
        *(
            measures_by_status(
                f"measures_{month}", label, Total(REPORTS, Q(follow_up__month=month))
            )
            for month, label in (
                (6, _("As reported after 6 months")),
                (12, _("As reported after 12 months")),
            )
        ),
    ),
)
