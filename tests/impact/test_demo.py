"""The demonstration: each role finds work in it, today and after a month."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.demo import PERSONS
from accounts.models import User
from applications.enums import Status
from applications.models import Call, Dossier, Score
from connect import schedule
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange, PerDiem, Rate
from impact.demo.alive import complete_demonstration
from impact.demo.build import write_demonstration
from impact.demo.calls import call_dates
from matching.enums import InterestStatus, MatchStatus
from matching.models import Interest, Match
from notifications.models import Letter
from practices.enums import PracticeStatus
from practices.models import Practice
from registry import reference
from registry.enums import MembershipStatus, OfferStatus
from registry.models import Membership, Offer
from tests.desk import walk_desk
from tests.impact import demo_facts

pytestmark = pytest.mark.django_db
LIVES = [
    (Dossier, Status),
    (Match, MatchStatus),
    (Interest, InterestStatus),
    (Exchange, ExchangeStatus),
    (Offer, OfferStatus),
    (Practice, PracticeStatus),
    (Membership, [MembershipStatus.ASKED, MembershipStatus.ACTIVE]),
]


def states_without_anything():
    return {
        model.__name__: empty
        for model, states in LIVES
        if (empty := set(states) - set(model.objects.values_list("status", flat=True)))
    }


def wrong_about_earlier_exchanges():
    """List the applications whose answer on earlier exchanges does not fit those that were held.

    Badulla, one of the towns of 2018, answered that it had taken part in none.
    """
    held = {}
    for exchange in Exchange.objects.exclude(actual_end=None).order_by("actual_end"):
        for town in (exchange.dossier.authority, *exchange.dossier.partners.all()):
            held.setdefault(town, []).append((exchange.reference, exchange.actual_end))
    wrong = []
    for dossier in Dossier.objects.exclude(starts_on=None):
        said = (dossier.raw_answers().get("background", {}).get("earlier_reference") or [""])[0]
        known = [one for one, _end in held.get(dossier.authority, [])]
        real = [one for one, end in held.get(dossier.authority, []) if end.year < 2020]
        if (said and said not in known) or (real and not said and dossier.starts_on.year > 2020):
            wrong.append((dossier.reference, said, known))
    return wrong


def test_the_call_of_each_year_has_an_end_of_its_own():
    now = datetime(2026, 11, 29, 10, tzinfo=ZoneInfo("Europe/Brussels"))
    ends = {}
    for begun in (datetime(2025, 3, 4), datetime(2025, 12, 30), datetime(2026, 6, 7)):
        begun = begun.replace(tzinfo=now.tzinfo)
        year, opens_at, closes_at = call_dates(begun, now, is_open=False)
        assert opens_at < begun and closes_at > begun + timedelta(days=1)
        ends.setdefault(year, set()).add(closes_at.date())

    assert ends == {2025: {date(2025, 12, 31)}, 2026: {date(2026, 9, 5)}}


def demonstrated(now):
    """Write the demonstration of a day."""
    reference.load_all(towns=True)
    assert complete_demonstration(now) is None  # nothing is added where there is no demonstration
    write_demonstration(now)
    complete_demonstration(now)


@pytest.mark.long
def test_something_is_alive_in_every_state_of_every_life():
    """And each row of each list of the desk leads to a page in words, whatever its state."""
    now = timezone.now()

    demonstrated(now)

    assert states_without_anything() == {}
    assert walk_desk(User.objects.get(email="ines.duarte@demo.invalid")) == {}
    assert complete_demonstration(now) == 0
    assert not Letter.objects.filter(sent_at=None, cancelled_at=None).exists()
    consent = Match.objects.filter(status=MatchStatus.PROPOSED).latest("pk")
    assert (consent.answer_by - timezone.localdate(now)).days >= 8
    running = Exchange.objects.filter(status=ExchangeStatus.RUNNING).latest("pk")
    assert running.planned_start <= timezone.localdate(now) <= running.planned_end
    assert {timezone.localtime(call.closes_at).hour for call in Call.objects.open_at(now)} == {23}
    people = User.objects.filter(email__in=[address for address, _role, _words in PERSONS])
    assert (people.count(), people.filter(is_superuser=True).count()) == (len(PERSONS), 1)
    phones = dict(Dossier.objects.values_list("focal_name", "focal_phone"))
    assert len(set(phones.values())) == len(phones)
    totals = Score.objects.order_by("dossier").values_list("total", flat=True)
    assert len(set(totals)) >= 8
    lists = [*Rate.objects.all(), *PerDiem.objects.all()]
    assert {row.source for row in lists} == {"Invented for the demonstration."}

    assert wrong_about_earlier_exchanges() == []
    assert demo_facts.texts_about_the_future() == []
    assert demo_facts.chosen_for_another_subject() == []
    assert demo_facts.closed_with_something_open() == []
    assert demo_facts.fewer_people_than_told() == []
    assert demo_facts.calls_that_somebody_cannot_read() == []
    assert demo_facts.calls_that_look_the_same() == []


@pytest.mark.audit
def test_something_is_alive_in_every_state_of_every_life_after_a_month():
    now = timezone.now()
    demonstrated(now)

    later = now + timedelta(days=31)
    schedule.run_rules(later)
    complete_demonstration(later)

    assert states_without_anything() == {}
    fresh = Match.objects.filter(status=MatchStatus.PROPOSED).latest("pk")
    assert fresh.answer_by > timezone.localdate(later)
    now_running = Exchange.objects.filter(status=ExchangeStatus.RUNNING).latest("pk")
    assert now_running.planned_end >= timezone.localdate(later)
