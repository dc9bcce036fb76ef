"""A search of the board that one wants to be told of, and the board for other programs."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from lxml import etree

from applications.models import Dossier
from matching import alerts, desk, fits, opportunities
from matching.models import Alert, Opportunity
from notifications.letter_text import compose_letter
from notifications.models import Letter, Pause
from notifications.sending import send_waiting_letters
from tests.factories import (
    make_officer,
    make_pause_key,
    make_user,
    publish_dossier,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = timedelta(days=1)


def told(template="opportunity_alert"):
    return [
        [title for title, _place in letter.context["requests"]]
        for letter in Letter.objects.filter(template=template).order_by("pk")
    ]


def test_an_alert_that_fails_is_logged_and_stops_none_of_those_after_it(monkeypatch, caplog):
    """A15: while one alert could not be searched, nobody after it was written to."""
    failing = alerts.create_alert(make_user(), QueryDict("q=latrines"), now=NOW)
    alerts.create_alert(make_user(), QueryDict("q=latrines"), now=NOW)
    publish_dossier("Latrines for all", at=NOW + DAY)
    search = alerts.fitting_opportunities

    def search_or_fail(alert, found):
        if alert == failing:
            raise ValueError("no such search")
        return search(alert, found)

    monkeypatch.setattr(alerts, "fitting_opportunities", search_or_fail)
    alerts.send_alerts(NOW + 2 * DAY)

    assert told() == [["Latrines for all"]]
    assert f"failed for matching.Alert {failing.pk}" in caplog.text


def test_new_requests_that_a_search_finds_are_told_once():
    """Whatever was published before the alert is known, and what the search does not find."""
    publish_dossier("Latrines of old", at=NOW - DAY)
    alerts.create_alert(make_user(), QueryDict("q=latrines&country=GH"), now=NOW)
    publish_dossier("Latrines for all", at=NOW + DAY)
    publish_dossier("Latrines elsewhere", country="SN", at=NOW + DAY)
    publish_dossier("A plan for buses", at=NOW + DAY, topic="mobility/public-transport")

    for days in (0, 1, 1, 2, 0, 3):
        alerts.send_alerts(NOW + days * DAY)

    assert told() == [["Latrines for all"]]


def test_a_weekly_alert_gathers_a_week():
    alerts.create_alert(make_user(), QueryDict("q=latrines"), every=Alert.WEEKLY, now=NOW)
    for day in (1, 3):
        publish_dossier(f"Latrines of day {day}", at=NOW + day * DAY)

    for day in range(15):
        alerts.send_alerts(NOW + day * DAY)

    assert told() == [["Latrines of day 1", "Latrines of day 3"]]


def test_a_request_that_is_opened_again_is_told_again(client):
    """Its row is the same, and so was the key: nobody heard of it, nor ever would."""
    hans = make_user("Hans", language="fr")
    alerts.create_alert(hans, QueryDict("q=latrines"), now=NOW)
    dossier = publish_dossier("Latrines for all", at=NOW + DAY)
    first = alerts.send_alerts(NOW + 2 * DAY)
    Dossier.objects.update(status="shortlisting")

    closes_on = timezone.localdate(NOW + 30 * DAY)
    opportunities.reopen_to_answers(dossier, closes_on, actor=make_officer(), now=NOW + 5 * DAY)
    then = [alerts.send_alerts(NOW + days * DAY) for days in (5, 6)]

    assert (first, then) == (1, [1, 0])
    assert told() == [["Latrines for all"]] * 2


def test_of_many_new_requests_all_are_counted_and_those_not_named_are_said_to_be_more():
    hans = make_user("Hans", language="fr")
    alerts.create_alert(hans, QueryDict("q=latrines"), every=Alert.WEEKLY, now=NOW)
    for number in range(14):
        publish_dossier(f"Latrines {number}", at=NOW + DAY)

    alerts.send_alerts(NOW + 7 * DAY)

    subject, body = compose_letter(Letter.objects.get(template="opportunity_alert"))[:2]
    assert subject == "14 nouvelles demandes qui correspondent à votre recherche"
    assert body.count("«\N{NO-BREAK SPACE}Latrines ") == 10 and "\net 4 de plus\n" in body


def test_a_request_that_closes_is_told_two_weeks_and_three_days_before_and_not_to_who_answered():
    expert, other = make_user(), make_user()
    dossier = publish_dossier("Latrines for all", days=20, at=NOW)
    for person in (expert, other):
        alerts.create_alert(person, QueryDict("q=latrines"), now=NOW)
        alerts.create_alert(person, QueryDict("country=GH"), now=NOW)  # two searches, one letter
    offer = make_expert_of(expert)
    desk.create_interest(dossier, offer, "draft", verb="begin", actor=expert, now=NOW)

    days = []
    for day in range(25):
        if alerts.send_alerts(NOW + day * DAY):
            days.append(day)

    letters = Letter.objects.filter(template="opportunity_closing")
    assert days == [6, 17]
    assert set(letters.values_list("address", flat=True)) == {other.email}


def test_what_one_hid_answered_or_asks_for_oneself_is_no_news(client):
    """“Not for me” was pressed, and its e-mails came all the same; a town was told of its own."""
    expert = make_user()
    offer = make_expert_of(expert)
    hidden, answered, left = (
        publish_dossier(f"Latrines {name}", days=20, at=NOW + DAY)
        for name in ("hidden", "answered", "left")
    )
    writer = make_user("Efua", works_for=left.authority)
    for person in (expert, writer):
        alerts.create_alert(person, QueryDict("q=latrines"), now=NOW)
    fits.hide_request(hidden.opportunity, "far", actor=expert, now=NOW + DAY)
    desk.create_interest(answered, offer, "draft", verb="begin", actor=expert, now=NOW + DAY)

    for day in range(2, 25):
        alerts.send_alerts(NOW + day * DAY)

    def news_of(person, template):
        letters = Letter.objects.filter(template=template, address=person.email)
        return [compose_letter(one)[1] for one in letters]

    new, closing = (news_of(expert, f"opportunity_{name}") for name in ("alert", "closing"))
    assert ["Latrines left" in body for body in new + closing] == [True, True, True]
    assert not any("hidden" in body or "answered" in body for body in new + closing)
    own = news_of(writer, "opportunity_alert") + news_of(writer, "opportunity_closing")
    assert not any("Latrines left" in body for body in own)


def make_expert_of(user):
    from tests.factories import make_expert  # noqa: PLC0415

    expert = make_expert()
    type(expert).objects.filter(pk=expert.pk).update(user=user)
    return type(expert).objects.get(pk=expert.pk)


def test_a_search_is_kept_from_the_board_and_taken_away(client):
    publish_dossier("Latrines for all", at=NOW)
    client.force_login(make_user("Hans"))
    board = client.get(reverse("opportunities") + "?q=latrines&form=expert_mission").text
    asked = re.search(r'name="asked" value="([^"]+)"', board)[1].replace("&amp;", "&")

    kept = client.post(reverse("alerts"), {"asked": asked, "every": "weekly"}, follow=True).text
    nothing = client.post(reverse("alerts"), {"asked": "q="}, follow=True).text
    alert = Alert.objects.get()
    stranger = Client()
    stranger.force_login(make_user())
    stranger.post(reverse("alerts"), {"remove": alert.pk})
    assert Alert.objects.exists()
    gone = client.post(reverse("alerts"), {"remove": alert.pk}, follow=True).text

    assert "“latrines”, expert mission" in kept and "once a week" in kept
    assert "First enter what you are looking for." in nothing
    assert "No alerts yet" in gone


def test_ten_searches_are_enough():
    user = make_user()
    for number in range(10):
        alerts.create_alert(user, QueryDict(f"q=water{number}"))

    with pytest.raises(ValidationError, match="ten alerts"):
        alerts.create_alert(user, QueryDict("q=more"))
    again = alerts.create_alert(user, QueryDict("q=water3"), every=Alert.WEEKLY)
    assert (user.alerts.count(), again.every) == (10, Alert.WEEKLY)


def test_an_alert_is_paused_by_the_mail_program_and_by_hand_and_a_duty_never(received, client):
    """RFC 8058: the header names our page, a POST without a form pauses, reading does nothing."""
    hans = make_user("Hans")
    alerts.create_alert(hans, QueryDict("q=latrines"), now=NOW)
    publish_dossier("Latrines for all", at=NOW + DAY)
    alerts.send_alerts(NOW + DAY)
    send_waiting_letters(timezone.now() + DAY)
    letter = received(hans.email)[0]
    address = re.search(r"<https?://[^/]+(/\S+)>", letter["List-Unsubscribe"])[1]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in letter.get_body(("plain",)).get_content()

    strict = Client(enforce_csrf_checks=True)
    for _ in range(3):
        assert strict.get(address).status_code == 200
    assert not Pause.objects.exists()
    one_click = {"List-Unsubscribe": "One-Click"}
    assert strict.post(address, one_click).status_code == 200
    publish_dossier("More latrines", at=NOW + 2 * DAY)
    assert alerts.send_alerts(NOW + 2 * DAY) == 0
    assert (
        Client().get(f"/en/letters/pause/{make_pause_key(hans.email, 'duties')}/").status_code
        == 404
    )
    assert strict.post(address[:-3] + "xx/", one_click).status_code == 404

    client.force_login(hans)
    mine = client.get(reverse("letters")).text
    assert "A new request that matches your search" in mine
    client.post(reverse("letters"), {"kind": "alerts", "resume": "1"})
    assert not Pause.objects.exists()
    duty = Letter.objects.create(
        key="d", template="profile_confirm", address=hans.email, not_before=NOW
    )
    assert "/letters/pause/" not in compose_letter(duty)[1]


def test_ones_letters_are_read_again_and_nobody_elses(client):
    hans, rob = make_user("Hans"), make_user("Rob")
    for person, subject, secret in (
        (hans, "For Hans", False),
        (hans, "A code", True),
        (rob, "For Rob", False),
    ):
        Letter.objects.create(
            **{"key": subject, "template": "x", "address": person.email, "not_before": NOW},
            **{"subject": subject, "body": subject, "sent_at": NOW, "is_secret": secret},
        )
    client.force_login(hans)

    page = client.get(reverse("letters")).text

    assert "For Hans" in page
    assert "For Rob" not in page and "A code" not in page


def test_the_board_is_a_feed_a_calendar_and_structured_data(client):
    dossier = publish_dossier("Latrines & <pits> for all", at=NOW)
    publish_dossier("A plan for buses", country="SN", at=NOW, topic="mobility/public-transport")
    officer = make_officer()

    feed = client.get(reverse("opportunity-feed") + "?country=GH")
    calendar = reverse("opportunity-deadlines")
    before = Calendar.from_ical(client.get(calendar + "?q=latrines").content).walk("VEVENT")
    opportunity = Opportunity.objects.get(dossier=dossier)
    opportunities.extend_deadline(dossier, opportunity.closes_on + DAY, actor=officer, now=NOW)
    after = Calendar.from_ical(client.get(calendar + "?q=latrines").content).walk("VEVENT")
    Dossier.objects.filter(pk=dossier.pk).update(status="shortlisting")
    dossier.refresh_from_db()
    anew = timezone.localdate(NOW + 40 * DAY)
    opportunities.reopen_to_answers(dossier, anew, actor=officer, now=NOW)
    reopened = Calendar.from_ical(client.get(calendar + "?q=latrines").content).walk("VEVENT")
    page = client.get(reverse("opportunity", args=[dossier.reference])).text
    assert "<dt>Form of exchange</dt><dd>Expert mission" in page

    entries = etree.fromstring(feed.content).findall("{http://www.w3.org/2005/Atom}entry")
    titles = [entry.findtext("{http://www.w3.org/2005/Atom}title") for entry in entries]
    assert (feed["Content-Type"].split(";")[0], titles) == (
        "application/atom+xml",
        ["Latrines & <pits> for all"],
    )
    assert [(e["UID"], e["SEQUENCE"], e["DTSTART"].dt) for e in before + after + reopened] == [
        (f"opportunity-{opportunity.pk}@connect", 0, opportunity.closes_on),
        (f"opportunity-{opportunity.pk}@connect", 1, opportunity.closes_on + DAY),
        (f"opportunity-{opportunity.pk}@connect", 2, anew),  # 0 again: calendars left it out
    ]
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page)[1])
    assert (data["@type"], data["name"]) == ("Demand", "Latrines & <pits> for all")
    assert "<pits>" not in page
    for words in ("Efua Mensah", "efua@agona.example"):
        assert words not in feed.text + page


def test_the_board_has_a_map_whose_circles_ask_for_one_country(client):
    publish_dossier("Latrines for all", at=NOW), publish_dossier("Pits for all", at=NOW)
    publish_dossier("A plan for buses", country="SN", at=NOW, topic="mobility/public-transport")

    board = client.get(reverse("opportunities") + "?form=expert_mission&page=1").text
    circle = re.search(r'href="([^"]+)"[^>]*><circle[^>]*><title>Ghana: 2<', board)
    one = client.get(reverse("opportunities") + html.unescape(circle[1])).text

    assert html.unescape(circle[1]) == "?form=expert_mission&country=GH"
    assert "Pits for all" in one and "A plan for buses" not in one
    assert "<circle" not in client.get(reverse("opportunities") + "?q=nothing+at+all").text
