"""Which interest or match a page is about: what this person may not see is not found."""

from django.shortcuts import get_object_or_404

from connect.types import SignedInRequest
from matching.models import Interest, Match


def get_interest_or_404(request: SignedInRequest, reference: str, pk: int) -> Interest:
    interests = Interest.objects.for_user(request.user).with_details()
    return get_object_or_404(
        interests.select_related("dossier__authority"), pk=pk, dossier__reference=reference
    )


def get_match_or_404(request: SignedInRequest, reference: str) -> Match:
    matches = Match.objects.for_user(request.user).with_list_details()
    return get_object_or_404(matches, reference=reference)
