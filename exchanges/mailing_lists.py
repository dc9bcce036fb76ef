"""Who stands behind the list of exchanges, where staff write to many."""

from django.utils.translation import gettext_lazy as _

from exchanges.models import Exchange, Participant
from notifications.mailing_readers import MailingList, add_list


def find_participants(rows):
    people = Participant.objects.filter(exchange__in=rows)
    for one in people.select_related("user", "exchange__dossier").order_by("pk"):
        yield (
            one.exchange_id,
            one.recipient,
            {"reference": one.exchange.reference, "title": one.exchange.dossier.title},
        )


add_list(
    MailingList(
        Exchange,
        why=_("You receive this e-mail because you take part in an exchange of CONNECT."),
        facts={
            "reference": _("number of the exchange"),
            "title": _("title of the application"),
        },
        visible=Exchange.objects.for_user,
        find=find_participants,
    )
)
