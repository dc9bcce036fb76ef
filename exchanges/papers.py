"""Documents of an exchange as PDF: terms of reference, agenda, invitation, certificate …

Each is made from what is known now, in the reader's language; what somebody types for one letter
(a passport's number) is set into it and kept nowhere.
"""

from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from connect.dates import period_words
from connect.documents import render_pdf
from connect.languages import isolate, join_names, label_with_value
from connect.transitions import record_event
from exchanges import rules
from exchanges.enums import BudgetCategory, Part, Payer, Side
from exchanges.locking import lock_exchange
from exchanges.permissions import BEGUN, may_host
from exchanges.terms import terms_questions
from matching.enums import Answer
from matching.enums import Side as Consenting

TEMPLATE = Path(__file__).with_name("paper.typ")


def whole_period(exchange):
    """Describe the first and last day of an exchange, or that they are to be agreed."""
    if not exchange.first_day:
        return day_of(None)
    return period_words(exchange.first_day, exchange.last_day)


def day_of(day):
    return date_format(day, "DATE_FORMAT") if day else _("to be agreed")


def set_paper(exchange, title, *, now, lead="", sections=(), signs=(), tables=()):
    """Typeset a document: sections are (heading, [line]), signs are (who, what is known or ""), and
    what stands below the line to sign on.

    A section may have a third part, what it shows: {"bars": [{label, value, share}]},
    {"map": an SVG}, or {"photos": [{bytes, alt, credit}]}.
    tables: {"head": [cell], "rows": [[cell]]}, each across the width of a page of its own.
    """
    dossier = exchange.dossier
    data = {
        "lang": get_language()[:2],
        "reference": exchange.reference,
        "title": str(title),
        "about": dossier.title,
        "facts": [
            *([capfirst(str(side.label)), place] for side, place in parties(exchange)),
            [_("Form"), str(exchange.get_form_display())],
            [_("Days of the exchange"), whole_period(exchange)],
            [_("Place"), exchange.place_words],
            *(
                [[_("Working languages"), exchange.languages_in_words]]
                if exchange.languages
                else []
            ),
        ],
        "lead": lead,
        "sections": [
            {"heading": str(heading), "lines": [str(line) for line in lines]}
            | (more[0] if more else {})
            for heading, lines, *more in sections
        ],
        "tables": tables,
        "signs": [
            {"who": str(who), "words": str(words), "below": str(below[0]) if below else ""}
            for who, words, *below in signs
        ],
        "made": _("Made by CONNECT on %s") % date_format(timezone.localtime(now), "DATE_FORMAT"),
    }
    return render_pdf(TEMPLATE, data)


def parties(exchange):
    """Return (side, its local authorities) of both sides."""
    helping = [authority.place for authority in exchange.helping_authorities]
    return [
        (Side.REQUESTING, exchange.dossier.authority.place),
        (Side.OFFERING, " · ".join(helping)),
    ]


def signature_words(exchange, signature):
    """Describe who signed for a side, in which function, and when."""
    when = date_format(timezone.localtime(signature.at), "DATETIME_FORMAT")
    who = join_names(filter(None, (signature.name, function_of(exchange, signature.user))))
    return _("%(who)s, on %(when)s (Brussels time)") % {"who": who, "when": when}


def function_of(exchange, user):
    """Return the function in which somebody acts in an exchange; "" where nobody said it."""
    if user is None:
        return ""
    for one in exchange.match.interests.select_related("expert"):
        if one.expert.user_id == user.pk and one.function_title:
            return one.function_title
    dossier, address = exchange.dossier, user.email.lower()
    for known, function in (
        (dossier.legal_email, dossier.legal_function),
        (dossier.focal_email, dossier.focal_function),
    ):
        if known.lower() == address and function:
            return function
    part = exchange.participants.filter(user=user).exclude(function="").first()
    return part.function if part else ""


def terms_pdf(exchange, now):
    """The last version of the terms of reference, with who signed it; None before there is one."""
    last = exchange.terms.prefetch_related("signatures").last()
    if last is None:
        return None
    sections = [
        (words, getattr(last, name).split("\n")) for name, words in terms_questions(exchange)
    ]
    places = dict(parties(exchange))
    signed = [
        (
            label_with_value(capfirst(str(one.get_side_display())), places.get(one.side, "")),
            signature_words(exchange, one),
        )
        for one in last.signatures.select_related("user")
    ]
    title = _("%(name)s, version %(number)d") % {
        "name": exchange.exchange_form.terms.name,
        "number": last.number,
    }
    return set_paper(exchange, title, now=now, sections=sections, signs=signed)


