"""The rules of the four forms: each bound at both its ends, and what staff settle with a reason."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from applications.models import Dossier
from exchanges import readiness, rules
from exchanges.enums import Readiness, Side
from exchanges.models import Exchange, Participant, Session
from exchanges.readiness import list_items
from registry.models import Authority, Expert
from tests.exchanges.conftest import START
from tests.factories import make_authority, make_budget_line, make_session
from tests.worlds import Table

pytestmark = pytest.mark.django_db

MONDAY = START - timedelta(days=START.weekday())
# Form: days, who travels beside the one named, people of the place, others' parts, last item.
FITS = {
    "expert_mission": (5, 0, 3, (), "debrief"),
    "internship": (10, 0, 0, ("mentor",), "work"),
    "round_table": (3, 0, 8, ("facilitator",), "conclusions"),
    "study_visit": (5, 4, 0, ("group_leader",), "visit"),
}


def shaped(exchange, form, days=None, travel=None, there=None, towns=1, helpers=0, **changed):
    """Make an exchange one of this form that keeps its rules, but for what is named."""
    usual_days, usual_travel, usual_there, parts, kind = FITS[form]
    days = usual_days if days is None else days
    Exchange.objects.update(
        form=form, planned_start=MONDAY, planned_end=MONDAY + timedelta(days=days - 1)
    )
    exchange = Exchange.objects.get()
    Participant.objects.all().delete()
    goes, stays = exchange.travelling_side, exchange.hosting_side

    def name(side, part, travels, organisation=""):
        exchange.participants.create(
            name="A", side=side, part=part, travels=travels, organisation=organisation
        )

    for _ in range((usual_travel if travel is None else travel) + 1):
        name(goes, "delegate", True)
    for _ in range(usual_there if there is None else there):
        name(stays, "delegate", False)
    for part in changed.get("parts", parts):
        name("other", part, False)
    for number in range(2 if form == "round_table" and towns == 1 else towns):
        name("requesting", "observer", goes == "requesting", f"Town {number}")
    for number in range(helpers):
        name("offering", "observer", goes == "offering", f"Helper {number}")
    for number in range(days):
        day = MONDAY + timedelta(days=number)
        starts = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
        last = number == days - 1
        make_session(
            exchange,
            kind=changed.get("kind", kind) if last else "work",
            theme=changed.get("theme", "What it costs"),
            time_zone="UTC",
            starts_at=starts,
            ends_at=starts + timedelta(hours=changed.get("hours", 8)),
        )
    return exchange


def broken(exchange):
    sessions = list(exchange.sessions.not_cancelled())
    people = list(exchange.participants.all())
    return [one.words for one in rules.find_broken_rules(exchange, people, sessions)]


def test_a_broken_rule_leads_to_the_page_where_it_is_mended(planned):
    """W18: who travels led to the agenda."""

    def page():
        return next(item.page for item in list_items(planned) if item.code == "rules")

    Exchange.objects.update(form="study_visit")
    planned.refresh_from_db()
    people = page()
    Exchange.objects.update(form="expert_mission", planned_end=MONDAY, planned_start=MONDAY)
    planned = Exchange.objects.get()

    assert (people, page()) == ("exchange-participants", "exchange-days")


def test_what_the_agenda_lacks_is_said_at_the_agenda_alone(planned):
    """“Agenda written: done” stood four lines above “no agenda item on 19 January”."""
    exchange = shaped(planned, "expert_mission", days=5, kind="work")

    items = {one.code: one for one in list_items(exchange)}

    agenda, form = items["agenda"], items["rules"]
    assert not agenda.holds and "the agenda lacks: debrief with the council" in agenda.lacking
    assert "agenda" not in form.lacking
    assert agenda.page == "exchange-agenda"


def test_a_waived_line_says_who_waived_it_when_and_why_and_is_not_done(planned):
    """It had the tick of what is done, beside “Nothing can be booked before both signed”."""
    page = reverse("admin:exchanges_exchange_change", args=[planned.pk])
    plan = {"form": planned.form, "mode": "on_site", "place": planned.place, "languages": ["en"]}
    waived = {"checklist": ["terms"], "settled_why": "They signed on paper."}
    bookings = "Nothing can be booked before both sides have signed"
    before = planned.town.get(planned.get_absolute_url()).text

    planned.staff.post(page, plan | waived)

    desk = planned.staff.get(page).text
    town = planned.town.get(planned.get_absolute_url()).text
    assert [bookings in text for text in (before, town)] == [True, False]
    day = date_format(timezone.localdate(), "DATE_FORMAT")
    for text in (desk, town):
        assert f"by {planned.ines.name} on {day}" in " ".join(text.split())
        assert 'class="status status-waived"' in text
    assert ["They signed on paper." in text for text in (desk, town)] == [True, False]


# One participant of the side that asks (towns=1) is of "Town 0": it counts beside the applicant.
@pytest.mark.parametrize(
    ("form", "changed", "words"),
    [
        ("expert_mission", {"days": 3}, []),
        ("expert_mission", {"days": 2}, ["days: 2, not 3 to 10"]),
        ("expert_mission", {"days": 10}, []),
        ("expert_mission", {"days": 11}, ["days: 11, not 3 to 10"]),
        ("expert_mission", {"travel": 2}, []),
        ("expert_mission", {"travel": 3}, ["travellers: 4, not 1 to 3"]),
        ("expert_mission", {"travel": -1}, ["travellers: 0, not 1 to 3"]),
        ("expert_mission", {"there": 59}, []),
        ("expert_mission", {"there": 60}, ["local participants: 61, not 0 to 60"]),
        ("expert_mission", {"helpers": 1, "travel": 0}, []),
        ("expert_mission", {"helpers": 2, "travel": 0}, ["offering authorities: 3, not 1 to 2"]),
        ("expert_mission", {"kind": "work"}, ["the agenda lacks: debrief with the council"]),
        ("internship", {"towns": 0}, []),
        ("internship", {"towns": 0, "days": 5}, []),
        ("internship", {"towns": 0, "days": 7}, []),  # five working days
        ("internship", {"towns": 0, "days": 4}, ["days: 4, not 5 to 20"]),
        ("internship", {"towns": 0, "days": 26}, []),
        ("internship", {"towns": 0, "days": 29}, ["days: 21, not 5 to 20"]),
        ("internship", {"towns": 1}, ["applicant authorities: 2, not 1"]),
        ("internship", {"towns": 0, "helpers": 1}, ["offering authorities: 2, not 1"]),
        ("internship", {"towns": 0, "travel": 3}, ["travellers: 4, not 1 to 3"]),
        ("internship", {"towns": 0, "parts": ()}, ["no mentor is named"]),
        ("round_table", {"days": 1}, []),
        ("round_table", {"days": 5}, []),
        ("round_table", {"days": 6}, ["days: 6, not 1 to 5"]),
        ("round_table", {"there": 3}, []),
        ("round_table", {"there": 2}, ["local participants: 4, not 5 to 60"]),
        ("round_table", {"there": 59}, ["local participants: 61, not 5 to 60"]),
        ("round_table", {"towns": 0}, ["applicant authorities: 1, not 2 or more"]),
        ("round_table", {"parts": ()}, ["no facilitator is named"]),
        ("round_table", {"kind": "work"}, ["the agenda lacks: joint conclusions"]),
        ("study_visit", {"days": 3}, []),
        ("study_visit", {"days": 2}, ["days: 2, not 3 to 7"]),
        ("study_visit", {"days": 7}, []),
        ("study_visit", {"days": 8}, ["days: 8, not 3 to 7"]),
        ("study_visit", {"travel": 1}, []),
        ("study_visit", {"travel": 0}, ["travellers: 2, not 3 to 16"]),
        ("study_visit", {"travel": 14}, []),
        ("study_visit", {"travel": 15}, ["travellers: 17, not 3 to 16"]),
        ("study_visit", {"towns": 11, "travel": 0}, []),
        ("study_visit", {"towns": 12, "travel": 0}, ["applicant authorities: 13, not 1 to 12"]),
        ("study_visit", {"helpers": 2}, []),
        ("study_visit", {"helpers": 3}, ["offering authorities: 4, not 1 to 3"]),
        ("study_visit", {"parts": ()}, ["no group leader is named"]),
        (
            "study_visit",
            {"theme": ""},
            ["the learning aim of “Debrief with the council”"],
        ),
    ],
)
def test_each_bound_is_told_on_its_far_side_only(planned, form, changed, words):
    assert broken(shaped(planned, form, **changed)) == words


def test_each_who_asks_together_counts_before_anybody_is_named(planned):
    """A round table of six towns counted as one authority until people were typed."""
    dossier = planned.dossier
    names = ["Villeneuve-d’Ascq", "Awutu", "Effutu", "Gomoa"]
    dossier.partners.set([make_authority(name, country="FR") for name in names])
    for name, answer in (("Ekumfi", True), ("Mfantse", None), ("Ajumako", False)):
        dossier.co_applicants.create(
            name=name, country="GH", takes_part=answer, asked_at=timezone.now()
        )
    Participant.objects.all().delete()
    planned.participants.create(
        name="A", side="requesting", part="delegate", organisation="VILLENEUVE D'ASCQ"
    )

    asking = rules.count_authorities(planned, list(planned.participants.all()), Side.REQUESTING)

    assert asking == 6


def test_a_town_is_one_authority_however_its_people_write_it_and_by_a_former_name(planned):
    """“Mairie de Thiès” was Thiès where it signs up, and here a second authority of its side."""
    thies = make_authority("Thiès", country="SN", former_names=["Cercle de Thiès"])
    planned.dossier.partners.set([thies])
    Participant.objects.all().delete()
    written = ("Thiès", "THIES", "Mairie de Thiès", "Ville de Thiès", "Cercle de Thies")
    others = ("Commune de Mbour", "Mbour", "")
    for name in (*written, *others):
        planned.participants.create(name="A", side="requesting", part="delegate", organisation=name)

    asking = rules.count_authorities(planned, list(planned.participants.all()), Side.REQUESTING)

    assert asking == 3  # Agona West, Thiès and Mbour


def test_nobody_is_invited_home_however_their_authority_is_written(planned):
    Authority.objects.filter(pk=planned.dossier.authority_id).update(former_names=["Agona"])
    planned = Exchange.objects.get()

    def is_guest(organisation, side="requesting"):
        return planned.participants.create(
            name="A", side=side, part="delegate", travels=True, organisation=organisation
        ).is_guest

    at_home = ("Agona West", "AGONA-WEST", "Mairie d’Agona West", "Municipality of Agona", "", " ")
    assert [is_guest(name) for name in at_home] == [False] * 6
    assert is_guest("Awutu") and is_guest("Agona West", side="offering")


def test_the_agenda_fills_each_day_and_of_a_study_visit_each_half_of_those_between(planned):
    visit = shaped(planned, "study_visit", hours=2)  # mornings alone
    between = [MONDAY + timedelta(days=number) for number in (1, 2, 3)]
    mission = shaped(planned, "expert_mission")
    mission.sessions.filter(starts_at__date=between[0]).delete()

    assert broken(mission) == [f"no agenda item on: {between[0].day} {between[0]:%B}"]
    visit.sessions.all().delete()
    assert broken(shaped(planned, "study_visit", hours=2)) == [
        "no agenda item on: " + ", ".join(f"{day.day} {day:%B} (afternoon)" for day in between)
    ]


@pytest.mark.parametrize(
    ("begins", "ends", "lacking"),
    [
        ("09:00", "13:00", " (afternoon)"),
        ("09:00", "13:01", None),
        ("12:59", "15:00", None),
        ("13:00", "15:00", " (morning)"),
    ],
)
def test_what_ends_at_one_is_no_afternoon_and_what_begins_then_no_morning(begins, ends, lacking):
    exchange = Exchange(planned_start=MONDAY, planned_end=MONDAY + timedelta(days=2))
    exchange.zone_name = "Africa/Accra"
    day = MONDAY + timedelta(days=1)
    hours = [f"{MONDAY + timedelta(days=n)} {{}}+00:00" for n in (0, 2)]
    at = [(hour.format("09:00"), hour.format("10:00")) for hour in hours]
    sessions = [
        Session(
            exchange=exchange,
            time_zone="Africa/Accra",
            starts_at=datetime.fromisoformat(one),
            ends_at=datetime.fromisoformat(other),
        )
        for one, other in [*at, (f"{day} {begins}+00:00", f"{day} {ends}+00:00")]
    ]

    empty = list(rules.unfilled_days(exchange, sessions, daily=2).values())

    assert empty == ([f"{day.day} {day:%B}{lacking}"] if lacking else [])


def test_nobody_travels_where_people_meet_online(planned):
    exchange = shaped(planned, "expert_mission", travel=-1)
    Exchange.objects.update(mode="remote")
    exchange.refresh_from_db()
    fits = broken(exchange)
    make_budget_line(exchange, category="travel")

    assert fits == []
    assert broken(exchange) == ["the budget has journeys, but nobody travels"]


def test_a_language_is_chosen_and_an_interpreter_named_where_one_is_needed(planned):
    exchange = shaped(planned, "expert_mission")
    as_asked = exchange.languages_in_words
    exchange.languages, exchange.needs_interpreter = [], True
    lacks = broken(exchange)
    exchange.languages = ["en", "fr"]
    exchange.participants.create(name="Adjoa", side="other", part="interpreter", travels=False)

    assert as_asked == "English"
    assert lacks == ["no working language is chosen", "no interpreter is named"]
    assert (broken(exchange), exchange.languages_in_words) == (
        [],
        "English, French, with an interpreter",
    )


@pytest.mark.parametrize(
    ("expert", "working", "needs"),
    [
        ({"en": "C1", "nl": "native"}, ["en"], False),
        ({"es": "C1", "nl": "native"}, ["es"], False),
        ({"nl": "native"}, ["en", "es"], True),
    ],
)
def test_a_new_exchange_works_in_what_both_sides_speak(expert, working, needs):
    table = Table()
    Dossier.objects.update(languages={"en": "B2", "es": "B1"})
    Expert.objects.filter(pk=table.ineke.pk).update(languages=expert)

    for side in ("applicant", "expert", "employer"):
        table.answer(side)

    exchange = Exchange.objects.get()
    assert (exchange.languages, exchange.needs_interpreter) == (working, needs)


def test_staff_settle_what_breaks_a_rule_and_say_why(planned):
    exchange = shaped(planned, "expert_mission", days=12)
    room = reverse("admin:exchanges_exchange_change", args=[exchange.pk])
    plan = {
        **{"form": "expert_mission", "place": "Swedru", "mode": "on_site", "languages": ["en"]},
        **{"planned_start": MONDAY, "planned_end": exchange.planned_end},
        "checklist": ["rules"],
    }

    def item():
        found = readiness.list_items(Exchange.objects.get())
        return next(one for one in found if one.code == Readiness.RULES)

    silent = planned.staff.post(room, plan).text
    before = item()
    for _ in range(2):
        planned.staff.post(room, plan | {"settled_why": "The expert stays for a wedding."})
    read = [
        page.text
        for page in (planned.staff.get(room), planned.town.get(planned.get_absolute_url()))
    ]

    assert "Give a reason: both sides read it." in silent
    assert (before.holds, before.lacking) == (False, "days: 12, not 3 to 10")
    assert item().holds
    assert planned.events.filter(verb="settle").count() == 1
    assert all("Waived by the programme team: The rules of this form" in page for page in read)
    # The staff's own ground: the town is not told.
    assert ["The expert stays for a wedding." in page for page in read] == [True, False]


def test_a_region_counts_beside_its_town_and_a_town_once_however_it_is_written(planned):
    """“Province of Agona West” was its own town; three spellings of another were one and a half."""
    town = planned.dossier.authority
    planned.participants.all().delete()
    names = [town.name, f"Province of {town.name}", "Ville de Thiès", "THIES", "Mairie de Thiès"]
    for name in names:
        planned.participants.create(
            name="A", side=Side.REQUESTING, part="observer", organisation=name
        )
    type(town).objects.filter(pk=town.pk).update(name=f"Municipality of {town.name}")
    exchange = Exchange.objects.get()

    asking = rules.count_authorities(exchange, list(planned.participants.all()), Side.REQUESTING)

    assert asking == 3
