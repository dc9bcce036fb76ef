"""The recipients of letters about a dossier."""

from dataclasses import replace

from django.db.models import Q

from accounts.models import User
from applications.actors import by_neutral_officer
from applications.enums import UNSENT, Status
from applications.models import Dossier
from applications.permissions import NEUTRAL
from connect.permissions import EVERY_ROW
from connect.transitions import by_officer
from notifications.models import Letter
from registry.people import association_officers, authors_of, officer_accounts, officers


def link_reader(dossier, named):
    """Return whose an address of a dossier is: somebody of the authority, or a guest."""
    members = dossier.authority.memberships.active().filter(user__is_active=True)
    member = members.filter(user__email__iexact=named.address).select_related("user").first()
    return member.user if member else replace(named, is_guest=True)


def named_in(dossier):
    """List its contact and its legal representative, to be written to."""
    return [dossier.contact, dossier.representative]


def applicants(dossier):
    """The colleagues who write for the applicant, and its legal representative.

    Of a draft that is its writer's alone, nobody else: it may name people who know nothing of it.
    """
    if dossier.status == Status.PRIVATE:
        return [dossier.created_by] if dossier.created_by.is_active else []
    people = authors_of(dossier.authority)
    known = {person.email.lower() for person in people}
    for named in named_in(dossier):
        if named.address and named.address.lower() not in known:
            people.append(link_reader(dossier, named))
            known.add(named.address.lower())
    return people


def knows_of(dossier, person):
    """True if a letter told somebody of an application, or will; members of its authority see it.

    Whom a draft names as contact or as who signs may know nothing of it until it is sent.
    """
    if isinstance(person, User) or dossier.submitted_at:
        return True
    letters = Letter.objects.filter(address__iexact=person.address, cancelled_at=None)
    return any(letters.concerning(about).exists() for about in (dossier, dossier.signatures.all()))


def applicants_who_know(dossier, *, but):
    """List who writes a dossier, and whom it names if they know of it, but not these addresses."""
    others = [one for one in applicants(dossier) if one.address.lower() not in but]
    return [one for one in others if knows_of(dossier, one)]


def readers_of_answer(dossier, address):
    """List (people, page) who hear what somebody named in a dossier answered, at this address.

    Those who write it, and whom it names, if they know that; who types it in for them; the staff,
    once it was sent.
    """
    people = [(applicants_who_know(dossier, but={address.lower()}), dossier.path)]
    if dossier.status not in UNSENT:
        people.append((staff_of(dossier), dossier.desk_path))
    elif dossier.typed_by and by_officer(dossier.typed_by, dossier):
        people.append(([dossier.typed_by], dossier.path))
    return people


def correction_events(dossier):
    """List the steps that told of the last correction: when it was asked for, and moved."""
    correction = dossier.corrections.last()
    verbs = ("ask_correction", "move_correction")
    return list(dossier.events.filter(verb__in=verbs, at__gte=correction.asked_at))


def notified_last_day(dossier, moved):
    """Return the last day of the correction as letters told of it before it was moved; else ""."""
    sent_letters = Letter.objects.exclude(sent_at=None)
    days = [
        event.details["due_on"]
        for event in correction_events(dossier)
        if event != moved and sent_letters.concerning(event).exists()
    ]
    return days[-1] if days else ""


def split_by_notice(dossier):
    """Return (applicants to whom a letter about the last correction has left, the others)."""
    sent_letters = Letter.objects.exclude(sent_at=None)
    reached: set[str] = set()
    for event in correction_events(dossier):
        letters = sent_letters.concerning(event)
        reached.update(letters.values_list("address", flat=True))
    people = applicants(dossier)
    notified = [one for one in people if one.address.lower() in reached]
    return notified, [one for one in people if one not in notified]


def notified_applicants(dossier):
    """List the applicants who know that a correction is asked for."""
    return split_by_notice(dossier)[0]


def unnotified_applicants(dossier):
    return split_by_notice(dossier)[1]


def staff_of(dossier):
    """Return its case officer, else those who follow all dossiers, without conflict."""
    officer = dossier.case_officer
    if officer and by_neutral_officer(officer, dossier):
        return [officer]
    return neutral_officers(dossier)


def is_followed_by(user, path=""):
    """Return a condition of the dossiers at a path that this officer has to move on.

    Theirs; and, as `staff_of`, those of nobody who is an officer still, unless a conflict of
    interest ties them to it.
    """
    theirs = Q(**{f"{path}case_officer": user})
    ownerless = ~Q(**{f"{path}case_officer__in": officer_accounts()})
    if NEUTRAL.rows(user) is EVERY_ROW:
        return theirs | ownerless
    free = Q(**{f"{path}in" if path else "pk__in": Dossier.objects.for_officer(user).order_by()})
    return theirs | ownerless & free


def neutral_officers(dossier):
    """List the officers whom no conflict of interest ties to a dossier: no other may read of it."""
    return [one for one in officers() if by_neutral_officer(one, dossier)]


def staff_of_each(dossiers):
    """Return `staff_of` many dossiers, by their keys: it asks by officer, not by dossier."""
    everybody = officers()
    free = {
        one.pk: set(dossiers.for_officer(one).order_by().values_list("pk", flat=True))
        for one in everybody
    }
    return {
        dossier.pk: [one for one in everybody if one.pk == dossier.case_officer_id]
        if dossier.pk in free.get(dossier.case_officer_id, ())
        else [one for one in everybody if dossier.pk in free[one.pk]]
        for dossier in dossiers
    }


def associations_of(dossier):
    """List those who speak for an association of the applicant."""
    return association_officers(dossier.authority.associations.all())


def administrators_of(dossier):
    """List the administrators whom no conflict of interest ties to a dossier."""
    people = User.objects.filter(is_active=True, is_staff=True, is_superuser=True).order_by("pk")
    return [one for one in people if by_neutral_officer(one, dossier)]
