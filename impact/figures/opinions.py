"""What those who took part think: means of five answers or more."""

from django.db.models import Avg, F, FloatField, IntegerField, Q
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from connect.anonymity import FEW
from exchanges.enums import Moment
from exchanges.models import Evaluation
from impact.figures.definitions import Figure, Rows, Section, Total, not_asked
from impact.figures.shape import Kind


def asked_at_the_end(today):
    """Return the evaluations at the end that are due, with their marks."""
    satisfied, before, after = (
        Cast(KT(f"answers__{code}"), IntegerField()) for code in ("satisfied", "before", "after")
    )
    ends = Evaluation.objects.filter(moment=Moment.END)
    asked = ends.filter(Q(due_on__lt=today) | Q(answered_at__isnull=False))
    return asked.annotate(satisfied=satisfied, before=before, after=after)


EVALUATIONS = Rows(asked_at_the_end, exchange="exchange", are_people=True)
IS_ANSWERED = Q(answered_at__isnull=False)
ASKED, ANSWERED = Total(EVALUATIONS), Total(EVALUATIONS, IS_ANSWERED)
# Those alone whom the side that asked, or staff, confirmed as having taken part.
CONFIRMED = IS_ANSWERED & Q(participant__confirmed_at__isnull=False)
SATISFACTION, GAIN = F("satisfied"), Cast(F("after") - F("before"), FloatField())
HAS_SATISFACTION = CONFIRMED & Q(satisfied__gt=0)
HAS_GAIN = CONFIRMED & Q(after__gt=0, before__gt=0)
WITH_SATISFACTION, WITH_GAIN = Total(EVALUATIONS, HAS_SATISFACTION), Total(EVALUATIONS, HAS_GAIN)


def mean_of_many(marks, count):
    """Return the mean of five answers or more, to one place."""
    return round(marks / count, 1) if count >= FEW else None


def mean_mark_of_whole_fives(total, mark):
    """Make the mean of the first whole fives of answers, to the nearest half."""

    def mean(counted):
        whole = counted.number(total) // FEW * FEW
        rows = EVALUATIONS.rows_in_scope(counted).filter(total.where).order_by("answered_at", "pk")
        value = rows[:whole].aggregate(mean=Avg(mark))["mean"]
        return None if value is None else round(2 * value) / 2

    return mean


# What they have in common: told of many only, with the list of all that answered.
OPINION = {
    "kind": Kind.ANSWERS,
    "note": not_asked(ASKED),
    "uses": (ASKED,),
    "lists": ANSWERED,
    "each": ngettext_lazy("%(shown)s answer", "%(shown)s answers", "n"),
}
SECTION = Section(
    _("What participants think"),
    figures=(
        Figure(
            code="satisfaction",
            label=_("satisfaction, out of 5"),
            words=_("Mean of the answers at the end, if there are at least five."),
            counts=Total(EVALUATIONS, HAS_SATISFACTION, adds=SATISFACTION),
            share_of=WITH_SATISFACTION,
            ratio=mean_of_many,
            basis=WITH_SATISFACTION,
            in_halves=mean_mark_of_whole_fives(WITH_SATISFACTION, SATISFACTION),
            **OPINION,
        ),
        Figure(
            code="gain",
            label=_("points of knowledge gained"),
            words=_(
                "How much better people know the subject after than before, on a five-point scale."
            ),
            counts=Total(EVALUATIONS, HAS_GAIN, adds=GAIN),
            share_of=WITH_GAIN,
            ratio=mean_of_many,
            basis=WITH_GAIN,
            in_halves=mean_mark_of_whole_fives(WITH_GAIN, GAIN),
            **OPINION,
        ),
        Figure(
            code="response",
            label=_("response rate"),
            words=_("Of those who were asked at the end."),
            counts=ANSWERED,
            share_of=ASKED,
            unit="%",
            basis=ANSWERED,
            **OPINION,
        ),
    ),
)
