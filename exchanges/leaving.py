"""Who leaves with a match open or an exchange ahead: it is told the same day.

They leave their authority, or us: an account is closed or deactivated, or an address is to be
erased.
"""

from django.db.models import Q
from django.dispatch import receiver
from django.utils import timezone

from accounts.closing import account_closing, account_kept
from accounts.holdings import Person
from accounts.models import Closing, User
from accounts.team import activity_changed
from applications.people import applicants, staff_of
from connect.mail import Recipient
from connect.transitions import record_event
from exchanges.enums import Side
from exchanges.permissions import BEFORE_COMPLETED
from matching.enums import MatchStatus
from matching.enums import Side as Consenting
from matching.models import Match
from matching.people import experts_of
from matching.permissions import is_untold_proposal
from matching.runs import desk_path
from notifications.models import Letter
from notifications.outbox import cancel_letters, post_letter
from registry.enums import AUTHOR_ROLES
from registry.members import authority_left
from registry.models import Membership


def matches_ahead():
    """Return the matches that wait for answers, or whose exchange is not over.

    Not those which staff may still undo: neither side knows of them.
    """
    is_open = Q(status=MatchStatus.PROPOSED) | Q(exchange__status__in=BEFORE_COMPLETED)
    return Match.objects.filter(is_open, ~is_untold_proposal()).select_related(
        "exchange", "dossier__authority", "dossier__case_officer"
    )


def named_in_dossier(addresses):
    """Match whose contact or representative is at one of these addresses."""
    named = Q(pk__in=[])
    for address in addresses:
        named |= Q(dossier__focal_email__iexact=address) | Q(dossier__legal_email__iexact=address)
    return named


def is_last_writer(user, authority):
    """True if nobody else with an open account writes for an authority."""
    others = authority.memberships.active().of_authors().exclude(user=user)
    return not others.filter(user__is_active=True).exists()


@receiver(authority_left, sender=Membership)
def notify_both_sides(user, authority, roles, now, **_):
    """Notify the case officer and the other side that somebody left their authority.

    Of the side that asks it is news where its contact leaves, its representative, or the last
    who writes for it.
    """

    def notify_side(match, other_side):
        about = notify_each(
            "person_left",
            match,
            other_side,
            key=f"left:{user.pk}:{authority.pk}:{timezone.localdate(now)}",
            person=user.name,
            organisation=authority.name,
        )
        record_event(about, "leave", actor=user, now=now, details={"note": authority.name})

    helping = matches_ahead().filter(interests__expert__user=user, interests__authority=authority)
    for match in helping.order_by("pk"):
        notify_side(match, applicants(match.dossier))
    is_last = not set(roles).isdisjoint(AUTHOR_ROLES) and is_last_writer(user, authority)
    asking = matches_ahead().filter(dossier__authority=authority)
    own = asking if is_last else asking.filter(named_in_dossier([user.email]))
    for match in own.order_by("pk"):
        notify_side(match, experts_of(match))


@receiver(account_closing, sender=Closing)
def notify_of_account_closing(closing, person, now, **_):
    """Notify the case officer and the other side of who closes an account, or is erased."""
    notify_of_end(
        "person_closes",
        person,
        why=closing_key(closing),
        verb="close_account",
        actor=closing.asked_by or person.user,
        now=now,
        name=closing.name,
        goes_on=timezone.localdate(closing.goes_at).isoformat(),
    )


@receiver(activity_changed, sender=User)
def notify_of_activity(person, actor, now, **_):
    """Notify both that staff deactivated an account, or activated it again.

    Returns the references of what those who were told now are part of.
    """
    kind = f"inactive:{person.pk}:"
    if not person.is_active:
        return notify_of_end(
            "person_inactive",
            Person.from_user(person),
            why=f"{kind}{now:%Y%m%d%H%M%S%f}",
            verb="deactivate_account",
            actor=actor,
            now=now,
            name=person.name,
        )
    letters = Letter.objects.filter(template="person_inactive", key__contains=f":{kind}")
    if last := letters.order_by("pk").last():
        why = kind + last.key.partition(kind)[2].partition(":")[0]
        notify_of_return(
            ("person_inactive", "person_active"),
            why,
            verb="activate_account",
            actor=actor,
            now=now,
            name=person.name,
        )
    return []


