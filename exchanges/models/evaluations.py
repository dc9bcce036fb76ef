"""What those who took part think of an exchange."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Lower, NullIf
from django.utils.translation import gettext_lazy as _

from connect.dates import day_after, end_of_day
from connect.links import HasLink
from exchanges.enums import Moment, Side
from exchanges.models.exchanges import Exchange
from exchanges.models.people import Participant
from matching.models import Interest

# The address of whoever answers: of their account, else the one given; without any, themselves.
MAILBOX = Coalesce(
    NullIf(Lower(Coalesce("participant__user__email", "participant__address")), Value("")),
    Cast("participant", models.TextField()),
    output_field=models.TextField(),
)


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def counted_for_ratings(self) -> "EvaluationQuerySet":
        """Filter the answers at the end that say how content those who were helped were, 1 to 5.

        With their `mark`. Those count whom the towns themselves, or staff, confirmed as having
        taken part; a mailbox once an exchange, that of an expert of its own never.
        """
        answers = self.annotate(mailbox=MAILBOX).filter(
            moment=Moment.END,
            side=Side.REQUESTING,
            participant__confirmed_at__isnull=False,
            answers__satisfied__in=["1", "2", "3", "4", "5"],
        )
        own = Interest.objects.filter(
            matches__exchange=OuterRef("exchange"), expert__user__email__iexact=OuterRef("mailbox")
        )
        later = answers.filter(
            exchange=OuterRef("exchange"), mailbox=OuterRef("mailbox"), pk__gt=OuterRef("pk")
        )
        counted = answers.filter(~Exists(own), ~Exists(later))
        return counted.annotate(mark=Cast(KT("answers__satisfied"), models.IntegerField()))


class Evaluation(HasLink, models.Model):
    """A questionnaire for one person, by link. Answers keep the version of its questions."""

    PURPOSE, PAGE = "exchanges.evaluation", "/exchanges/evaluation/{}/"
    LINK_WORDS = _("a questionnaire")
    OPEN_FOR = timedelta(days=60)

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="evaluations")
    participant = models.ForeignKey(
        Participant, models.SET_NULL, null=True, related_name="evaluations"
    )
    moment = models.CharField(max_length=6, choices=Moment)
    side = models.CharField(max_length=11, choices=Side)
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveSmallIntegerField(null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)  # {question's code: number or text}

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["exchange", "participant", "moment"], name="an_evaluation_once_a_moment"
            )
        ]

    def __str__(self):
        return f"{self.exchange.reference}: {self.get_moment_display()}"

    @property
    def link_holder(self):
        return self.participant.link_holder if self.participant else None

    def link_end(self, now):
        return end_of_day(day_after(self.due_on, self.OPEN_FOR))
