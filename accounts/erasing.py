"""What accounts and letters hold of a person."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from accounts.erasure import blank_own_letters, letters_tied_to
from accounts.holdings import NAMELESS_TABLES, Holding, Mention, declare_holdings
from accounts.models import Closing, DataCopy, DataRequest, Erasure, LostFactor, User
from accounts.sessions import end_sessions_of
from connect.models import (
    AcceptedPost,
    Archived,
    AuditCheck,
    Counter,
    Export,
    Link,
    Reading,
    SavedFilter,
    Seal,
    Translation,
    Try,
    Unsealed,
)
from notifications.models import (
    DeadAddress,
    HoldRule,
    Letter,
    LetterCount,
    LetterText,
    Mailing,
    Pause,
    UnreadMail,
    WeeklyWork,
)

AS_A_RECORD = _("It stays without your name, so that what is counted stays true.")


def end_sessions(rows, person):
    end_sessions_of(person.user)


declare_holdings(
    Holding(
        User,
        _("Your account"),
        user=("pk",),
        address=("email",),
        name=("name", "former_name"),
        number=("phone",),
        shows=("language", "time_zone", "gathers_news", "date_joined", "last_login"),
        stays=AS_A_RECORD,
    ),
    Holding(
        EmailAddress,
        _("The addresses of your account"),
        user=("user",),
        shows=("email", "verified", "primary"),
        deletes=True,
    ),
    Holding(
        Authenticator,
        _("Your second factors, without their secrets"),
        user=("user",),
        shows=("type", "created_at", "last_used_at"),
        deletes=True,
    ),
    Holding(
        SocialAccount,
        _("The providers that sign you in, with your number there"),
        user=("user",),
        shows=("provider", "uid", "date_joined", "last_login"),
        deletes=True,
    ),
    Holding(
        LostFactor,
        _("That you lost a second factor"),
        user=("person",),
        shows=("why", "asked_at", "confirmed_at"),
        blanks={"why": ""},
        stays=AS_A_RECORD,
    ),
    Holding(
        UserSession,
        _("Where you are signed in"),
        user=("user",),
        shows=("ip", "user_agent", "created_at", "last_seen_at"),
        deletes=True,
        before=end_sessions,
    ),
    Holding(
        Letter,
        _("E-mails that we wrote to you"),
        words={"template": lambda letter: []},  # its subject says it
        address=("address",),
        shows=("name", "template", "language", "subject", "body", "created_at", "sent_at"),
        before=blank_own_letters,
        stays=_("A record that an e-mail was sent is kept, without its text or your address."),
    ),
    Holding(
        Link,
        _("Links that our e-mails gave you"),
        address=("address",),
        name=("name",),
        shows=("given_at", "expires_at", "withdrawn_at"),
        deletes=True,
    ),
    Holding(
        Pause,
        _("E-mails that you paused"),
        address=("address",),
        shows=("kind", "at"),
        deletes=True,
    ),
    Holding(
        WeeklyWork,
        _("That you asked for a weekly e-mail of what waits for you"),
        user=("user",),
        shows=("asked_at",),
        deletes=True,
    ),
    Holding(
        DeadAddress,
        _("That e-mails to you came back"),
        address=("address",),
        shows=("why", "at", "failures", "rests_until"),
        deletes=True,
    ),
    Holding(
        Export,
        _("Lists that you exported"),
        user=("asked_by",),
        shows=("model", "format", "asked_at"),
        files=("file",),
        deletes=True,
    ),
    Holding(
        SavedFilter,
        _("Filters of lists that you saved"),
        user=("user",),
        shows=("name",),
        deletes=True,
    ),
    Holding(
        Translation,
        _("That you asked for machine translations"),
        user=("asked_by",),
        shows=("source", "target", "asked_at"),
        deletes=True,
    ),
    Holding(
        DataCopy,
        _("Copies of your data"),
        user=("user",),
        address=("address",),
        shows=("asked_at",),
        files=("file",),
        deletes=True,
    ),
    Holding(
        Closing,
        _("The day on which your data will be erased"),
        user=("user",),
        address=("address",),
        shows=("name", "asked_at", "goes_at", "why"),
        deletes=True,
    ),
    Holding(
        DataRequest,
        _("That you asked what we hold"),
        address=("address",),
        shows=("asked_at", "opened_at"),
        deletes=True,
    ),
    Mention(Letter, letters_tied_to, withheld=_("An e-mail to somebody else is theirs.")),
)
# A log entry and a letter that name somebody are found by `erasure` itself; a session goes with
# the account, and what else is here names nobody.
NAMELESS_TABLES |= {LogEntry, Session, Group, Permission, ContentType, Counter}
NAMELESS_TABLES |= {
    Erasure,
    HoldRule,
    LetterCount,
    LetterText,
    Mailing,
    Reading,
    Seal,
    Unsealed,
    Archived,
}
NAMELESS_TABLES |= {AcceptedPost, AuditCheck, Try, UnreadMail}
NAMELESS_TABLES |= {SocialApp, SocialToken}  # nothing is ever in them
