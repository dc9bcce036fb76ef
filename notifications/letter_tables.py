"""Letters as a table, as staff filtered them: to whom, of what, when; never what they say."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import fields

from connect.dates import moment_words
from connect.readable_tables import ReadableTable
from notifications.letter_text import letter_title
from notifications.models import MAX_TRIES, Hold, Letter


def describe_letter_status(letter):
    """Describe whether a letter waits, was sent, or is cancelled or failed."""
    if letter.cancelled_at:
        return _("cancelled, never sent")
    if letter.sent_at:
        sentence = (
            _("sent as a part of another e-mail, %s") if letter.is_gathered else _("sent, %s")
        )
        return sentence % moment_words(letter.sent_at)
    if letter.tries >= MAX_TRIES:
        return _("given up after %d tries") % letter.tries
    if letter.hold == Hold.REVIEW:
        return _("held until it is reviewed")
    if letter.not_before > timezone.now():
        return _("waits until %s") % moment_words(letter.not_before)
    return _("waiting")


class LetterTable(ReadableTable):
    about = fields.Field(column_name="about")
    stands = fields.Field(column_name="stands")
    headings = {"about": gettext_lazy("subject"), "stands": gettext_lazy("status")}

    class Meta:
        model = Letter
        fields = ("about", "address", "name", "language", "created_at", "stands", "sent_at")
        export_order = fields

    def dehydrate_about(self, letter):
        return letter_title(letter)

    def dehydrate_stands(self, letter):
        return describe_letter_status(letter)
