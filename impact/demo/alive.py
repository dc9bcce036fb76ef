"""Keeps the demonstration alive: something in every state of every life, whenever one looks.

Time goes on: a proposal lapses after ten days, an exchange ends. What a life lacks is added, a few
days old, by the functions that make all the rest; what visitors did stays as it is.
"""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.models import User
from applications import beginning
from applications.enums import RANKED_IN, UNSENT, Status
from applications.models import Call, Dossier
from connect.schedule import daily
from exchanges.enums import ExchangeStatus, Payer, Readiness
from exchanges.models import Exchange
from exchanges.transitions import exchange_machine
from impact.demo.build import FIRST, WHY_CHOSEN, Builder, without_letters
from impact.demo.calls import call_dates, partner_countries, words_of
from impact.demo.meetings import plan_next_meeting
from impact.demo.people import (
    address_of,
    cv_of,
    fitting_offer,
    make_person,
    record_all_there,
    write_answer,
)
from impact.demo.practices import complete_draft
from impact.demo.statuses import AFTER_FIRST_DAY, DOSSIERS, EXCHANGES, INTERESTS, details_of
from impact.demo.subjects import COUNTRIES, FAMILIES, FUNCTIONS, INVENTED, LOWEST, SUBJECTS, WRITERS
from matching import consent, cv, decisions, desk, withdrawals
from matching.enums import InterestStatus, MatchStatus, RunState
from matching.models import Interest, Match, MatchRun, Opportunity
from matching.transitions import interest_machine
from practices import writing
from practices.enums import Party, PracticeStatus
from practices.models import Agreement, Practice
from practices.transitions import practice_machine
from registry import members
from registry.enums import MembershipStatus, OfferStatus, Role
from registry.models import Authority, Expert, Membership, Offer
from registry.reference import time_zone_of
from registry.transitions import offer_machine

STRIDE = timedelta(days=1, hours=7)


@daily(at="04:00", is_foreseen=False)
def complete_demonstration(now):
    """Add what the demonstration lacks; return the number of things, or None without one."""
    if not User.objects.filter(email=FIRST).exists():
        return None
    return fill_states(Builder(now))


@transaction.atomic
def fill_states(builder):
    """Add one thing in each status that has none; return how many were added."""
    with without_letters(builder.now):
        added = sum(
            make(builder, state)
            for model, states, make in (
                (Exchange, EXCHANGES, add_exchange),
                (
                    Match,
                    [
                        MatchStatus.PROPOSED,
                        MatchStatus.REFUSED,
                        MatchStatus.LAPSED,
                        MatchStatus.WITHDRAWN,
                        MatchStatus.UNDONE,
                    ],
                    add_match,
                ),
                (Dossier, [*DOSSIERS, Status.PRIVATE], add_dossier),
                (
                    Interest,
                    [
                        InterestStatus.INVITED,
                        InterestStatus.DRAFT,
                        *INTERESTS,
                        InterestStatus.EXPIRED,
                        InterestStatus.UNDONE,
                    ],
                    add_interest,
                ),
                (Offer, [s for s in OfferStatus if s != OfferStatus.PUBLISHED], add_offer),
                (
                    Practice,
                    [s for s in PracticeStatus if s != PracticeStatus.PUBLISHED],
                    add_practice,
                ),
                (Membership, [MembershipStatus.ASKED], add_membership),
            )
            for state in states
            if not model.objects.filter(status=state).exists()
        )
        added += plan_next_meeting(builder)
    # What is agreed or over needs no ranking.
    asked = MatchRun.objects.filter(state=RunState.WAITING)
    asked.exclude(dossier__status__in=RANKED_IN).delete()
    return added


