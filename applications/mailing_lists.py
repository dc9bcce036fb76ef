"""Who stands behind the list of applications, where staff write to many."""

from django.utils.translation import gettext_lazy as _

from applications.enums import UNSENT
from applications.models import Dossier
from applications.people import named_in
from notifications.mailing_readers import MailingList, add_list
from registry.enums import AUTHOR_ROLES
from registry.models import Membership


def find_applicants(rows):
    """Yield those whom a letter about each dossier goes to: see `people.applicants`.

    All dossiers at once: their number costs no query each.
    """
    dossiers = list(rows.exclude(status__in=UNSENT).select_related("authority").order_by("pk"))
    towns = {one.authority_id for one in dossiers}
    members = Membership.objects.active().filter(authority__in=towns, user__is_active=True)
    people: dict[int | None, list] = {}
    for one in members.select_related("user").order_by("pk"):
        people.setdefault(one.authority_id, []).append((one.user, {*one.roles}))
    for dossier in dossiers:
        facts = {
            "reference": dossier.reference,
            "title": dossier.title,
            "authority": dossier.authority.name,
        }
        of_town = people.get(dossier.authority_id, [])
        for user, roles in of_town:
            if roles & {*AUTHOR_ROLES}:
                yield dossier.pk, user, facts
        known = {user.email.lower(): user for user, _roles in of_town}
        for named in named_in(dossier):
            if named.address:
                yield dossier.pk, known.get(named.address.lower()) or named, facts


add_list(
    MailingList(
        Dossier,
        why=_("You receive this e-mail because you are named in an application to CONNECT."),
        facts={
            "reference": _("number of the application"),
            "title": _("title of the application"),
            "authority": _("local authority"),
        },
        visible=Dossier.objects.for_officer,
        find=find_applicants,
    )
)
