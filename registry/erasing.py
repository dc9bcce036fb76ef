"""What the registry holds of a person who is erased: memberships end, the profile goes blank."""

from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from accounts.unused import erased
from registry.enums import MembershipStatus, OfferStatus, Visibility
from registry.models import Expert, Offer
from registry.search import index_experts
from registry.transitions import life


@receiver(erased, sender=User)
def blank_profile(user, **_):
    user.memberships.exclude(status=MembershipStatus.ENDED).update(
        status=MembershipStatus.ENDED, decided_at=timezone.now()
    )
    user.memberships.update(function="")
    for expert in Expert.objects.select_for_update(of=("self",)).filter(user=user):
        for offer in expert.offers.exclude(status=OfferStatus.REMOVED).order_by("pk"):
            life.advance(offer, "remove", actor=None)
        Offer.objects.filter(expert=expert).update(title="—", text="")
        expert.past_missions.all().delete()
        expert.topics.update(evidence="")
        if expert.photo:
            transaction.on_commit(lambda file=expert.photo: file.delete(save=False))
        Expert.objects.filter(pk=expert.pk).update(
            slug=f"erased-{expert.pk}",
            function_title="",
            photo="",
            employer_name="",
            employer_email="",
            visibility=Visibility.STAFF,
            consent_at=None,
            is_hidden=True,
        )
        index_experts([expert.pk])
