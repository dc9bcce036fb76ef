"""Writing an expert's profile and offers."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from connect.transitions import record_event
from registry.enums import Role
from registry.models import Expert, Theme
from registry.search import index_experts


def free_slug(name):
    """Give an address from a name that no expert has yet."""
    base = slugify(name)[:100] or "expert"
    slug, number = base, 1
    while Expert.objects.filter(slug=slug).exists():
        number += 1
        slug = f"{base}-{number}"
    return slug


@transaction.atomic
def save_profile(form, *, user, now=None):
    """Keep the profile of this person from a valid ExpertForm; return it.

    Raises PermissionDenied for an authority where this person is not an expert member.
    """
    expert = form.save(commit=False)
    if not expert.authority.has_member(user, Role.EXPERT):
        raise PermissionDenied
    now = now or timezone.now()
    expert.user = user
    expert.slug = expert.slug or free_slug(user.name)
    expert.confirmed_on = timezone.localdate(now)
    if expert.visibility != "staff":
        expert.consent_at = expert.consent_at or now
    expert.save()
    index_experts([expert.pk])
    return expert


@transaction.atomic
def save_offer(form, *, expert, now=None):
    """Keep an offer of this expert from a valid OfferForm; return it."""
    offer = form.save(commit=False)
    if offer.pk and offer.expert_id != expert.pk:
        raise PermissionDenied
    is_new = offer.pk is None
    offer.expert = expert
    offer.save()
    offer.topics.all().delete()
    themes = Theme.objects.in_bulk(form.chosen_topics(), field_name="code")
    for code, level in form.chosen_topics().items():
        offer.topics.create(theme=themes[code], level=level)
    offer.windows.all().delete()
    if window := form.window():
        offer.windows.create(starts_on=window[0], ends_on=window[1])
    if is_new:
        record_event(offer, "begin", actor=expert.user, now=now or timezone.now())
    index_experts([expert.pk])
    return offer
