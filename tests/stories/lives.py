"""How an exchange of each form lives on from its match, through the pages of its people."""

import io
from datetime import timedelta

import time_machine
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from connect.schedule import run_rules
from exchanges import measures
from exchanges.enums import Criterion
from exchanges.models import Evaluation, Measure, Observation
from notifications.models import Letter
from practices.models import Practice
from registry.models import Income
from tests.exchanges.pages import measure_data
from tests.factories import make_user, pdf_of
from tests.practices.texts import WORDS
from tests.worlds import signed_in


def on(day, hour=12):
    """Go to noon of a day: whoever acts signs in then."""
    moment = timezone.datetime.combine(day, timezone.datetime.min.time()) + timedelta(hours=hour)
    return time_machine.travel(timezone.make_aware(moment), tick=False)


def named(side, part, organisation="", **more):
    return {"side": side, "part": part, "organisation": organisation, "visa": "unknown", **more}


# What each form needs beside those whom the match names: days, the agenda's last item, people; and
# what the page says is missing before they are named.
SHAPES: dict = {
    "expert_mission": {
        "days": 5,
        4: {"kind": "debrief", "title": "Debrief with the council"},
        "people": [("Kofi", named("requesting", "delegate", "Agona West"))],
        "lacking": [],
    },
    "internship": {
        "days": 12,
        "people": [("Nana", named("requesting", "delegate", "Agona West"))],
        "lacking": ["Learning agreement"],
    },
    "round_table": {
        "days": 3,
        2: {"kind": "conclusions", "title": "Joint conclusions"},
        "people": [
            ("Adwoa", named("requesting", "facilitator", "Agona West")),
            *[(f"Mayor {n}", named("requesting", "delegate", f"Town {n}")) for n in range(4)],
        ],
        "lacking": ["no facilitator is named", "applicant authorities: 1, not 2 or more"],
    },
    "study_visit": {
        "days": 5,
        4: {"kind": "visit", "title": "The plant at Ghent", "theme": "How a fee pays for it"},
        "people": [
            ("Adwoa", named("requesting", "group_leader", "Agona West", travels="on")),
            ("Yaw", named("requesting", "delegate", "Agona West", travels="on")),
        ],
        "lacking": ["no group leader is named", "travellers: 1, not 3 to 16"],
    },
    "shadowing": {
        "days": 3,
        2: {"kind": "debrief", "title": "What was seen"},
        "people": [("Adwoa", named("requesting", "facilitator", "Agona West"))],
        "lacking": ["Shadowing plan signed by both sides", "no facilitator is named"],
    },
}
for shape in SHAPES.values():
    shape["people"].append(("Nobody at last", named("other", "observer")))


def drawing():
    drawn = io.BytesIO()
    Image.new("RGB", (640, 360), "green").save(drawn, "JPEG")
    return drawn.getvalue()


