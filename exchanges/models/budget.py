"""What an exchange costs: lines in any currency, and the rates and ceilings they are read with."""

import uuid
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.countries import CountryField
from connect.currencies import NO_CURRENCY, is_currency_code
from connect.dates import day_words
from connect.statuses import Kind, StatusWords
from connect.templatetags.look import amount
from exchanges.enums import BudgetCategory, ExchangeStatus, Payer
from exchanges.models.exchanges import Exchange

CENT, EURO = Decimal("0.01"), "EUR"
CURRENCY_CODE = RegexValidator(
    "^[A-Z]{3}$", _("Write the three letters of a currency, for example EUR or GHS.")
)
OVERSPENT = Decimal("1.10")  # of what was approved: beyond it, staff approve again
SHARE: dict[str, Any] = {
    "default": 0,
    "db_default": 0,
    "validators": [MaxValueValidator(100)],
}
MONEY: dict[str, Any] = {
    "max_digits": 12,
    "decimal_places": 2,
    "validators": [MinValueValidator(0)],
}


SOURCE: dict[str, Any] = {
    "max_length": 300,
    "blank": True,
    "db_default": "",
    "help_text": _(
        "The official text, its address and the day on which it was read. Without it, whoever "
        "approves a budget is warned."
    ),
}


class Rate(models.Model):
    """How much of a currency one euro buys from a day on, as InforEuro publishes it monthly."""

    currency = models.CharField(_("currency (ISO 4217)"), max_length=3, validators=[CURRENCY_CODE])
    from_on = models.DateField(_("in force from"))
    per_euro = models.DecimalField(
        _("units for one euro"),
        max_digits=16,
        decimal_places=6,
        validators=[MinValueValidator(Decimal("0.000001"))],
    )
    source = models.CharField(_("official source"), **SOURCE)

    class Meta:
        verbose_name, verbose_name_plural = _("rate of a currency"), _("rates of currencies")
        ordering = ["currency", "-from_on"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "from_on"], name="one_rate_a_day")
        ]

    def __str__(self):
        return _("%(what)s from %(day)s") % {"what": self.currency, "day": day_words(self.from_on)}

    def clean(self):
        if self.currency == EURO:
            words = _("Amounts are in euros: the euro itself has no rate.")
            raise ValidationError({"currency": words}, code="euro")
        if not is_currency_code(self.currency):
            refusal = NO_CURRENCY % {"typed": self.currency}
            raise ValidationError({"currency": refusal}, code="currency")


class PerDiem(models.Model):
    """The most that a night in a country may cost, in euros, by a list in force from a day on.

    Lodging, meals, journeys inside the place and small things, as the Commission's lists have it.
    Whoever is given a bed or meals gets less: by how much is for each list to say.
    """

    country = CountryField(_("country"))
    from_on = models.DateField(_("in force from"))
    ceiling = models.DecimalField(_("euros a night"), **MONEY)
    lodging_share = models.PositiveSmallIntegerField(
        _("percent less where lodging is given"), **SHARE
    )
    meals_share = models.PositiveSmallIntegerField(_("percent less where meals are given"), **SHARE)
    source = models.CharField(_("official source"), **SOURCE)

    class Meta:
        verbose_name, verbose_name_plural = _("daily allowance"), _("daily allowances")
        ordering = ["country", "-from_on"]
        constraints = [
            models.UniqueConstraint(fields=["country", "from_on"], name="one_ceiling_a_day"),
            models.CheckConstraint(
                condition=Q(lodging_share__lte=100 - F("meals_share")),
                name="a_night_is_not_less_than_nothing",
                violation_error_message=_("Both together are more than the whole."),
            ),
        ]

    def __str__(self):
        named = {"what": self.country.name, "day": day_words(self.from_on)}
        return _("%(what)s from %(day)s") % named

    def ceiling_for(self, lodging_given, meals_given):
        """Return the most that a night may cost, in euros, to whoever is given a bed or meals."""
        less = self.lodging_share * lodging_given + self.meals_share * meals_given
        return (self.ceiling * (100 - less) / 100).quantize(CENT, ROUND_HALF_UP)

    @property
    def lodging_ceiling(self):
        """The most that lodging may cost beside a daily allowance: its share, if the list has it.

        Else the whole: how much of it the lodging is, nobody knows.
        """
        if not self.lodging_share:
            return self.ceiling
        return self.ceiling - self.ceiling_for(lodging_given=True, meals_given=False)


def receipt_path(line, filename):
    """A name of ours: the sender's file name is data, never a path."""
    return f"receipts/{uuid.uuid4()}"


