"""What matching holds of a person: what keeps their account, and what goes blank with it."""

from django.db import transaction
from django.dispatch import receiver

from accounts.models import User
from accounts.unused import NAMELESS, erased, still_needed, take_out
from applications.enums import FINAL
from matching.models import Consent, Interest, MatchEvent, MatchMessage, OfferVector


@receiver(still_needed, sender=User)
def has_an_answer_open(user, **_):
    mine = Interest.objects.filter(expert__user=user).open()
    return mine.exclude(dossier__status__in=FINAL).exists()


@receiver(erased, sender=User)
def blank_answers(user, name, address, **_):
    mine = Interest.objects.filter(expert__user=user)
    for interest in mine.exclude(cv=""):
        transaction.on_commit(lambda file=interest.cv: file.delete(save=False))
    words = ("motivation", "comparable_case", "approach", "days_possible", "town_gives")
    words += ("references", "cv", "cv_name", "partnership_text")
    mine.update(**dict.fromkeys(words, ""))
    Consent.objects.filter(interest__expert__user=user).update(name=NAMELESS, address="", reason="")
    take_out(MatchEvent.objects.filter(match__interests__expert__user=user), user, name, address)
    MatchMessage.objects.filter(author=user).update(name=NAMELESS)
    OfferVector.objects.filter(offer__expert__user=user).delete()
    user.alerts.all().delete()