def call_at(builder, begun, country):
    """Return a call that was open to a country then; one that is open now stays so three weeks."""
    needed = max(begun, builder.now) if begun > builder.now - timedelta(days=80) else begun
    enough = needed + timedelta(days=21 if needed == builder.now else 1)
    rounds = Call.objects.filter(opens_at__lt=begun, closes_at__gt=enough)
    for call in rounds.exclude(slug__in=["women", "pilot"]).order_by("opens_at"):
        if call.admits_country(country):
            return call
    number = Call.objects.count()
    year, opens_at, closes_at = call_dates(begun, builder.now, is_open=needed == builder.now)
    return Call.objects.create(
        slug=f"round-{number}",
        **words_of("earlier", year=year),
        opens_at=opens_at,
        closes_at=closes_at,
        countries=partner_countries(),
        forms=["expert_mission", "internship", "round_table", "study_visit"],
    )


def next_spec(builder, first):
    """Describe a dossier of a town with none yet, or few; the exchange would begin on `first`."""
    number = Dossier.objects.count()
    subject = SUBJECTS[number % len(SUBJECTS)]
    language = subject["language"]
    towns = Authority.objects.verified().filter(country__in=COUNTRIES[language])
    towns = towns.filter(tier="municipality").exclude(dossiers__status__in=UNSENT)
    town = towns.annotate(n=Count("dossiers")).order_by("n", "-population", "pk")[0]
    name = f"{WRITERS[language][number % 8]} {FAMILIES[language][(number + number // 8) % 8]}"
    function, title = FUNCTIONS[language]
    texts = {key: subject[key].format(town=town) for key in ("title", "summary", "problem")}
    return (
        subject
        | texts
        | {
            "summary": f"{texts['summary']} {INVENTED[language]}",
            "authority": town.slug,
            "country": str(town.country),
            "by": (name, address_of(f"{name} {town.country.code}"), function),
            "legal": (f"{FAMILIES[language][number % 8]} {town.name}", title),
            "languages": LOWEST[language],
            "window": (first, first + timedelta(days=60)),
            "interests": [
                free_expert(
                    town,
                    language,
                    topics=[builder.topics[code].code for code, *_level in subject["topics"]],
                ).user.name
            ],
            "officer": builder.officers[number % 2],
        }
    )


def free_expert(town, language, taken=(), topics=()):
    """Return the expert who speaks a language, is from another country, and helped least.

    Of those who know one of the topics, if there is any.
    """
    free = Expert.objects.filter(languages__has_key=language, offers__status=OfferStatus.PUBLISHED)
    busy = Count("interests", filter=Q(interests__status=InterestStatus.CHOSEN), distinct=True)
    free = free.exclude(authority__country=town.country).exclude(pk__in=taken)
    knows = Exists(Offer.objects.filter(expert=OuterRef("pk"), topics__theme__code__in=topics))
    return free.annotate(busy=busy, knows=knows).order_by("-knows", "busy", "pk").first()


def bring_dossier(builder, reach, age, first=None):
    """Create a dossier in its final status, reached `age` ago."""
    spec = next_spec(builder, first or builder.today + timedelta(days=90)) | {"reach": reach}
    begun = builder.start_time(spec, builder.now - age, STRIDE)
    call = call_at(builder, begun, spec["country"])
    left_open = reach == Status.CONSENT_PENDING
    return builder.dossier(spec, call, begun, STRIDE, left_open=left_open)


def add_dossier(builder, state):
    if state == Status.PRIVATE:
        return add_membership(builder, MembershipStatus.ASKED)
    bring_dossier(builder, state, timedelta(days=DOSSIERS[state]))
    return 1


def add_membership(builder, state):
    """Add a waiting request for membership, with a private draft."""
    spec = next_spec(builder, builder.today + timedelta(days=90))
    name, address, function = spec["by"]
    newcomer = make_person(name, email=address, language=spec["language"])
    asked_at = builder.now - timedelta(days=2)
    town = Authority.objects.get(slug=spec["authority"])
    members.ask_to_join(
        newcomer, authority=town, roles=[Role.EDITOR], function=function, now=asked_at
    )
    call = call_at(builder, asked_at, str(town.country))
    draft = beginning.begin_dossier(call, town, actor=newcomer, now=asked_at)
    builder.write(draft, spec | {"problem": "", "specific": []}, newcomer, asked_at)
    return 1


