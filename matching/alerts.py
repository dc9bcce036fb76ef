"""Searches of the board that people want to be told of: new requests, and those that close."""

from dataclasses import asdict
from datetime import timedelta
from functools import partial

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from applications.models import Dossier
from connect.schedule import every, process_one_by_one
from matching.fits import answers_of
from matching.models import Alert, HiddenRequest, Opportunity
from notifications.outbox import post_letter
from notifications.recounts import recounts
from notifications.reminder_pauses import belongs_to
from registry.models import Authority, SearchEntry
from registry.search import Search

MOST = 10  # alerts of one person
WEEK = timedelta(days=7)
# The step, by which a letter is known: days before the last day of a request.
CLOSING = {"first": 14, "last": 3}
MOST_NAMED = 10  # requests named in a letter

# Requested by readers who take no part: pausing a file's reminders does not stop these.
belongs_to(None, Alert, Opportunity)


@transaction.atomic
def create_alert(user, query, *, every=Alert.AT_ONCE, now=None):
    """Save a search of the board as this person's alert; return it.

    Raises ValidationError where nothing is asked, or where there are ten already.
    """
    asked = Search.from_query(query)
    if asked.is_empty:
        raise ValidationError(_("First enter what you are looking for."), code="empty")
    now = now or timezone.now()
    wanted = {name: value for name, value in asdict(asked).items() if value and name != "sort"}
    # Their row is the lock: ten are ten, however many are asked for at once.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if user.alerts.count() >= MOST and not user.alerts.filter(asked=wanted).exists():
        raise ValidationError(_("You have ten alerts: remove one first."), code="many")
    every = every if every in (Alert.AT_ONCE, Alert.WEEKLY) else Alert.AT_ONCE
    alert, _made = Alert.objects.update_or_create(
        user=user,
        asked=wanted,
        defaults={"every": every},
        create_defaults={"every": every, "made_at": now, "told_at": now},
    )
    return alert


def fitting_opportunities(alert, opportunities):
    """Return the opportunities that an alert's search finds."""
    entries = SearchEntry.objects.filter(
        kind=SearchEntry.OPPORTUNITY, key__in=opportunities.values("pk"), is_public=True
    )
    keys = Search.from_query(alert.asked).narrow(entries).values("key")
    fitting = opportunities.filter(pk__in=keys).exclude(dossier__in=passed_over(alert.user))
    return fitting.with_list_details()


def passed_over(user):
    """Filter the dossiers without an alert for this person: their own town's, answered, hidden."""
    own = Q(authority__in=Authority.objects.of_author(user))
    hidden = HiddenRequest.objects.for_user(user)
    # By their keys: what excludes rows of another table asks for each row anew.
    keys = own | Q(pk__in=answers_of(user).values("dossier")) | Q(pk__in=hidden.values("dossier"))
    return Dossier.objects.filter(keys).order_by().values("pk")


@every(minutes=10)
def send_alerts(now):
    """Send alerts of new requests (at once or weekly) and of those that close; count letters."""
    today = timezone.localdate(now)
    still_open = Opportunity.objects.open(today)
    newest = still_open.aggregate(at=Max("published_at"))["at"]
    soon = still_open.filter(closes_on__lte=today + timedelta(days=CLOSING["first"]))
    any_soon = soon.exists()
    alerts = Alert.objects.filter(user__is_active=True).select_related("user")

    def send(alert):
        sent = 0
        if newest and alert.told_at < newest:
            sent += notify_of_new(alert, still_open, now)
        return sent + (notify_of_closing_requests(alert, soon, today) if any_soon else 0)

    return sum(process_one_by_one(send, alerts.order_by("pk")))


def notify_of_new(alert, still_open, now):
    if alert.every == Alert.WEEKLY and now < alert.told_at + WEEK:
        return 0
    new = still_open.filter(published_at__gt=alert.told_at, published_at__lte=now)
    # Between the last look and now: the clock may run twice, or go back, and finds nothing.
    opportunities = list(fitting_opportunities(alert, new))
    if not opportunities:
        return 0
    Alert.objects.filter(pk=alert.pk).update(told_at=now)
    # Not the request itself: one that is published again is told again.
    newest = max(opportunity.published_at for opportunity in opportunities)
    return post_letter(
        "opportunity_alert",
        reminds=True,
        key=f"alert:{alert.pk}:{newest.timestamp():f}",
        concerns=alert,
        to=[alert.user],
        path=alert.path,
        number=len(opportunities),
        requests=lambda: [
            opportunity_line(opportunity) for opportunity in opportunities[:MOST_NAMED]
        ],
        more=max(len(opportunities) - MOST_NAMED, 0),
    )


def notify_of_closing_requests(alert, soon, today):
    posted = 0
    for opportunity in fitting_opportunities(alert, soon):
        days_left = (opportunity.closes_on - today).days
        stage = [step for step, days in CLOSING.items() if days_left <= days][-1]
        posted += post_letter(
            "opportunity_closing",
            # A person with two such searches is told once.
            reminds=True,
            key=f"opportunity:{opportunity.pk}:closing:{stage}:{opportunity.closes_on}",
            concerns=opportunity,
            to=[alert.user],
            path=opportunity.path,
            title=opportunity.dossier.title,
            authority=partial(opportunity_place, opportunity),
            closes_on=opportunity.closes_on.isoformat(),
        )
    return posted


@recounts("opportunity_alert")
def recount_alert(_alert, _letter, _now):
    """Return nothing new: which requests it told of is not known any more."""
    return {}


@recounts("opportunity_closing")
def recount_closing(opportunity, letter, now):
    reader = User.objects.filter(email=letter.address, is_active=True).first()
    still_open = Opportunity.objects.open(timezone.localdate(now)).filter(pk=opportunity.pk)
    if reader is None or not still_open.exclude(dossier__in=passed_over(reader)).exists():
        return None
    return {"closes_on": opportunity.closes_on.isoformat()}


def opportunity_line(opportunity):
    return [opportunity.dossier.title, opportunity_place(opportunity)]


def opportunity_place(opportunity):
    return opportunity.dossier.authority.place
