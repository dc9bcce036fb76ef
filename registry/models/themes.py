"""Themes and their topics, and the incomes of countries."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from connect.countries import CountryField
from connect.languages import label_with_value
from registry.enums import (
    IncomeLevel,
)


class Theme(models.Model):
    """A theme, or a topic below one. Loaded from `registry/data/themes.csv`."""

    code = models.CharField(_("code"), max_length=80, unique=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("theme above it"), null=True, related_name="topics"
    )
    names = models.JSONField()  # {language: name}
    synonyms = models.JSONField()  # {language: [words]}
    dac_code = models.CharField(_("purpose code of the OECD"), max_length=5)
    sdg = models.CharField(_("target of the SDGs"), max_length=5)  # text: 16.10 is not 16.1

    class Meta:
        verbose_name, verbose_name_plural = _("theme"), _("themes")
        ordering = ["code"]

    def __str__(self):
        return self.names.get(get_language() or "en") or self.names["en"]


class Income(models.Model):
    """The income group of a country, from a dated table."""

    country = CountryField(unique=True)
    level = models.CharField(max_length=2, choices=IncomeLevel)
    fiscal_year = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["country"]

    def __str__(self):
        return label_with_value(self.country.name, self.get_level_display())
