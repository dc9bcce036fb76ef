"""Who stands behind the lists of experts and of local authorities, where staff write to many."""

from django.utils.translation import gettext_lazy as _

from notifications.mailing_readers import MailingList, add_list
from registry.models import Authority, Expert, Membership


def find_experts(rows):
    for expert in rows.select_related("user", "authority").order_by("pk"):
        yield expert.pk, expert.user, {"authority": expert.authority.name}


def find_members(rows):
    members = Membership.objects.active().filter(authority__in=rows)
    for one in members.select_related("user", "authority").order_by("pk"):
        yield one.authority_id, one.user, {"authority": str(one.authority and one.authority.name)}


add_list(
    MailingList(
        Expert,
        why=_("You receive this e-mail because you have an expert profile in CONNECT."),
        facts={"authority": _("local authority")},
        visible=Expert.objects.for_user,
        find=find_experts,
    )
)
add_list(
    MailingList(
        Authority,
        why=_("You receive this e-mail because you act for a local authority in CONNECT."),
        facts={"authority": _("local authority")},
        visible=Authority.objects.for_user,
        find=find_members,
    )
)
