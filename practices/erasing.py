"""What good practices hold of a person who is erased."""

from django.dispatch import receiver

from accounts.models import User
from accounts.unused import erased, take_out
from exchanges.erasing import that_may_name
from practices.catalogue import index_practices
from practices.models import Agreement, Photo, Practice, PracticeEvent, PracticeText, Use


@receiver(erased, sender=User)
def blank_practices(user, name, address, **_):
    found = Practice.objects.filter(exchange__in=that_may_name(user, address))
    keys = list(found.order_by().values_list("pk", flat=True).distinct())
    for model in (PracticeText, Agreement, Photo, Use, PracticeEvent):
        take_out(model.objects.filter(practice__in=keys), user, name, address)
    index_practices(keys)
