"""Builds the demonstration through the product's own functions, step by step, in the past.

Persons are invented; towns and the five real exchanges are not. All of it is one
transaction, and the letters of this history are cancelled: nobody is written to about it.
"""

import itertools
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.text import slugify

from accounts.models import COMMITTEE, OFFICERS, User
from applications import beginning, committee, dossier_contact, dossier_files, section_answers
from applications.enums import GRID, AttachmentKind, Check, Status
from applications.models import Dossier
from applications.sections import SECTIONS
from applications.transitions import dossier_machine
from connect.languages import nearest_language
from exchanges.models import PerDiem, Rate
from impact.demo.calls import make_calls
from impact.demo.dossiers import COMMITMENT, DOSSIERS
from impact.demo.meetings import hold_meeting, plan_next_meeting
from impact.demo.past import hold_exchange
from impact.demo.people import (
    DOMAIN,
    address_of,
    cv_of,
    fitting_offer,
    make_member,
    make_person,
    read_experts,
    telephone_of,
    write_answer,
)
from impact.demo.practices import publish_practices
from impact.demo.real_dossiers import REAL
from impact.demo.rest import other_answers
from matching import consent, cv, desk
from matching.enums import InterestStatus
from matching.models import MatchRun
from matching.transitions import interest_machine
from notifications.models import Letter
from registry.enums import Role
from registry.models import Association, Authority, Expert, Theme

LETTER = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
FIRST = "efua.mensah@demo.invalid"  # who is there once the demonstration was built
INVENTED = "Invented for the demonstration."
WHY_CHOSEN = {  # in the applicant's language; every side reads it
    "en": "First on the shortlist of those who answered.",
    "fr": "En tête de la présélection de celles et ceux qui ont répondu.",
    "es": "En primer lugar entre las personas preseleccionadas que respondieron.",
    "pt": "Em primeiro lugar na lista restrita de quem respondeu.",
    "ar": "في أول القائمة المختصرة بين من ردوا.",
}
# How much a euro buys, and euros a night.
RATES: dict[str, float | str] = {
    **{"GHS": 16, "XOF": 656, "UGX": 4200, "LKR": 340, "KHR": 4600, "COP": 4700, "MZN": 72},
    **{"MAD": "10.8", "ILS": 4, "USD": "1.1", "MDL": "19.5", "BRL": 6, "KES": 145, "RWF": 1500},
    **{"TZS": 2900, "ISK": 145, "SEK": "11.2"},
}
ALLOWANCES = {
    **{"GH": 170, "BF": 150, "UG": 165, "LK": 155, "KH": 150, "SN": 175, "CO": 160, "MZ": 180},
    **{"MA": 165, "PS": 170, "EC": 165, "MD": 150, "BR": 170, "KE": 180, "RW": 165, "CI": 175},
    **{"NL": 240, "ES": 210, "FR": 230, "IS": 260, "BE": 230, "SE": 240, "PT": 200},
}


