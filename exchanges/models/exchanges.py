"""Exchanges: what an agreed match becomes."""

import zoneinfo
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.template.defaultfilters import yesno
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from applications.models import Dossier
from connect.dates import day_words, period_words
from connect.languages import arrow, join_names, join_parts, label_with_value
from connect.statuses import StatusField
from connect.transitions import Event
from exchanges.enums import ExchangeStatus, Mode, Readiness, Side, StopKind
from exchanges.permissions import EXCHANGES
from matching.models import Match
from notifications.reminder_pauses import Pausable
from registry.enums import LANGUAGES
from registry.exchange_forms import EXCHANGE_FORMS, exchange_form_choices
from registry.reference import time_zone_of

MOST_DAYS = 60  # that somebody takes part


ENDED = (ExchangeStatus.CLOSED, ExchangeStatus.CANCELLED)


class ExchangeQuerySet(models.QuerySet["Exchange"]):
    def for_user(self, user) -> "ExchangeQuerySet":
        return EXCHANGES.filter_allowed(self, "read", user)

    def filter_allowed(self, user, verb) -> "ExchangeQuerySet":
        """Filter those with which this person may do so: see EXCHANGES."""
        return EXCHANGES.filter_allowed(self, verb, user)

    def ended(self) -> "ExchangeQuerySet":
        """Filter those of which nothing is left to do."""
        return self.filter(status__in=ENDED)

    def going_on(self) -> "ExchangeQuerySet":
        return self.exclude(status__in=ENDED)

    def with_list_details(self) -> "ExchangeQuerySet":
        return self.select_related("dossier__authority")


