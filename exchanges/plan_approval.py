"""The legal representative's approval of an action plan, by link; what changed since the last."""

import json
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.naming import is_other_name
from applications.people import applicants
from connect.fields import get_column
from connect.templatetags.look import amount
from connect.transitions import record_event
from exchanges.enums import ExchangeStatus, LearningLevel
from exchanges.locking import lock_exchange
from exchanges.models import ActionPlan, Exchange, Measure
from exchanges.terms import WRITES_ON
from notifications import limits
from notifications.outbox import cancel_letters, find_letters, post_letter, recall_letters
from registry.models import Theme

PRESSED_TWICE = timedelta(minutes=1)


def plan_of(exchange):
    """Return the action plan of an exchange, begun if there is none."""
    return ActionPlan.objects.get_or_create(exchange=exchange)[0]


@transaction.atomic
def request_plan_approval(exchange, *, actor, now=None):
    """Write to the legal representative with a link to approve the plan.

    Raises ValidationError for a plan without measures.
    """
    now = now or timezone.now()
    exchange = lock_exchange(exchange, "follow", actor)
    plan, dossier = plan_of(exchange), exchange.dossier
    if not plan.measures.exists():
        raise ValidationError(_("First add at least one measure."), code="empty")
    if is_just_asked(plan, now):
        return plan
    limits.count_message("plan", actor=actor, address=dossier.legal_email, about=exchange, now=now)
    plan.asked_at, plan.declined_at, plan.declined_why = now, None, ""
    plan.save(update_fields=["asked_at", "declined_at", "declined_why"])
    record_event(exchange, "ask_plan", actor=actor, now=now)
    if plan.last_approved:  # this e-mail says itself what changed
        cancel_letters(changed_key(plan), now=now)
    post_letter(
        "plan_asked",
        key=f"plan:{plan.pk}:asked:{now.timestamp():f}",
        concerns=plan,
        to=[dossier.representative],
        path=plan.PAGE,
        opens=plan,
        anew=True,
        reference=exchange.reference,
        title=dossier.title,
        authority=dossier.authority.name,
        changed=changes_in_words(plan, dossier.representative.language),
    )
    return plan


def is_just_asked(plan, now):
    """True where the button was pressed twice: the link of a minute ago waits for its answer."""
    waits = plan.asked_at and not plan.declined_at and now - plan.asked_at < PRESSED_TWICE
    return bool(waits and plan.valid_link)


@transaction.atomic
def save_plan_approval(plan, *, name, digest, now=None):
    """Record that the legal representative approved the measures they read (their digest).

    Raises ValidationError where nobody asks any more, or the plan changed meanwhile.
    """
    now = now or timezone.now()
    plan, exchange = lock_asked_plan(plan)
    if digest != plan.digest:
        raise ValidationError(
            _("The plan changed while you were reading: read it again."), code="changed"
        )
    plan.approved_at, plan.approved_name = now, name
    plan.declined_at, plan.declined_why = None, ""
    plan.last_approved = {"at": now.isoformat(), "name": name, "measures": list_measures(plan)}
    plan.save()
    cancel_letters(exchange, "plan_due")
    asked = exchange.dossier.legal_name
    other = {"legal_name": asked} if is_other_name(name, asked) else {}
    record_event(exchange, "approve_plan", actor=None, now=now, details={"name": name} | other)
    notify_of_answer("plan_approved", plan, key="approved", now=now, person=name)
    return plan


def lock_asked_plan(plan):
    """Return a locked plan that the legal representative is asked to approve, and its exchange.

    Raises ValidationError where nobody asks any more.
    """
    exchange = Exchange.objects.select_for_update(of=("self",)).get(pk=plan.exchange_id)
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    if exchange.status == ExchangeStatus.CLOSED:
        raise ValidationError(
            _("This exchange is closed: its plan can no longer be changed."), code="closed"
        )
    if plan.approved_at:
        raise ValidationError(_("This plan has already been approved."), code="approved")
    if plan.asked_at is None:  # the page itself says what comes next
        raise ValidationError(
            _("The plan changed while you were reading: your answer was not saved."),
            code="not_asked",
        )
    return plan, exchange


@transaction.atomic
def decline_plan(plan, *, why, now=None):
    """Record that the legal representative does not approve the plan, and tell its writers why.

    Raises ValidationError where nobody asks any more. They may approve it afterwards all the same.
    """
    now = now or timezone.now()
    plan, exchange = lock_asked_plan(plan)
    if plan.declined_why == why:  # one press of the button that came twice
        return plan
    dossier = exchange.dossier
    plan.declined_at, plan.declined_why = now, why
    plan.save(update_fields=["declined_at", "declined_why"])
    record_event(
        exchange, "decline_plan", actor=None, now=now, details={"name": dossier.legal_name}
    )
    notify_of_answer(
        "plan_declined", plan, key="declined", now=now, person=dossier.legal_name, note=why
    )
    return plan


