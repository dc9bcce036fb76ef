"""What must agree in the demonstration's own stories: each check lists what is wrong."""

import re
from datetime import date

from django.conf import settings

from applications.models import Call, Dossier
from exchanges.enums import ExchangeStatus
from exchanges.models import Exchange
from impact.demo.past import BROUGHT_IN
from matching.enums import InterestStatus
from matching.models import Interest

MONTHS = (
    "january february march april may june july august september october november december",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
NUMBER = {name: at for row in MONTHS for at, name in enumerate(row.split(), start=1)}
SAID = ("title", "summary", "problem", "objective", "context")


def days_said(text):
    """List the first days of the months and years that a text names."""
    known = "|".join(NUMBER)
    for month, year in re.findall(rf"\b(?:({known})\s+(?:de\s+)?)?((?:19|20)\d\d)\b", text.lower()):
        yield date(int(year), NUMBER.get(month, 1), 1)


def texts_about_the_future():
    """List the applications whose texts tell of a month that was still to come when it was sent."""
    return [
        (dossier.reference, name, day)
        for dossier in Dossier.objects.exclude(submitted_at=None)
        for name in SAID
        for day in days_said(getattr(dossier, name))
        if day > dossier.submitted_at.date()
    ]


def chosen_for_another_subject():
    """List the experts who were chosen, or proposed, for a need of which they know no topic."""
    wrong = []
    told = Interest.objects.filter(status__in=[InterestStatus.CHOSEN, InterestStatus.SHORTLISTED])
    for interest in told.select_related("expert", "dossier"):
        needed = set(interest.dossier.needs.values_list("theme", flat=True))
        known = set(interest.expert.topics.values_list("theme", flat=True))
        known |= set(interest.expert.offers.values_list("topics__theme", flat=True))
        if not needed & known:
            wrong.append((interest.dossier.reference, str(interest.expert)))
    return wrong


def closed_with_something_open():
    """List the exchanges that were completed without what that takes, and do not say why."""
    wrong = []
    for exchange in Exchange.objects.filter(status=ExchangeStatus.CLOSED):
        if exchange.participants.filter(attended=None).exists():
            wrong.append((exchange.reference, "attendance"))
        written = exchange.sessions.exists() and exchange.budget.exclude(spent=None).exists()
        if not written and exchange.settled_why != BROUGHT_IN:
            wrong.append((exchange.reference, "agenda or budget"))
    return wrong


def fewer_people_than_told():
    """List the exchanges that say in words how many took part, and name fewer."""
    least = {"some forty": 40, "six moldovan villages": 6, "nine sri lankan": 9}
    return [
        (exchange.reference, words)
        for exchange in Exchange.objects.exclude(actual_end=None)
        for words, number in least.items()
        if words in exchange.summary.lower() and exchange.participants.count() < number
    ]


def calls_that_somebody_cannot_read():
    """List (call, language) where a title or text lacks in a language of the site."""
    return [
        (call.slug, code)
        for call in Call.objects.all()
        for code, _name in settings.LANGUAGES
        if code != call.language and set(call.translations.get(code, {})) != set(Call.TRANSLATED)
    ]


def calls_that_look_the_same():
    """List the titles that two open calls of the same dates have."""
    seen = Call.objects.values_list("title", "opens_at__date", "closes_at__date")
    return sorted({one for one in seen if list(seen).count(one) > 1})
