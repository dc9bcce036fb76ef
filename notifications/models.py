"""Letters: rows written with the change that causes them, and sent after."""

import re
import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from connect.languages import language_choices
from connect.links import Link
from connect.permissions import is_officer
from connect.plain_text import Plain
from connect.types import Visitor
from notifications.hidden_letters import TIES, UNKNOWN_ROWS
from notifications.mailing_models import Mailing  # noqa: F401  # a table of its own

MAX_TRIES = 10
# The page of a thing with a reference: its short address leads there.
OWN_PAGE = re.compile(r"/(?:dossiers|matches|exchanges)/([A-Z]{2}-[0-9A-Z-]+)/")
HIDDEN = "•••"  # stands for what only the reader of a letter sees


def row_kind(row: models.Model | type[models.Model]) -> str:
    """Return by which name a letter holds the table of a row, or of a model."""
    return row._meta.concrete_model._meta.label_lower  # type: ignore[union-attr]  # it has one


class Priority(models.IntegerChoices):
    """Which letters leave first; those of a higher one have a worker of their own."""

    ORDINARY = 0, _("normal")
    URGENT = 1, _("urgent")


class Hold(models.TextChoices):
    """Why a letter does not leave at once."""

    NONE = "", _("leaves at once")
    HOURS = "hours", _("held for some hours")
    REVIEW = "review", _("held until it is reviewed")


# Of a rule that holds nothing: its letters leave as those without one, not always at once.
NOT_HELD = _("not held")


class LetterQuerySet(models.QuerySet["Letter"]):
    def for_officer(self, user: Visitor) -> "LetterQuerySet":
        """Filter those that the desk shows: to officers, without what they may not read."""
        if not is_officer(user):
            return self.none()
        letters = self
        for find in UNKNOWN_ROWS:
            about = Letter.objects.concerning(find(user))
            letters = letters.exclude(pk__in=about.order_by().values("pk"))
        hidden = [reference for find in TIES for reference in find(user)]
        if not hidden:
            return letters
        page = f"/({'|'.join(map(re.escape, hidden))})/"
        of_several = Q(context__references__has_any_keys=hidden)
        about = Letter.objects.filter(
            Q(context__reference__in=hidden) | of_several | Q(path__regex=page)
        )
        return letters.exclude(pk__in=about.order_by().values("pk"))

    def concerning(self, rows: models.Model | models.QuerySet[Any]) -> "LetterQuerySet":
        """Filter those that are about a row, or one of several."""
        if isinstance(rows, models.Model):
            return self.filter(concerned_model=row_kind(rows), concerned_pk=rows.pk)
        keys = rows.order_by().values("pk")
        return self.filter(concerned_model=row_kind(rows.model), concerned_pk__in=keys)

    def unsent(self) -> "LetterQuerySet":
        return self.filter(sent_at=None, cancelled_at=None)

    def closed(self) -> "LetterQuerySet":
        return self.exclude(sent_at=None, cancelled_at=None)

    def cancel(self, now, *, keeps_links=False) -> int:
        """Cancel those of these that have not left, and erase their secrets; return how many.

        A link that none but these would have brought is withdrawn with them; keeps_links: it was
        opened already.
        """
        waiting = self.unsent()
        brought = list(waiting.exclude(opens=None).values_list("opens", flat=True))
        count = waiting.update(cancelled_at=now, secret="")
        if keeps_links:
            return count
        others = Letter.objects.filter(opens=OuterRef("pk"), cancelled_at=None)
        unknown = Link.objects.not_withdrawn().filter(~Exists(others), pk__in=brought)
        unknown.update(withdrawn_at=now)
        return count

    def restore(self) -> int:
        """Restore those that were cancelled before they left; return how many."""
        return self.filter(sent_at=None).exclude(cancelled_at=None).update(cancelled_at=None)

    def due(self, now) -> "LetterQuerySet":
        """Letters that a worker may take now: not leased, their time come, tries left."""
        free = Q(leased_until=None) | Q(leased_until__lte=now)
        due = self.unsent().filter(free, not_before__lte=now, tries__lt=MAX_TRIES)
        return due.filter(is_gathered=False).exclude(hold=Hold.REVIEW)

    def held(self, now) -> "LetterQuerySet":
        """Filter those that are held: for review, or for hours that are not over."""
        waits = Q(hold=Hold.REVIEW) | Q(hold=Hold.HOURS, not_before__gt=now)
        return self.unsent().filter(waits)

    def received_by(self, user) -> "LetterQuerySet":
        """Filter letters sent to this person, without codes and sign-in links."""
        sent = self.filter(address=user.email).exclude(sent_at=None)
        sent = sent.filter(is_secret=False).select_related("opens")
        return sent.order_by("-sent_at", "-pk")

    def failed(self) -> "LetterQuerySet":
        return self.unsent().filter(tries__gte=MAX_TRIES)