def add_match(builder, state):
    """Add a match that waits, or one that ended before all had agreed."""
    age = timedelta(days=12 if state == MatchStatus.LAPSED else 1)
    if state == MatchStatus.UNDONE:  # before anybody was asked
        dossier = bring_dossier(builder, Status.SHORTLISTING, age)
        best = dossier.interests.filter(status=InterestStatus.SHORTLISTED).values_list(
            "pk", flat=True
        )
        step = {"actor": builder.officer, "now": builder.now}
        why = WHY_CHOSEN[dossier.language]
        match = consent.propose_match(dossier, list(best), note=why, **step)
        withdrawals.undo_proposal(match, **step)
        return 1
    asked = bring_dossier(builder, Status.CONSENT_PENDING, age).matches.get()
    if state == MatchStatus.REFUSED:
        employer = asked.consents.get(side="employer")
        consent.answer_consent(
            employer, accept=False, reason="Nobody can be spared.", by_link=True, now=builder.now
        )
    if state == MatchStatus.LAPSED:
        consent.lapse_overdue(builder.now)
    if state == MatchStatus.WITHDRAWN:
        note = "The budget of the host is late. Invented for the demonstration."
        withdrawals.withdraw_proposal(asked, note=note, actor=builder.officer, now=builder.now)
    return 1


def first_day(today, offset):
    """Return the first day of an exchange so many days from today; of what is to come, a Monday."""
    day = today + timedelta(days=offset)
    return day + timedelta(days=-day.weekday() % 7) if offset >= 0 else day


def add_exchange(builder, state):
    """Add an exchange in a status, on days that fit today."""
    offset, steps = EXCHANGES[state]
    first = first_day(builder.today, 60 if offset is None else offset)
    # An application is submitted sixty days and more before the exchange.
    age = timedelta(days=3 if offset is None else max(5, 50 - offset))
    dossier = bring_dossier(builder, Status.MATCHED, age, first)
    made = Exchange.objects.get(dossier=dossier)
    if offset is None:
        return 1
    morning = datetime.combine(first, time(9), UTC)
    add_plan(builder, made, first, "get_ready" in steps)
    for place, verb in enumerate(steps):
        soon = builder.now - timedelta(hours=len(steps) - place)
        moment = min(morning + timedelta(days=AFTER_FIRST_DAY[verb]), soon)
        actor = dossier.case_officer
        details = details_of(verb, dossier.language)
        if verb == "complete":
            record_all_there(made, moment, 5)
            made.budget.update(spent=F("approved"))
        made = exchange_machine.advance(made, verb, actor=actor, now=moment, **details)
    return 1


def add_plan(builder, made, first, is_ready):
    """Add days, an agenda and a budget; what must be ready is ticked."""
    Exchange.objects.filter(pk=made.pk).update(
        planned_start=first,
        planned_end=first + timedelta(days=4),
        checklist=Readiness.values if is_ready else [],
        settled_why=INVENTED[made.dossier.language] if is_ready else "",
    )
    made.refresh_from_db()
    zone = time_zone_of(made.hosts[0])
    for day, title in ((0, "Visit of the sites"), (4, "Conclusions with the council")):
        starts_at = datetime.combine(first + timedelta(days=day), time(9), ZoneInfo(zone))
        made.sessions.create(
            title=title,
            time_zone=zone,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=3),
            place=made.place,
            changed_at=builder.now,
        )
    for category, label, unit, quantity, cost in (
        ("travel", "Flights", "flights", 1, 850),
        ("per_diem", "Nights", "nights", 5, 120),
    ):
        made.budget.create(
            category=category,
            label=label,
            unit=unit,
            quantity=quantity,
            unit_cost=cost,
            payer=Payer.PROGRAMME,
            approved=Decimal(quantity * cost) if is_ready else None,
            approved_by=builder.officer if is_ready else None,
        )


