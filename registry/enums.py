"""The vocabulary of authorities, experts and exchanges (domain.md 6 and 7)."""

import functools
from operator import itemgetter

from django.db.models import TextChoices
from django.utils.functional import lazy
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from connect.languages import current_language, language_within, sort_alphabetically
from connect.statuses import Kind, StatusChoices


class Tier(TextChoices):
    MUNICIPALITY = "municipality", _("municipality")
    DISTRICT = "district", _("district or county")
    METROPOLITAN = "metropolitan", _("metropolitan authority")
    REGION = "region", _("region or province")
    INTERMUNICIPAL = "intermunicipal", _("association of municipalities")
    COMPANY = "company", _("municipal company")


class Geography(TextChoices):
    COASTAL = "coastal", _("coastal")
    ISLAND = "island", _("island")
    MOUNTAIN = "mountain", _("mountain")
    ARID = "arid", _("arid")
    RIVER = "river", _("river or delta")
    BORDER = "border", _("border")
    CAPITAL = "capital", _("capital")
    RURAL = "rural", _("rural")
    URBAN = "urban", _("urban")
    PERI_URBAN = "peri-urban", _("peri-urban")
    POST_CONFLICT = "post-conflict", _("post-conflict")


class AuthorityStatus(StatusChoices):
    PROPOSED = "proposed", Kind.WAITING, _("proposed")
    VERIFIED = "verified", Kind.DONE, _("verified")
    MERGED = "merged", Kind.STOPPED, _("merged")
    # Proposed, and nobody asks to join it any more: it is none.
    REFUSED = "refused", Kind.STOPPED, pgettext_lazy("a local authority", "refused")


class Role(TextChoices):
    EDITOR = "editor", _("editor")
    LEGAL_REPRESENTATIVE = "legal_representative", _("legal representative")
    EXPERT = "expert", _("expert")
    ASSOCIATION_OFFICER = "association_officer", _("association officer")


# Those who write for an authority, and sign for it.
AUTHOR_ROLES = (Role.EDITOR, Role.LEGAL_REPRESENTATIVE)

# What one asks to do at a place, in the words of the form to join it.
ROLE_TASKS = {
    Role.EDITOR: _("Write applications for this authority"),
    Role.LEGAL_REPRESENTATIVE: _("Sign for it, as mayor or secretary general"),
    Role.EXPERT: _("Share expertise as an expert"),
    Role.ASSOCIATION_OFFICER: _("Speak for this association"),
}


class MembershipStatus(StatusChoices):
    ASKED = "asked", Kind.WAITING, _("waiting for an answer")
    ACTIVE = "active", Kind.DONE, pgettext_lazy("a membership", "active")
    REFUSED = "refused", Kind.STOPPED, pgettext_lazy("a membership", "refused")
    # Before anybody answered: never a member.
    WITHDRAWN = "withdrawn", Kind.STOPPED, pgettext_lazy("a membership", "withdrawn")
    ENDED = "ended", Kind.STOPPED, _("ended")


class Scope(TextChoices):
    """Whose authorities an association brings together."""

    NATIONAL = "national", _("national")
    SUBNATIONAL = "subnational", _("of a part of the country")
    INTERNATIONAL = "international", _("international")


class Admission(TextChoices):
    """How a membership was accepted."""

    STAFF = "staff", _("accepted by the programme team")
    COLLEAGUE = "colleague", _("accepted by a colleague")
    DOMAIN = "domain", _("an address of the registered domain, and nobody objected")
    MERGER = "merger", _("a member of an authority that was merged into it")
    # Until November 2026 an address like a colleague's was enough.
    UNREGISTERED = (
        "unregistered",
        _("an address similar to a colleague's, not registered: to check"),
    )


class RoleType(TextChoices):
    ELECTED = "elected", _("elected")
    TECHNICAL = "technical", _("technical")


class Gender(TextChoices):
    """A person's gender, for statistics alone: it never enters a score."""

    WOMAN = "woman", _("woman")
    MAN = "man", _("man")
    OTHER = "other", _("another gender")
    UNDISCLOSED = "undisclosed", _("prefer not to say")


class FunctionFamily(TextChoices):
    MAYOR = "mayor", _("mayor or deputy mayor")
    COUNCILLOR = "councillor", _("councillor")
    CHIEF_EXECUTIVE = "chief-executive", _("chief executive, secretary general")
    FINANCE = "finance", _("finance")
    HR = "hr", _("human resources")
    PLANNING = "planning", _("planning")
    ENGINEERING = "engineering", _("engineering and public works")
    WATER = "water", _("water and sanitation")
    WASTE = "waste", _("waste")
    ENVIRONMENT = "environment", _("environment and climate")
    SOCIAL = "social", _("social affairs")
    EDUCATION = "education", _("education, culture and sport")
    ECONOMY = "economy", _("economic development and tourism")
    DIGITAL = "digital", _("digital services and registry")
    SAFETY = "safety", _("safety and fire")
    COMMUNICATION = "communication", _("communication")
    INTERNATIONAL = "international", _("international relations")
    LEGAL = "legal", _("legal and procurement")
    OTHER = "other", _("other")


