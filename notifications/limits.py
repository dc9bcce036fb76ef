"""How often a day somebody may cause letters to others: by person, by address and by object.

Counted in the transaction that causes the letter, so that a refusal and a failure leave no trace.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from connect.schedule import every
from notifications.models import LetterCount


@dataclass(frozen=True)
class Limit:
    """Limits a day by sender, recipient and object, with the refusal when one is reached."""

    person: int
    address: int
    about: int
    words: Promise  # with %(n)d


LIMITS = {
    "signature": Limit(
        20, 5, 5, _("You have asked for this signature %(n)d times today. Ask again tomorrow.")
    ),
    "co_applicant": Limit(
        20,
        5,
        15,
        _("%(n)d such e-mails have been sent today. Ask your co-applicants again tomorrow."),
    ),
    "contributor": Limit(
        20, 5, 15, _("%(n)d such e-mails have been sent today. Invite other colleagues tomorrow.")
    ),
    "employer": Limit(
        5, 5, 5, _("You have asked your superior %(n)d times today. Ask again tomorrow.")
    ),
    "join": Limit(
        10, 20, 50, _("%(n)d requests to join have been made today. Please ask again tomorrow.")
    ),
    "join_again": Limit(
        0, 0, 2, _("You have asked to join it %(n)d times today. Please ask again tomorrow.")
    ),
    "message": Limit(
        60, 100, 200, _("%(n)d messages have been sent today. Write the next one tomorrow.")
    ),
    "contact": Limit(
        10, 20, 20, _("%(n)d questions have been sent today. Please write again tomorrow.")
    ),
    # What a mission with some forty local participants needs, named in two days or by two people.
    "participant": Limit(
        25, 5, 40, _("%(n)d people have been invited today. Please name the others tomorrow.")
    ),
    "days": Limit(
        20, 0, 20, _("Dates have been proposed %(n)d times today. Propose others tomorrow.")
    ),
    "agenda": Limit(
        200, 1000, 60, _("The agenda has been changed %(n)d times today. Change it again tomorrow.")
    ),
    # No letters, but rows that stay: a timeline's and links'.
    "answer": Limit(
        0, 0, 10, _("This has been answered %(n)d times today. Change it again tomorrow.")
    ),
    "follow": Limit(
        20, 0, 0, _("You have asked for %(n)d such addresses today. Ask again tomorrow.")
    ),
    # A picture is always kept: who is on it is asked by no letter.
    "picture": Limit(40, 10, 60, _("%(n)d people on pictures have been asked today.")),
    "plan": Limit(
        20, 5, 5, _("You have asked for this approval %(n)d times today. Ask again tomorrow.")
    ),
    "begin": Limit(
        20, 0, 0, _("%(n)d applications have been started today. Start the next one tomorrow.")
    ),
    "submit": Limit(
        0, 10, 5, _("This has been submitted %(n)d times today. Submit it again tomorrow.")
    ),
    "take_contact": Limit(
        20, 10, 5, _("The contact has been changed %(n)d times today. Change it again tomorrow.")
    ),
    "name_representative": Limit(
        10,
        5,
        5,
        _("The representative has been changed %(n)d times today. Change it again tomorrow."),
    ),
    # A report is always kept. By person alone: nobody's reports take the letters of another's.
    "incident": Limit(20, 0, 0, _("%(n)d incidents have been reported today.")),
    "link_again": Limit(
        0,
        5,
        5,
        _("%(n)d new links have been sent today. Look among your e-mails, or ask tomorrow."),
    ),
}


def count_message(kind, *, actor=None, address="", about="", now=None):
    """Count one more message today; ValidationError where a limit is reached.

    actor: the person, or a word for who has no account; about: the object. Those who count the same
    at once wait for each other.
    """
    limit, today = LIMITS[kind], timezone.localdate(now or timezone.now())
    scopes = (
        ("person", limit_key(actor), limit.person),
        ("about", limit_key(about), limit.about),
        ("address", address.lower(), limit.address),
    )
    for scope, key, most in scopes:
        if key and not add_to_count(kind, today, f"{scope}:{hash_key(key)}", most):
            raise ValidationError(limit.words % {"n": most}, code="limit")


def try_count(kind, **scopes):
    """Count one more message today; return False where a limit is reached."""
    try:
        count_message(kind, **scopes)
    except ValidationError:
        return False
    return True


def is_reached(kind, *, about, now):
    """True where no more messages about an object may be caused today."""
    scope = f"about:{hash_key(limit_key(about))}"
    counts = LetterCount.objects.filter(kind=kind, day=timezone.localdate(now), scope=scope)
    return counts.filter(number__gte=LIMITS[kind].about).exists()


def add_to_count(kind, day, scope, most):
    """Add one to a count; return False once it has reached the maximum."""
    counted, _made = LetterCount.objects.get_or_create(kind=kind, day=day, scope=scope)
    below = LetterCount.objects.filter(pk=counted.pk, number__lt=most)
    return below.update(number=F("number") + 1) == 1


def limit_key(thing):
    return f"{thing._meta.label}:{thing.pk}" if hasattr(thing, "_meta") else str(thing or "")


def hash_key(key):
    """Return the hash of a key, so that counts hold no addresses."""
    return salted_hmac("notifications.limits", key).hexdigest()[:24]


@every(hours=1, is_foreseen=False)
def delete_old_counts(now):
    """Delete the counts of days that are over."""
    return LetterCount.objects.filter(day__lt=timezone.localdate(now)).delete()[0]
