"""What the desk shows of a person and an authority: memberships, profile, offers, colleagues."""

from django.db.models import Case, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from connect.desk_search import Hit
from connect.gathering import OF_AUTHORITY, OF_PERSON, gather_rows, gathers
from connect.languages import isolate, join_parts
from connect.readable_tables import choice_labels
from connect.templatetags.look import status
from registry.enums import MembershipStatus, Role
from registry.models import Expert, Membership, Offer

ALIVE = Case(
    When(status=MembershipStatus.ASKED, then=0),
    When(status=MembershipStatus.ACTIVE, then=1),
    default=2,
)


def describe_role(membership):
    roles = choice_labels(Role.choices, membership.roles)
    return join_parts(filter(None, [isolate(membership.function), roles]))


def membership_hit(membership, title):
    return Hit(
        title=title,
        address=reverse("admin:registry_membership_change", args=[membership.pk]),
        about=describe_role(membership),
        status=status(membership.get_status_kind(), membership.get_status_display()),
    )


@gathers(OF_PERSON, 10, Membership)
def gather_memberships(person, _reader):
    rows = person.memberships.select_related("authority", "association")
    return gather_rows(
        _("Organisations"),
        rows.order_by(ALIVE, "-asked_at", "pk"),
        lambda one: membership_hit(one, str(one.authority or one.association)),
    )


@gathers(OF_PERSON, 20, Expert)
def gather_profile(person, reader):
    rows = Expert.objects.for_user(reader).filter(user=person).select_related("authority")
    return gather_rows(_("Expert profile"), rows.order_by("pk"), describe_profile)


def describe_profile(expert):
    return Hit(
        title=expert.function_title,
        address=expert.get_absolute_url(),
        about=join_parts([expert.authority.place, expert.get_visibility_display()]),
    )


@gathers(OF_PERSON, 30, Offer)
def gather_offers(person, reader):
    rows = Offer.objects.for_user(reader).filter(expert__user=person)
    return gather_rows(_("Offers"), rows.order_by("-status_since", "pk"), describe_offer)


def describe_offer(offer):
    return Hit(
        title=offer.title,
        address=reverse("admin:registry_offer_change", args=[offer.pk]),
        status=status(offer.get_status_kind(), offer.get_status_display()),
    )


@gathers(OF_AUTHORITY, 10, Membership)
def gather_members(authority, _reader):
    rows = authority.memberships.select_related("user").order_by(ALIVE, "user__name", "pk")
    return gather_rows(_("Members"), rows, describe_member)


def describe_member(membership):
    return Hit(
        title=membership.user.name,
        address=reverse("admin:accounts_user_person", args=[membership.user_id]),
        about=describe_role(membership),
        status=status(membership.get_status_kind(), membership.get_status_display()),
    )


@gathers(OF_AUTHORITY, 20, Expert)
def gather_experts(authority, reader):
    rows = Expert.objects.for_user(reader).filter(authority=authority).select_related("user")
    return gather_rows(_("Experts"), rows.order_by("user__name", "pk"), describe_colleague)


def describe_colleague(expert):
    return Hit(
        title=expert.user.name,
        address=reverse("admin:accounts_user_person", args=[expert.user_id]),
        about=isolate(expert.function_title),
    )
