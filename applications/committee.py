"""The committee: conflicts of interest declared first, then points by criterion."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from applications import assignment
from applications.enums import Status
from applications.models import ConflictDeclaration, Dossier, Score
from applications.people import administrators_of, staff_of
from applications.permissions import DOSSIERS, without_belonging
from notifications import bursts
from notifications.outbox import cancel_letters, post_letter
from notifications.recounts import recounts

# Members say so one after the other: the last counts them all.
bursts.KINDS["short"] = bursts.Kind(bursts.compose_latest, waits=True)

CORRECTED_WITHIN = timedelta(days=14)
SCORED = gettext_lazy(
    "You have scored it: if you have a conflict of interest after all, write to the programme team."
)
STANDS = gettext_lazy(
    "All scores are in and visible to all members: yours can no longer be changed. "
    "Say in the meeting what you see differently."
)


def declaration_of(dossier, member):
    return ConflictDeclaration.objects.filter(dossier=dossier, member=member).first()


@transaction.atomic
def declare_conflict(dossier, *, member, has_conflict, text="", now=None):
    """Save a member's declaration; what they declared before stays on record.

    A declared conflict of interest is taken back by `correct_conflict` alone. Raises
    PermissionDenied for a dossier that is not this member's to judge, ValidationError for another
    declaration once they have scored.
    """
    now = now or timezone.now()
    # Locked: of two that come at once, a "no" after a "yes" finds that the dossier is not theirs.
    Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if not DOSSIERS.allows(member, "judge", dossier):
        raise PermissionDenied
    before = declaration_of(dossier, member)
    if before and before.has_conflict == has_conflict:
        return
    if before and dossier.scores.filter(member=member).exists():
        raise ValidationError(SCORED, code="scored")
    ConflictDeclaration.objects.update_or_create(
        dossier=dossier,
        member=member,
        defaults={
            "has_conflict": has_conflict,
            "text": text[:500],
            "at": now,
            "earlier": before and before.with_itself(),
        },
    )
    if has_conflict:
        remove_from_judging(dossier, member, now)


def list_correctable(member, now):
    """List the conflicts of interest that a member declared lately, and may withdraw as a mistake.

    Only of dossiers still before the committee to which nothing else ties the member.
    """
    lately = {"has_conflict": True, "at__gt": now - CORRECTED_WITHIN}
    judged = Dossier.objects.filter(without_belonging(member), status=Status.UNDER_SELECTION)
    declared = ConflictDeclaration.objects.filter(
        member=member, dossier__in=judged.order_by(), **lately
    )
    return declared.exclude(text="").order_by("at")


@transaction.atomic
def correct_conflict(declaration, *, member, reason, now=None):
    """Take back a conflict of interest that a member declared by mistake; both stay on record.

    Where the dossier was assigned, they score it again beside whoever took their place. Raises
    PermissionDenied for another's declaration, ValidationError without a reason, or where the
    member cannot judge the dossier anyway.
    """
    now = now or timezone.now()
    if not list_correctable(member, now).filter(pk=declaration.pk).exists():
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError(_("Say why: the programme team reads it."), code="required")
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=declaration.dossier_id)
    assignment.reveal_scores(dossier, now)
    declaration = ConflictDeclaration.objects.get(pk=declaration.pk)
    if not declaration.has_conflict:
        return dossier  # one press of the button that came twice
    earlier = declaration.with_itself()
    declaration.has_conflict, declaration.text = False, reason.strip()[:500]
    declaration.at, declaration.earlier = now, earlier
    declaration.save()
    assignment.assign_again(dossier, member, now=now)
    if not Dossier.objects.for_committee(member).filter(pk=dossier.pk).exists():
        raise ValidationError(
            _("You cannot judge this application any more: write to the programme team."),
            code="over",
        )
    cancel_letters(f"{short_key(dossier)}:{declaration.pk}")
    return dossier


def remove_from_judging(dossier, member, now):
    """Remove a member with a conflict of interest from the judging of a dossier."""
    Score.objects.filter(dossier=dossier, member=member).delete()
    assignment.replace_member(dossier, member, now=now)
    assignment.reveal_scores(dossier, now)
    warn_if_short([dossier], declaration_of(dossier, member).pk)


def warn_of_leaver(member, now):
    """Replace who is no member of the committee any more; warn staff of what too few can judge."""
    judged = Dossier.objects.filter(status=Status.UNDER_SELECTION).without_conflict_of(member)
    unread = judged.exclude(scores__member=member).select_related("call").order_by("pk")
    for dossier in unread.filter(assignments__member=member):
        assignment.replace_member(dossier, member, now=now)
    warn_if_short(list(unread), f"left:{member.pk}:{now:%Y%m%d%H%M%S}")


def warn_if_short(dossiers, why):
    """Warn staff if fewer members may judge dossiers than their call asks for, or than can decide.

    Once for each reason, as a conflict that was declared.
    """
    read = assignment.read_scores(dossiers)
    for dossier in dossiers:
        given, judges = read[dossier.pk]
        if len(judges) < dossier.call.quorum:
            notify_of_shortage(dossier, why, given, judges)
        warn_if_apart(dossier, given, judges)


def warn_if_apart(dossier, given, judges):
    """Warn staff once that scores are far apart and no further member can read the dossier."""
    if apart := assignment.unsettled_points_of(dossier, given, judges):
        notify_of_shortage(dossier, "apart", given, judges, apart=apart)


def short_key(dossier):
    """Return with what the keys begin of the letters that too few can judge a dossier."""
    return f"committee-short:{dossier.pk}"


def notify_of_shortage(dossier, why, given, judges, apart=0):
    """Notify staff, and the administrators, who can add a member: once for all of ten minutes."""
    staff, facts = staff_of(dossier), shortage_facts(dossier, given, judges)
    for reader in [*staff, *(one for one in administrators_of(dossier) if one not in staff)]:
        post_letter(
            "committee_short",
            key=f"{short_key(dossier)}:{why}",
            concerns=dossier,
            burst="" if apart else f"short:{dossier.pk}",
            to=[reader],
            path=f"/admin/applications/call/{dossier.call_id}/committee/",
            reference=dossier.reference,
            apart=apart,
            adds_members=reader.is_superuser,
            **facts,
        )


def shortage_facts(dossier, given, judges):
    return {
        "judges": len(judges),
        "quorum": dossier.call.quorum,
        "is_stuck": len(judges) < assignment.needed_of(dossier, given, judges),
    }


@recounts("committee_short")
def recount_shortage(dossier, letter, _now):
    given, judges = assignment.read_scores([dossier])[dossier.pk]
    apart = assignment.unsettled_points_of(dossier, given, judges)
    is_over = not apart if letter.context["apart"] else len(judges) >= dossier.call.quorum
    if is_over or dossier.status != Status.UNDER_SELECTION:
        return None
    return shortage_facts(dossier, given, judges)


def recuse_from_own(member, now):
    """Remove a member from judging the dossiers of a town that they just joined; return it.

    What they scored before counts no more, and the minutes name them as recused.
    """
    judged = Dossier.objects.filter(status=Status.UNDER_SELECTION)
    free = judged.without_conflict_of(member).values("pk")
    own = list(judged.exclude(pk__in=free).select_related("call").order_by("pk"))
    for dossier in own:
        ConflictDeclaration.objects.update_or_create(
            dossier=dossier, member=member, defaults={"has_conflict": True, "at": now}
        )
        remove_from_judging(dossier, member, now)
    return own


def first_points(before, points):
    """Return the points that a score had at first if they changed, else None.

    >>> first_points(None, {"need": 5}) is first_points(Score(points={"need": 5}), {"need": 5})
    True
    >>> first_points(Score(points={"need": 5}), {"need": 20})
    {'need': 5}
    """
    if before is None or before.first_points:
        return before and before.first_points
    return before.points if before.points != points else None


@transaction.atomic
def save_score(dossier, *, member, points, comment="", now=None):
    """Save this member's points, {criterion: points}; a second time replaces the first.

    What was given first stays on record: staff see both.

    Raises PermissionDenied without a declaration that there is no conflict, or once the
    dossier has left the committee; ValidationError for points outside the grid, and for a change
    of what one gave once one has seen what others did.
    """
    # Locked, so that no score arrives while the decision is being recorded.
    dossier = (
        Dossier.objects.select_for_update(of=("self",)).select_related("call").get(pk=dossier.pk)
    )
    grid = dossier.call.grid
    allowed = DOSSIERS.allows(member, "judge", dossier)
    declared = declaration_of(dossier, member)
    if not allowed or declared is None or declared.has_conflict:
        raise PermissionDenied
    before = dossier.scores.filter(member=member).first()
    if before and (before.shown_at or assignment.has_all_scores(dossier)):
        raise ValidationError(STANDS, code="stands")
    for code, (label, most) in grid.items():
        if not 0 <= points.get(code, -1) <= most:
            message = _("%(label)s: give 0 to %(most)d points.")
            raise ValidationError(message % {"label": label, "most": most}, code="points")
    points = {code: points[code] for code in grid}
    score, _made = Score.objects.update_or_create(
        dossier=dossier,
        member=member,
        defaults={
            "points": points,
            "total": sum(points.values()),
            "comment": comment,
            "first_points": first_points(before, points),
            "at": now or timezone.now(),
        },
    )
    assignment.add_further_scorer(dossier, now=now or timezone.now())
    assignment.reveal_scores(dossier, now or timezone.now())
    warn_if_apart(dossier, *assignment.read_scores([dossier])[dossier.pk])
    return score
