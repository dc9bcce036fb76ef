"""The invented persons of the demonstration: who works where, what each expert offers."""

import hashlib
from datetime import timedelta
from pathlib import Path

from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import slugify

from accounts.models import User
from connect.documents import render_pdf
from connect.languages import language_choices
from registry import members
from registry.enums import Role
from registry.models import Authority, Expert, Offer
from registry.reference import time_zone_of, time_zone_of_country
from registry.transitions import offer_machine

EXPERTS = Path(__file__).parent / "experts.txt"
DOMAIN = "demo.invalid"
TELEPHONES = {  # how a mobile number begins, and how many digits follow
    **{"GH": ("+233 24", 7), "BF": ("+226 70", 6), "UG": ("+256 77", 7), "LK": ("+94 71", 7)},
    **{"KH": ("+855 12", 6), "SN": ("+221 77", 7), "CO": ("+57 310", 7), "MZ": ("+258 84", 7)},
    **{"MA": ("+212 66", 7), "PS": ("+970 59", 7), "EC": ("+593 99", 7), "MD": ("+373 69", 6)},
    **{"BR": ("+55 92 98", 7), "KE": ("+254 71", 7), "RW": ("+250 78", 7), "CI": ("+225 07", 8)},
    **{"TZ": ("+255 75", 7), "ZM": ("+260 97", 7), "NL": ("+31 6", 8), "FR": ("+33 6", 8)},
    **{"ES": ("+34 61", 7), "PT": ("+351 91", 7), "DE": ("+49 151", 8), "IT": ("+39 32", 8)},
}


WHY = {  # an expert's reason to answer, and how they would go about it
    "en": (
        "We had the same problem some years ago, and were helped by colleagues from elsewhere who "
        "took the time to come: now it is our turn to share what worked, and what did not.",
        "First two days on site with the people who do the work, then a plan of small steps that "
        "we write together, and a call each month afterwards.",
    ),
    "fr": (
        "Nous avons eu le même problème il y a quelques années, et des collègues venus d'ailleurs "
        "nous ont aidés : à notre tour de partager ce qui a marché, et ce qui n'a pas marché.",
        "D'abord deux jours sur place avec celles et ceux qui font le travail, puis un plan de "
        "petits pas écrit ensemble, et un appel chaque mois par la suite.",
    ),
    "es": (
        "Tuvimos el mismo problema hace unos años y nos ayudaron colegas de otros lugares: ahora "
        "nos toca compartir lo que funcionó, y también lo que no funcionó.",
        "Primero dos días en el lugar con quienes hacen el trabajo, después un plan de pequeños "
        "pasos escrito en común, y una llamada cada mes.",
    ),
}
CASES = {  # of who has made no offer that says one
    "en": (
        "In our own authority we began with one service and one district, wrote down how things "
        "stood, and changed three things in a year. Two of them have lasted."
    ),
    "fr": (
        "Dans notre collectivité, nous avons commencé par un service et un secteur, décrit la "
        "situation et changé trois choses en un an. Deux d'entre elles ont duré."
    ),
}


def fitting_offer(expert, dossier):
    """Return an expert's published offer on a topic of a dossier's need, else None."""
    topics = dossier.needs.values("theme")
    return expert.offers.published().filter(topics__theme__in=topics).order_by("pk").first()


def write_answer(interest):
    """Fill in an answer to a request: why, a comparable case, and how they would go about it."""
    language = interest.dossier.language
    why, how = WHY.get(language, WHY["en"])
    offer = fitting_offer(interest.expert, interest.dossier)
    case = offer.text if offer else CASES.get(language, CASES["en"])
    interest.motivation, interest.comparable_case, interest.approach = why, case, how


def record_all_there(exchange, now, days):
    """Record that all who are named took part, on all days."""
    exchange.participants.update(attended=True, days=days, confirmed_at=now)


def address_of(name):
    first, *rest = slugify(name).split("-")
    return f"{first}.{''.join(rest)}@{DOMAIN}"


def telephone_of(name, country):
    """Return an invented telephone number, unique and valid in the person's country."""
    begins, digits = TELEPHONES.get(country, ("+32 47", 7))
    invented = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**digits
    number = f"{invented:0{digits}}"
    return f"{begins} {number[:3]} {number[3:]}"


def make_person(name, *, email="", language="en", group=None, **fields):
    user, made = User.objects.get_or_create(
        email=email or address_of(name), defaults={"name": name, "language": language, **fields}
    )
    if made:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def make_member(user, officer, now, function, *roles, **organisation):
    """Make a person a verified member, by the steps that staff take."""
    kind, where = next(iter(organisation.items()))
    if user.memberships.filter(**{kind: where}).exists():
        return
    at_home = (
        time_zone_of(where) if kind == "authority" else time_zone_of_country(where.country.code)
    )
    User.objects.filter(pk=user.pk, time_zone="").update(time_zone=at_home)
    asked = members.ask_to_join(user, roles=roles, function=function, now=now, **organisation)
    members.decide_membership(
        asked, actor=officer, accept=True, grounds="Official address", now=now
    )


def read_experts(builder):
    """Read experts.txt: a line an expert, and a line that begins with > for each offer."""
    expert = None
    for line in EXPERTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith(">"):
            make_offer(builder, expert, [cell.strip() for cell in line[1:].split("|")])
        else:
            expert = make_expert(builder, [cell.strip() for cell in line.split("|")])


def make_expert(builder, cells):
    name, slug, role, title, function, years, missions, languages, visibility = cells
    spoken = dict(pair.split(":") for pair in languages.split())
    ours = dict(language_choices())
    language = next((code for code in spoken if code in ours), "en")
    user = make_person(name, language=language)
    authority = Authority.objects.get(slug=slug)
    joined = builder.now - timedelta(days=400)
    make_member(user, builder.officer, joined, title, Role.EXPERT, authority=authority)
    return Expert.objects.create(
        user=user,
        slug=slugify(name),
        authority=authority,
        role_type=role,
        function_title=title,
        function=function,
        years=int(years),
        missions=int(missions),
        languages=spoken,
        employer_name=f"{authority.name}",
        employer_email=f"employer-of-{slugify(name)}@{DOMAIN}",
        employer_language=language,
        visibility=visibility,
        consent_at=joined if visibility != "staff" else None,
        confirmed_on=builder.today - timedelta(days=20),
    )


def make_offer(builder, expert, cells):
    language, title, text, topics, forms, window = cells
    offer = Offer.objects.create(
        expert=expert,
        title=title,
        text=text,
        language=language,
        forms=forms.split(),
        capacity=6,  # few know a topic, and they are chosen for it again and again
    )
    for pair in topics.split():
        topic, level = pair.split(":")
        offer.topics.create(theme=builder.topics[topic], level=int(level))
        expert.topics.get_or_create(
            theme=builder.topics[topic],
            defaults={"level": int(level)},
        )
    if window:
        first, last = (timedelta(days=int(days)) for days in window.split("-"))
        offer.windows.create(starts_on=builder.today + first, ends_on=builder.today + last)
    offer_machine.advance(offer, "publish", actor=expert.user, now=builder.now - timedelta(days=20))


CV = b"""
#let d = json(bytes(sys.inputs.data))
= #d.name
#d.function, #d.place

#d.note
"""


def cv_of(expert):
    """Return the CV of an invented person, which says so."""
    data = {
        "name": expert.user.name,
        "function": expert.function_title,
        "place": expert.authority.place,
        "note": "Demonstration: this person is invented.",
    }
    return SimpleUploadedFile(f"{slugify(expert.user.name)}.pdf", render_pdf(CV, data))
