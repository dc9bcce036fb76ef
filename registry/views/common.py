"""Which authority, expert or offer a page is about: what this person may not see is not found."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from connect.types import SignedInRequest
from registry.models import Authority, Expert, Offer


def get_authority_or_404(request: HttpRequest, slug: str) -> Authority:
    return get_object_or_404(Authority.objects.for_user(request.user), slug=slug)


def get_expert_or_404(request: HttpRequest, slug: str) -> Expert:
    return get_object_or_404(Expert.objects.for_user(request.user).with_list_details(), slug=slug)


def get_own_profile_or_404(request: SignedInRequest) -> Expert:
    return get_object_or_404(Expert, user=request.user)


def get_editable_offer_or_404(request: SignedInRequest, pk: int) -> Offer:
    return get_object_or_404(Offer.objects.editable_by(request.user), pk=pk)
