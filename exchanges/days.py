"""The days of an exchange: one side proposes them, the other agrees or proposes others.

Staff set them too, with the plan; only they say that it is planned, which invites everybody.
"""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from applications.people import staff_of
from connect.transitions import record_event
from exchanges.agenda import move_agenda
from exchanges.agenda_link import extend_feeds
from exchanges.days_proposals import close_proposal, close_proposals
from exchanges.enums import ExchangeStatus, Side
from exchanges.locking import lock_exchange
from exchanges.models import DaysProposal
from exchanges.people import signatories
from exchanges.permissions import INVITED_IN
from exchanges.readiness import list_standing_waivers
from exchanges.reopened import save_waivers
from exchanges.staff_steps import has_days
from exchanges.terms import signing_side
from exchanges.transitions import PLAN_NOTICES, post_notice
from notifications import limits
from notifications.bursts import MINUTES
from notifications.outbox import post_letter

OPEN = {ExchangeStatus.AGREED, ExchangeStatus.POSTPONED}


def open_proposal(exchange):
    return exchange.proposed_days.filter(closed_at=None).first()


def may_propose_days(exchange, user):
    """True for both sides until it is planned: then staff postpone it first."""
    return exchange.status in OPEN and signing_side(exchange, user) is not None


def lock_for_days(exchange, actor):
    exchange = lock_exchange(exchange, "plan", actor)
    if signing_side(exchange, actor) is None:
        raise PermissionDenied
    if exchange.status not in OPEN:
        message = _("It is planned already: ask the programme team to postpone it first.")
        raise ValidationError(message, code="planned")
    return exchange


@transaction.atomic
def propose_days(form, exchange, *, actor, now=None):
    """Save the days that a side proposes, from a valid DaysForm, and notify the other side.

    Raises PermissionDenied for whoever is on neither side, ValidationError once it is planned, or
    where the other side has proposed days since the page was opened.
    """
    now = now or timezone.now()
    exchange = lock_for_days(exchange, actor)
    waiting, side = open_proposal(exchange), signing_side(exchange, actor)
    if waiting and waiting.side != side and not form.has_seen(waiting):
        words = _(
            "The other side has proposed dates in the meantime: look at them above, then "
            "send yours."
        )
        raise ValidationError(words, code="replaced")
    proposal = form.save(commit=False)
    limits.count_message("days", actor=actor, about=exchange, now=now)
    close_proposals(exchange, now)
    proposal.exchange, proposal.side, proposal.at = exchange, side, now
    proposal.save()
    record_event(exchange, "propose_days", actor=actor, now=now, details=days_in_words(proposal))
    people = [one for one in signatories(exchange) if signing_side(exchange, one) != proposal.side]
    notify_of_days(proposal, "days_proposed", people, actor)
    return proposal


@transaction.atomic
def agree_days(proposal, *, actor, now=None):
    """Accept the days that the other side proposes as the planned ones.

    Raises PermissionDenied for the side that proposed them, ValidationError where others were
    proposed meanwhile, or their first day has come.
    """
    now = now or timezone.now()
    exchange = lock_for_days(proposal.exchange, actor)
    proposal = DaysProposal.objects.select_for_update().get(pk=proposal.pk)
    refuse_closed(proposal, exchange)
    if signing_side(exchange, actor) == proposal.side:
        raise PermissionDenied
    if proposal.starts_on < timezone.localdate(now):
        raise ValidationError(_("These dates are over: propose others."), code="over")
    before = exchange.planned_start
    exchange.planned_start, exchange.planned_end = proposal.starts_on, proposal.ends_on
    exchange.save(update_fields=["planned_start", "planned_end"])
    extend_feeds(exchange, now)
    if before and before != proposal.starts_on:
        move_agenda(exchange, (proposal.starts_on - before).days, actor=actor, now=now)
    close_proposal(proposal, now, is_agreed=True)
    record_event(exchange, "agree_days", actor=actor, now=now, details=days_in_words(proposal))
    notify_of_days(proposal, "days_agreed", signatories(exchange), actor)
    notify_of_days(
        proposal, "days_agreed", staff_of(exchange.dossier), actor, path=exchange.desk_path
    )
    return exchange


