"""Dossiers and calls as the staff's pages list them."""

from django.utils.translation import gettext_lazy as _

from applications.models import Call, Dossier


class DossierToMatch(Dossier):
    """A dossier as the matching desk lists it."""

    class Meta:
        proxy = True
        verbose_name, verbose_name_plural = _("file to match"), _("matching desk")


class CallToShare(Call):
    """A call as the page of allocations lists it."""

    class Meta:
        proxy = True
        verbose_name, verbose_name_plural = (
            _("call to assign experts for"),
            _("assignment of experts"),
        )


class CallToRank(Call):
    """A call as the page of policies lists it."""

    class Meta:
        proxy = True
        verbose_name, verbose_name_plural = _("call to rank"), _("ranking policy")