@dataclass
class Builder:
    """Holds the moment of the demonstration and the staff who act in it."""

    now: datetime

    def __post_init__(self):
        self.today = timezone.localdate(self.now)
        self.topics = {
            theme.code.split("/")[1]: theme for theme in Theme.objects.exclude(parent=None)
        }
        self.officer = make_person("Ines Duarte", group=OFFICERS, is_staff=True)
        second = make_person("Tomas Novak", group=OFFICERS, is_staff=True)
        self.officers = [self.officer, second]  # files are shared out among them
        make_person("Vera Keller", group=OFFICERS, is_staff=True, is_superuser=True)
        self.committee = [
            make_person(name, group=COMMITTEE, language=language)
            for name, language in (
                ("Anna Lindqvist", "en"),
                ("Jan Horvat", "en"),
                ("Marie Leclerc", "fr"),
            )
        ]

    def write(self, dossier, spec, actor, now):
        """Save every section as its writer would have typed it."""
        name, email, function = spec["by"]
        legal_name, legal_function = spec["legal"]
        family, role, geography = spec["colleague"]
        typed = {
            "focal_name": name,
            "focal_function": function,
            "focal_email": email,
            "focal_phone": telephone_of(name, str(dossier.authority.country)),
            "legal_name": legal_name,
            "legal_function": legal_function,
            "legal_email": address_of(legal_name),
            "dossier_title": spec["title"],
            "summary": spec["summary"],
            "problem": spec["problem"],
            "objective": spec["objective"],
            "function": family,
            "role_wanted": role,
            "experts": spec.get("experts", "1"),
            "geography": geography,
            "days": str(spec["days"]),
            "starts_on": spec["window"][0].isoformat(),
            "ends_on": spec["window"][1].isoformat(),
            "commitment": COMMITMENT[spec["language"]],
            "declared_truth": "on",
            "declared_funding": "on",
            "declared_notice": "on",
            "declared_mandate": "on",
        }
        typed = other_answers(spec, dossier.authority) | typed
        typed |= {f"specific_{number}": text for number, text in enumerate(spec["specific"], 1)}
        typed |= {f"form_{number}": form for number, form in enumerate(spec["forms"], 1)}
        for number, (code, level) in enumerate(spec["languages"].items(), 1):
            typed |= {f"language_{number}": code, f"level_{number}": level}
        for number, (topic, importance, about) in enumerate(spec["topics"], 1):
            typed |= {
                f"topic_{number}": self.topics[topic].code,
                f"importance_{number}": str(importance),
                f"about_{number}": about,
            }
        for slug, section in SECTIONS.items():
            data = QueryDict(mutable=True)
            for field in section.base_fields:
                if value := typed.get(field):
                    data.setlist(field, value if isinstance(value, list) else [value])
            with translation.override("en"):
                section_answers.save_section(dossier, slug, data, version=0, actor=actor, now=now)

    def dossier(self, spec, call, start, stride, *, left_open=False):
        """Create one dossier up to its `reach`, a step every `stride` days from `start`."""
        ticks = (start + stride * n for n in itertools.count())
        name, email, function = spec["by"]
        authority = Authority.objects.get(slug=spec["authority"])
        language = nearest_language(spec["language"])
        writer = make_person(name, email=email, language=language)
        make_member(writer, self.officer, start, function, Role.EDITOR, authority=authority)
        dossier = beginning.begin_dossier(call, authority, actor=writer, now=next(ticks))
        Dossier.objects.filter(pk=dossier.pk).update(language=spec["language"])
        partners = Authority.objects.filter(slug__in=spec.get("partners", []))
        dossier.partners.set(partners)
        if spec.get("reach") == "draft":
            self.write(dossier, spec | {"problem": "", "specific": []}, writer, next(ticks))
            return dossier
        self.write(dossier, spec, writer, next(ticks))
        upload = SimpleUploadedFile("letter-of-commitment.pdf", LETTER)
        dossier_files.add_file(
            dossier, upload, AttachmentKind.LETTER, actor=writer, now=next(ticks)
        )
        for verb, actor, details in self.path(spec, writer):
            now = next(ticks)
            if verb == "score":
                self.score(dossier, spec, now)
            elif verb == "check":
                Dossier.objects.filter(pk=dossier.pk).update(checklist=Check.values)
            elif verb == "approve":
                dossier_contact.approve_summary(dossier, actor=actor, now=now)
            elif verb == "interests":
                self.interests(dossier, spec, now)
            elif verb == "agree":
                self.agree(dossier, writer, now, left_open=left_open)
            else:
                dossier = dossier_machine.advance(dossier, verb, actor=actor, now=now, **details)
        return dossier

    def start_time(self, spec, ended, stride):
        """Return when a dossier has to begin so that its last step is at `ended`."""
        steps = 1 if spec["reach"] == "draft" else 2 + len(self.path(spec, self.officer))
        return ended - stride * steps

    def path(self, spec, writer):
        """List (verb, actor, details) that lead to the dossier's reach."""
        officer, reach = spec.get("officer", self.officer), spec["reach"]
        correction = {
            "fields": [
                {"field": "problem", "comment": "Please say how many households are concerned."}
            ],
            "due_on": (self.today + timedelta(days=9)).isoformat(),
        }
        closes_on = spec.get("closes_on", self.today + timedelta(days=30)).isoformat()
        no = {"note": "The need is real; the town's own part in the cost is not clear yet."}
        why = {"note": "Invented for the demonstration: another programme pays for the same."}
        steps = [
            ("submit", writer, {}),
            ("open", officer, {}),
            ("check", officer, {}),
            ("send_to_committee", officer, {}),
            ("score", officer, {}),
            ("validate", officer, {}),
            ("approve", writer, {}),
            ("publish", officer, {"closes_on": closes_on}),
            ("interests", officer, {}),
            ("agree", officer, {}),
        ]
        length = {
            "submitted": 1,
            "withdrawn": 2,
            "eligibility_check": 2,
            "correction_asked": 2,
            "ineligible": 2,
            "under_selection": 4,
            "not_selected": 5,
            "reserve": 5,
            "validated": 6,
            "published": 8,
            "cancelled": 8,
            "closed_no_match": 8,
            "shortlisting": 9,
            "consent_pending": 10,
            "matched": 10,
        }[reach]
        last: dict[str, list[Any]] = {
            "withdrawn": [("withdraw", writer, {"note": "Outra ajuda chegou antes."})],
            "correction_asked": [("ask_correction", officer, correction)],
            "not_selected": [("not_select", officer, no)],
            "ineligible": [("find_ineligible", officer, {"reason": "funding"} | why)],
            "reserve": [("reserve", officer, {})],
            "cancelled": [("cancel", officer, {"reason": "funding"} | why)],
            "closed_no_match": [
                ("close_no_match", officer, {"note": "Nobody who fits has answered."})
            ],
        }
        return steps[:length] + last.get(reach, [])

    def score(self, dossier, spec, now):
        """Add scores that differ by member and dossier."""
        share = 0.5 if spec["reach"] == "not_selected" else 0.7 + 0.03 * (dossier.pk % 7)
        for place, member in enumerate(self.committee):
            committee.declare_conflict(dossier, member=member, has_conflict=False, now=now)
            points = {
                code: max(
                    0, min(most, round(most * share) + (place * 2 + row + dossier.pk) % 4 - 1)
                )
                for row, (code, (_label, most)) in enumerate(GRID.items())
            }
            committee.save_score(dossier, member=member, points=points, now=now)

    def interests(self, dossier, spec, now):
        """Add answers by the experts named, screened and shortlisted."""
        for place, name in enumerate(spec["interests"], 1):
            expert = Expert.objects.get(slug=slugify(name))
            interest = desk.create_interest(
                dossier,
                expert,
                InterestStatus.DRAFT,
                verb="begin",
                actor=expert.user,
                now=now,
                offer=fitting_offer(expert, dossier),
            )
            write_answer(interest)
            interest.position = place
            interest.save()
            if not interest.cv:
                cv.save_cv(interest, cv_of(expert), actor=expert.user)
            desk.submit_interest(interest, actor=expert.user, now=now)
            interest_machine.advance(interest, "screen", actor=self.officer, now=now)
            interest_machine.advance(interest, "shortlist", actor=self.officer, now=now)
        desk.begin_shortlisting(dossier, actor=self.officer, now=now)

    def agree(self, dossier, writer, now, *, left_open):
        """Propose the shortlist as a match; everybody agrees, or only the expert has answered."""
        shortlisted = dossier.interests.filter(status=InterestStatus.SHORTLISTED)
        match = consent.propose_match(
            dossier,
            list(shortlisted.values_list("pk", flat=True)),
            note=WHY_CHOSEN[nearest_language(dossier.language)],
            actor=self.officer,
            now=now,
        )
        for row in match.consents.select_related("match__dossier__authority", "interest__expert"):
            if left_open and row.side != "expert":
                continue
            if row.side == "employer":
                consent.answer_consent(row, accept=True, by_link=True, now=now)
            else:
                actor = writer if row.side == "applicant" else row.interest.expert.user
                consent.answer_consent(row, accept=True, actor=actor, now=now)


