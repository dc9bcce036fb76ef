"""Whether the e-mail that brings a link has left."""

from django import template

from connect.links import Link
from notifications.models import Letter

register = template.Library()


@register.filter
def is_on_its_way(link: Link) -> bool:
    """True while the e-mail with a link waits to be sent, and no other has brought it."""
    letters = Letter.objects.filter(opens=link, cancelled_at=None)
    return letters.filter(sent_at=None).exists() and not letters.exclude(sent_at=None).exists()