class BudgetLine(models.Model):
    """One thing that costs money: how much is planned, approved by staff, and spent.

    Amounts are in the line's currency; the rate is kept with the line, as it was on its day.
    """

    # What is approved beside the sum.
    APPROVED_COLUMNS = ("category", "label", "unit", "currency", "payer")

    exchange = models.ForeignKey(Exchange, models.PROTECT, related_name="budget")
    category = models.CharField(_("type of cost"), max_length=14, choices=BudgetCategory)
    label = models.CharField(_("description"), max_length=150)
    unit = models.CharField(_("unit (nights, flights …)"), max_length=40)
    quantity = models.DecimalField(
        _("quantity"), max_digits=8, decimal_places=2, validators=[MinValueValidator(0)]
    )
    unit_cost = models.DecimalField(_("unit cost"), **MONEY)
    currency = models.CharField(
        _("currency (ISO 4217)"),
        max_length=3,
        default="EUR",
        validators=[CURRENCY_CODE],
    )
    per_euro = models.DecimalField(max_digits=16, decimal_places=6, default=1)
    rate_on = models.DateField(null=True, blank=True)  # none for euros
    lodging_given = models.BooleanField(
        _("for a daily allowance: lodging is given"), default=False, db_default=False
    )
    meals_given = models.BooleanField(
        _("for a daily allowance: meals are given"), default=False, db_default=False
    )
    payer = models.CharField(_("who pays"), max_length=9, choices=Payer)
    approved = models.DecimalField(null=True, blank=True, **MONEY)
    # What was approved, in words, where the line says something else since: {column: value}.
    approved_as = models.JSONField(null=True, blank=True)
    spent = models.DecimalField(_("amount spent, once known"), null=True, blank=True, **MONEY)
    spent_approved = models.DecimalField(null=True, blank=True, **MONEY)  # an overspend staff saw
    receipt = models.FileField(upload_to=receipt_path, blank=True, db_default="")
    receipt_name = models.CharField(max_length=150, blank=True, db_default="")
    receipt_type = models.CharField(max_length=50, blank=True, db_default="")
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name, verbose_name_plural = _("budget line"), _("budget lines")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(per_euro__gt=0), name="a_rate_is_above_zero"),
        ]

    def __str__(self):
        return self.label

    @property
    def planned_amount(self):
        return (self.quantity * self.unit_cost).quantize(CENT, ROUND_HALF_UP)

    def in_euros(self, amount):
        """Return an amount of the line's currency in euros, to the cent."""
        return (amount / self.per_euro).quantize(CENT, ROUND_HALF_UP)

    @property
    def is_approved(self):
        is_enough = self.approved is not None and self.planned_amount <= self.approved
        return is_enough and not self.approved_as

    @property
    def approval_status(self):
        """What staff say to it; where they can no longer, it is not approved."""
        if self.is_overspent:
            return StatusWords(Kind.STOPPED, _("overspent"))
        if self.is_approved:
            return StatusWords(Kind.DONE, pgettext_lazy("a budget line", "approved"))
        if self.exchange.status in (ExchangeStatus.CLOSED, ExchangeStatus.CANCELLED):
            return StatusWords(Kind.STOPPED, pgettext_lazy("a budget line", "not approved"))
        return StatusWords(Kind.WAITING, _("to be approved"))

    @property
    def digest(self):
        """A short digest of what is to be approved."""
        values = [self.planned_amount, *(getattr(self, name) for name in self.APPROVED_COLUMNS)]
        return sha256(repr([self.pk, *map(str, values)]).encode()).hexdigest()[:20]

    @property
    def approved_words(self):
        """Describe what was approved of a line that is to be approved again."""
        values = self.approved_as or {name: getattr(self, name) for name in self.APPROVED_COLUMNS}
        sum_ = f"{amount(self.approved, 2)} {values['currency']}"
        words = [values["label"], sum_, BudgetCategory(values["category"]).label]
        return " · ".join(map(str, [*words, Payer(values["payer"]).label]))

    @property
    def change_words(self):
        """Describe what a line says now that was approved otherwise."""
        now = f"{self.label} · {amount(self.planned_amount, 2)} {self.currency}"
        now = f"{now} · {self.get_category_display()} · {self.get_payer_display()}"
        return _("%(now)s (approved: %(before)s)") % {"now": now, "before": self.approved_words}

    @property
    def is_overspent(self):
        """True if spending exceeds what was approved by a tenth, unless staff approved that.

        Until it is approved it is measured by what is planned: nothing else is known of it.
        """
        agreed = self.planned_amount if self.approved is None else self.approved
        if self.spent is None or self.spent <= agreed * OVERSPENT:
            return False
        return self.spent_approved is None or self.spent > self.spent_approved