class Letter(models.Model):
    """One letter to one address. `key` says why it exists: the same reason is one letter.

    Holds names, addresses and what was said: staff may read it, nobody may change it. What lets
    somebody in, a code or a link, stands in `secret` until it leaves: nobody is shown it.
    """

    key = models.CharField(max_length=300, unique=True)
    # The row that it is about, by which it is found: "registry.expert" and its key.
    concerned_model = models.CharField(
        max_length=60, blank=True, default="", db_default="", editable=False
    )
    concerned_pk = models.BigIntegerField(null=True, blank=True, editable=False)
    template = models.CharField(_("template"), max_length=60)
    address = models.EmailField(_("e-mail address"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, choices=language_choices, default="en")
    context = models.JSONField(default=dict)
    path = models.CharField(max_length=300, blank=True)  # {}: where the key of a link stands
    opens = models.ForeignKey(Link, models.SET_NULL, null=True, blank=True, related_name="+")
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    # What is sent in place of `body`: never shown, and erased when the letter leaves or never will.
    secret = models.TextField(blank=True, db_default="", editable=False)
    is_secret = models.BooleanField(default=False)
    priority = models.PositiveSmallIntegerField(
        _("priority"),
        choices=Priority,
        default=Priority.ORDINARY,
        db_default=Priority.ORDINARY,
    )
    # The kind of letters that its reader may pause (see `pauses`); empty for a duty.
    optional = models.CharField(max_length=20, blank=True, db_default="")
    # What it is gathered with when many come at once: "agenda:12" (see `bursts`).
    burst = models.CharField(max_length=60, blank=True, default="", db_default="")
    # Told in a letter of news, or of a burst, and not by itself (see `digest`, `bursts`).
    is_gathered = models.BooleanField(default=False, db_default=False)
    # What it belongs to, as rules of holding name it ("call:12"), and why it waits (`holding`).
    group = models.CharField(max_length=40, blank=True, default="", db_default="")
    hold = models.CharField(
        _("held"), max_length=6, choices=Hold, blank=True, default=Hold.NONE, db_default=""
    )
    # The clock reminds its reader of something: an officer may pause that (see `reminder_pauses`).
    is_reminder = models.BooleanField(default=False, db_default=False, editable=False)
    message_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    not_before = models.DateTimeField(_("not before"))
    leased_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    cancelled_at = models.DateTimeField(
        pgettext_lazy("an e-mail", "cancelled"), null=True, blank=True
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("e-mail"), _("e-mails")
        ordering = ["-created_at", "-pk"]
        permissions = [("review_letter", "Edits, releases and discards e-mails that are held")]
        indexes = [
            models.Index(
                F("not_before"),
                condition=Q(sent_at=None, cancelled_at=None),
                name="letter_waiting",
            ),
            # In the order in which they leave: the next is found at once behind any number.
            models.Index(
                F("priority").desc(),
                "tries",
                "id",
                condition=Q(sent_at=None, cancelled_at=None),
                name="letter_next",
            ),
            models.Index("address", "sent_at", name="letter_of_reader"),
            models.Index(
                "hold",
                condition=Q(sent_at=None, cancelled_at=None) & ~Q(hold=""),
                name="letter_held",
            ),
            GinIndex(
                OpClass(Plain("address", "name", "subject"), name="gin_trgm_ops"),
                name="letter_letters",
            ),
            models.Index("concerned_model", "concerned_pk", name="letter_concerned"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(secret="") | Q(sent_at=None, cancelled_at=None),
                name="a_secret_goes_with_its_letter",
            )
        ]

    def __str__(self):
        subject = self.subject or _("e-mail")
        return f"{subject} → {self.address}"

    @property
    def link(self):
        """The address of its page, in its reader's language; "" where it has none."""
        return self.url_with_key(self.opens.key if self.opens else "")

    @property
    def masked_link(self):
        """The address of its page for others than the reader: its key is hidden."""
        return self.url_with_key(HIDDEN)

    def url_with_key(self, key):
        if not self.path:
            return ""
        if own := OWN_PAGE.fullmatch(self.path):
            return f"{settings.SITE_URL}/r/{own[1]}"
        # Staff read the admin in the language of their account: its addresses name none.
        language = "" if self.path.startswith("/admin/") else f"/{self.language}"
        return f"{settings.SITE_URL}{language}{self.path.replace('{}', key)}"


class Pause(models.Model):
    """An address's pause of an optional kind of letter."""

    address = models.EmailField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "kind"], name="one_pause_a_kind")]

    def __str__(self):
        return f"{self.address}: {self.kind}"


