"""Who stands behind the list of people, where staff write to many; and who is leaving."""

from django.utils.translation import gettext_lazy as _

from accounts.models import Closing, User
from connect.permissions import is_officer
from notifications.mailing_readers import CLOSING, MailingList, add_list


def find_people(rows):
    for user in rows.order_by("pk"):
        yield user.pk, user, {}


def visible_people(officer):
    return User.objects.all() if is_officer(officer) else User.objects.none()


def closing_addresses():
    return Closing.objects.values_list("address", flat=True)


CLOSING.append(closing_addresses)
add_list(
    MailingList(
        User,
        why=_("You receive this e-mail because you have an account in CONNECT."),
        facts={},
        visible=visible_people,
        find=find_people,
    )
)
