"""Links in letters that let somebody without an account answer: created, ended, withdrawn.

Each names a row of `Link`, by a key that the site signs: it is in no table, and cannot be guessed.
Reading such a page changes nothing, so that a scanner of letters answers for nobody.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from connect.dates import last_day_before
from connect.mail import Recipient
from connect.schedule import every
from connect.types import User, Words

SIGNER = signing.Signer(salt="connect.links", sep=".")
KEPT_FOR = timedelta(days=90)  # after its end, a link says why it works no more
KINDS: dict[str, Any] = {}  # purpose: the model whose rows its links open
WORDS: dict[str, Any] = {}  # purpose: what a link without a row opens, in words


class LinkQuerySet(models.QuerySet["Link"]):
    def not_withdrawn(self) -> LinkQuerySet:
        return self.filter(withdrawn_at=None)

    def for_purpose(self, purpose: str, about: str, address: str) -> LinkQuerySet:
        return self.filter(purpose=purpose, about=str(about), address=address.lower())


class Link(models.Model):
    """A link that somebody was given: to what, until when, and whether it was withdrawn."""

    uid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(_("opens"), max_length=40)
    about = models.CharField(max_length=60)  # the key of what it opens
    address = models.EmailField(_("given to"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    language = models.CharField(max_length=5, default="en")
    given_at = models.DateTimeField(_("given"))
    expires_at = models.DateTimeField(_("works until"))
    withdrawn_at = models.DateTimeField(pgettext_lazy("a link", "withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("withdrawn by"),
        null=True,
        blank=True,
        related_name="+",
    )

    objects = LinkQuerySet.as_manager()

    class Meta:
        app_label = "connect"
        verbose_name, verbose_name_plural = _("link in an e-mail"), _("links in e-mails")
        ordering = ["-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "about", "address"],
                condition=Q(withdrawn_at=None),
                name="one_standing_link",
            )
        ]

    def __str__(self) -> str:
        return f"{self.words} → {self.address}"

    @property
    def key(self) -> str:
        return SIGNER.sign(self.uid.hex)

    @property
    def path(self) -> str:
        return KINDS[self.purpose].PAGE.format(self.key)

    @cached_property
    def target(self) -> HasLink | None:
        """The row that it opens; None once that is gone, or somebody else's."""
        row = KINDS[self.purpose]._default_manager.filter(pk=self.row_pk).first()
        return row if row is not None and self.opens(row) else None

    @property
    def row_pk(self) -> int:
        return int(self.about.partition(":")[0])

    def opens(self, row: HasLink) -> bool:
        """True if it was given for this row as it stands, and to who is meant now."""
        holder = row.link_holder if row.link_about == self.about else None
        return holder is not None and holder.address.lower() == self.address

    @property
    def last_day(self) -> date:
        """The last day on which it works: one that ends at midnight works until the day before."""
        return last_day_before(self.expires_at)

    def is_valid(self, now: datetime) -> bool:
        return self.withdrawn_at is None and self.expires_at > now and self.has_holder

    @property
    def has_holder(self) -> bool:
        """False once what it opens is gone, or somebody else's."""
        return self.purpose not in KINDS or self.target is not None

    @property
    def words(self) -> Words:
        kind = KINDS.get(self.purpose)
        return kind.LINK_WORDS if kind else WORDS.get(self.purpose, self.purpose)


def find_link(key: str, *purposes: str) -> Link | None:
    """Return the link of a key, working or not; None for one that was never given for this."""
    try:
        uid = SIGNER.unsign(key)
    except signing.BadSignature:
        return None
    return Link.objects.filter(uid=uid, purpose__in=purposes).first()


def find_replacement(link: Link) -> Link:
    """Return the link that its holder was sent in place of one; itself where there is none."""
    if link.withdrawn_at is None or link.withdrawn_by_id:
        return link
    same = Link.objects.not_withdrawn().for_purpose(link.purpose, link.about, link.address)
    return same.first() or link


@transaction.atomic
def find_standing_link(purpose: str, about: object, user: User, now: datetime) -> Link | None:
    """Return the link that an account was given for something, and that works; else None."""
    standing = Link.objects.not_withdrawn().for_purpose(purpose, str(about), user.email)
    return standing.filter(expires_at__gt=now).first()


def create_link(
    purpose: str,
    about: str,
    recipient: Recipient,
    *,
    expires_at: datetime,
    now: datetime | None = None,
) -> Link:
    """Create a link for a person; an earlier one for the same purpose no longer works."""
    now = now or timezone.now()
    address = recipient.address.lower()
    Link.objects.not_withdrawn().for_purpose(purpose, about, address).update(
        withdrawn_at=Greatest("given_at", now)  # some are given as if it were another time
    )
    return Link.objects.create(
        purpose=purpose,
        about=str(about),
        address=address,
        name=recipient.name,
        language=recipient.language,
        given_at=now,
        expires_at=expires_at,
    )


