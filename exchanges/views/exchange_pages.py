"""Exchanges; and the page that gathers one's own work."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from applications import beginning
from applications.models import Dossier
from applications.permissions import DOSSIERS
from connect.my_work import list_tasks, remember_count
from connect.pages import paginate
from connect.standing import tasks_on
from connect.undo_period import show_status_for_others
from exchanges.days import OPEN as AWAITS_DAYS
from exchanges.days import open_proposal
from exchanges.enums import Readiness
from exchanges.models import Exchange
from exchanges.permissions import BEFORE_COMPLETED, BEGUN, EXCHANGES
from exchanges.readiness import answers_of_leavers, list_items
from exchanges.standing import exchange_standing
from exchanges.stop_requests import may_ask_to_stop
from exchanges.terms import needs_signature, unsigned_sides
from exchanges.views.common import get_exchange_or_404
from matching.enums import NotForMe
from matching.fits import list_first_fits, read_fits
from matching.models import Interest, Match
from matching.my_work import waiting_consents
from notifications.work_calendar import find_work_calendar, work_calendar_address
from registry.enums import Role
from registry.models import Authority, Expert
from registry.people import associations_of_officer


@require_safe
def my_page(request):
    """Everything that waits for this person, and everything that is theirs."""
    user = request.user
    active = user.memberships.active()
    dossiers = Dossier.objects.of_member(user).with_list_details()
    interests = Interest.objects.of_expert(user).latest_of_each().with_details()
    matches = Match.objects.for_user(user) if not user.is_officer else Match.objects.none()
    exchanges = Exchange.objects.for_user(user).with_list_details()
    now = timezone.now()
    tasks = list_tasks(user, now)
    remember_count(user, tasks)
    shown_dossiers = paginate(request, dossiers)
    shown_interests = paginate(request, interests, "answers")
    for page in (shown_dossiers, shown_interests):
        show_status_for_others(page, now)
    shown_matches = paginate(request, matches.with_list_details(), "matches")
    own = list(waiting_consents(user)) if shown_matches else []
    for match in shown_matches:
        match.waits_for = match.waiting_words(own)
    fits = read_fits(user, timezone.localdate())
    feed = find_work_calendar(user, timezone.now())
    address = work_calendar_address(feed.key) if feed else ""
    context = {
        "feed": feed,
        "calendar": address and request.build_absolute_uri(address),
        "fits": fits,
        "fitting": list_first_fits(fits) if fits else [],
        "reasons_not_for_me": NotForMe.choices,
        "tasks": [task for task in tasks if task.asks],
        "parts": [task for task in tasks if not task.asks],
        "dossiers": shown_dossiers,
        "interests": shown_interests,
        "matches": shown_matches,
        "exchanges": paginate(request, exchanges.going_on(), "exchanges"),
        "ended": paginate(request, exchanges.ended(), "ended"),
        "memberships": active.exists(),
        "waiting": user.memberships.pending().select_related("authority", "association"),
        "refused": user.memberships.refused_lately(now).select_related("authority", "association"),
        "for_association": active.with_role(Role.ASSOCIATION_OFFICER).exists(),
        "authorities": Authority.objects.of_member(user),
        "associations": associations_of_officer(user),
        "expert": Expert.objects.filter(user=user).first(),
    }
    return render(request, "my.html", context)


@require_safe
def exchange_list(request):
    exchanges = Exchange.objects.for_user(request.user).with_list_details()
    page = paginate(request, exchanges)
    return render(request, "exchanges/exchanges.html", {"page": page})


@require_safe
def exchange(request, reference):
    exchange = get_exchange_or_404(request, reference)
    member = exchange.dossier.authority.has_member(request.user)
    interests = exchange.match.interests.select_related("expert__user", "authority")
    expert = any(interest.expert.user_id == request.user.pk for interest in interests)
    before_completed = exchange.status in BEFORE_COMPLETED
    is_prepared = before_completed and exchange.status not in BEGUN
    items = list_items(exchange) if is_prepared else []
    terms = exchange.terms.prefetch_related("signatures").last()
    context = {
        "exchange": exchange,
        "dossier": exchange.dossier,
        "interests": interests,
        "gone": answers_of_leavers(exchange.match) if exchange.status in BEFORE_COMPLETED else [],
        "meets": EXCHANGES.allows(request.user, "meet", exchange),
        "asks_to_stop": may_ask_to_stop(exchange, request.user),
        "withdraws": EXCHANGES.allows(request.user, "withdraw", exchange),
        "names": EXCHANGES.allows(request.user, "name", exchange),
        "people": exchange.participants.count(),
        "sessions": exchange.sessions.not_cancelled(),
        "begun": exchange.status in BEGUN,
        "terms": terms,
        "unsigned": unsigned_sides(terms) if terms else [],
        "waived": terms and not needs_signature(terms, exchange),
        "proposal": open_proposal(exchange),
        "awaits_days": exchange.status in AWAITS_DAYS,
        "follow_ups": exchange.follow_ups.all(),
        "readiness": items,
        # Once both sides have signed, or the programme team has waived it.
        "may_book": any(one.code == Readiness.TERMS and one.holds for one in items),
        # Contact data of both sides, for both sides: they have agreed.
        "shows_contact": member or expert or request.user.is_officer,
        "before_completed": before_completed,
        "next_calls": beginning.calls_to_copy_to(exchange.dossier, timezone.now())
        if DOSSIERS.allows(request.user, "copy", exchange.dossier)
        else [],
        "events": exchange.events.select_related("actor"),
        "standing": exchange_standing(exchange, items, timezone.now()),
        "todo": tasks_on(request.user, exchange.path, timezone.now()),
    }
    return render(request, "exchanges/exchange.html", context)
