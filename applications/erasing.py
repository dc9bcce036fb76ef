"""What keeps the account of a person whose town has a dossier under way that they began."""

from django.dispatch import receiver

from accounts.models import User
from accounts.unused import still_needed
from applications.enums import FINAL
from applications.models import Dossier


@receiver(still_needed, sender=User)
def has_a_dossier_open(user, **_):
    return Dossier.objects.filter(created_by=user).exclude(status__in=FINAL).exists()
