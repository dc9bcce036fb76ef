"""E-mails to many: a subject and a text for the people of a list of the desk."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from connect.languages import current_language
from connect.statuses import Kind, StatusChoices, StatusField


class MailingState(StatusChoices):
    DRAFT = "draft", Kind.TO_DO, _("draft")
    WRITING = "writing", Kind.IN_PROGRESS, _("being prepared")
    DONE = "done", Kind.DONE, _("prepared")
    CANCELLED = "cancelled", Kind.STOPPED, _("cancelled")


class MailingQuerySet(models.QuerySet["Mailing"]):
    def for_officer(self, user) -> "MailingQuerySet":
        """Filter those that the desk shows: what was sent, and one's own drafts."""
        if not user.is_active or not user.is_officer:
            return self.none()
        return self.exclude(~models.Q(made_by=user), state=MailingState.DRAFT)


class Mailing(models.Model):
    """One e-mail to many: to whom, what it says in each language, and how far it has come.

    `rows` are the keys of the list's rows: who is written to follows from them (`mailings`). It
    names nobody; each e-mail that comes of it is a Letter that concerns it.
    """

    # The list: "registry.expert".
    model = models.CharField(_("list"), max_length=60)
    rows = ArrayField(models.BigIntegerField())
    # {language: {"subject": …, "body": …}}
    texts = models.JSONField(default=dict)
    # Whoever paused such e-mails is left out. None until somebody chose.
    is_optional = models.BooleanField(null=True)
    state = StatusField(_("status"), max_length=9, choices=MailingState, default=MailingState.DRAFT)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        verbose_name=_("written by"),
        related_name="+",
    )
    made_at = models.DateTimeField(_("begun"))
    sent_at = models.DateTimeField(_("sent"), null=True)  # when its button was pressed
    number = models.PositiveIntegerField(_("recipients"), null=True)  # as they were then
    reached = models.CharField(max_length=254, blank=True)  # the last address that has its e-mail

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("e-mail to many"), _("e-mails to many")
        ordering = ["-made_at", "-pk"]

    def __str__(self):
        return self.subject or str(_("without a subject"))

    @property
    def subject(self):
        """Its subject in the language of this page, in English, or as it was typed first."""
        subjects = {code: text["subject"] for code, text in self.texts.items()}
        return (
            subjects.get(current_language())
            or subjects.get("en")
            or next(iter(subjects.values()), "")
        )