class WeeklyWork(models.Model):
    """A person who asked for an e-mail of what waits for them, on Mondays (see `weekly_work`)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="weekly_work", primary_key=True
    )
    asked_at = models.DateTimeField()
    sent_for = models.DateField(null=True, blank=True)  # the Monday that was looked at last

    class Meta:
        ordering = ["user"]

    def __str__(self):
        return f"{self.user_id}: {self.sent_for}"


class DeadAddressQuerySet(models.QuerySet["DeadAddress"]):
    def failing(self, now) -> "DeadAddressQuerySet":
        """Filter those that fail for good, or that rest at this time."""
        return self.filter(Q(rests_until=None) | Q(rests_until__gt=now))


class DeadAddress(models.Model):
    """An address whose letters come back, or that complained: it gets only what is a duty.

    Until `rests_until` where it may work again, as that of a full mailbox; else until staff try it.
    """

    address = models.EmailField(_("e-mail address"), unique=True)
    letter = models.ForeignKey(Letter, models.CASCADE, verbose_name=_("e-mail"), related_name="+")
    why = models.CharField(_("why"), max_length=300)
    at = models.DateTimeField(_("returned on"))
    failures = models.PositiveSmallIntegerField(_("times"), default=1, db_default=1)
    rests_until = models.DateTimeField(_("tried again"), null=True, blank=True)

    objects = DeadAddressQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("address that fails"), _("addresses that fail")
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.address


class UnreadMail(models.Model):
    """A message of the mailbox that could not be read, with its tries.

    After the last it stays unread in the mailbox, for somebody of the staff to look at.
    """

    TRIES = 5

    number = models.CharField(max_length=60, unique=True)  # the mailbox's own, and the message's
    tries = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self):
        return _("Message %s of the mailbox: look at it there.") % self.number.partition(":")[2]


class HoldRule(models.Model):
    """When the letters of a kind leave, of a call or of all: at once where there is no rule."""

    group = models.CharField(max_length=40, blank=True)  # "call:12"; empty: of every call
    template = models.CharField(_("e-mail"), max_length=60)
    hold = models.CharField(_("when it leaves"), max_length=6, choices=Hold, blank=True)
    hours = models.PositiveSmallIntegerField(_("hours"), default=0)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["template", "group"]
        constraints = [
            models.UniqueConstraint(fields=["group", "template"], name="one_rule_of_holding_a_kind")
        ]

    def __str__(self):
        return f"{self.group} {self.template}: {self.hold}"

    @property
    def words(self):
        """When the letters leave, as a part of a sentence."""
        if self.hold == Hold.HOURS:
            sentence = ngettext("after %(hours)s hour", "after %(hours)s hours", self.hours)
            return sentence % {"hours": self.hours}
        return self.get_hold_display() if self.hold else str(NOT_HELD)


class LetterText(models.Model):
    """A letter's text as staff rewrote it, in one language; see `texts`."""

    template = models.CharField(_("e-mail"), max_length=60)
    language = models.CharField(_("language"), max_length=5, choices=language_choices)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=5000)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        verbose_name, verbose_name_plural = _("text of an e-mail"), _("texts of e-mails")
        constraints = [
            models.UniqueConstraint(fields=["template", "language"], name="one_text_a_language")
        ]

    def __str__(self):
        return f"{self.template} {self.language}"


class LetterCount(models.Model):
    """A count of letters that somebody caused today (see `limits`), without names."""

    kind = models.CharField(max_length=20)
    day = models.DateField()
    scope = models.CharField(max_length=40)  # "person:", "about:" or "address:" and a print
    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "day", "scope"], name="one_count_a_day")
        ]

    def __str__(self):
        return f"{self.kind} {self.day}: {self.number}"