def names_in_line(*names):
    """Join those of some names that are known, each in its own direction."""
    return join_names(isolate(name) for name in names if name)


def agenda_days(sessions):
    """Return (day, [line]) of items of an agenda, in the time of the place."""
    days: dict = {}
    for session in sessions:
        hours = session.hours_words
        line = label_with_value(hours, isolate(session.title))
        rest = map(isolate, filter(None, (session.place, session.speakers)))
        days.setdefault(session.day, []).append(join_names([line, *rest]))
    return [(day_of(day), lines) for day, lines in days.items()]


def agenda_pdf(exchange, now):
    return set_paper(
        exchange, _("Agenda"), now=now, sections=agenda_days(exchange.sessions.not_cancelled())
    )


# What guests want to know of money, by the lines of the budget that say who pays it: the words
# where it has some, and where it has none yet.
COSTS = (
    (
        {BudgetCategory.TRAVEL},
        gettext_lazy("Travel: paid by %s"),
        gettext_lazy("Travel: who pays for it is not settled yet"),
    ),
    (
        {BudgetCategory.ACCOMMODATION, BudgetCategory.PER_DIEM},
        gettext_lazy("Stay: paid by %s"),
        gettext_lazy("Stay: who pays for it is not settled yet"),
    ),
)


def describe_costs(exchange):
    """List who pays for the journey and the stay, as the budget says, or that it does not."""
    paying = [(payers(exchange, categories), *words) for categories, *words in COSTS]
    return [paid % names if names else still_open for names, paid, still_open in paying]


def payers(exchange, categories):
    """Name those who pay for some categories, as the budget says; "" where nothing is approved."""
    names = {
        Payer.PROGRAMME: "CONNECT",
        Payer.HOST: join_names(sorted({one.name for one in exchange.helping_authorities})),
        Payer.APPLICANT: exchange.dossier.authority.name,
    }
    lines = exchange.budget.filter(category__in=categories)
    paying = {line.payer for line in lines if line.is_approved}  # no consulate reads of a wish
    return join_names(name for payer, name in names.items() if payer in paying)


def host_of(exchange, actor):
    """Return the authority that invites: the expert's own where several host, else the first."""
    own = [
        one.authority
        for one in exchange.match.interests.select_related("authority", "expert")
        if one.expert.user_id == actor.pk
    ]
    hosts = exchange.hosts
    return next((host for host in own if host in hosts), hosts[0])


def signatory(exchange, host, actor):
    """Return (name, function) of who signs for the host, as far as we know: a person.

    Its legal representative where it asked; else the superior of its expert, or who makes the
    letter for it.
    """
    dossier = exchange.dossier
    if host == dossier.authority:
        return dossier.legal_name, dossier.legal_function
    interest = (
        exchange.match.interests.filter(authority=host).select_related("expert__user").first()
    )
    agreed = exchange.match.consents.filter(interest=interest, answer=Answer.YES)
    consent = agreed.filter(side=Consenting.EMPLOYER).first()
    # Today's superior may be that of another town: the expert may work there by now.
    is_there = interest.expert.authority_id == host.pk
    superior = consent.name if consent else interest.expert.employer_name if is_there else ""
    if superior and superior.casefold() not in host.place.casefold():
        return superior, ""
    theirs = actor if actor.pk == interest.expert.user_id else interest.expert.user
    return theirs.name, function_of(exchange, theirs)


def missing_for_invitation(exchange):
    """List what a letter of invitation lacks, in words."""
    return [
        str(words)
        for words, value in (
            (_("the first day"), exchange.first_day),
            (_("the last day"), exchange.last_day),
            (_("the place"), exchange.place),
        )
        if not value
    ]


def days_of_stay(exchange, person):
    """Return a guest's first and last day with the journey; a journey to former days is none."""
    first, last = exchange.first_day, exchange.last_day
    begins, ends = person.arrives_on or first, person.leaves_on or last
    return (begins, ends) if begins <= last and ends >= first else (first, last)


