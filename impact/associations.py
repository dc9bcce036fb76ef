"""What an association of authorities shares onward: what its members did, and what worked."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exchanges.enums import ObserverAnswer
from exchanges.models import Exchange, Observation
from exchanges.models.agenda import OFF
from exchanges.permissions import BEGUN
from practices.models import Practice

NEWEST = 10


def exchanges_of(associations):
    """Return the exchanges of their members that have begun."""
    return (
        Exchange.objects.filter(dossier__authority__associations__in=associations, status__in=BEGUN)
        .select_related("dossier__authority")
        .distinct()
    )


def sessions_to_observe(associations, now):
    """Return the items of agendas to which they are invited and that are still to come."""
    return (
        Observation.objects.filter(
            association__in=associations, session__cancelled_at=None, session__ends_at__gt=now
        )
        .exclude(answer=ObserverAnswer.DECLINED)
        .exclude(session__exchange__status__in=OFF)
        .select_related("session__exchange__dossier__authority", "association")
        .order_by("session__starts_at", "pk")
    )


def practices_of(associations):
    """Return the published practices of their members, the newest first."""
    rows = Practice.objects.published().filter(
        exchange__dossier__authority__associations__in=associations
    )
    return rows.with_list_details().distinct()


def make_digest(practices, exchanges, build_uri, now):
    """Return a text to forward: practices and exchanges, with their addresses."""
    lines = [_("CONNECT: what our members have learnt and shared"), ""]
    for practice in practices:
        text = practice.text
        lines += [
            f"{text.title} ({practice.authority.place})",
            text.summary,
            build_uri(practice.get_absolute_url()),
            "",
        ]
    if exchanges:
        lines += [_("Exchanges"), ""]
    for exchange in exchanges:
        day = exchange.first_day
        when = f", {date_format(day, 'YEAR_MONTH_FORMAT')}" if day else ""
        place = exchange.dossier.authority.place
        form = exchange.get_form_display()
        lines.append(f"- {exchange.dossier.title} ({place}, {form}{when})")
    lines += ["", date_format(timezone.localtime(now), "DATE_FORMAT"), build_uri("/")]
    return "\n".join(lines)