@contextmanager
def without_letters(now):
    """Suppress the letters about a history that is told, not mailed."""
    first_letter = Letter.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    yield
    invented = Letter.objects.filter(pk__gt=first_letter, address__iendswith=f"@{DOMAIN}")
    invented.cancel(now)


def make_rates(today):
    """Create invented rates, of a year ago and of this month, and allowances."""
    since = today.replace(year=today.year - 1, day=1)
    for currency, per_euro in RATES.items():
        for day in (since, today.replace(day=1)):
            Rate.objects.get_or_create(
                currency=currency, from_on=day, defaults={"per_euro": per_euro, "source": INVENTED}
            )
    for country, ceiling in ALLOWANCES.items():
        PerDiem.objects.get_or_create(
            country=country,
            from_on=since,
            defaults={
                "ceiling": ceiling,
                "lodging_share": 50,
                "meals_share": 30,
                "source": INVENTED,
            },
        )


@transaction.atomic
def write_demonstration(now):
    """Write the demonstration; return False where it was there already."""
    if User.objects.filter(email=FIRST).exists():
        return False
    builder = Builder(now)
    with without_letters(now):
        write_history(builder)
    return True


def write_history(builder):
    """Write all that happened until today."""
    now = builder.now
    make_rates(builder.today)
    association = Association.objects.get(country="GH", scope="national")
    make_member(
        make_person("Abena Owusu"),
        builder.officer,
        now,
        "Programme manager",
        Role.ASSOCIATION_OFFICER,
        association=association,
    )
    read_experts(builder)
    rounds = make_calls(now)
    # First of all: later applications of the same towns name their exchanges.
    past = [hold_exchange(builder, spec, rounds["pilot"]) for spec in REAL]
    for place, spec in enumerate(DOSSIERS):
        spec = spec | {
            "window": tuple(builder.today + timedelta(days=days) for days in spec["window"])
        }
        spec |= {"officer": builder.officers[place % 2]}
        stride = timedelta(days=1, hours=7)
        # A proposal was made yesterday; the others have stood a little longer.
        left_open = spec["reach"] == Status.CONSENT_PENDING
        ended = now - timedelta(days=1 if left_open else 2 + place)
        call = rounds[spec.get("call", "open")]
        builder.dossier(
            spec, call, builder.start_time(spec, ended, stride), stride, left_open=left_open
        )
    hold_meeting(builder, rounds["open"])
    plan_next_meeting(builder)
    publish_practices(builder)
    MatchRun.objects.filter(dossier__in=past).delete()  # what was long agreed needs no ranking