@transaction.atomic
def get_or_create_link(
    purpose: str,
    about: str,
    recipient: Recipient,
    *,
    expires_at: datetime,
    now: datetime | None = None,
) -> Link:
    """Return a person's working link, extended; a new one where none works."""
    now = now or timezone.now()
    standing = (
        Link.objects.not_withdrawn()
        .for_purpose(purpose, about, recipient.address)
        .select_for_update()
    )
    link = standing.filter(expires_at__gt=now).first()
    if link is None:
        return create_link(purpose, about, recipient, expires_at=expires_at, now=now)
    if link.expires_at < expires_at:
        link.expires_at = expires_at
        link.save(update_fields=["expires_at"])
    return link


@transaction.atomic
def end_link(link: Link, *, actor: User, now: datetime | None = None) -> Link:
    """End a link early; PermissionDenied for who neither manages it nor is staff."""
    link = Link.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if not may_withdraw_link(actor, link):
        raise PermissionDenied
    if link.withdrawn_at is None:
        link.withdrawn_at, link.withdrawn_by = now or timezone.now(), actor
        link.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return link


def may_withdraw_link(user: User, link: Link) -> bool:
    if link.purpose in KINDS and KINDS[link.purpose].STAYS:
        return False
    if not user.is_active or user.is_staff:
        return user.is_active
    row = link.target if link.purpose in KINDS else None
    return user.email.lower() == link.address or (row is not None and row.may_withdraw_link(user))


@every(hours=1, is_foreseen=False)
def delete_old_links(now: datetime) -> int:
    """Delete the links that have been over for a quarter of a year."""
    return Link.objects.filter(expires_at__lt=now - KEPT_FOR).delete()[0]


class HasLink:
    """Mixed into a model whose rows are opened by a link of one person.

    PURPOSE keeps links of one kind from another's; PAGE is the address without the language, with
    {} for the key. ENDS_WITH names the columns by which a link was given, beside the address: it is
    dead once one of them changes.
    """

    pk: Any
    DoesNotExist: Any

    PURPOSE = ""
    PAGE = ""
    LINK_WORDS: Words = ""  # what it opens, in words
    ENDS_WITH: tuple[str, ...] = ()

    STAYS = False  # True: nobody withdraws it before its end

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # A migration's model of the same name has no purpose: it opens nothing.
        if cls.PURPOSE:
            KINDS[cls.PURPOSE] = cls

    @property
    def link_holder(self) -> Recipient | None:
        """The person who gets its link, with address, name and language; None if there is none."""
        raise NotImplementedError

    def link_end(self, now: datetime) -> datetime:
        """Until when a link made now works; at or before `now`, none is made any more."""
        raise NotImplementedError

    def may_withdraw_link(self, user: User) -> bool:
        """True if this person, of those who manage it, may end its link."""
        return False

    @property
    def link_about(self) -> str:
        return ":".join([str(self.pk), *(str(getattr(self, name)) for name in self.ENDS_WITH)])

    def create_link(self, now: datetime | None = None, *, anew: bool = False) -> Link | None:
        """Create its link; None where nobody may have one, or its time is over.

        The one that works already stays the same unless it is asked for anew.
        """
        now = now or timezone.now()
        holder, end = self.link_holder, self.link_end(now)
        if holder is None or end <= now:
            return None
        if not anew:
            last = Link.objects.for_purpose(self.PURPOSE, self.link_about, holder.address).first()
            if last and last.withdrawn_by_id:  # until somebody asks again, nobody is reminded
                return None
        way = create_link if anew else get_or_create_link
        link = way(self.PURPOSE, self.link_about, holder, expires_at=end, now=now)
        self.save_link_expiry(link)
        return link

    def save_link_expiry(self, link: Link) -> None:
        """Save what the row records of its link."""

    @property
    def valid_link(self) -> Link | None:
        """The link that works now, or None."""
        if (holder := self.link_holder) is None:
            return None
        links = Link.objects.not_withdrawn().for_purpose(
            self.PURPOSE, self.link_about, holder.address
        )
        return links.filter(expires_at__gt=timezone.now()).first()

    @property
    def link_path(self) -> str | None:
        """The page of its link, created if none works; None where nobody may have one."""
        link = self.create_link()
        return link.path if link else None

    @classmethod
    def get_by_link(cls, key: str, now: datetime | None = None) -> Self:
        """Return the row of a link that works; DoesNotExist for any other."""
        link = find_link(key, cls.PURPOSE)
        if link is None or not link.is_valid(now or timezone.now()):
            raise cls.DoesNotExist
        row = link.target
        assert isinstance(row, cls)  # as `works` says, and its purpose
        return row
