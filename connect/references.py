"""References that people can say on the phone (CN-2026-0042), and slugs of addresses."""

from datetime import datetime

from django.db import connection, models, transaction
from django.utils.timezone import localdate

from connect.advisory_locks import wait_for_turn


class Counter(models.Model):
    """The last number given, one row a prefix and year."""

    name = models.CharField(max_length=12, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        app_label = "connect"

    def __str__(self) -> str:
        return f"{self.name}: {self.last}"


@transaction.atomic
def next_reference(prefix: str, now: datetime) -> str:
    """Return the next reference of the year in Brussels; a caller that rolls back gives it back."""
    name = f"{prefix}-{localdate(now).year}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO connect_counter (name, last) VALUES (%s, 1)"
            " ON CONFLICT (name) DO UPDATE SET last = connect_counter.last + 1 RETURNING last",
            [name],
        )
        return f"{name}-{cursor.fetchone()[0]:04d}"


def free_slug(model: type[models.Model], base: str) -> str:
    """Return a slug that no row of a model has: `base`, or `base` with a number.

    Two people of one name wait for each other: who is second gets the number.
    """
    wait_for_turn("slug", model._meta.label_lower, base)
    slug, number = base, 1
    while model._default_manager.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug
