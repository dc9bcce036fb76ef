"""What those who took part think of an exchange."""

from django.db import models

from connect.links import HasLink
from exchanges.enums import Moment, Side
from exchanges.models.exchanges import Exchange
from exchanges.models.people import Participant


class Evaluation(HasLink, models.Model):
    """A questionnaire for one person, by link. Answers keep the version of its questions."""

    SALT, PAGE = "exchanges.evaluation", "/exchanges/evaluation/{}/"

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
