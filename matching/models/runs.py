"""What the engine made and by which policy: vectors, rankings, plans; and who was put aside."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.models import Call, Dossier
from connect.dates import day_words
from connect.statuses import StatusField
from engine import Policy
from matching.enums import RunState
from registry.models import Offer


class OfferVector(models.Model):
    """The sentence vector of an offer's text, made by one encoder: float32, row of length 1."""

    # The constraint's index leads with it.
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="vectors", db_index=False)
    encoder = models.CharField(max_length=150)
    text_hash = models.CharField(max_length=64)
    vector = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "encoder"], name="one_vector_an_offer_and_encoder"
            )
        ]

    def __str__(self):
        return f"{self.offer_id} {self.encoder}"


class OfferSentences(models.Model):
    """The vectors of an offer's sentences, made by one encoder: int8, a row each, in their order.

    Scaled to its largest value, a vector loses no more than what tells no two sentences apart.
    """

    # The constraint's index leads with it.
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="+", db_index=False)
    encoder = models.CharField(max_length=150)
    text_hash = models.CharField(max_length=64)
    vectors = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["offer", "encoder"], name="sentences_once_an_offer_and_encoder"
            )
        ]

    def __str__(self):
        return f"{self.offer_id} {self.encoder}"


class UnreadText(models.Model):
    """A text of an offer that an encoder could not read, and when it is tried again."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="+", db_index=False)
    what = models.CharField(max_length=20)  # its whole text, or its sentences
    state = StatusField(max_length=10, choices=RunState, default=RunState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    since = models.DateTimeField()
    again_at = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "what"], name="unread_once_an_offer")
        ]

    def __str__(self):
        return f"{self.offer} ({self.offer_id}): {self.error}"


class MatchRun(models.Model):
    """One ranking, with all that explains and repeats it: need, policy, engine, matrix."""

    dossier = models.ForeignKey(
        Dossier, models.PROTECT, verbose_name=_("application"), related_name="runs"
    )
    state = StatusField(_("status"), max_length=10, choices=RunState, default=RunState.WAITING)
    requested_at = models.DateTimeField(_("asked for"))
    done_at = models.DateTimeField(_("made"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    engine = models.CharField(max_length=150, blank=True)
    policy = models.JSONField(default=dict)
    need = models.JSONField(default=dict)
    entries = models.JSONField(default=list)
    near_misses = models.JSONField(default=list)
    answers = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    offer_ids = ArrayField(models.BigIntegerField(), default=list)
    matrix = models.BinaryField(default=bytes)  # offers × criteria, uint8, 255 is unknown
    # Rules that say no: offers, uint16, a bit a rule. Keys: expert, authority, country × offers,
    # int64. Empty for runs older than these columns.
    broken = models.BinaryField(default=bytes, db_default=b"")
    keys = models.BinaryField(default=bytes, db_default=b"")
    admitted = models.PositiveIntegerField(_("offers admitted"), default=0)
    # Which sentences of need and offers are nearest (`choose_quotes`): places in the texts, never
    # their words. None until a worker has read them.
    quotes = models.JSONField(null=True)

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
        return f"{self.dossier.reference}, {day_words(self.requested_at)}"


class Allocation(models.Model):
    """A plan that shares experts over the open needs of a call, with what explains it.

    fixed, forbidden: [[reference, offer id]] as staff decided; read: names what the plan hangs
    on, so that a stale one is known.
    """

    call = models.ForeignKey(
        Call, models.CASCADE, verbose_name=_("call"), related_name="allocations"
    )
    state = StatusField(_("status"), max_length=10, choices=RunState, default=RunState.WAITING)
    requested_at = models.DateTimeField(_("asked for"))
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    done_at = models.DateTimeField(_("made"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    engine = models.CharField(max_length=150, blank=True)
    fixed = models.JSONField(default=list)
    forbidden = models.JSONField(default=list)
    plan = models.JSONField(default=dict)
    read = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("assignment plan"), _("assignment plans")
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(state=RunState.WAITING),
                name="one_waiting_plan_a_call",
            )
        ]

    def __str__(self):
        return f"{self.call} {timezone.localtime(self.requested_at):%Y-%m-%d %H:%M}"


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
    def policy_for(cls, call):
        """Return the Policy by which a call's dossiers are ranked now."""
        adopted = cls.objects.filter(call=call).first()
        return Policy.from_dict(adopted.policy) if adopted else Policy.default()


class PutAside(models.Model):
    """An officer's decision that an offer does not suit a dossier; learnt from unless undone."""

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
