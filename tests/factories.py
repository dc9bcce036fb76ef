"""Makers of records for tests: plain functions with believable defaults.

A test names only what matters to its story; a maker adds the rest and does nothing else.
`count` keeps unique fields apart.
"""

import copy
import io
import json
import os
import uuid
from datetime import timedelta
from itertools import count

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from PIL import Image

from accounts.models import COMMITTEE, OFFICERS, User
from applications import section_answers
from applications.enums import Check, Status
from applications.models import Attachment, Call, Dossier, DossierNeed, Meeting, SectionDraft
from applications.sections import SECTIONS
from connect.pictures import DrawnPicture
from exchanges import agenda_link
from exchanges.models import ActionPlan, BudgetLine
from matching import desk, opportunities
from matching.enums import InterestStatus
from matching.models import Opportunity
from notifications import pauses, work_calendar
from notifications.models import Letter
from practices.listing import index_practices
from practices.models import Practice
from registry.enums import Role
from registry.models import Authority, Expert, Membership, Offer, Theme

# Of the several processes that run the tests, each has its own.
OF_PROCESS = os.environ.get("PYTEST_XDIST_WORKER", "")
_number = count(1)
_answers_read = {}  # {what was typed, and what it is chosen from: what the forms make of it}

TEXT = "Two trucks empty the pits of the town and there is no place to discharge. " * 5
ANSWERS = {
    "focal_name": "Efua Mensah",
    "focal_function": "Planning officer",
    "focal_email": "efua@agona.example",
    "focal_phone": "+233 24 123 4567",
    "focal_language": "en",
    "legal_name": "Justina Assan",
    "legal_function": "Chief executive",
    "legal_email": "justina@agona.example",
    "association_none": "There is no association of districts here.",
    "dossier_title": "Organise the emptying of latrines",
    "summary": TEXT[:250],
    "context": TEXT[:250],
    "problem": TEXT[:350],
    "objective": TEXT[:80],
    "specific_1": TEXT[:60],
    "result_1": "Operators work with a licence and a posted price.",
    "indicator_1": "Licensed operators",
    "unit_1": "operators",
    "baseline_1": "0",
    "target_1": "6",
    "group_1": "informal",
    "group_size_1": "12000",
    "topic_1": "water-sanitation/faecal-sludge",
    "importance_1": "3",
    "function": "water",
    "role_wanted": "technical",
    "experts": "1",
    "form_1": "expert_mission",
    "days": "5",
    "language_1": "en",
    "level_1": "B2",
    "travellers": "1",
    "local_participants": "40",
    "women": "15",
    "men": "20",
    "other_gender": "0",
    "undisclosed_gender": "6",
    "elected_members": "5",
    "technical_staff": "16",
    "other_posts": "20",
    "working_with": "With the two health officers and the operators of trucks.",
    "resource_1": "staff",
    "worth_1": "2400",
    "currency_1": "GHS",
    "follow_up": TEXT[:150],
    "follow_up_person": "Efua Mensah, planning officer",
    "gender": "1",
    "climate": "0",
    "disability": "0",
    "risk_1": "Operators do not come to the meetings.",
    "mitigation_1": "We meet them where they park, with the chair of their association.",
    "children": "no",
    "other_donors": "None that we know of.",
    "earlier": "no",
    "commitment": TEXT[:150],
    "letter_to_follow": "on",
    "declared_truth": "on",
    "declared_funding": "on",
    "declared_notice": "on",
    "declared_mandate": "on",
}


def answers(**changed):
    """A complete dossier as it is typed; a window that begins in ninety days."""
    start = timezone.localdate() + timedelta(days=90)
    dates = {
        "starts_on": start.isoformat(),
        "ends_on": (start + timedelta(days=90)).isoformat(),
        "by_1": (start + timedelta(days=400)).isoformat(),
    }
    return ANSWERS | dates | changed


def section_data(slug, typed):
    """Give what a browser posts for a section."""
    data = QueryDict(mutable=True)
    for name in SECTIONS[slug].base_fields:
        if typed.get(name):
            data[name] = typed[name]
    return data


def make_authority(name=None, **fields):
    number = next(_number)
    defaults = {"slug": f"town-{number}", "country": "GH", "status": "verified"}
    return Authority.objects.create(name=name or f"Town {number}", **defaults | fields)


def pdf_of(words):
    """Return the bytes of a PDF of one empty page, which are others for other words."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 3 3]>>",
    )
    rows = b"".join(b"%d 0 obj%sendobj\n" % row for row in enumerate(objects, 1))
    return b"%%PDF-1.4 %s\n%strailer<</Root 1 0 R>>startxref\n0\n%%%%EOF" % (words.encode(), rows)


def make_user(name=None, *, works_for=None, roles=(Role.EDITOR,), **fields):
    """A person; `works_for` makes them an active member of an authority."""
    name = name or f"Person {next(_number)}"
    # The letter box is shared by the workers of the tests, which count alike.
    number = f"{next(_number)}{OF_PROCESS}"
    email = f"{name.lower().replace(' ', '.')}.{number}@example.org"
    user = User.objects.create_user(email, name=name, **fields)
    if works_for:
        Membership.objects.create(
            user=user, authority=works_for, roles=list(roles), status="active"
        )
    return user


def make_officer(name=None):
    """A programme officer with an officer's rights and a second factor, and no more."""
    officer = make_user(name or "Ines Duarte", is_staff=True)
    officer.groups.add(Group.objects.get(name=OFFICERS))
    Authenticator.objects.create(user=officer, type=Authenticator.Type.TOTP, data={})
    return officer


