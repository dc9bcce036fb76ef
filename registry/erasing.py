"""What the registry holds of a person who is erased: memberships end, the profile goes blank."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.erasing import AS_A_RECORD
from accounts.holdings import NAMELESS_TABLES, Holding, Mention, declare_holdings
from connect.languages import join_names
from registry.enums import MembershipStatus, OfferStatus, Visibility
from registry.models import (
    Association,
    Authority,
    Competence,
    Expert,
    Income,
    Membership,
    Mission,
    Offer,
    OfferEvent,
    OfferTopic,
    OfferWindow,
    SearchEntry,
    Theme,
)
from registry.search_index import index_experts
from registry.templatetags.registry_words import languages_spoken
from registry.transitions import offer_machine


def spoken_words(expert):
    return [(_("Languages"), languages_spoken(expert.languages))] if expert.languages else []


def excluded_words(expert):
    names = join_names(countries.name(code) for code in expert.travel_excluded)
    return [(_("Where you do not travel"), names)] if names else []


def end_memberships(rows, person):
    rows.exclude(status=MembershipStatus.ENDED).update(
        status=MembershipStatus.ENDED, decided_at=timezone.now()
    )


def remove_offers(rows, person):
    for offer in rows.exclude(status=OfferStatus.REMOVED).order_by("pk"):
        offer_machine.advance(offer, "remove", actor=None)


def reindex_experts(keys, person):
    index_experts(keys)


def name_slugs(rows, person):
    for key in rows.values_list("pk", flat=True):
        Expert.objects.filter(pk=key).update(slug=f"erased-{key}")


declare_holdings(
    Holding(
        Membership,
        _("Your organisations"),
        user=("user",),
        shows=(
            *("authority", "association", "roles", "function", "proof"),
            *("status", "asked_at", "decided_at", "told"),
        ),
        blanks={"function": "", "grounds": "", "told": "", "proof": ""},
        stays=AS_A_RECORD,
        before=end_memberships,
    ),
    Holding(
        Offer,
        _("Your offers"),
        user=("expert__user",),
        shows=("title", "text", "language", "forms", "capacity", "remote", "status"),
        blanks={"title": "—", "text": ""},
        stays=AS_A_RECORD,
        before=remove_offers,
    ),
    Holding(
        OfferTopic,
        _("The topics of your offers"),
        user=("offer__expert__user",),
        shows=("theme", "level"),
        stays=AS_A_RECORD,
    ),
    Holding(
        OfferWindow,
        _("When you are free"),
        user=("offer__expert__user",),
        shows=("starts_on", "ends_on"),
        deletes=True,
    ),
    Holding(
        Mission,
        _("Your earlier missions"),
        user=("expert__user",),
        shows=("year", "country", "form", "result"),
        deletes=True,
    ),
    Holding(
        Competence,
        _("What you master"),
        user=("expert__user",),
        shows=("theme", "level", "evidence"),
        blanks={"evidence": ""},
        stays=AS_A_RECORD,
    ),
    Holding(
        Expert,
        _("Your profile as an expert"),
        user=("user",),
        shows=(
            *("slug", "authority", "role_type", "function_title", "function", "years"),
            *("local_years", "mandate_ends_on", "missions", "max_days", "notice_weeks", "photo"),
            *("gender", "languages", "travel_excluded", "employer_name", "employer_email"),
            *("employer_asked_at", "employer_agrees", "employer_answered_at", "visibility"),
            *("consent_at", "confirmed_on", "is_hidden", "rating_count", "rating_mean"),
        ),
        words={"languages": spoken_words, "travel_excluded": excluded_words},
        files=("photo",),
        blanks={
            "function_title": "",
            "employer_name": "",
            "employer_email": "",
            "visibility": Visibility.STAFF,
            "consent_at": None,
            "is_hidden": True,
        },
        stays=AS_A_RECORD,
        before=name_slugs,
        after=reindex_experts,
    ),
    Holding(
        Expert,
        _("That an expert named you as their superior"),
        address=("employer_email",),
        name=("employer_name",),
        shows=("employer_language", "employer_asked_at", "employer_agrees", "employer_answered_at"),
        blanks={"employer_email": ""},
        stays=AS_A_RECORD,
    ),
    Mention(OfferEvent, lambda person: Q(offer__expert__user=person.user)),
)
NAMELESS_TABLES |= {Association, Authority, Income, Theme, SearchEntry}
