"""What the clock does in matching: requests close, agreements are reminded of and lapse."""

from django.utils import timezone

from connect.schedule import every
from matching.consent import lapse_overdue, remind_waiting
from matching.opportunities import close_due


@every(minutes=10)
def follow_deadlines(now):
    """Close requests at their last day, end late proposals, remind of others; count all three."""
    return {
        "closed": close_due(now),
        "lapsed": lapse_overdue(now),
        "reminded": remind_waiting(timezone.localdate(now)),
    }