@transaction.atomic
def invitation_pdf(person, passport, lodging="", *, actor, now=None):
    """A letter by which the host invites a guest, for the visa; who made it when is recorded.

    The passport's number stands in the letter alone; where they stay is proposed for the next one.
    Raises PermissionDenied for whoever does not host, or for somebody who is at home there,
    ValidationError where the dates or the place are not known yet.
    """
    now = now or timezone.now()
    exchange = lock_exchange(person.exchange, "plan", actor)
    if not may_host(actor, exchange) or not person.is_guest:
        raise PermissionDenied
    if lacking := missing_for_invitation(exchange):
        words = _("A letter of invitation needs first: %s.") % join_names(lacking)
        raise ValidationError(words, code="incomplete")
    event = record_event(exchange, "invite", actor=actor, now=now, details={"name": person.name})
    if lodging and lodging != exchange.lodging:
        exchange.lodging = lodging
        exchange.save(update_fields=["lodging"])
    host = host_of(exchange, actor)
    arrives_on, leaves_on = days_of_stay(exchange, person)
    lead = _(
        "%(host)s invites %(guest)s to take part in the exchange about “%(title)s”, "
        "%(days)s. Place: %(place)s. The stay, with the journey, is from %(first)s "
        "to %(last)s. The exchange is part of CONNECT, a programme of VNG International and "
        "PLATFORMA, supported by the European Commission."
    ) % {
        "host": host.place,
        "guest": names_in_line(person.name, person.function, person.organisation),
        "place": exchange.place_words,
        "title": exchange.dossier.title,
        "days": whole_period(exchange),
        "first": day_of(arrives_on),
        "last": day_of(leaves_on),
    }
    lines = describe_costs(exchange)
    lines.append(
        _("Accommodation: %s") % lodging
        if lodging
        else _("Accommodation: arranged by %s") % host.name
    )
    if passport:
        lines.append(_("Passport: %s") % passport)
    signed_by = names_in_line(*signatory(exchange, host, actor))
    return set_paper(
        exchange,
        _("Invitation %(reference)s/%(number)d")
        % {"reference": exchange.reference, "number": event.pk},
        now=now,
        lead=lead,
        sections=[(_("For the authorities that grant visas"), lines)],
        signs=[(host.place, "", signed_by or _("Name and function"))],
    )


def attendance_pdf(exchange, now):
    """A sheet a week for those who take part to sign, day by day: there is room for their names."""
    weeks: dict = {}
    for day in rules.list_exchange_days(exchange):
        weeks.setdefault(day.isocalendar()[:2], []).append(date_format(day, "d/m"))
    people = list(exchange.participants.exclude(attended=False))
    return set_paper(
        exchange,
        _("Attendance"),
        now=now,
        tables=[
            {
                "head": [_("Name"), _("Organisation"), *days],
                "rows": [[one.name, one.organisation, *([""] * len(days))] for one in people],
            }
            for days in weeks.values()
        ],
    )


def learning_pdf(person, now):
    """What an intern did and learnt, day by day, with the remarks of the colleagues there."""
    exchange, entries = person.exchange, list(person.diary.all())
    lead = names_in_line(person.name, person.function, person.organisation)
    mentors = exchange.participants.not_absent().filter(part=Part.MENTOR)
    named = [names_in_line(one.name, one.organisation) for one in mentors]
    sections = [(_("Mentor"), named)]
    for entry in entries:
        lines = [
            label_with_value(_("What was done"), entry.did),
            label_with_value(_("What was learnt"), entry.learnt),
        ]
        if entry.remark:
            lines.append(label_with_value(_("Remark of %s") % entry.remark_by, entry.remark))
        sections.append((day_of(entry.day), lines))
    taken = [entry.takes_home for entry in entries if entry.takes_home]
    if taken:
        sections.append((_("To try at home"), taken))
    return set_paper(exchange, _("Learning report"), now=now, lead=lead, sections=sections)


def certified_length(person, now):
    """Describe for how many days somebody took part, as recorded; "" where nobody knows.

    No day to come is certified; where the form counts working days, none but those.
    """
    if not person.days:
        return ""
    exchange = person.exchange
    whole = rules.weekdays_or_all(exchange, exchange.exchange_form)
    past = [day for day in whole if day <= exchange.local_day(now)]
    days = min(person.days, len(past))
    if not days:
        return ""
    if exchange.exchange_form.counts_weekdays:
        return ngettext("%d working day", "%d working days", days) % days
    return ngettext("%d day", "%d days", days) % days


def certificate_pdf(person, now):
    """What says that somebody took part; None before it began, and until that is confirmed."""
    exchange = person.exchange
    if exchange.status not in BEGUN or not person.confirmed_at:
        return None
    lead = _("%(name)s took part as %(part)s in the exchange about “%(title)s”.") % {
        "name": person.name,
        "part": person.get_part_display(),
        "title": exchange.dossier.title,
    }
    lasted = certified_length(person, now)
    return set_paper(
        exchange,
        _("Certificate"),
        now=now,
        lead=lead,
        sections=[(_("Length"), [lasted])] if lasted else [],
        signs=[(exchange.hosts[0].place, ""), ("CONNECT", "")],
    )
