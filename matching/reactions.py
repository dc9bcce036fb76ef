"""What matching does when a dossier moves, inside the transaction of the step."""

from django.db.models.signals import post_save
from django.dispatch import receiver

from applications.enums import FINAL, Status
from applications.models import Dossier
from connect.schedule import nudge_worker
from connect.transitions import moved
from matching.fits import save_fitting_requests
from matching.models import Interest, Opportunity
from matching.opportunities import open_opportunity
from matching.runs import request_run
from matching.sentences import encode_changed_offers
from matching.unread_texts import forget_failures
from matching.withdrawals import end_interests, end_reserve, recall_invitations
from registry.enums import OfferStatus
from registry.members import employer_changed
from registry.models import Expert, Offer


@receiver(moved, sender=Dossier)
def follow_dossier_step(pk, target, now, **_):
    if target == Status.VALIDATED:
        request_run(pk, now)
    elif target == Status.PUBLISHED:
        open_opportunity(pk, now)
    elif target == Status.SHORTLISTING:
        recall_invitations(pk, now)
    elif target == Status.CLOSED:
        end_reserve(pk, now)
    elif target in FINAL:
        end_interests(pk, now)


@receiver(employer_changed, sender=Expert)
def follow_experts(experts, **_):
    """Update the employer in answers that nobody has decided on."""
    Interest.objects.filter(expert__in=experts).undecided().update_employers()


@receiver(post_save, sender=Offer)
def follow_offer(instance, **_):
    """Have a worker read an offer that is published or changed, and rank the requests for it."""
    forget_failures([instance.pk])
    if instance.status == OfferStatus.PUBLISHED:
        nudge_worker(encode_changed_offers)
        nudge_worker(save_fitting_requests)


@receiver(post_save, sender=Opportunity)
def follow_request(**_):
    """Have a worker rank a request that is published or changed for the experts."""
    nudge_worker(save_fitting_requests)
