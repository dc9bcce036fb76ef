"""What dossiers do when a person joins or leaves an organisation, and who judges what was sent."""

from django.dispatch import receiver
from django.utils.translation import ngettext

from accounts.closing import account_closing
from accounts.models import COMMITTEE, Closing, User
from accounts.team import Role, rights_changed
from applications import assignment, committee, contributors, private_drafts, worklist
from applications.enums import Status
from applications.models import Dossier
from connect.languages import isolate, join_names
from connect.transitions import moved
from notifications.outbox import post_letter
from registry.members import belonging_changed, finds_drafts
from registry.models import Membership
from registry.people import officers


@receiver(belonging_changed, sender=Membership)
def hand_over_drafts(membership, verb, now, came_from=None, **_):
    """Hand the private drafts of a new member over to the authority."""
    if verb == "moved":
        private_drafts.move_drafts(membership, came_from)
    if verb in ("joined", "moved") and membership.authority_id:
        private_drafts.give_drafts_to_authority(membership, now)


@finds_drafts
def list_drafts_of(authorities):
    """Return {authority's key: [numbers]} of its applications that its members have to send."""
    waiting = Dossier.objects.filter(
        authority__in=authorities, status__in=[Status.DRAFT, Status.CORRECTION_ASKED]
    )
    references: dict[int, list[str]] = {}
    for authority, reference in waiting.order_by("pk").values_list("authority", "reference"):
        references.setdefault(authority, []).append(reference)
    return references


@receiver(moved, sender=Dossier)
def end_or_resume_writing_together(pk, source, target, now, **_):
    """End what colleagues invited to a draft may do once it is none, until it is one again."""
    if source == Status.DRAFT and target != Status.DRAFT:
        contributors.end_contributions(Dossier.objects.get(pk=pk), now)
    if source != Status.DRAFT and target == Status.DRAFT:
        contributors.resume_contributions(Dossier.objects.get(pk=pk), now)


@receiver(moved, sender=Dossier)
def notify_committee(pk, verb, now, **_):
    """Notify the committee's members that a dossier waits for their scores."""
    if verb == "send_to_committee":
        assignment.notify_scorers(Dossier.objects.select_related("call").get(pk=pk), now)


@receiver(belonging_changed, sender=Membership)
def notify_of_committee(membership, verb, now, **_):
    """Notify staff of a committee member who joins or leaves an organisation during judging.

    A member of the applicant cannot judge its dossier, and a former member not for two years.
    """
    member = membership.user
    if not member.is_committee_member or verb == "withdrew":  # was never there, and stays out
        return
    judged = Dossier.objects.filter(status=Status.UNDER_SELECTION)
    if not judged.exists():
        return
    if verb != "left":
        committee.recuse_from_own(member, now)
    own = judged.exclude(pk__in=judged.without_conflict_of(member).values("pk"))
    post_letter(
        "committee_belonging",
        key=f"committee-belonging:{membership.pk}:{verb}",
        concerns=membership,
        to=officers(),
        path="/admin/registry/membership/",
        person=member.name,
        organisation=str(membership.organisation),
        has_left=verb == "left",
        references=lambda: join_names(own.order_by("pk").values_list("reference", flat=True)),
    )


@receiver(rights_changed, sender=User)
def warn_of_ended_role(person, former, now, **_):
    """Warn staff of what too few can judge, once a member's role or account has ended."""
    is_member = assignment.committee_members().filter(pk=person.pk).exists()
    if Role.COMMITTEE in former and not is_member:
        committee.warn_of_leaver(person, now)


@receiver(account_closing, sender=Closing)
def warn_of_closing(closing, now, **_):
    if closing.user and COMMITTEE in closing.user.group_names:
        committee.warn_of_leaver(closing.user, now)


@receiver(rights_changed, sender=User)
def warn_of_files_left(person, now, **_):
    """Return how many files have no officer now that this one has left; None where none has."""
    without_officer = worklist.waiting_conditions(person, now)["left"].condition
    count = Dossier.objects.filter(without_officer, case_officer=person).count()
    words = ngettext(
        "%(name)s was the officer of %(count)d file that goes on: “To do” lists it, until somebody "
        "takes it over.",
        "%(name)s was the officer of %(count)d files that go on: “To do” lists them, until "
        "somebody takes them over.",
        count,
    )
    return words % {"name": isolate(person.name), "count": count} if count else None
