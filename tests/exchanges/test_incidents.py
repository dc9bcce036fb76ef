"""What went wrong: told by anybody of the exchange, read by those it is for, closed with a word."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from connect.models import Export
from connect.my_work import list_tasks
from exchanges import incidents
from exchanges.forms.taking_part_forms import IncidentForm
from exchanges.models import Exchange, Incident
from notifications.letter_text import compose_letter
from notifications.limits import LIMITS
from notifications.models import Letter
from tests.exports import taken_out
from tests.factories import make_authority, make_officer, make_user
from tests.worlds import agreed, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def exchange():
    table, exchange = agreed()
    exchange.town, exchange.ines = signed_in(table.efua), table.ines
    Letter.objects.all().delete()
    return exchange


def yesterday():
    """Return a day that is over wherever it was: in Ghana a day ends after it does in Brussels."""
    return (timezone.localdate() - timedelta(days=1)).isoformat()


def typed(**changed):
    day = yesterday()
    words = {"kind": "health", "severity": "2", "account": "Zanzarimba fell ill on the second day."}
    return {"happened_on": day, **words, **changed}


def report(exchange, **changed):
    address = reverse("incident", args=[exchange.reference])
    return exchange.town.post(address, typed(**changed))


def test_a_serious_one_is_told_at_once_in_a_letter_that_tells_nothing_of_it(exchange, settings):
    report(exchange)
    for severity in ("3", "4"):
        report(exchange, severity=severity)

    letters = Letter.objects.filter(template="incident_serious").order_by("pk")
    assert [letter.address for letter in letters] == [settings.DUTY_EMAIL] * 2
    words = " ".join(compose_letter(letters[0]))
    assert "severity 3" in words and "Zanzarimba" not in words
    assert Incident.objects.count() == 3


def test_what_went_wrong_is_a_task_of_the_officer_until_it_is_closed(exchange):
    """Of severity 1 and 2 nobody had a letter or a task; of 3 the duty officer's address alone."""
    held, ines = Exchange.objects.get(), exchange.ines
    held.dossier.case_officer = ines
    held.dossier.save()
    said = []
    for severity in ("1", "2", "3"):
        Incident.objects.all().delete()
        Letter.objects.all().delete()
        report(exchange, severity=severity)
        tasks = [str(one.what) for one in list_tasks(ines, timezone.now())]
        said.append((tasks, letters_to(ines)))
    incidents.close_incident(Incident.objects.get(), "We called.", actor=ines)

    task = ["Read the incident, and close it with what was done"]
    assert said == [(task, []), (task, ["incident_reported"]), (task, ["incident_reported"])]
    assert list_tasks(ines, timezone.now()) == []


def test_who_reported_an_incident_reads_whether_it_is_closed_and_nobody_else_does(exchange):
    """Nothing of it was ever seen again by whoever reported it."""
    report(exchange)
    page = reverse("incident", args=[exchange.reference])
    other = signed_in(exchange.match.interests.get().expert.user)

    received = exchange.town.get(page).text
    incidents.close_incident(Incident.objects.get(), "We called.", actor=exchange.ines)
    closed = exchange.town.get(page).text

    assert "The programme team has not closed it yet." in received
    assert "The programme team closed it on" in closed and "We called." not in closed
    assert "What you have reported" not in other.get(page).text


def letters_to(person):
    return list(Letter.objects.filter(address=person.email).values_list("template", flat=True))


def test_harm_to_people_is_no_task_of_an_officer_who_may_not_read_it(exchange):
    report(exchange, kind="safeguarding", severity="3")
    named, right = make_officer("Vera"), Permission.objects.get(codename="read_safeguarding")
    named.user_permissions.add(right)
    people = (exchange.ines, User.objects.get(pk=named.pk))

    assert [len(list_tasks(one, timezone.now())) for one in people] == [0, 1]
    assert letters_to(exchange.ines) == []


def test_who_may_read_harm_to_people_is_written_to_and_no_other_officer_knows_of_it(exchange):
    """The duty officer's address alone had an e-mail, which every officer found in the search."""
    named, right = make_officer("Vera"), Permission.objects.get(codename="read_safeguarding")
    named.user_permissions.add(right)
    vera = User.objects.get(pk=named.pk)

    report(exchange, kind="safeguarding", severity="3")

    letter = Letter.objects.get(template="incident_serious")
    lists = [Letter.objects.for_officer(one) for one in (vera, exchange.ines)]
    pages = [
        signed_in(one).get(
            reverse("admin:notifications_letter_change", args=[letter.pk]), follow=True
        )
        for one in (vera, exchange.ines)
    ]
    assert letters_to(vera) == ["incident_reported"] and letters_to(exchange.ines) == []
    assert [rows.filter(pk=letter.pk).exists() for rows in lists] == [True, False]
    assert ["an incident of severity 3" in page.text for page in pages] == [True, False]


def test_an_incident_of_another_time_is_a_slip():
    told = {day: IncidentForm(typed(happened_on=day)).errors.get("happened_on") for day in SLIPS}

    assert told == {day: [words] for day, words in SLIPS.items()}


SLIPS = {
    "0001-01-01": "“0001-01-01” is too far away: choose a day from 1900 to 2099.",
    "2019-03-04": "This date is long past: check the year.",
    "2099-03-04": "This date is in the future.",
}