class Level(TextChoices):
    """How well a language is spoken: the CEFR's six levels, or native."""

    A1 = "A1", "A1"
    A2 = "A2", "A2"
    B1 = "B1", "B1"
    B2 = "B2", "B2"
    C1 = "C1", "C1"
    C2 = "C2", "C2"
    NATIVE = "native", _("native")


class Mastery(TextChoices):
    BASIC = "1", _("basic")
    WORKING = "2", _("working knowledge")
    LED = "3", _("has led projects")
    RECOGNISED = "4", _("recognised, trains others")


class Visibility(TextChoices):
    STAFF = "staff", _("only the programme team")
    MATCHED = "matched", _("the programme team and matched applicants")
    PUBLIC = "public", _("everyone")


class OfferStatus(StatusChoices):
    DRAFT = "draft", Kind.TO_DO, _("draft")
    PUBLISHED = "published", Kind.DONE, pgettext_lazy("an offer", "published")
    PAUSED = "paused", Kind.WAITING, _("paused")
    EXPIRED = "expired", Kind.STOPPED, _("expired")
    REMOVED = "removed", Kind.STOPPED, pgettext_lazy("an offer", "deleted")


class Continent(TextChoices):
    AFRICA = "AF", _("Africa")
    ASIA = "AS", _("Asia")
    EUROPE = "EU", _("Europe")
    NORTH_AMERICA = "NA", _("North and Central America")
    SOUTH_AMERICA = "SA", _("South America")
    OCEANIA = "OC", _("Oceania")


class Goal(TextChoices):
    """The Sustainable Development Goals, as the United Nations call them in short."""

    POVERTY = "1", _("No poverty")
    HUNGER = "2", _("Zero hunger")
    HEALTH = "3", _("Good health and well-being")
    EDUCATION = "4", _("Quality education")
    GENDER = "5", _("Gender equality")
    WATER = "6", _("Clean water and sanitation")
    ENERGY = "7", _("Affordable and clean energy")
    WORK = "8", _("Decent work and economic growth")
    INDUSTRY = "9", _("Industry, innovation and infrastructure")
    INEQUALITIES = "10", _("Reduced inequalities")
    CITIES = "11", _("Sustainable cities and communities")
    CONSUMPTION = "12", _("Responsible consumption and production")
    CLIMATE = "13", _("Climate action")
    SEA = "14", _("Life below water")
    LAND = "15", _("Life on land")
    PEACE = "16", _("Peace, justice and strong institutions")
    PARTNERSHIPS = "17", _("Partnerships for the goals")


class IncomeLevel(TextChoices):
    LOW = "L", _("low income")
    LOWER_MIDDLE = "LM", _("lower middle income")
    UPPER_MIDDLE = "UM", _("upper middle income")
    HIGH = "H", _("high income")


# Languages in which local authorities of the world work: the official ones of countries, and of
# regions with authorities of their own. One that is added needs nothing else: its name is CLDR's.
LANGUAGE_CODES = (
    "aa ab af ak am ar as ay az ba be bg bi bm bn bo bs ca ce ch cs cy da de dv dz ee el en es et "
    "eu fa ff fi fil fj fo fr fy ga gd gil gl gn gu gv ha he hi ho hr ht hu hy id ig is it iu ja "
    "ka kg ki kk kl km kn ko ks ku ky lb lg ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nd ne "
    "niu nl nn no nr nso ny oc om or os pa pap pau pl ps pt qu rm rn ro ru rw sc sd se sg si sk sl "
    "sm sn so sq sr ss st sv sw ta te tet tg th ti tk tn to tpi tr ts tt tvl ty ug uk ur uz ve vi "
    "wo xh yo zgh zh zu"
).split()


def name_language(code):
    """Return a language's name as the label of a choice."""
    return capfirst(language_within(code))


LANGUAGES = {code: lazy(name_language, str)(code) for code in LANGUAGE_CODES}


@functools.cache
def sort_language_codes(reader_language):
    """Return the codes of the languages as a reader of one of the site's looks for them."""
    with override(reader_language):
        return [code for code, _name in sort_alphabetically(LANGUAGES.items(), itemgetter(1))]


def languages_by_name():
    """List the languages to choose from as (code, name), as a reader looks for them."""
    return [(code, LANGUAGES[code]) for code in sort_language_codes(current_language())]


def functions_by_name():
    """List the fields of functions to choose from as (value, label): what is none of them last."""
    other = FunctionFamily.OTHER
    named = [one for one in FunctionFamily.choices if one[0] != other]
    return [*sort_alphabetically(named, itemgetter(1)), (other.value, other.label)]
