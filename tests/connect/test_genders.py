"""A word for two things has the form of each, in the languages whose adjectives agree."""

import pytest
from django.utils.translation import override

from accounts import copy_pages, retention_rules
from applications.enums import Status
from connect.models import Link
from exchanges.models import Incident
from matching.enums import InterestStatus, MatchStatus
from practices.enums import PracticeStatus
from registry.enums import MembershipStatus, OfferStatus


def name_of(model, column):
    return model._meta.get_field(column).verbose_name


FORMS = [
    (Status.WITHDRAWN.label, "retiré", "retirada", "retirada", "مسحوب"),
    (InterestStatus.WITHDRAWN.label, "retirée", "retirada", "retirada", "مسحوب"),
    (MembershipStatus.WITHDRAWN.label, "retirée", "retirada", "retirada", "مسحوبة"),
    (name_of(Link, "withdrawn_at"), "retiré", "retirado", "retirada", "مسحوب"),
    (MembershipStatus.ACTIVE.label, "active", "activa", "ativa", "نشطة"),
    (MembershipStatus.REFUSED.label, "refusée", "rechazada", "recusada", "مرفوضة"),
    (MatchStatus.REFUSED.label, "refusée", "rechazado", "recusado", "مرفوضة"),
    (MatchStatus.AGREED.label, "convenue", "acordado", "acordado", "متفق عليها"),
    (MatchStatus.DISSOLVED.label, "annulée", "deshecho", "anulado", "تم التراجع"),
    (OfferStatus.REMOVED.label, "supprimée", "eliminada", "eliminada", "محذوف"),
    (PracticeStatus.REMOVED.label, "supprimée", "eliminada", "eliminada", "محذوفة"),
    (retention_rules.DELETED, "supprimé", "se elimina", "eliminação", "يتم حذفه"),
    (OfferStatus.PUBLISHED.label, "publiée", "publicada", "publicada", "منشور"),
    (PracticeStatus.PUBLISHED.label, "publiée", "publicada", "publicada", "منشورة"),
    (PracticeStatus.APPROVED.label, "approuvée", "aprobada", "aprovada", "معتمدة"),
    (name_of(Incident, "closed_at"), "clos", "cerrado", "encerrado", "مغلق"),
    (Status.CLOSED.label, "clos", "cerrada", "encerrada", "مغلق"),
    (
        copy_pages.LABELS["decided_at"],
        "Décidé le",
        "Decidido el",
        "Decidido em",
        "تاريخ القرار",
    ),
    (copy_pages.LABELS["receipt_name"], "Reçu", "Recibo", "Recibo", "إيصال"),
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form[1])
def test_a_word_has_the_form_of_what_it_describes(form):
    word, *forms = form
    said = []
    for language in ("fr", "es", "pt", "ar"):
        with override(language):
            said.append(str(word))
    assert said == forms
