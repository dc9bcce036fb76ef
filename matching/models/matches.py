"""Matches, what each side answers, and what the sides say to each other."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from applications.models import Dossier
from connect.dates import end_of_day
from connect.languages import isolate, join_names, join_parts
from connect.links import HasLink
from connect.mail import Recipient
from connect.statuses import StatusField
from connect.transitions import Event
from matching.enums import Answer, MatchStatus, Side
from matching.models.opportunities import Interest
from matching.querysets import MatchQuerySet
from registry.exchange_forms import EXCHANGE_FORMS, exchange_form_choices
from registry.models import Authority


class Match(models.Model):
    """One dossier joined with one or more interests, once everybody agrees."""

    reference = models.CharField(_("reference"), max_length=15, unique=True)
    dossier = models.ForeignKey(
        Dossier, models.PROTECT, verbose_name=_("application"), related_name="matches"
    )
    interests = models.ManyToManyField(Interest, verbose_name=_("answers"), related_name="matches")
    status = StatusField(
        _("status"), max_length=10, choices=MatchStatus, default=MatchStatus.PROPOSED
    )
    status_since = models.DateTimeField(_("since"), default=timezone.now)
    answer_by = models.DateField(_("answer by"))
    note = models.TextField(_("why these"), blank=True)
    # What every side agrees to; "" where it was proposed before one was chosen.
    form = models.CharField(
        _("form of exchange"),
        max_length=20,
        choices=exchange_form_choices,
        blank=True,
        default="",
        db_default="",
    )

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("match"), _("matches")
        ordering = ["-status_since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(status__in=["proposed", "agreed"]),
                name="one_living_match_a_dossier",
            )
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("match", args=[self.reference])

    @property
    def agreed_form(self):
        """The code of the one form of exchange that is proposed."""
        return self.form or self.dossier.forms[0]

    @property
    def form_words(self):
        return EXCHANGE_FORMS[self.agreed_form].label

    @property
    def is_at_experts(self):
        """True if those who ask travel to those who help, who receive them."""
        return EXCHANGE_FORMS[self.agreed_form].travelling_side == "requesting"

    @property
    def group_words(self):
        """Say how many would visit those who help; "" where they travel themselves."""
        form, planned = EXCHANGE_FORMS[self.agreed_form], self.dossier.travellers
        if not self.is_at_experts:
            return ""
        if planned:
            words = ngettext("%(number)d visitor", "%(number)d visitors", planned)
            return words % {"number": planned}
        least, most = form.travellers
        words = gettext("usually %(least)d to %(most)d visitors")
        return words % {"least": least, "most": most}

    def waiting_words(self, own):
        """Name who has not answered yet; one of `own`, the reader's consents, as "you"."""
        if self.status != MatchStatus.PROPOSED:
            return ""
        waiting = [one for one in self.consents.all() if one.answer == Answer.WAITING]
        others = [f"{one.name} ({one.get_side_display()})" for one in waiting if one not in own]
        return join_parts([*([gettext("you")] if len(others) < len(waiting) else []), *others])

    @property
    def experts(self):
        """List (interest, what names its employer when it was proposed: `authority` and function).

        An answer that is free again names the employer of today.
        """
        asked = self.consents.filter(side=Side.EXPERT).exclude(authority=None)
        then = {consent.interest_id: consent for consent in asked.select_related("authority")}
        interests = self.interests.select_related("expert__user", "authority")
        return [(interest, then.get(interest.pk, interest)) for interest in interests]

    @property
    def expert_words(self):
        """Name the experts, each with their employer when they were proposed."""
        named = [(isolate(one.expert.user.name), then.authority) for one, then in self.experts]
        return join_names(f"{name} ({isolate(place)})" for name, place in named)

    @property
    def path(self):
        return f"/matches/{self.reference}/"


class Consent(HasLink, models.Model):
    """One side's answer to a match. An employer answers by link, without an account.

    `address` is who was asked; `answered_by` who answered, None by link. Of an expert, `authority`
    and `function_title` are where they worked when they were asked, and as what.
    """

    PURPOSE, PAGE = "matching.consent", "/matches/answer/{}/"
    LINK_WORDS = _("an employer's answer")

    match = models.ForeignKey(Match, models.CASCADE, related_name="consents")
    side = models.CharField(max_length=10, choices=Side)
    interest = models.ForeignKey(Interest, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=150)
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="en")
    authority = models.ForeignKey(
        Authority, models.PROTECT, null=True, blank=True, related_name="+"
    )
    function_title = models.CharField(max_length=120, blank=True, db_default="")
    answer = StatusField(max_length=10, choices=Answer, default=Answer.WAITING)
    reason = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["match", "side", "interest"],
                nulls_distinct=False,
                name="one_consent_a_side",
            )
        ]

    def __str__(self):
        return f"{self.match_id} {self.side}: {self.answer}"

    @property
    def link_holder(self):
        if self.side != Side.EMPLOYER:
            return None
        return Recipient(self.address, self.name, self.language)

    def link_end(self, now):
        return end_of_day(self.match.answer_by)


SPEAKERS = [*Side.choices, ("staff", _("the programme team")), ("guest", _("takes part"))]


class MatchMessage(models.Model):
    """A message of one side of a match to the others, saved as it was typed."""

    match = models.ForeignKey(Match, models.CASCADE, related_name="messages")
    side = models.CharField(max_length=10, choices=SPEAKERS)
    name = models.CharField(max_length=150)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    text = models.TextField(max_length=2000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.match_id} {self.name}"


class MatchEvent(Event):
    match = models.ForeignKey(Match, models.PROTECT, related_name="events")
