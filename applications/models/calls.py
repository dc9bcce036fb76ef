"""Calls: invitations to send requests, with what a dossier of theirs must hold."""

from operator import attrgetter

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from applications.enums import (
    GAP,
    GRID,
    QUORUM,
    THRESHOLD,
    AttachmentKind,
)
from applications.models.columns import NONE
from applications.querysets import CallQuerySet
from connect.countries import CountriesField
from connect.dates import last_day_before
from connect.languages import (
    TextInLanguage,
    current_language,
    language_choices,
    sort_alphabetically,
)
from registry.exchange_forms import EXCHANGE_FORMS, exchange_form_choices

# Who signs, what is published and ranked, which form and when: all that follows rests on these.
ALWAYS_ASKED = ("contact", "summary", "needs", "exchange")


class Call(models.Model):
    """An invitation to send requests: a round, with its dates, countries and forms."""

    slug = models.SlugField(_("address on this site"), max_length=80, unique=True)
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("what it is for"), blank=True)
    language = models.CharField(
        _("language of these texts"),
        max_length=5,
        choices=language_choices,
        default="en",
        db_default="en",
    )
    # {language: {name of TRANSLATED: text}}, without those that nobody has translated.
    translations = models.JSONField(
        default=dict, blank=True, db_default=Value({}, models.JSONField())
    )
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    forms = ArrayField(
        models.CharField(max_length=20, choices=exchange_form_choices),
        verbose_name=_("forms of exchange"),
    )
    # Long enough for all countries but one; a call for all of them names none.
    countries = CountriesField(_("eligible countries"), multiple=True, blank=True, max_length=746)
    waived = ArrayField(
        models.CharField(max_length=20),
        verbose_name=_("optional sections"),
        **NONE,
    )
    co_applicants_most = models.PositiveSmallIntegerField(
        _("co-applicants per application at most"),
        default=11,
        db_default=11,
        validators=[MaxValueValidator(50)],
    )
    attachments = ArrayField(
        models.CharField(max_length=10, choices=AttachmentKind),
        verbose_name=_("required documents"),
        **NONE,
    )
    budget = models.DecimalField(
        _("budget of the call, in euros"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    points = models.JSONField(null=True, blank=True)  # {criterion: points at most}; None: the usual
    criteria = ArrayField(
        models.CharField(max_length=100),
        verbose_name=_("additional criteria for this call"),
        **NONE,
    )
    threshold = models.PositiveSmallIntegerField(
        _("points needed for an application to be validated"),
        default=THRESHOLD,
        db_default=THRESHOLD,
        validators=[MaxValueValidator(100)],
    )
    quorum = models.PositiveSmallIntegerField(
        _("scores per application"),
        default=QUORUM,
        db_default=QUORUM,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    gap = models.PositiveSmallIntegerField(
        _("points between two scores beyond which one more member scores"),
        default=GAP,
        db_default=GAP,
        validators=[MaxValueValidator(100)],
    )
    # The day of the next meeting that is planned, which `meetings.save_meeting_day` writes.
    meeting_on = models.DateField(_("committee meeting"), null=True, blank=True)
    justify_elected = models.BooleanField(
        _("ask why elected members would travel"), default=False, db_default=False
    )

    objects = CallQuerySet.as_manager()
    TRANSLATED = ("title", "text")

    class Meta:
        verbose_name, verbose_name_plural = _("call"), _("calls")
        ordering = ["-closes_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="call_closes_after_it_opens",
                violation_error_message=_("A call cannot close before it opens."),
            )
        ]

    def __str__(self):
        return self.translated_title.text

    def get_absolute_url(self):
        return reverse("call", args=[self.slug])

    @property
    def translated_title(self):
        return self.translate("title")

    @property
    def translated_text(self):
        return self.translate("text")

    def translate(self, name):
        """Return a text of TRANSLATED for the reader."""
        language = current_language()
        if language != self.language and (text := self.translations.get(language, {}).get(name)):
            return TextInLanguage(text, language)
        return TextInLanguage(getattr(self, name), self.language)

    @property
    def countries_by_name(self):
        """Its countries sorted by name for the reader; the column holds their codes."""
        return sort_alphabetically(self.countries, attrgetter("name"))

    @property
    def form_names(self):
        return [EXCHANGE_FORMS[code].label for code in self.forms if code in EXCHANGE_FORMS]

    @property
    def path(self):
        return f"/apply/{self.slug}/"

    def is_open(self, now):
        return self.opens_at <= now < self.closes_at

    @property
    def first_day(self):
        return timezone.localdate(self.opens_at)

    @property
    def last_day(self):
        return last_day_before(self.closes_at)

    def admits(self, authority):
        """True if this authority's country may apply; a call without a list admits all."""
        return self.admits_country(authority.country)

    def admits_country(self, country):
        return not self.countries or country in self.countries

    @property
    def grid(self):
        """The selection grid: {criterion: (what is judged, points at most)}, 100 in all."""
        own = {f"own_{number}": (words, 0) for number, words in enumerate(self.criteria, 1)}
        points, every = self.points or {}, GRID | own
        asked = {code: (words, points.get(code, most)) for code, (words, most) in every.items()}
        return {code: line for code, line in asked.items() if line[1]}

    def waives(self, section):
        """True if a dossier of this call may leave that section empty."""
        return section in self.waived and section not in ALWAYS_ASKED