class Exchange(Pausable):
    """A meeting of colleagues around one dossier, planned and then held."""

    reference = models.CharField(_("reference"), max_length=15, unique=True)
    match = models.OneToOneField(Match, models.PROTECT, related_name="exchange")
    dossier = models.ForeignKey(
        Dossier, models.PROTECT, verbose_name=_("application"), related_name="exchanges"
    )
    form = models.CharField(_("form"), max_length=20, choices=exchange_form_choices)
    status = StatusField(
        _("status"), max_length=15, choices=ExchangeStatus, default=ExchangeStatus.AGREED
    )
    status_since = models.DateTimeField(_("since"), default=timezone.now)
    planned_start = models.DateField(_("planned first day"), null=True, blank=True)
    planned_end = models.DateField(_("planned last day"), null=True, blank=True)
    actual_start = models.DateField(_("actual first day"), null=True, blank=True)
    actual_end = models.DateField(_("actual last day"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    # Where guests stay, as the last letter of invitation said it: the next one proposes it.
    lodging = models.CharField(_("accommodation"), max_length=300, blank=True, db_default="")
    mode = models.CharField(
        _("how the meeting takes place"),
        max_length=7,
        choices=Mode,
        default=Mode.ON_SITE,
        db_default=Mode.ON_SITE,
    )
    languages = ArrayField(
        models.CharField(max_length=5),
        verbose_name=_("working languages"),
        default=list,
        db_default=[],
        blank=True,
    )
    needs_interpreter = models.BooleanField(
        _("an interpreter is needed"), default=False, db_default=False
    )
    # What staff know to be settled in another way, and why.
    checklist = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    settled_why = models.TextField(blank=True, db_default="")
    # What was missing as it was waived: {item: facts}. What is missing since is not waived.
    waived_facts = models.JSONField(
        default=dict, blank=True, db_default=Value({}, models.JSONField()), editable=False
    )
    # The items that were there, or waived, and are missing again, as the clock last saw them.
    reopened = ArrayField(
        models.CharField(max_length=20), default=list, db_default=[], blank=True, editable=False
    )
    checklist_read_at = models.DateTimeField(null=True, blank=True, editable=False)
    # How staff judged it by the criteria of the OECD's DAC: {criterion: 1 to 4}.
    judged = models.JSONField(default=dict, blank=True, db_default=Value({}, models.JSONField()))
    summary = models.TextField(_("public summary"), blank=True)
    # Terms that are not complete yet, as both sides write them: no version, and nobody signs it.
    terms_draft = models.JSONField(null=True, blank=True, editable=False)

    # What a side asks staff to do with it, until they answer: see `stop_requests`.
    stop_asked = models.CharField(
        max_length=8, choices=StopKind, default="", db_default="", blank=True, editable=False
    )
    stop_side = models.CharField(
        max_length=11, choices=Side, default="", db_default="", blank=True, editable=False
    )
    stop_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    stop_possible_from = models.DateField(null=True, blank=True, editable=False)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("exchange"), _("exchanges")
        ordering = ["-status_since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(planned_end=None)
                | Q(planned_start=None)
                | Q(planned_end__gte=F("planned_start")),
                name="exchange_ends_after_it_starts",
                violation_error_message=_("An exchange cannot end before it starts."),
            ),
            models.CheckConstraint(
                condition=Q(actual_end=None)
                | Q(actual_start=None)
                | Q(actual_end__gte=F("actual_start")),
                name="exchange_ended_after_it_started",
                violation_error_message=_("The last day was not before the first one."),
            ),
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("exchange", args=[self.reference])

    @property
    def exchange_form(self):
        """The row of its form: what it asks for."""
        return EXCHANGE_FORMS[self.form]

    def readiness_label(self, code):
        """Return the name of an item that must be there before it begins."""
        if code == Readiness.TERMS:
            return self.exchange_form.terms.signed
        return Readiness(code).label

    @property
    def travelling_side(self):
        return Side(self.exchange_form.travelling_side)

    @property
    def hosting_side(self):
        is_town = self.travelling_side == Side.OFFERING
        return Side.REQUESTING if is_town else Side.OFFERING

    @property
    def hosts(self):
        """The authorities where it takes place, by its form; the first is the main one."""
        if self.hosting_side == Side.REQUESTING:
            return [self.dossier.authority]
        return self.helping_authorities

    @property
    def helping_authorities(self):
        """The authorities of its experts, each once; that of the first answer comes first."""
        interests = sorted(self.match.interests.all(), key=lambda interest: interest.pk)
        return list({one.authority_id: one.authority for one in interests}.values())

    @cached_property
    def zone_name(self):
        """The time zone of the place where it takes place."""
        return time_zone_of(self.hosts[0])

    def local_day(self, now):
        """Return which day it is where it takes place."""
        return timezone.localdate(now, zoneinfo.ZoneInfo(self.zone_name))

    @property
    def is_at_host(self):
        """True while the place is the host's own, in whichever language it was written down."""
        return self.place in self.hosts[0].place_spellings

    @property
    def place_words(self):
        """Describe where it takes place: at the host's, the country in the reader's language."""
        return self.hosts[0].place if self.is_at_host else self.place

    @property
    def languages_in_words(self):
        """The working languages in words, and whether somebody interprets."""
        words = join_names(str(LANGUAGES[code]) for code in self.languages)
        return _("%s, with an interpreter") % words if self.needs_interpreter else words

    def is_waived(self, code, fact):
        """True for what is missing of an item of the checklist where its waiver is of it."""
        # What was waived before its facts were kept is waived as a whole.
        return code in self.checklist and fact in self.waived_facts.get(code, [fact])

    @property
    def first_day(self):
        """The actual or planned first day; None while a postponed one has no new days."""
        return self.actual_start or (None if self.is_postponed else self.planned_start)

    @property
    def last_day(self):
        """The actual or planned last day; None while a postponed one has no new days."""
        return self.actual_end or (None if self.is_postponed else self.planned_end)

    @property
    def most_days(self):
        """How many days somebody can have taken part."""
        if not (self.first_day and self.last_day):
            return MOST_DAYS
        return min(max((self.last_day - self.first_day).days + 1, 0), MOST_DAYS)

    def days_held(self, today):
        """Return how many of its days have taken place: somebody was there on no other."""
        if not (self.first_day and self.last_day):
            return self.most_days
        so_far = (min(self.last_day, today) - self.first_day).days + 1
        return min(max(so_far, 0), MOST_DAYS)

    @property
    def newly_agreed_days(self):
        """The days that both sides have agreed on since it has its status; None before they do."""
        return next(
            (
                one
                for one in self.proposed_days.all()
                if one.is_agreed and one.closed_at and one.closed_at >= self.status_since
            ),
            None,
        )

    @property
    def is_postponed(self):
        """True while it is postponed and its planned days are the former ones."""
        return self.status == ExchangeStatus.POSTPONED and self.newly_agreed_days is None

    @property
    def days_before(self):
        """First and last planned day of before it was postponed; empty where nothing says them."""
        put_off = self.events.filter(verb="postpone").last()
        names = ("put_off_first", "put_off_last")
        if put_off and all(name in put_off.details for name in names):
            return [date.fromisoformat(put_off.details[name]) for name in names]
        return [self.planned_start, self.planned_end] if self.is_postponed else []

    @cached_property
    def took_place_until(self):
        """When it was postponed or cancelled after its start: what was over then took place."""
        begun = (ExchangeStatus.RUNNING, ExchangeStatus.INTERRUPTED)
        off = self.events.filter(verb__in=("postpone", "cancel"), source__in=begun).last()
        return off.at if off else None

    @property
    def path(self):
        return f"/exchanges/{self.reference}/"

    @property
    def desk_path(self):
        """Where staff prepare it, for letters to them."""
        return f"/admin/exchanges/exchange/{self.pk}/change/"


class ExchangeEvent(Event):
    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="events")

    @property
    def past(self):
        """The sentence that says what happened; of what staff settled, which items."""
        items = self.details.get("items") if self.verb == "settle" else None
        if not items:
            return super().past
        labels = (str(self.exchange.readiness_label(code)) for code in items)
        words = _("Waived by the programme team: %(items)s")
        return words % {"items": join_parts(labels)}

    @property
    def changes(self):
        """What was changed, from what to what, or which of several it is: a line each."""
        if "number" in self.details:
            return [_("Version %d") % self.details["number"]]
        if self.verb in ("observe", "observe_not"):
            return [self.details["name"]]
        if until := self.details.get("paused_until"):
            return [_("until %(day)s") % {"day": day_words(date.fromisoformat(until))}]
        if "month" in self.details:
            month = self.details["month"]
            return [ngettext("after %d month", "after %d months", month) % month]
        if "starts" in self.details:
            first, last = (date.fromisoformat(self.details[one]) for one in ("starts", "ends"))
            return [period_words(first, last)]
        # As they stand in the plan: the database keeps the columns of an event in its own order.
        places = {column.name: number for number, column in enumerate(Exchange._meta.fields)}
        changed = self.details.get("plan", {})
        return [
            label_with_value(
                capfirst(plan_column(name).verbose_name),
                f"{describe_plan_value(name, old)} {arrow()} {describe_plan_value(name, new)}",
            )
            for name, (old, new) in sorted(changed.items(), key=lambda one: places[one[0]])
        ]


def plan_column(name):
    return next(column for column in Exchange._meta.fields if column.name == name)


def describe_plan_value(name, value):
    """Describe a plain value of a column of the plan as pages do."""
    column = plan_column(name)
    if isinstance(value, bool):
        return yesno(value)
    if value and isinstance(column, models.DateField):
        return day_words(date.fromisoformat(value))
    if isinstance(value, list):
        value = join_names(str(LANGUAGES[code]) for code in value)
    return str(dict(column.flatchoices).get(value, value) or "—")
