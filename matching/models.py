"""Runs of the engine, opportunities, interests, matches and the consents they need."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from applications.models import Call, Dossier
from connect.links import HasLink
from connect.transitions import Event
from matching.engine import Policy
from matching.enums import Answer, InterestStatus, MatchStatus, RunState, Side
from matching.querysets import InterestQuerySet, MatchQuerySet, OpportunityQuerySet
from registry.models import Authority, Expert, Offer


class OfferVector(models.Model):
    """The sentence vector of an offer's text, made by one encoder: float32, row of length 1."""

    offer = models.OneToOneField(Offer, models.CASCADE, related_name="vector")
    encoder = models.CharField(max_length=60)
    text_hash = models.CharField(max_length=64)
    vector = models.BinaryField()

    def __str__(self):
        return f"{self.offer_id} {self.encoder}"


class MatchRun(models.Model):
    """One ranking, with all that explains and repeats it: need, policy, engine, matrix."""

    dossier = models.ForeignKey(
        Dossier, models.PROTECT, verbose_name=_("dossier"), related_name="runs"
    )
    state = models.CharField(_("status"), max_length=10, choices=RunState, default=RunState.WAITING)
    requested_at = models.DateTimeField(_("asked for"))
    done_at = models.DateTimeField(_("made"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    engine = models.CharField(max_length=60, blank=True)
    policy = models.JSONField(default=dict)
    need = models.JSONField(default=dict)
    entries = models.JSONField(default=list)
    near_misses = models.JSONField(default=list)
    offer_ids = ArrayField(models.BigIntegerField(), default=list)
    matrix = models.BinaryField(default=bytes)  # offers × criteria, uint8, 255 is unknown
    # Rules that say no: offers, uint16, a bit a rule. Keys: expert, authority, country × offers,
    # int64. Empty for runs older than these columns.
    broken = models.BinaryField(default=bytes, db_default=b"")
    keys = models.BinaryField(default=bytes, db_default=b"")
    admitted = models.PositiveIntegerField(_("offers admitted"), default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("ranking"), _("rankings")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier"],
                condition=Q(state=RunState.WAITING),
                name="one_waiting_run_a_dossier",
            )
        ]

    def __str__(self):
        return f"{self.dossier_id} {self.requested_at:%Y-%m-%d %H:%M}"


class Allocation(models.Model):
    """A plan that shares experts over the open needs of a call, with what explains it.

    fixed, forbidden: [[reference, offer id]] as staff decided; read: names what the plan hangs
    on, so that a stale one is known.
    """

    call = models.ForeignKey(
        Call, models.CASCADE, verbose_name=_("call"), related_name="allocations"
    )
    state = models.CharField(_("status"), max_length=10, choices=RunState, default=RunState.WAITING)
    requested_at = models.DateTimeField(_("asked for"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    done_at = models.DateTimeField(_("made"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    engine = models.CharField(max_length=60, blank=True)
    fixed = models.JSONField(default=list)
    forbidden = models.JSONField(default=list)
    plan = models.JSONField(default=dict)
    read = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("shared plan"), _("shared plans")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(state=RunState.WAITING),
                name="one_waiting_plan_a_call",
            )
        ]

    def __str__(self):
        return f"{self.call} {self.requested_at:%Y-%m-%d %H:%M}"


class CallPolicy(models.Model):
    """A version of how a call ranks: weights, rules and caps, as an officer adopted it."""

    call = models.ForeignKey(Call, models.CASCADE, verbose_name=_("call"), related_name="policies")
    number = models.PositiveSmallIntegerField()
    policy = models.JSONField()
    note = models.CharField(_("why"), max_length=500)
    adopted_at = models.DateTimeField(_("adopted"))
    adopted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="one_policy_a_number")
        ]

    def __str__(self):
        return f"{self.call} {self.number}"

    @classmethod
    def in_force(cls, call):
        """Give the Policy by which a call's dossiers are ranked now."""
        adopted = cls.objects.filter(call=call).first()
        return Policy.from_dict(adopted.policy) if adopted else Policy.default()


class PutAside(models.Model):
    """An officer's word that an offer does not suit a dossier; learnt from unless undone."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="put_aside")
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="+")
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "offer"],
                condition=Q(undone_at=None),
                name="put_aside_once",
            )
        ]

    def __str__(self):
        return f"{self.dossier_id}/{self.offer_id}"


class Opportunity(models.Model):
    """A validated dossier published to seek expertise."""

    dossier = models.OneToOneField(Dossier, models.PROTECT, related_name="opportunity")
    published_at = models.DateTimeField()
    closes_on = models.DateField()
    extended_at = models.DateTimeField(null=True, blank=True)  # it may be extended once

    objects = OpportunityQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("opportunity"), _("opportunities")
        ordering = ["closes_on", "pk"]

    def __str__(self):
        return self.dossier.title

    def get_absolute_url(self):
        return reverse("opportunity", args=[self.dossier.reference])


class Alert(models.Model):
    """A search of the board that its person wants to be told of: at once, or once a week."""

    AT_ONCE, WEEKLY = "at_once", "weekly"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="alerts")
    asked = models.JSONField()  # what `registry.search.Asked` holds
    every = models.CharField(
        max_length=10,
        choices=[(AT_ONCE, _("at once")), (WEEKLY, _("once a week"))],
        default=AT_ONCE,
    )
    made_at = models.DateTimeField()
    told_at = models.DateTimeField()  # what was published until then is known

    class Meta:
        ordering = ["made_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "asked"], name="an_alert_once_a_search")
        ]

    def __str__(self):
        return f"{self.user_id}: {self.asked}"

    @property
    def address(self):
        """The address of the search, with what is asked."""
        return f"{reverse('opportunities')}?{urlencode(self.asked)}"

    @property
    def path(self):
        return f"/opportunities/?{urlencode(self.asked)}"


class Interest(models.Model):
    """An expert's answer to a dossier: spontaneous, or after an invitation."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="interests")
    expert = models.ForeignKey(Expert, models.PROTECT, related_name="interests")
    offer = models.ForeignKey(Offer, models.PROTECT, null=True, blank=True, related_name="+")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="interests")
    status = models.CharField(max_length=12, choices=InterestStatus)
    status_since = models.DateTimeField(_("since"), default=timezone.now)
    motivation = models.TextField(max_length=2000, blank=True)
    comparable_case = models.TextField(max_length=2000, blank=True)
    approach = models.TextField(max_length=2000, blank=True)
    days_possible = models.CharField(max_length=300, blank=True, db_default="")
    town_gives = models.CharField(max_length=600, blank=True, db_default="")
    references = models.CharField(max_length=600, blank=True, db_default="")
    cv = models.FileField(upload_to="interests/", blank=True, db_default="")
    cv_name = models.CharField(max_length=150, blank=True, db_default="")
    partnership = models.BooleanField(default=False)
    partnership_text = models.CharField(max_length=500, blank=True)
    conflict = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(null=True, blank=True)  # on the shortlist
    # The rules that said no when staff invited all the same; why stands with the event.
    excepted = ArrayField(
        models.CharField(max_length=20), default=list, db_default=Value([]), blank=True
    )

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("interest"), _("interests")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "expert"],
                condition=~Q(status__in=["withdrawn", "expired"]),
                name="one_open_interest_an_expert",
            )
        ]

    def __str__(self):
        return f"{self.expert} · {self.authority}"

    def get_absolute_url(self):
        return reverse("interest", args=[self.dossier.reference, self.pk])

    @property
    def path(self):
        return f"/opportunities/{self.dossier.reference}/interests/{self.pk}/"

    @property
    def exception(self):
        """Why a rule was passed over when staff invited; empty where none was."""
        invited = next((event for event in self.events.all() if event.verb == "invite"), None)
        return invited.details.get("note", "") if invited else ""