def give_factor(client):
    """Let a session made by `force_login` have given the second factor, as a whole sign-in does."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
    session["account_authentication_methods_user"] = session["_auth_user_id"]
    session.save()


def make_meeting(dossier, chair, *others, starts_at=None, **fields):
    """A meeting of the committee on one dossier, next week if nothing else is said."""
    now = timezone.now()
    starts_at = starts_at or now + timedelta(days=7)
    times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
    meeting = Meeting.objects.create(
        **{"call": dossier.call, "chair": chair, "place": "Brussels", **times} | fields,
        status_since=now,
        changed_at=now,
    )
    for member in (chair, *others):
        meeting.members.create(member=member)
    meeting.cases.create(dossier=dossier, position=1)
    return meeting


def make_member(name=None):
    """A member of the selection committee."""
    member = make_user(name)
    member.groups.add(Group.objects.get(name=COMMITTEE))
    return User.objects.get(pk=member.pk)


def make_call(**fields):
    now, number = timezone.now(), next(_number)
    defaults = {
        "slug": f"call-{number}",
        "title": f"Call {number}",
        "opens_at": now - timedelta(days=10),
        "closes_at": now + timedelta(days=30),
        "forms": ["expert_mission", "internship", "round_table", "study_visit"],
    }
    return Call.objects.create(**defaults | fields)


def make_dossier(authority=None, *, status=Status.DRAFT, typed=None, call=None, **fields):
    """A complete dossier, its answers typed and saved; `typed` takes some away."""
    authority = authority or make_authority()
    now = timezone.now()
    dossier = Dossier.objects.create(
        reference=f"CN-2000-{next(_number):04d}",
        call=call or make_call(),
        authority=authority,
        status_since=now,
        checklist=Check.values,
    )
    fill_in(dossier, answers() if typed is None else typed, now)
    dossier.status = status
    dossier.save()
    if fields:
        Dossier.objects.filter(pk=dossier.pk).update(**fields)
    if status in (Status.PUBLISHED, Status.SHORTLISTING):
        opportunity = Opportunity.objects.create(
            dossier=dossier,
            published_at=now,
            closes_on=timezone.localdate() + timedelta(days=30),
        )
        opportunities.index_opportunities([opportunity.pk])
    return Dossier.objects.get(pk=dossier.pk)


def publish_dossier(
    title="Organise the emptying of latrines", *, days=30, country="GH", at=None, topic=""
):
    """A request that everybody finds, published at an instant, open for some days.

    topic: its one topic, by code, in place of those of every complete dossier.
    """
    at = at or timezone.now()
    authority = make_authority(country=country)
    dossier = make_dossier(authority, status=Status.PUBLISHED, title=title)
    if topic:
        dossier.needs.all().delete()
        dossier.needs.create(theme=Theme.objects.get(code=topic), importance=1, text="", order=1)
    Opportunity.objects.filter(dossier=dossier).update(
        published_at=at, closes_on=timezone.localdate(at) + timedelta(days=days)
    )
    opportunities.index_opportunities([dossier.opportunity.pk])
    return dossier


def fill_in(dossier, typed, now):
    """Save what is typed in each section as its form reads it; the same answers are read once."""
    key = (json.dumps(typed), str(dossier.authority.country), *dossier.call.forms, get_language())
    if key not in _answers_read or typed.get("association"):
        before, answered = dict(vars(dossier)), {}
        for slug in SECTIONS:
            answered[slug] = SECTIONS[slug].read_raw_answers(section_data(slug, typed))
            form = section_answers.bind_section(slug, answered[slug], dossier=dossier)
            form.is_valid()
            form.apply(dossier)
        columns = {k: v for k, v in vars(dossier).items() if k[0] != "_" and v != before.get(k)}
        needs = list(dossier.needs.values("theme_id", "importance", "text", "order"))
        _answers_read[key] = columns, needs, answered
    else:
        columns, needs, answered = copy.deepcopy(_answers_read[key])
        vars(dossier).update(columns)
        dossier.needs.bulk_create([DossierNeed(dossier=dossier, **need) for need in needs])
    drafts = []
    for slug, raw in answered.items():
        drafts.append(SectionDraft(dossier=dossier, section=slug, saved_at=now))
        drafts[-1].remember(raw)
        drafts[-1].raw, drafts[-1].version = raw, 1
    SectionDraft.objects.bulk_create(drafts)


def make_letter(dossier, content=b"%PDF-1.4", name="letter.pdf"):
    return Attachment.objects.create(
        dossier=dossier,
        kind="letter",
        token=uuid.uuid4(),
        file=ContentFile(content, name=name),
        name=name,
        size=8,
        content_type="application/pdf",
    )


def make_expert(name=None, authority=None, **fields):
    authority = authority or make_authority(country="NL")
    user = make_user(name, works_for=authority, roles=[Role.EXPERT])
    defaults = {
        "slug": f"expert-{next(_number)}",
        "role_type": "technical",
        "function_title": "Head of sludge",
        "function": "water",
        "languages": {"en": "C1"},
        "employer_name": "The town clerk",
        "employer_email": f"clerk-{next(_number)}@example.org",
        "visibility": "public",
    }
    return Expert.objects.create(user=user, authority=authority, **defaults | fields)


def make_offer(expert=None, *, topic="water-sanitation/faecal-sludge", **fields):
    defaults = {
        "title": "Scheduled emptying of pits",
        "text": TEXT,
        "language": "en",
        "forms": ["expert_mission"],
        "status": "published",
    }
    offer = Offer.objects.create(expert=expert or make_expert(), **defaults | fields)
    offer.topics.create(theme=Theme.objects.get(code=topic), level=3)
    return offer


def make_interest(dossier, expert=None, *, status=InterestStatus.SHORTLISTED):
    """An answer to a dossier, complete, in any state."""
    expert = expert or make_expert()
    interest = desk.create_interest(
        dossier,
        expert,
        status,
        verb="begin",
        actor=expert.user,
        now=timezone.now(),
        offer=expert.offers.first(),
    )
    interest.motivation = interest.comparable_case = interest.approach = TEXT
    interest.cv, interest.cv_name = ContentFile(b"%PDF-1.4 cv", name="cv.pdf"), "cv.pdf"
    interest.save()
    return interest


def make_budget_line(exchange, **fields):
    defaults = {"category": "travel", "label": "Flights", "unit": "flights"}
    defaults |= {"quantity": 2, "unit_cost": 650, "payer": "programme"}
    return BudgetLine.objects.create(exchange=exchange, **defaults | fields)


def make_practice(exchange, *, status="published", views=0, **words):
    """A good practice in English, indexed."""
    practice = Practice.objects.create(
        slug=f"practice-{next(_number)}",
        exchange=exchange,
        status=status,
        views=views,
        language="en",
        year_from=2026,
        year_to=2027,
        published_at=timezone.now(),
        reviewed_on=timezone.localdate(),
    )
    practice.topics.set([Theme.objects.get(code="water-sanitation/faecal-sludge")])
    defaults = {
        "title": "Licences for private emptiers",
        "summary": "The town licenses six private operators, who discharge at one place.",
        "problem": TEXT,
        "failed": "The first fee was too high.",
    }
    practice.texts.create(language="en", **defaults | words)
    index_practices([practice.pk])
    return practice


def make_session(exchange, **fields):
    """An item of an exchange's agenda, far ahead."""
    starts_at = timezone.now() + timedelta(days=900)
    defaults = {
        "title": "Debrief with the council",
        "time_zone": "Africa/Accra",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "place": "Assembly hall",
        "changed_at": timezone.now(),
    }
    return exchange.sessions.create(**defaults | fields)


