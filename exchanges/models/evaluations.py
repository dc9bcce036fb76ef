"""What those who took part think of an exchange."""

from datetime import timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _

from connect.dates import day_after, end_of_day
from connect.links import HasLink
from exchanges.enums import Moment, Side
from exchanges.models.exchanges import Exchange
from exchanges.models.people import Participant


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
