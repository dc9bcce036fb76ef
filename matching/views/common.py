"""Which interest or match a page is about: what this person may not see is not found."""

from collections.abc import Iterable

from django.shortcuts import get_object_or_404

from applications.models import Dossier
from connect.types import SignedInRequest
from matching.desk import latest_run
from matching.models import Interest, Match
from matching.reasons import Appraisal, describe_answers


def get_interest_or_404(request: SignedInRequest, reference: str, pk: int) -> Interest:
    interests = Interest.objects.for_user(request.user).with_details()
    return get_object_or_404(
        interests.select_related("dossier__authority"), pk=pk, dossier__reference=reference
    )


def get_match_or_404(request: SignedInRequest, reference: str) -> Match:
    matches = Match.objects.for_user(request.user).with_list_details()
    return get_object_or_404(matches, reference=reference)


def read_shared_reasons(dossier: Dossier, interests: Iterable[Interest]) -> dict[int, Appraisal]:
    """Return {answer's id: what all sides of a match may be told of why it fits}; of the dossier's
    last ranking, and nothing where there is none."""
    run = latest_run(dossier)
    return describe_answers(run, interests, "shared") if run else {}
