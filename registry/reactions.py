"""What the registry does when an account changes, inside its transaction."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts.models import User
from registry.models import Expert
from registry.search_index import index_experts

# Of an account, what an expert's search entry is made of: a sign-in changes none of it.
SEARCHED = {"name", "is_active"}


@receiver(post_save, sender=User)
def follow_account(instance, created, update_fields, **_):
    """Find an expert by the name that they have now, and nobody whose account is inactive."""
    if not created and (update_fields is None or SEARCHED.intersection(update_fields)):
        index_experts(list(Expert.objects.filter(user=instance).values_list("pk", flat=True)))