def add_interest(builder, state):
    """Add an answer to a published request, up to a status."""
    open_ = Opportunity.objects.open(builder.today).order_by()
    dossier = Dossier.objects.filter(opportunity__in=open_).order_by("-status_since").first()
    if dossier is None:
        dossier = bring_dossier(builder, Status.PUBLISHED, timedelta(days=5))
    language = next(iter(dossier.languages))
    taken = dossier.interests.values("expert")
    topics = [need.theme.code for need in dossier.needs.select_related("theme")]
    expert = free_expert(dossier.authority, language, taken, topics) or free_expert(
        dossier.authority, "en", taken, topics
    )
    moment = builder.now - timedelta(hours=12)
    if state in (InterestStatus.INVITED, InterestStatus.EXPIRED, InterestStatus.UNDONE):
        asked = desk.invite_expert(
            dossier,
            (fitting_offer(expert, dossier) or expert.offers.published().first()).pk,
            actor=builder.officer,
            now=moment,
        )
        if state == InterestStatus.EXPIRED:
            interest_machine.advance(asked, "expire", actor=None, now=moment)
        if state == InterestStatus.UNDONE:
            decisions.undo_decision(asked, actor=builder.officer, now=moment)
        return 1
    answer = desk.answer_opportunity(dossier, actor=expert.user, now=moment)
    write_answer(answer)
    answer.save()
    if state == InterestStatus.DRAFT:
        return 1
    if not answer.cv:
        cv.save_cv(answer, cv_of(expert), actor=expert.user)
    desk.submit_interest(answer, actor=expert.user, now=moment)
    for verb in INTERESTS[state]:
        actor = expert.user if verb == "withdraw" else builder.officer
        interest_machine.advance(answer, verb, actor=actor, now=moment)
    return 1


def add_offer(builder, state):
    """Add an offer of an expert, in a status."""
    model = Offer.objects.published().exclude(language="de").order_by("pk")
    like = model[list(OfferStatus).index(state)]
    made = Offer.objects.create(
        expert=like.expert,
        title=f"{like.title} (2)",
        text=like.text,
        language=like.language,
        forms=like.forms,
    )
    for topic in like.topics.all():
        made.topics.create(theme=topic.theme, level=topic.level)
    moment, verbs = builder.now - timedelta(days=4), {"paused": "pause", "removed": "remove"}
    if state != OfferStatus.DRAFT:
        offer_machine.advance(made, "publish", actor=like.expert.user, now=moment)
        actor = None if state == OfferStatus.EXPIRED else like.expert.user
        offer_machine.advance(made, verbs.get(state, "expire"), actor=actor, now=moment)
    return 1


def add_practice(builder, state):
    """Add a good practice, up to a status."""
    held = Exchange.objects.filter(
        status__in=[
            ExchangeStatus.FOLLOW_UP_6M,
            ExchangeStatus.FOLLOW_UP_12M,
            ExchangeStatus.CLOSED,
        ]
    )
    exchange = held.annotate(n=Count("practices")).order_by("n", "pk").first()
    assert exchange is not None  # the demonstration has some
    moment = builder.now - timedelta(days=3)
    made = writing.begin_practice(exchange, actor=builder.officer, now=moment)
    if state == PracticeStatus.DRAFT:
        return 1
    if state == PracticeStatus.REMOVED:
        practice_machine.advance(made, "remove_draft", actor=builder.officer, now=moment)
        return 1
    complete_draft(builder, made, moment)
    made = practice_machine.advance(made, "submit_practice", actor=builder.officer, now=moment)
    if state == PracticeStatus.REVIEW:
        return 1
    for party in Party:
        Agreement.objects.create(practice=made, party=party, name="Somebody invented", at=moment)
    made = practice_machine.advance(made, "approve_practice", actor=builder.officer, now=moment)
    if state == PracticeStatus.ARCHIVED:
        for verb in ("publish_practice", "archive"):
            note = {"note": "Out of date. Invented for the demonstration."}
            made = practice_machine.advance(made, verb, actor=builder.officer, now=moment, **note)
    return 1
