"""The budget of an exchange: lines that both sides write, sums in euros, what staff approve."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from applications.people import staff_of
from connect.files import clean_name, delete_replaced_file
from connect.languages import label_with_value
from connect.templatetags.look import amount
from connect.transitions import by_officer, record_event
from connect.uploads import clean_upload
from exchanges.enums import BudgetCategory, Payer, Side
from exchanges.locking import lock_exchange
from exchanges.models import PerDiem, Rate
from exchanges.models.budget import EURO
from exchanges.permissions import EXCHANGES, sides_of
from exchanges.terms import WRITES_ON
from notifications.outbox import cancel_letters, post_letter

MOST_LINES = 200  # of an exchange, each with its bill
NIGHTS = {BudgetCategory.PER_DIEM, BudgetCategory.ACCOMMODATION}
PAID_BY = {Payer.HOST: Side.OFFERING, Payer.APPLICANT: Side.REQUESTING}


def row_in_force(rows, day):
    """Return the row of a dated table that is in force on a day; None before the first."""
    return rows.filter(from_on__lte=day).order_by("-from_on").first()


def rate_of(currency, day):
    """Return (units for one euro, the day from which this rate is in force).

    Raises ValidationError where no rate is known: nobody guesses one.
    """
    if currency == EURO:
        return Decimal(1), None
    rate = row_in_force(Rate.objects.filter(currency=currency), day)
    if rate is None:
        message = _("We have no rate for %s yet: ask the programme team, or use euros.") % currency
        raise ValidationError({"currency": message}, code="rate")
    return rate.per_euro, rate.from_on


def ceiling_list(exchange, today):
    """Return the list of ceilings that applies where and when an exchange takes place, or None."""
    there = PerDiem.objects.filter(country=exchange.hosts[0].country)
    return row_in_force(there, exchange.first_day or today)


def night_ceiling(line, exchange, today):
    """Return the most that a night of this line may cost in euros; None if it has none we know."""
    if line.category != BudgetCategory.PER_DIEM:
        return None
    known = ceiling_list(exchange, today)
    return known.ceiling_for(line.lodging_given, line.meals_given) if known else None


def is_as_cheap(line, before):
    """True where a night costs no more than it did: staff let it, or the list has changed since."""
    same = ("category", "currency", "lodging_given", "meals_given")
    return (
        before is not None
        and line.unit_cost <= before.unit_cost
        and all(getattr(line, name) == getattr(before, name) for name in same)
    )


def list_doubts(exchange, today):
    """List what only the approver can check: nights and rates without an official source.

    Of lines that are still to be approved.
    """
    known, doubts = ceiling_list(exchange, today), []
    lines = list(exchange.budget.all())
    sourced = set(
        Rate.objects.exclude(source="")
        .filter(currency__in={line.currency for line in lines})
        .values_list("currency", "from_on", "per_euro")
    )
    for line in lines:
        if line.is_approved and not line.is_overspent:
            continue
        words = doubts_of_rate(line, sourced, today) if line.currency != EURO else []
        if line.category in NIGHTS:
            nights = [one for one in lines if one.category in NIGHTS and one.pk != line.pk]
            words = doubts_of_night(line, nights, known, exchange) + words
        doubts += [label_with_value(line.label, doubt) for doubt in words]
    return doubts


def doubts_of_rate(line, sourced, today):
    """List what is doubtful of the rate of a line: no source, or not that of the month.

    sourced: (currency, from which day, units for a euro) of the rates that name their source.
    """
    named = {"rate": amount(line.per_euro), "currency": line.currency}
    words = []
    if (line.currency, line.rate_on, line.per_euro) not in sourced:
        words.append(_("the rate of %(rate)s %(currency)s for a euro names no source.") % named)
    if line.rate_on and line.rate_on < today.replace(day=1):
        named["day"] = date_format(line.rate_on, "DATE_FORMAT")
        sentence = _(
            "the rate of %(rate)s %(currency)s for a euro is of %(day)s, not of this month."
        )
        words.append(sentence % named)
    return words


def night_limit(line, nights, known):
    """Return the most that a night of this line may cost in euros, beside its other nights.

    Where a daily allowance stands beside lodging, both share one ceiling.
    """
    if line.category == BudgetCategory.PER_DIEM:
        return known.ceiling_for(line.lodging_given, line.meals_given)
    is_shared = any(one.category == BudgetCategory.PER_DIEM for one in nights)
    return known.lodging_ceiling if is_shared else known.ceiling


def is_lodging_counted_twice(line, nights):
    """True for a daily allowance with lodging in it, where lodging stands in the budget as well.

    Said of the allowance; of the lodging only where the allowance is approved already.
    """
    if line.category == BudgetCategory.PER_DIEM:
        is_beside = any(one.category == BudgetCategory.ACCOMMODATION for one in nights)
        return is_beside and not line.lodging_given
    return any(
        one.category == BudgetCategory.PER_DIEM and one.is_approved and not one.lodging_given
        for one in nights
    )


def doubts_of_night(line, nights, known, exchange):
    """List what is doubtful of the nights of a line; nights: the other lines of such a kind."""
    words = []
    if is_lodging_counted_twice(line, nights):
        words.append(
            _(
                "lodging counts twice: it has its own line, and the daily allowance includes it. "
                "Tick in the allowance that lodging is given, or remove the line of the lodging."
            )
        )
    named = {
        "country": exchange.hosts[0].country.name,
        "asked": amount(line.in_euros(line.unit_cost), 2),
        "unit": line.unit,
    }
    if known is None:
        sentence = _(
            "EUR %(asked)s each, counted in “%(unit)s”; no ceiling is known for %(country)s. "
            "Compare it by hand."
        )
        return [*words, sentence % named]
    most = night_limit(line, nights, known)
    if line.in_euros(line.unit_cost) > most:
        named |= {"most": amount(most, 2)}
        sentence = _(
            "EUR %(asked)s each, counted in “%(unit)s”; the ceiling is EUR %(most)s a night."
        )
        words.append(sentence % named)
    if not known.source:
        words.append(_("the ceiling of %(country)s names no source.") % named)
    return words


def refuse_what_others_pay(payer, exchange, actor):
    """Raise ValidationError for a line that the other side pays: only it, or staff, write it."""
    side = PAID_BY.get(payer)
    if side and side not in sides_of(actor, exchange):
        message = _("The other side pays this: only they, or the programme team, can enter it.")
        raise ValidationError({"payer": message}, code="payer")


def save_line(line, exchange, *, actor, bill=None, now=None):
    """Save a budget line with the rate of its day and a bill if there is one; return it.

    Raises ValidationError where the rate is not known, or a night costs more than the country's
    ceiling; an officer may go beyond the ceiling. And for a bill of a type we do not take.
    """
    if not EXCHANGES.allows(actor, "account", exchange):
        raise PermissionDenied
    upload, content_type = clean_upload(bill) if bill else (None, "")  # before any lock
    return store_line(line, exchange, upload, content_type, actor=actor, now=now)


@transaction.atomic
def store_line(line, exchange, upload, content_type, *, actor, now):
    exchange = lock_exchange(exchange, "account", actor)
    if line.pk and line.exchange_id != exchange.pk:
        raise PermissionDenied
    if not line.pk and exchange.budget.count() >= MOST_LINES:
        raise ValidationError(
            _("A budget can have at most 200 lines: combine some of them."), code="too_many"
        )
    today = timezone.localdate(now)
    line.exchange = exchange
    before = exchange.budget.filter(pk=line.pk).first()
    if before:  # approved, perhaps, since its page was shown
        line.refresh_from_db(fields=["approved", "approved_as", "approved_by", "spent_approved"])
    for payer in {line.payer, before.payer if before else line.payer}:
        refuse_what_others_pay(payer, exchange, actor)
    # A rate stays as it was on the day of its line.
    if before is None or before.currency != line.currency:
        line.per_euro, line.rate_on = rate_of(line.currency, today)
    ceiling = night_ceiling(line, exchange, today)
    is_dear = ceiling is not None and line.in_euros(line.unit_cost) > ceiling
    if is_dear and not by_officer(actor, exchange) and not is_as_cheap(line, before):
        message = _("At most %s euros a night there; ask the programme team if it must be more.")
        raise ValidationError({"unit_cost": message % amount(ceiling, 2)}, code="ceiling")
    if upload:
        delete_replaced_file(line, "receipt", line.receipt.name)
        line.receipt, line.receipt_type = upload, content_type
        line.receipt_name = clean_name(upload.name, content_type)
    if before and before.approved is not None:
        approved = before.approved_as or {
            name: getattr(before, name) for name in line.APPROVED_COLUMNS
        }
        same = all(approved[name] == getattr(line, name) for name in line.APPROVED_COLUMNS)
        line.approved_as = None if same else approved
    line.save()
    if before and before.approved is not None:
        notify_of_changes(exchange, actor=actor, now=now or timezone.now())
    return line


def notify_of_changes(exchange, *, actor, now):
    """Notify whoever approved a budget of the lines that say something else since.

    Of what somebody approved who is an officer no more, who follows the exchange.
    """
    cancel_letters(exchange, "budget_changed")
    lines = exchange.budget.exclude(approved=None).select_related("approved_by")
    changed = [line for line in lines if not line.is_approved and line.approved_by]
    lines_of = defaultdict(list)
    for line in changed:
        is_officer = by_officer(line.approved_by, exchange)
        for officer in [line.approved_by] if is_officer else staff_of(exchange.dossier):
            lines_of[officer].append(line)
    lines_of.pop(actor, None)
    for officer, own_lines in lines_of.items():
        with translation.override(officer.language):
            words = [line.change_words for line in own_lines]
        post_letter(
            "budget_changed",
            key=f"exchange:{exchange.pk}:budget-changed:{now:%Y%m%d%H%M%S%f}",
            concerns=exchange,
            to=[officer],
            path=f"{exchange.path}budget/",
            not_before=now + WRITES_ON,
            now=now,
            reference=exchange.reference,
            title=exchange.dossier.title,
            changed=words,
        )


@transaction.atomic
def remove_line(line, *, actor):
    """Delete a budget line; what was approved or spent stays for the accounts."""
    exchange = lock_exchange(line.exchange, "account", actor)
    line = exchange.budget.get(pk=line.pk)
    refuse_what_others_pay(line.payer, exchange, actor)
    if line.approved is not None or line.spent is not None:
        raise ValidationError(_("It is approved or spent: set it to 0 instead."), code="kept")
    line.delete()
    delete_replaced_file(line, "receipt", line.receipt.name)


def digest_lines(lines):
    """Return a short digest of what lines cost, and of what was spent of them."""
    columns = [
        *("label", "category", "quantity", "unit", "unit_cost", "currency", "per_euro"),
        *("payer", "spent", "receipt"),
    ]
    values = [[line.pk, *(str(getattr(line, name)) for name in columns)] for line in lines]
    return sha256(repr(sorted(values)).encode()).hexdigest()[:20]


@transaction.atomic
def approve_budget(exchange, *, actor, seen="", now=None):
    """Approve what is planned and spent now, line by line; return how many lines that changed.

    seen: the digest of the lines that were looked at. Raises ValidationError where they have
    changed since: nobody approves what they did not see.
    """
    if not by_officer(actor, exchange):
        raise PermissionDenied
    exchange = lock_exchange(exchange, "account", actor)
    if seen and seen != digest_lines(exchange.budget.all()):
        message = _("The budget has changed in the meantime: look at it again, then approve it.")
        raise ValidationError(message, code="changed")
    now, changed = now or timezone.now(), 0
    unchecked = list_doubts(exchange, timezone.localdate(now))
    for line in exchange.budget.select_for_update().order_by("pk"):
        if line.is_approved and not line.is_overspent:
            continue
        line.approved = (
            line.planned_amount
            if line.approved_as
            else max(line.planned_amount, line.approved or 0)
        )
        line.approved_as = None
        if line.is_overspent:
            line.spent_approved = line.spent
        line.approved_by = actor
        line.save(update_fields=["approved", "approved_as", "spent_approved", "approved_by"])
        changed += 1
    if changed:
        cancel_letters(exchange, "budget_changed")
        record_event(
            exchange,
            "approve_budget",
            source=exchange.status,
            actor=actor,
            now=now,
            details={"lines": changed, "unchecked": len(unchecked)},
        )
    return changed


@dataclass(frozen=True)
class Sums:
    """Euros of some lines; `per_day` is what was spent for a person's day, where both are known."""

    planned: Decimal
    approved: Decimal
    spent: Decimal
    by_payer: list  # (label, planned, spent)
    per_day: Decimal | None


def sum_lines(lines, days):
    """Add lines up in euros; days: those of all participants together, 0 where not known."""
    lines = list(lines)

    def total(amounts):
        return sum(amounts, Decimal(0))

    def sum_spent(some):
        return total(line.in_euros(line.spent) for line in some if line.spent is not None)

    def sum_planned(some):
        return total(line.in_euros(line.planned_amount) for line in some)

    shares = [(payer.label, [line for line in lines if line.payer == payer]) for payer in Payer]
    return Sums(
        sum_planned(lines),
        total(line.in_euros(line.approved) for line in lines if line.approved is not None),
        sum_spent(lines),
        [(label, sum_planned(some), sum_spent(some)) for label, some in shares if some],
        round(sum_spent(lines) / days, 2) if days and sum_spent(lines) else None,
    )


def list_unapproved_lines(exchange):
    """List the lines of a budget that nobody has approved as they are."""
    return [line for line in exchange.budget.all() if not line.is_approved]