def test_an_officer_sees_who_has_read_an_incident(exchange):
    """B3: the readings were on record, and the incident said nothing of them."""
    report(exchange)
    page = reverse("admin:exchanges_incident_change", args=[Incident.objects.get().pk])
    signed_in(make_officer("Jan")).get(page)
    signed_in(exchange.ines).get(page)

    shown = signed_in(exchange.ines).get(page).text

    assert re.findall(r"<li>(\w+): (\w+)", shown) == [("Ines", "2"), ("Jan", "once")]


def test_the_duty_officer_hears_of_each_exchange_and_person_however_many_reports_came(exchange):
    """H4: nobody hides a serious incident behind their own: what is past the limit is summed up."""
    held, at = Exchange.objects.get(), datetime(2026, 11, 25, 9, tzinfo=UTC)
    efua = held.dossier.authority.memberships.first().user
    ineke = held.match.interests.get().expert.user
    most = LIMITS["incident"].person

    def tell(actor, number, minutes, **changed):
        form = IncidentForm(typed(severity="4", account=f"Number {number}", **changed))
        assert form.is_valid()
        incidents.report_incident(form, held, actor=actor, now=at + timedelta(minutes=minutes))

    for number in range(most + 2):
        tell(efua, number, minutes=number)
    tell(efua, most + 2, minutes=61)
    summed_up = letters("incident_serious"), letters("incidents_more")
    tell(ineke, most, minutes=30)
    tell(efua, "of harm", minutes=30, kind="safeguarding")
    tell(efua, "of data", minutes=30, kind="data_breach")

    assert summed_up == (most, 2)
    assert (letters("incident_serious"), letters("incidents_more")) == (most + 3, 2)
    subject, body = compose_letter(Letter.objects.filter(template="incidents_more").first())[:2]
    assert "further serious incidents" in subject and "one e-mail an hour" in body


def letters(template):
    return Letter.objects.filter(template=template).count()


def test_a_breach_of_personal_data_starts_its_72_hours(exchange):
    report(exchange, kind="data_breach", severity="1")

    incident = Incident.objects.get()
    assert incident.report_deadline - incident.reported_at == timedelta(hours=72)
    body = compose_letter(Letter.objects.get(template="incident_serious"))[1]
    assert "72 hours" in body and "serious" not in body  # of severity 1, too


def test_harm_to_people_is_read_by_those_named_for_it_alone(exchange):
    report(exchange, kind="safeguarding")
    incident = Incident.objects.get()
    named = make_officer("Vera")
    named.user_permissions.add(Permission.objects.get(codename="read_safeguarding"))
    room = reverse("admin:exchanges_incident_changelist")
    page = reverse("admin:exchanges_incident_change", args=[incident.pk])

    seen = {
        name: (client.get(room).text.count(exchange.reference) > 0, client.get(page).status_code)
        for name, client in (
            ("officer", signed_in(exchange.ines)),
            ("named", signed_in(User.objects.get(pk=named.pk))),
        )
    }

    assert seen == {"officer": (False, 404), "named": (True, 200)}


def test_an_export_is_read_no_longer_than_its_rows(exchange):
    """Z7: who may read incidents that harm people no more, downloaded them for a day."""
    report(exchange, kind="safeguarding", happened_on=yesterday())
    named, right = make_officer("Vera"), Permission.objects.get(codename="read_safeguarding")
    named.user_permissions.add(right)
    desk = signed_in(named)
    assert len(taken_out(desk, "exchanges_incident")) == 1
    file = reverse("admin:export", args=[Export.objects.get().pk])

    named.user_permissions.remove(right)
    refused = desk.get(file, follow=True)

    assert "no longer in your list: export it again" in refused.text


@pytest.mark.django_db(transaction=True)  # as it is closed outside tests
def test_it_is_closed_with_what_was_done(after_flush, exchange):
    report(exchange)
    page = reverse("admin:exchanges_incident_change", args=[Incident.objects.get().pk])
    desk = signed_in(exchange.ines)

    silent = desk.post(page, {"done": "  "}, follow=True).text
    desk.post(page, {"done": "A doctor came; the agenda was shortened."})

    incident = Incident.objects.get()
    assert "Say what was done about it." in silent
    assert (incident.done, incident.closed_by) == (
        "A doctor came; the agenda was shortened.",
        exchange.ines,
    )


def test_who_closes_it_second_overwrites_nothing_and_keeps_their_words(exchange):
    """B3: two officers had it open; the long account of the first was gone for three words."""
    report(exchange, happened_on=yesterday())
    page = reverse("admin:exchanges_incident_change", args=[Incident.objects.get().pk])
    signed_in(exchange.ines).post(page, {"done": "A doctor came; the agenda was shortened."})

    answer = signed_in(make_officer("Jan")).post(page, {"done": "Called the hotel."}).text

    incident = Incident.objects.get()
    assert incident.done == "A doctor came; the agenda was shortened."
    assert incident.closed_by == exchange.ines
    assert "This incident has been closed in the meantime" in answer
    assert "Called the hotel." in answer and "It was not saved." in answer


def test_whoever_is_not_of_the_exchange_reports_and_reads_nothing(exchange):
    address = reverse("incident", args=[exchange.reference])
    neighbour = signed_in(make_user(works_for=make_authority()))
    late = typed(happened_on=(timezone.localdate() + timedelta(days=1)).isoformat())

    refused = neighbour.post(address, typed()).status_code
    future = exchange.town.post(address, late)

    assert refused == 404 and "This date is in the future." in future.text
    assert not Incident.objects.exists()
    report(exchange)
    assert "Zanzarimba" not in exchange.town.get(exchange.get_absolute_url()).text