def make_agenda_key(exchange):
    """The key by which an officer follows an exchange's agenda."""
    return agenda_link.create_feed(exchange, make_officer()).key


def make_pause_key(address, kind):
    """The key by which somebody pauses letters of a kind."""
    return pauses.pause_key(Letter(address=address, optional=kind))


def make_work_key():
    """The key by which an officer follows what waits for them in a calendar."""
    return work_calendar.create_work_calendar(make_officer()).key


def make_picture(exchange, **fields):
    """A picture of an exchange that may be shown in public."""
    drawn = io.BytesIO()
    Image.new("RGB", (320, 180), "green").save(drawn, "JPEG")
    defaults = {
        "file": DrawnPicture(drawn.getvalue(), "a.jpg", (320, 180)),
        "alt": "Two officers at the rim of a drying bed",
        "credit": "Esi",
        "has_consent": True,
        "at": timezone.now(),
    }
    return exchange.pictures.create(**defaults | fields)


def make_measure(exchange, **fields):
    plan, _made = ActionPlan.objects.get_or_create(exchange=exchange)
    defaults = {
        "title": "License the private emptiers",
        "description": "The council votes a by-law; the officer meets each operator, then checks.",
        "topic": Theme.objects.get(code="water-sanitation/faecal-sludge"),
        "level": "organisational",
        "indicator": "Operators with a licence",
        "unit": "operators",
        "target": 6,
        "due_on": "2027-12-01",
        "responsible": "Kofi Mensah, sanitation officer",
    }
    return plan.measures.create(**defaults | fields)


def make_report(exchange, **fields):
    """A report with evidence on a new measure, within the report of six months."""
    follow_up, _made = exchange.follow_ups.get_or_create(month=6, defaults={"due_on": "2100-01-01"})
    defaults = {
        "follow_up": follow_up,
        "at": timezone.now(),
        "status": "started",
        "progress": 40,
        "evidence": ContentFile(b"%PDF-1.4 by-law", name="by-law.pdf"),
        "evidence_name": "by-law.pdf",
    }
    return make_measure(exchange).reports.create(**defaults | fields)
