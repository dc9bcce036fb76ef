"""The committee's meetings of the demonstration: one with signed minutes, and one ahead."""

from datetime import datetime, time, timedelta

from django.utils import timezone, translation

from applications import meetings
from applications.enums import Outcome, Status
from applications.meeting_machine import meeting_machine
from applications.models import Call, Meeting

PLANNED_BEFORE, MET_BEFORE, AHEAD = timedelta(days=8), timedelta(days=2), timedelta(days=9)
WHY = "The share of the costs that the municipality carries is to be said first."


def plan_meeting(builder, call, day, now):
    """Plan a meeting of the whole committee, in the morning of a day."""
    return meetings.plan_meeting(
        call,
        actor=builder.officer,
        members=builder.committee,
        starts_at=timezone.make_aware(datetime.combine(day, time(10))),
        ends_at=timezone.make_aware(datetime.combine(day, time(12, 30))),
        place="Brussels, Square de Meeûs 1",
        link="",
        chair=builder.committee[0],
        now=now,
    )


def hold_meeting(builder, call):
    """Hold the first meeting of a call: it postpones what waits, and its minutes are signed."""
    met_at, officer = builder.now - MET_BEFORE, builder.officer
    held = plan_meeting(builder, call, timezone.localdate(met_at), builder.now - PLANNED_BEFORE)
    present = [one.pk for one in builder.committee]
    meetings.save_presence(held, actor=officer, present=present, now=met_at)
    for case in held.cases.all():
        meetings.decide_case(
            case,
            actor=officer,
            proposal=Outcome.VALIDATE,
            outcome=Outcome.POSTPONE,
            reason=WHY,
            votes_for=1,
            votes_against=2,
            abstentions=0,
            now=met_at,
        )
    with translation.override("en"):
        for verb, actor in (("hold", officer), ("send_to_chair", officer), ("sign", held.chair)):
            held = meeting_machine.advance(held, verb, actor=actor, now=met_at)


def plan_next_meeting(builder):
    """Plan a meeting of a call with applications before the committee; return how many, 0 or 1."""
    ahead = Meeting.objects.planned().filter(starts_at__gt=builder.now)
    waiting = Call.objects.filter(dossiers__status=Status.UNDER_SELECTION).order_by("pk")
    if ahead.exists() or (call := waiting.first()) is None:
        return 0
    plan_meeting(builder, call, timezone.localdate(builder.now + AHEAD), builder.now)
    return 1
