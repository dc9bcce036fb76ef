"""What the desk shows of the e-mails to a person."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from connect.gathering import OF_PERSON, gather_rows, gathers
from notifications.desk_search import describe_letter
from notifications.models import Letter


@gathers(OF_PERSON, 90, Letter)
def gather_letters(person, reader):
    rows = Letter.objects.for_officer(reader).defer("secret").filter(address=person.email)
    everything = reverse("admin:notifications_letter_changelist")
    everything += "?" + urlencode({"q": person.email})
    return gather_rows(
        _("E-mails"), rows.order_by("-created_at", "-pk"), describe_letter, everything
    )
