"""An officer who wants one letter a day gets the news of a day in it, each once."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from applications.transitions import dossier_machine
from notifications.digest import gather_news
from notifications.models import Letter
from notifications.outbox import cancel_letters, post_letter
from notifications.sending import send_waiting_letters
from tests.conftest import at_once
from tests.factories import make_authority, make_dossier, make_officer, make_user

pytestmark = pytest.mark.django_db
NIGHT = timezone.now().replace(hour=22, minute=30) + timedelta(days=1)  # in UTC, as in Accra
MORNING = NIGHT + timedelta(hours=10)


@pytest.fixture
def ines():
    ines = make_officer("Ines")
    ines.time_zone, ines.gathers_news = "Africa/Accra", True
    ines.save()
    return ines


def news(ines, key, expert="Rob", **how):
    facts = {"reference": "CN-1", "expert": expert, "authority": "Almere"}
    post_letter("interest_received", key=key, to=[ines], path="/my/", is_news=True, **facts, **how)


def test_a_days_news_are_one_letter_in_the_morning_and_stand_among_ones_letters(
    ines, received, client
):
    with time_machine.travel(NIGHT, tick=False):
        news(ines, "a"), news(ines, "b", "Sofie"), news(ines, "c", "Nobody")
        post_letter("dossier_reopen", key="d", to=[ines], reference="CN-2", title="Water")
        cancel_letters("c")
        at_night = send_waiting_letters(NIGHT), gather_news(NIGHT)
    with time_machine.travel(MORNING, tick=False):
        alone = send_waiting_letters(MORNING)
        gathered = gather_news(MORNING), gather_news(MORNING)
        send_waiting_letters(MORNING)
        client.force_login(ines)
        page = client.get(reverse("letters")).text

    assert (at_night, alone, gathered) == ((1, 0), 0, (1, 0))
    told = received(ines.email)[1:]
    assert [letter["Subject"] for letter in told] == ["Your news of today: 2 items"]
    body = told[0].get_body(("plain",)).get_content()
    assert body.count("CN-1") == 2 and "/en/my/" in body and "Nobody" not in body
    assert "Rob" in page and "Sofie" in page and "Nobody" not in page


def test_a_colleague_who_has_not_asked_for_it_and_a_town_hear_at_once(ines, received):
    other, town = make_officer("Jan"), make_authority()
    efua, dossier = make_user(works_for=town), make_dossier(town)

    dossier_machine.advance(dossier, "submit", actor=efua)
    send_waiting_letters(timezone.now())

    assert [len(received(one.email)) for one in (efua, other, ines)] == [1, 1, 0]


@pytest.mark.django_db(transaction=True)
def test_two_jobs_gather_the_same_news_once(after_flush):
    ines = make_officer("Ines")
    User.objects.update(gathers_news=True)
    ines.refresh_from_db()
    news(ines, "a")
    later = timezone.now() + timedelta(days=2)

    at_once(*[lambda: gather_news(later)] * 4)

    assert Letter.objects.filter(template="news").count() == 1


def test_only_officers_are_asked_whether_they_want_it(ines, client):
    fields = []
    for person in (ines, make_user()):
        client.force_login(person)
        fields.append("gathers_news" in client.get(reverse("account")).text)

    assert fields == [True, False]