@transaction.atomic
def withdraw_days(proposal, *, actor, now=None):
    """Take back the days that one's own side proposes, while the other has not agreed to them.

    Raises PermissionDenied for the other side, ValidationError once the proposal is closed.
    """
    now = now or timezone.now()
    exchange = lock_for_days(proposal.exchange, actor)
    proposal = DaysProposal.objects.select_for_update().get(pk=proposal.pk)
    if signing_side(exchange, actor) != proposal.side:
        raise PermissionDenied
    refuse_closed(proposal, exchange)
    limits.count_message("days", actor=actor, about=exchange, now=now)
    close_proposal(proposal, now)
    record_event(exchange, "withdraw_days", actor=actor, now=now, details=days_in_words(proposal))
    people = [one for one in signatories(exchange) if signing_side(exchange, one) != proposal.side]
    notify_of_days(proposal, "days_withdrawn", people, actor)
    return exchange


def refuse_closed(proposal, exchange):
    """Say what became of a proposal since the page was opened, where it stands no more."""
    if not proposal.closed_at:
        return
    if proposal.is_agreed:
        words, code = _("These dates have been agreed already."), "agreed"
    elif open_proposal(exchange):
        words, code = _("Other dates were proposed in the meantime: look at them."), "replaced"
    elif exchange.events.filter(verb="withdraw_days", at=proposal.closed_at).exists():
        words, code = _("These dates were withdrawn in the meantime: propose others."), "withdrawn"
    else:
        words, code = _("The programme team set dates in the meantime: look at them."), "replaced"
    raise ValidationError(words, code=code)


@transaction.atomic
def save_plan(form, exchange, *, actor, now=None):
    """Save days, place and readiness from staff's valid PlanForm; the agenda moves along.

    Days that a side proposed before are proposed no more: others are set.
    """
    now = now or timezone.now()
    before = lock_exchange(exchange, "plan", actor)
    waived = list_standing_waivers(before)
    if form.instance.place == before.place and before.is_at_host:
        form.instance.place = form.instance.hosts[0].typed_place  # another form, another host
    form.save()
    if {"planned_start", "planned_end"} & set(form.changed_data):
        close_proposals(exchange, now)
    extend_feeds(form.instance, now)
    if days := form.days_moved:
        move_agenda(exchange, days, actor=actor, now=now)
    if changes := list_changes(before, form.instance, form.Meta.fields):
        details = {"plan": changes}
        event = record_event(form.instance, "change_plan", actor=actor, now=now, details=details)
    is_told = {"planned_start", "planned_end", "place"} & set(changes)
    # Without days it is being postponed or cancelled: that is what everybody is told.
    if is_told and before.status in INVITED_IN and form.instance.planned_start:
        # Several changes within minutes make one letter: the newest cancels those not yet sent.
        for notice in PLAN_NOTICES:
            post_notice(form.instance, event, notice, not_before=now + MINUTES)
    save_waivers(form.instance)
    after = {name: form.cleaned_data[name] for name in form.settled}
    if after["checklist"] and after != {"checklist": waived, "settled_why": before.settled_why}:
        details = {"note": after["settled_why"], "items": after["checklist"]}
        record_event(exchange, "settle", actor=actor, now=now, details=details)


def list_changes(before, after, columns):
    """Return {column: [old, new]} of the columns that differ, as plain values."""
    return {
        name: [one.isoformat() if isinstance(one, date) else one for one in (old, new)]
        for name in columns
        if (old := getattr(before, name)) != (new := getattr(after, name))
    }


def days_in_words(proposal):
    """Return a proposal's days for the timeline, as plain values."""
    return {"starts": proposal.starts_on.isoformat(), "ends": proposal.ends_on.isoformat()}


def notify_of_days(proposal, template, people, actor, path=""):
    exchange = proposal.exchange
    agreed = [exchange.planned_start, exchange.planned_end] if has_days(exchange) else []
    agreed = [] if agreed == [proposal.starts_on, proposal.ends_on] else agreed
    return post_letter(
        template,
        key=f"days:{proposal.pk}:{template}",
        concerns=proposal,
        to=[person for person in people if person != actor],
        path=path or f"{exchange.path}days/",
        known={
            "by_town": proposal.side == Side.REQUESTING,
            "is_one_day": proposal.starts_on == proposal.ends_on,
            "agreed_on": agreed[0].isoformat() if agreed else "",
            "agreed_until_on": agreed[1].isoformat() if agreed and agreed[1] > agreed[0] else "",
        },
        reference=exchange.reference,
        title=exchange.dossier.title,
        starts_on=proposal.starts_on.isoformat(),
        ends_on=proposal.ends_on.isoformat(),
    )
