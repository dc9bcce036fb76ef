"""Colleagues who are invited to write one application, and see nothing else of its authority."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.enums import Status
from applications.models.dossier import Dossier
from connect.dates import end_of_days
from connect.letter_language import letter_language_column
from connect.links import HasLink
from connect.mail import Recipient
from connect.statuses import Kind


class Contributor(HasLink, models.Model):
    """Somebody invited to write a draft: they join by the link that is sent to their address.

    Until `ended_at` they read and write its sections, and nothing else.
    """

    PURPOSE, PAGE = "applications.contributor", "/dossiers/contribute/{}/"
    LINK_WORDS = _("an invitation to write an application")
    OPEN_FOR = timedelta(days=14)

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="contributors")
    name = models.CharField(_("name"), max_length=150)
    address = models.EmailField(_("e-mail address"))
    language = letter_language_column()
    asked_at = models.DateTimeField()
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    joined_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dossier", "address"],
                condition=Q(ended_at=None),
                name="a_contributor_once_a_dossier",
            )
        ]

    def __str__(self):
        return self.name

    @property
    def link_holder(self):
        return Recipient(self.address, self.name, self.language)

    @property
    def is_over(self):
        """True once the draft was submitted or given up, or the authority ended the invitation."""
        return self.ended_at is not None or self.dossier.status != Status.DRAFT

    @property
    def asks_nothing(self):
        """True of an invitation to a draft whose call has closed, too: it may open again."""
        return self.is_over or self.dossier.is_past_its_call

    def link_end(self, now):
        return now if self.is_over else end_of_days(now, self.OPEN_FOR)

    def may_withdraw_link(self, user):
        return Dossier.objects.editable_by(user).filter(pk=self.dossier_id).exists()

    @property
    def has_closed_account(self):
        return self.user is not None and not self.user.is_active

    @property
    def kind(self):
        if self.has_closed_account:
            return Kind.STOPPED
        return Kind.DONE if self.joined_at else Kind.WAITING

    @property
    def status_words(self):
        if self.has_closed_account:
            return _("has closed their account")
        return _("takes part") if self.joined_at else _("has not answered yet")