class InterestEvent(Event):
    interest = models.ForeignKey(Interest, models.PROTECT, related_name="events")


class Match(models.Model):
    """One dossier joined with one or more interests, once everybody agrees."""

    reference = models.CharField(_("reference"), max_length=15, unique=True)
    dossier = models.ForeignKey(
        Dossier, models.PROTECT, verbose_name=_("dossier"), related_name="matches"
    )
    interests = models.ManyToManyField(Interest, related_name="matches")
    status = models.CharField(
        _("status"), max_length=10, choices=MatchStatus, default=MatchStatus.PROPOSED
    )
    status_since = models.DateTimeField(_("since"), default=timezone.now)
    answer_by = models.DateField(_("answer by"))
    note = models.TextField(blank=True)

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
    def path(self):
        return f"/matches/{self.reference}/"


class Consent(HasLink, models.Model):
    """One side's answer to a match. An employer answers by link, without an account.

    `address` is who was asked; `answered_by` who answered, None by link.
    """

    SALT, PAGE = "matching.consent", "/matches/answer/{}/"

    match = models.ForeignKey(Match, models.CASCADE, related_name="consents")
    side = models.CharField(max_length=10, choices=Side)
    interest = models.ForeignKey(Interest, models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=150)
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=5, default="en")
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
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


class MatchMessage(models.Model):
    """What one side of a match asked or told the others. Kept as it was typed."""

    match = models.ForeignKey(Match, models.CASCADE, related_name="messages")
    side = models.CharField(max_length=10, choices=[*Side.choices, ("staff", _("our staff"))])
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


class DossierToMatch(Dossier):
    """A dossier as the matching desk lists it."""

    class Meta:
        proxy = True
        verbose_name, verbose_name_plural = _("dossier to match"), _("matching desk")


class CallToShare(Call):
    """A call as the allocation room lists it."""

    class Meta:
        proxy = True
        verbose_name, verbose_name_plural = _("call to share experts over"), _("allocation room")


class CallToRank(Call):
    """A call as the policy room lists it."""

    class Meta:
        proxy = True
        verbose_name, verbose_name_plural = _("call to rank"), _("policy room")