def live_on(exchange, efua, ineke, ines):
    """Go from an exchange that was agreed to its practice and the figures of the impact page."""
    for country, level in (("GH", "LM"), ("NL", "H")):
        Income.objects.update_or_create(
            country=country, defaults={"level": level, "fiscal_year": 2026}
        )
    form, town = exchange.form, exchange.dossier.authority
    association = town.associations.create(name="NALAG", country="GH", scope="national")
    abena = make_user("Abena")
    abena.memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    room = reverse("admin:exchanges_exchange_change", args=[exchange.pk])

    def page(name, *args):
        return reverse(name, args=[exchange.reference, *args])

    def step(verb, **details):
        signed_in(ines).post(
            reverse("admin:exchanges_exchange_step", args=[exchange.pk, verb]), details
        )
        exchange.refresh_from_db()
        return exchange.status

    # Both sides plan: dates, agenda with the association, terms, who travels.
    start = timezone.localdate() + timedelta(days=60)
    start -= timedelta(days=start.weekday())  # a Monday
    shape = SHAPES[form]
    last = timedelta(days=shape["days"] - 1)
    days = {
        **{"form": form, "place": "Swedru", "mode": "on_site", "moves_agenda": "on"},
        "languages": ["en"],
        **{"checklist": ["budget", "briefing"], "settled_why": "The host pays; held by telephone."},
        "meant": "on",  # it is not when the application asked for
    }
    signed_in(ines).post(room, days | {"planned_start": start, "planned_end": start + last})
    step("plan")
    assert step("postpone", reason="force_majeure", note="The roads are flooded.") == "postponed"
    session = {
        **{"time_zone": "Africa/Accra", "place": "Hall", "kind": "work", "title": "Running"},
        **{"begins": "09:00", "ends": "17:00"},
    }
    for number in range(shape["days"]):
        item = session | {"day": start + timedelta(days=number)}
        signed_in(efua).post(page("exchange-agenda"), item | shape.get(number, {}))
    start += timedelta(days=28)
    signed_in(ines).post(room, days | {"planned_start": start, "planned_end": start + last})
    assert step("plan") == "planned"
    item = exchange.sessions.last()
    signed_in(efua).post(page("exchange-session", item.pk), {"verb": "invite"})
    observation = Observation.objects.get()
    signed_in(abena).post(page("exchange-observe", observation.pk), {"answer": "yes"})
    words = dict.fromkeys(("purpose", "tasks", "outputs", "means"), "A by-law is drafted.")
    signed_in(ineke).post(page("exchange-terms"), words)
    for person in (efua, ineke):
        signed_in(person).post(page("exchange-terms"), {"sign": "1"})
    unready = step("get_ready")
    travelling = {
        **{"travels": "on", "function": "Officer", "visa": "granted", "is_insured": "on"},
        **{"emergency_contact": "Anna, +31 6 1234 5678"},
    }
    for person in exchange.participants.filter(travels=True):
        known = {
            **{"name": person.name, "side": person.side, "address": person.address},
            **{"part": person.part, "language": "en", "gender": "woman", "post": "technical"},
            **travelling,
            "days": "1",
        }
        of_side = efua if person.side == "requesting" else ineke
        signed_in(of_side).post(page("exchange-participant", person.pk), known)
    lacking = signed_in(efua).get(exchange.get_absolute_url()).text.lower()
    for name, named in shape["people"]:
        named = {"language": "en", "gender": "woman", "post": "technical"} | named
        if named.get("travels"):
            named |= travelling | {"address": f"{name.lower()}@example.org"}
        of_side = {"requesting": efua, "offering": ineke}.get(named["side"], ines)
        signed_in(of_side).post(page("exchange-participants"), {"name": name, "days": "1"} | named)
    signed = {"signs": "on", "is_insured": "on", "emergency_contact": "Anna, +31 6 1234 5678"}
    for person in exchange.participants.filter(travels=True):
        Client().post(f"/en{person.link_path}", signed)
    # They brief those who were named since, too.
    signed_in(ines).post(room, days | {"planned_start": start, "planned_end": start + last})
    assert [words for words in shape["lacking"] if words.lower() not in lacking] == []
    assert (unready, step("get_ready")) == ("planned", "ready")

    # It begins by its date, is interrupted, goes on, and ends by its date.
    with on(start):
        run_rules(timezone.now())
        exchange.refresh_from_db()
        assert exchange.status == "running"
        assert step("interrupt", reason="health", note="The expert fell ill.") == "interrupted"
        assert step("resume") == "running"
        for person in exchange.participants.filter(part="intern"):
            diary = {"day": start, "did": "I read the by-law.", "learnt": "How a fee is set."}
            Client().post(f"/en{person.diary_path}", diary)
        trouble = {"happened_on": start, "kind": "lost_document", "severity": "2"}
        signed_in(ineke).post(
            page("incident"), trouble | {"account": "My passport was lost, and found."}
        )
        picture = {"alt": "Two officers at a drying bed", "credit": "Efua", "has_consent": "on"}
        file = SimpleUploadedFile("bed.jpg", drawing())
        signed_in(efua).post(page("exchange-pictures"), picture | {"file": file})
    end = start + last + timedelta(days=1)
    with on(end):
        for _ in range(2):
            run_rules(timezone.now())
        exchange.refresh_from_db()
        assert exchange.status == "completed"
        for asked in Evaluation.objects.filter(moment="end"):
            answers = {"satisfied": "5", "before": "2", "after": "4"}
            Client().post(f"/en{asked.link_path}", answers)

    # Who was there is said on one page: one who was named did not come.
    people = list(exchange.participants.all())
    there = {f"there-{person.pk}": "yes" for person in people}
    there |= {f"days-{person.pk}": "1" for person in people}
    absent = next(person for person in people if person.name == "Nobody at last")
    with on(end + timedelta(days=1)):
        signed_in(ines).post(page("exchange-attendance"), there | {f"there-{absent.pk}": "no"})

    # The town writes its measures down, and its mayor approves them by link.
    with on(end + timedelta(days=10)):
        due = {"due_on": (end + timedelta(days=300)).isoformat()}
        for title in ("License the private emptiers", "A second place to discharge"):
            signed_in(efua).post(page("exchange-measure-new"), measure_data(title=title) | due)
        signed_in(efua).post(page("exchange-approval"))
        link = f"/en{Letter.objects.get(template='plan_asked').opens.path}"
        digest = Client().get(link).context["form"].initial["digest"]
        Client().post(link, {"name": "Justina, mayor", "digest": digest})
        scores = dict.fromkeys(Criterion.values, 3)
        assert step("evaluate", note="The mission report.", **scores) == "evaluated"

    # Two reports: one measure done with evidence, one dropped.
    done, dropped = Measure.objects.order_by("pk")
    for month, stands in ((6, ("started", "delayed")), (12, ("done", "dropped"))):
        with on(end + timedelta(days=month * 31)):
            report = {"in_contact": "yes"}
            for measure, status in zip((done, dropped), stands, strict=True):
                said = {"status": status, "progress": "50", "value": "6", "comment": "No land."}
                report |= {f"m{measure.pk}-{name}": value for name, value in said.items()}
            if month == 12:
                report[f"m{done.pk}-evidence"] = ContentFile(pdf_of("by-law"), name="law.pdf")
            signed_in(efua).post(page("follow-up", month), report)
    # It ends once nobody can answer the last questionnaires any more.
    exchange.refresh_from_db()
    assert exchange.status == "follow_up_12m"
    with on(end + timedelta(days=430)):
        measures.follow_reported_exchanges(timezone.now())
    exchange.refresh_from_db()
    assert exchange.status == "closed"

    # Both sides write up what worked, in two languages; staff publish it.
    with on(end + timedelta(days=400)):
        signed_in(efua).post(page("practices-of"))
        practice = Practice.objects.get()
        assert "License the private emptiers (carried out)" in practice.texts.get().result
        french = WORDS | {"title": "Agréer les vidangeurs privés"}
        for person, language, text in ((ineke, practice.language, WORDS), (efua, "fr", french)):
            signed_in(person).post(reverse("practice-write", args=[practice.slug, language]), text)
        take = {"take": exchange.pictures.get().pk}
        signed_in(efua).post(reverse("practice-photos", args=[practice.slug]), take)
        signed_in(efua).post(reverse("practice-step", args=[practice.slug, "submit_practice"]))
        for person in (efua, ineke):
            read = {"digest": practice.digest}
            signed_in(person).post(reverse("practice-agree", args=[practice.slug]), read)
        for verb in ("approve_practice", "publish_practice"):
            signed_in(ines).post(reverse("practice-step", args=[practice.slug, verb]))
        board = Client().get(f"/fr/practices/?q=vidangeurs&form={form}").text
        impact = signed_in(ines).get(f"/en/impact/?form={form}&country=GH").context["impact"]

    assert practice.slug in board and "Agréer les vidangeurs privés" in board
    counted = {figure.code: figure.value for figure in impact.figures}
    wanted = (
        *("held", "countries", "south_south", "observed", "participations", "measures", "done"),
        *("proved", "reports_6", "reports_12", "practices", "response"),
    )
    assert {code: counted[code] for code in wanted} == {
        **{"held": 1, "countries": 2, "south_south": 0, "observed": 100},
        "participations": len(people) - 1,
        **{"measures": 2, "done": 1, "proved": 100, "reports_6": 100, "reports_12": 100},
        **{"practices": 1, "response": 100},
    }