def notify_of_end(template, person, *, why, verb, actor, now, name, **facts):
    """Notify the case officer and the other side of who cannot act any more; list about what.

    It is news of experts, of the superior who is asked, of whoever travels, of the contact and the
    representative of the side that asks, and of the last who writes for it.
    """
    helps, asks = who_counts_on(person)
    notified: dict[int, str] = {}
    for of_person, other_side in (
        (helps, lambda match: applicants(match.dossier)),
        (asks, experts_of),
    ):
        for match in (
            matches_ahead().filter(of_person).exclude(pk__in=notified).order_by("pk").distinct()
        ):
            others = [
                one for one in other_side(match) if one.address.lower() not in person.addresses
            ]
            about = notify_each(template, match, others, key=why, person=name, **facts)
            record_event(about, verb, actor=actor, now=now)
            notified[match.pk] = about.reference
    return list(notified.values())


def who_counts_on(person):
    """Return the conditions on matches where a person helps, and where they ask."""
    helps, asks = Q(pk__in=[]), named_in_dossier(person.addresses)
    for address in person.addresses:
        helps |= Q(consents__side=Consenting.EMPLOYER, consents__address__iexact=address)
        helps |= match_participant(Side.OFFERING, address)
        asks |= match_participant(Side.REQUESTING, address)
    if person.user:
        helps |= Q(interests__expert__user=person.user)
        writes = person.user.memberships.active().of_authors()
        for membership in writes.exclude(authority=None).select_related("authority"):
            if is_last_writer(person.user, membership.authority):
                asks |= Q(dossier__authority=membership.authority)
    return helps, asks


def match_participant(side, address):
    people = "exchange__participants"
    return Q(**{f"{people}__side": side, f"{people}__address__iexact": address})


def closing_key(closing):
    return f"closes:{closing.pk}"


def match_key(match, key):
    """Return the key of letters about a match and what happened to it."""
    return f"match:{match.pk}:{key}"


def notify_each(template, match, other_side, *, key, **facts):
    """Notify the case officer of a match, and the other side; return what it is about."""
    dossier, exchange = match.dossier, getattr(match, "exchange", None)
    about, desk_page = exchange or match, exchange.desk_path if exchange else desk_path(dossier)
    for people, for_staff in ((staff_of(dossier), True), (other_side, False)):
        post_letter(
            template,
            key=f"{match_key(match, key)}:{for_staff}",
            concerns=match,
            to=people,
            path=desk_page if for_staff else about.path,
            reference=about.reference,
            title=dossier.title,
            for_staff=for_staff,
            **facts,
        )
    return about


@receiver(account_kept, sender=Closing)
def notify_of_staying(closing, now, **_):
    """Cancel the unsent letters of a closing that was cancelled, and notify those who got one."""
    notify_of_return(
        ("person_closes", "person_stays"),
        closing_key(closing),
        verb="keep_account",
        actor=closing.user,
        now=now,
        name=closing.name,
    )


def notify_of_return(templates, why, *, verb, actor, now, name):
    """Cancel what was not sent yet of somebody's end, and notify those who got it of their return.

    templates: of the letter that told of the end, and of the one that takes it back.
    """
    of_end, of_return = templates
    letters = Letter.objects.filter(template=of_end, key__contains=f":{why}:")
    references = {letter.context["reference"] for letter in letters}
    matches = Match.objects.filter(
        Q(reference__in=references) | Q(exchange__reference__in=references)
    )
    for match in matches.select_related("exchange", "dossier").order_by("pk"):
        key = match_key(match, why)
        cancel_letters(key)
        about = getattr(match, "exchange", None) or match
        for letter in letters.filter(key__startswith=f"{key}:", cancelled_at=None):
            is_guest = letter.context.get("is_informed", False)
            post_letter(
                of_return,
                key=f"{key}:stays",
                concerns=match,
                to=[Recipient(letter.address, letter.name, letter.language, is_guest)],
                path=letter.path or about.path,
                reference=about.reference,
                title=match.dossier.title,
                person=name,
            )
        record_event(about, verb, actor=actor, now=now)
