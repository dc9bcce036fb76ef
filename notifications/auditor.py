"""What the auditor is sent: the newest seal once a day, to keep out of our reach, and faults."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from connect import seals
from connect.mail import Recipient
from connect.schedule import every
from notifications.outbox import post_letter


@every(hours=1)
def send_seal(now):
    """Post the day's newest seal to the auditor, where there is one to write to; return how many.

    It goes on a day without anything new as well: that no letter comes is then a sign.
    """
    seal = seals.newest_seal() if settings.AUDITOR_EMAIL else None
    if seal is None:
        return 0
    day = timezone.localdate(now).isoformat()
    recipient = Recipient(settings.AUDITOR_EMAIL, "CONNECT")
    return post_letter(
        "audit_seal",
        key=f"seal:{day}",
        to=[recipient],
        seal=str(seal),
        day_on=day,
        sealed=seal.number,
    )


@every(hours=1, is_foreseen=False)  # it reads all that is recorded: nothing for a look ahead
@transaction.atomic  # or the day counts as checked though its letter was not written
def check_trail(now):
    """Verify the audit trail once a day; notify the auditor, or else the team, of the result."""
    check = seals.check_trail_daily(now)
    if check is None or not check.count:
        return 0
    return post_letter(
        "audit_findings",
        key=f"audit:{check.day}",
        to=[Recipient(settings.AUDITOR_EMAIL or settings.CONTACT_EMAIL, "CONNECT")],
        day_on=check.day.isoformat(),
        count=check.count,
        findings=check.findings,
    )