def notify_of_answer(template, plan, *, key, now, **facts):
    """Notify those who write the plan of what the legal representative answered."""
    exchange, dossier = plan.exchange, plan.exchange.dossier
    post_letter(
        template,
        key=f"plan:{plan.pk}:{key}:{now.timestamp():.0f}",
        concerns=plan,
        to=writers_of(dossier),
        path=f"{exchange.path}plan/",
        now=now,
        reference=exchange.reference,
        title=dossier.title,
        **facts,
    )


def end_approval(plan, *, now):
    """Let a plan that changed be approved by nobody, and an earlier link approve nothing.

    Whoever had approved it is told what changed, once they have gone on writing; who changes it
    back before that has changed nothing.
    """
    plan = ActionPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    plan.approved_at, plan.approved_name, plan.asked_at = None, "", None
    approved = plan.last_approved
    if approved and recall_letters(changed_key(plan), now):
        dossier = plan.exchange.dossier
        if plan_changes(plan):
            notify_of_change(plan, dossier, now)
        else:
            plan.approved_at = plan.last_approved_at
            plan.approved_name = approved["name"]
    plan.save(update_fields=["approved_at", "approved_name", "asked_at"])


def notify_of_change(plan, dossier, now):
    """Notify whoever approved a plan, and all who know of it, that it no longer counts."""
    key = f"{changed_key(plan)}:{now:%Y%m%d%H%M%S%f}"
    later: dict = {"not_before": now + WRITES_ON, "now": now, "key": key, "concerns": plan}
    facts = {
        "reference": plan.exchange.reference,
        "title": dossier.title,
        "approved_on": timezone.localdate(plan.last_approved_at).isoformat(),
        "changed": changes_in_words(plan, dossier.representative.language),
    }
    authority = dossier.authority.name
    post_letter("plan_changed", to=[dossier.representative], authority=authority, **facts, **later)
    for one in writers_of(dossier):
        facts["changed"] = changes_in_words(plan, one.language)
        post_letter(
            "plan_changed_writers",
            to=[one],
            path=f"{plan.exchange.path}plan/",
            person=plan.last_approved["name"],
            **facts,
            **later,
        )


def writers_of(dossier):
    """List the applicants without the legal representative, who has letters of their own."""
    mayor = dossier.legal_email.lower()
    return [one for one in applicants(dossier) if one.address.lower() != mayor]


def notified_of_change_at(plan):
    """Return when the e-mail leaves that tells of a change since the approval, while it waits."""
    if not plan or not plan.last_approved:
        return None
    waiting = find_letters(changed_key(plan)).unsent()
    return waiting.values_list("not_before", flat=True).first()


def changed_key(plan):
    return f"plan:{plan.pk}:approved:{plan.last_approved['at']}:changed"


def list_measures(plan):
    """Return what each measure says, as plain values."""
    rows = list(plan.measures.order_by("pk").values("pk", *Measure.APPROVED_COLUMNS))
    return json.loads(json.dumps(rows, cls=DjangoJSONEncoder))


def plan_changes(plan):
    """List (what became of a measure, [(question, what was approved)]) since the last approval."""
    if plan is None or not plan.last_approved:
        return []
    before = {measure["pk"]: measure for measure in plan.last_approved["measures"]}
    after = {measure["pk"]: measure for measure in list_measures(plan)}
    changes: list = []
    for pk, measure in before.items():
        if pk not in after:
            changes.append((_("Removed: %(title)s") % measure, []))
        elif measure != after[pk]:
            differ = [name for name in Measure.APPROVED_COLUMNS if measure[name] != after[pk][name]]
            answers = [(question_of(name), in_words(name, measure[name])) for name in differ]
            changes.append((_("Changed: %(title)s") % after[pk], answers))
    new = [measure for pk, measure in after.items() if pk not in before]
    return [*changes, *((_("New: %(title)s") % measure, []) for measure in new)]


def question_of(name):
    return str(get_column(Measure, name.removesuffix("_id")).verbose_name)


def in_words(name, value):
    """Describe a plain value of a measure as its page does."""
    if value is None or value == "":
        return "—"
    if name == "topic_id":
        return str(Theme.objects.filter(pk=value).first() or "—")
    if name == "level":
        return str(LearningLevel(value).label)
    if name == "due_on":
        return date_format(date.fromisoformat(value), "DATE_FORMAT")
    return amount(value) if name in ("baseline", "target", "cost") else value


def changes_in_words(plan, language):
    """Describe in a line a measure what changed since the last approval, for a letter."""
    with translation.override(language):
        return [
            f"{words} ({', '.join(question for question, _before in answers)})"
            if answers
            else words
            for words, answers in plan_changes(plan)
        ]
