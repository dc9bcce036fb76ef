"""An exchange of a single day is said with that day alone, on pages and in e-mails."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from connect.dates import period_words
from connect.transitions import record_event
from exchanges import days
from exchanges.models import Exchange
from exchanges.transitions import Notice, both_sides, post_notice
from notifications.letter_text import compose_letter
from notifications.models import Letter

pytestmark = pytest.mark.django_db
DAY = date(2030, 3, 12)


@pytest.mark.parametrize(
    ("language", "several", "single"),
    [
        ("en", "12 March 2030 to 13 March 2030", "12 March 2030"),
        ("fr", "du 12 mars 2030 au 13 mars 2030", "12 mars 2030"),
        ("ar", "من 12 مارس 2030 إلى 13 مارس 2030", "12 مارس 2030"),
    ],
)
def test_a_period_has_two_days_and_a_single_day_is_said_once(language, several, single):
    with translation.override(language):
        assert period_words(DAY, date(2030, 3, 13)) == several
        assert period_words(DAY, DAY) == period_words(DAY, None) == single


def test_the_pages_of_an_exchange_of_one_day_name_it_once(planned):
    Exchange.objects.filter(pk=planned.pk).update(planned_start=DAY, planned_end=DAY)
    pages = {
        "exchange": planned.town.get(planned.get_absolute_url()),
        "days": planned.town.get(reverse("exchange-days", args=[planned.reference])),
        "desk": planned.staff.get(
            reverse("admin:exchanges_exchange_change", args=[planned.pk]),
        ),
    }

    twice = {
        name: re.findall(r"12 March 2030(?: to | – |–)12 March 2030", page.text)
        for name, page in pages.items()
    }
    assert twice == {"exchange": [], "days": [], "desk": []}
    assert "12 March 2030" in pages["exchange"].text and "12 March 2030" in pages["days"].text


def test_an_e_mail_about_an_exchange_of_one_day_names_it_once(planned):
    Exchange.objects.filter(pk=planned.pk).update(planned_start=DAY, planned_end=DAY)
    planned.refresh_from_db()
    now = timezone.now()
    proposal = planned.proposed_days.create(side="requesting", starts_on=DAY, ends_on=DAY, at=now)
    for template in ("days_proposed", "days_agreed"):
        days.notify_of_days(proposal, template, [planned.ines], None)
    for template in ("exchange_plan", "exchange_get_ready"):
        event = record_event(planned, "plan", actor=planned.ines, now=now)
        post_notice(planned, event, Notice(template, both_sides))

    about = f"the exchange about “{planned.dossier.title}”"
    said = {}
    for template in ("days_proposed", "days_agreed", "exchange_plan", "exchange_get_ready"):
        letter = Letter.objects.filter(template=template).order_by("pk").first()
        body = compose_letter(letter)[1]
        said[template] = next(line for line in body.splitlines() if about[4:] in line)
    assert said == {
        "days_proposed": f"The applicant proposes to hold {about} on 12 March 2030. If one of you "
        "agrees, these dates are settled. You can also propose others.",
        "days_agreed": f"Both sides have agreed to hold {about} on 12 March 2030. Next, the "
        "programme team confirms the plan and the invitations are sent.",
        "exchange_plan": f"The exchange about “{planned.dossier.title}” is planned for 12 March "
        "2030.",
        "exchange_get_ready": f"Everything is ready for {about}, on 12 March 2030.",
    }
