"""How a match is made: one request answered by two towns, and a call of forty shared out.

By HTTP, by the people who do it; a job's rule stands in for a worker (real ones: test_spine).
"""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from exchanges.models import Exchange
from matching import allocations
from matching.models import Interest
from matching.runs import rank_waiting, request_run
from notifications.models import Letter
from tests.factories import (
    make_authority,
    make_call,
    make_dossier,
    make_expert,
    make_offer,
    make_officer,
    make_user,
    pdf_of,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
THEIRS = {
    "fr": "J'ai organisé la vidange des fosses avec six opérateurs et fixé le tarif. " * 3,
    "es": "Organicé el vaciado de las fosas con seis operadores y fijé la tarifa. " * 3,
}


def letters(person):
    """List the templates of what a person was told, in order."""
    told = Letter.objects.filter(address=person, cancelled_at=None).order_by("pk")
    return list(told.values_list("template", flat=True))


def test_a_request_is_answered_by_two_towns_the_first_choice_declines_and_the_second_comes(
    settings,
):
    settings.UNDO_FOR = timedelta(0)  # nobody thinks better of anything here
    agona = make_authority("Agona West")
    efua, ines = make_user("Efua", works_for=agona), make_officer("Ines")
    dossier = make_dossier(agona, status=Status.PUBLISHED)
    registry = make_offer(make_expert("Ineke"))
    ousmane = make_expert("Ousmane", make_authority("Thiès", country="SN"))
    marta = make_expert("Marta", make_authority("Barcelona", country="ES"))
    for expert, language in ((ousmane, "fr"), (marta, "es")):
        expert.user.language = language
        expert.user.save()
        expert.languages = {"en": "B2", language: "native"}
        expert.save()
        make_offer(expert, text=THEIRS[language], language=language)
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    desk, page = signed_in(ines), reverse("admin:matching_desk", args=[dossier.pk])

    # Both answer the published request, each in their own language.
    for expert, language in ((ousmane, "fr"), (marta, "es")):
        theirs = signed_in(expert.user)
        board = theirs.get(f"/{language}/opportunities/?q=latrines").text
        assert dossier.title in board
        theirs.post(reverse("answer", args=[dossier.reference]))
        interest = Interest.objects.get(expert=expert)
        words = dict.fromkeys(("motivation", "comparable_case", "approach"), THEIRS[language])
        theirs.post(
            interest.get_absolute_url(),
            words | {"send": "1", "cv": SimpleUploadedFile("cv.pdf", pdf_of("cv"))},
        )

    # Ines sees them beside the registry's experts, ranked, and shortlists both.
    seen = desk.get(page)
    ranked = {candidate.offer.expert for candidate in seen.context["shown"].listed}
    assert ranked == {ousmane, marta, registry.expert}
    for expert in (ousmane, marta):
        for verb in ("screen", "shortlist"):
            interest = Interest.objects.get(expert=expert)
            desk.post(page, {"verb": f"{verb} {interest.pk}"})
    desk.post(page, {"verb": "begin_shortlisting"})

    # Ousmane is asked first, and cannot; the next on the list is named to Ines.
    def propose(expert):
        interest = Interest.objects.get(expert=expert)
        desk.post(page, {"verb": "propose", "interest": [interest.pk], "note": "Same job."})
        match = dossier.matches.get(status="proposed")
        return match, {consent.side: consent for consent in match.consents.all()}

    match, asked = propose(ousmane)
    no = {"answer": "no", "reason": "Elections in March."}
    signed_in(ousmane.user).post(
        reverse("match-answer", args=[match.reference, asked["expert"].pk]), no
    )
    refused = Letter.objects.get(template="match_refused", address=ines.email)
    assert (refused.context["reason"], "Marta" in refused.context["following"]) == (
        "Elections in March.",
        True,
    )

    # Marta asks a question first, then agrees; her employer signs by the link; the town agrees.
    match, asked = propose(marta)
    hers, yes = signed_in(marta.user), {"answer": "yes"}
    hers.post(match.get_absolute_url(), {"text": "¿Hay intérprete?"})
    town = signed_in(efua)
    assert "¿Hay intérprete?" in town.get(match.get_absolute_url()).text
    hers.post(reverse("match-answer", args=[match.reference, asked["expert"].pk]), yes)
    invited = Letter.objects.get(template="consent_employer", address=marta.employer_email)
    link = f"/{invited.language}{invited.opens.path}"
    Client().get(link)  # a scanner opens it: nothing is answered
    assert not Exchange.objects.exists()
    Client().post(link, yes)
    town.post(reverse("match-answer", args=[match.reference, asked["applicant"].pk]), yes)

    exchange = Exchange.objects.get()
    assert marta.user.email in town.get(exchange.get_absolute_url()).text
    assert letters(ousmane.user.email)[-2:] == ["match_refused_sides", "interest_decline"]
    assert letters(marta.user.email)[-1] == "match_agreed"
    assert letters(registry.expert.user.email) == []


def test_a_call_of_forty_is_shared_one_pair_forbidden_shared_again_and_applied():
    ines, call = make_officer("Ines"), make_call()
    dossiers = [make_dossier(call=call, status=Status.PUBLISHED) for _ in range(40)]
    for _ in range(25):
        make_offer(capacity=2)
    desk, room = signed_in(ines), reverse("admin:matching_allocation", args=[call.pk])

    def solve(**verb):
        desk.post(room, verb)
        assert allocations.allocate_waiting_calls(timezone.now()) == 1
        return call.allocations.filter(state="done").first()

    first = solve(verb="solve")
    pair = first.plan["matches"][0]
    second = solve(verb="forbid", need=pair["need"], offer=pair["offer"])
    desk.post(room, {"verb": "invite", "plan": second.pk})

    for plan in (first, second):
        assert {match["need"] for match in plan.plan["matches"]} == {d.reference for d in dossiers}
    held = [(match["need"], match["offer"]) for match in second.plan["matches"]]
    assert (pair["need"], pair["offer"]) not in held
    assert max(sum(offer == other for _need, other in held) for _need, offer in held) <= 2
    assert sorted(Interest.objects.values_list("dossier__reference", "offer")) == sorted(held)
    # An offer that changes makes the plan stale, and the room says so.
    first_offer = Interest.objects.first().offer
    first_offer.capacity = 0
    first_offer.save()
    assert "Needs or offers have changed since this plan was made" in desk.get(room).text
