"""How a call ranks: tried on the desk, adopted with a reason, learnt from what staff decided."""

import io
import re
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from engine import Policy
from engine.criteria import CRITERIA
from matching import decisions, policies
from matching.models import CallPolicy, MatchRun
from matching.runs import rank_waiting, request_run
from tests.factories import (
    make_authority,
    make_call,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    make_user,
)

pytestmark = pytest.mark.django_db
LANGUAGES_ALONE = {name: 100.0 if name == "languages" else 0.0 for name in CRITERIA}


@pytest.fixture
def room(client):
    """A published request, ranked: who knows the subject first, who speaks best second."""
    made = make_dossier(status=Status.PUBLISHED)
    made.knows = make_offer(make_expert("Ineke", languages={"en": "B2"}))
    made.speaks = make_offer(
        make_expert("Joseph", languages={"en": "native"}), topic="education-youth/school-meals"
    )
    request_run(made.pk)
    rank_waiting(timezone.now())
    made.ines = make_officer()
    client.force_login(made.ines)
    made.page = reverse("admin:matching_desk", args=[made.pk])
    made.policy_room = reverse("admin:matching_policy", args=[made.call.pk])
    return made


def typed(policy, **changed):
    weights = {f"weight_{name}": policy.weights[name] for name in CRITERIA}
    caps = {name: getattr(policy, name) for name in ("per_expert", "per_authority", "per_country")}
    return {"try": "1", "rules": policy.rules, **weights, **caps, **changed}


def speak_alone():
    return Policy(LANGUAGES_ALONE, subject=0)


def order(run):
    return [entry["offer_id"] for entry in run.entries]


def test_the_desk_tries_other_weights_at_once_and_saves_nothing(room, client):
    before = MatchRun.objects.get()
    assert order(before) == [room.knows.pk, room.speaks.pk]

    other = typed(Policy.default(), **{f"weight_{n}": w for n, w in LANGUAGES_ALONE.items()})
    page = client.get(room.page, other).text
    wrong = client.get(room.page, typed(Policy.default()) | {"weight_text": "-1"}).text
    zero = client.get(room.page, other | {"weight_languages": "0"}).text

    table = re.search(r'<table class="shifts".*?</table>', page, re.S)[0]
    assert re.findall(r"<td>(\d \(was \d\))", table) == ["1 (was 2)", "2 (was 1)"]
    assert "is too little: write 0 or more" in wrong
    assert "At least one weight must be above 0." in zero
    assert MatchRun.objects.get().entries == before.entries
    assert not CallPolicy.objects.exists()


def test_a_relaxed_rule_opens_the_list_on_trial(room, client):
    near = make_offer(make_expert("Kwame", authority=make_authority(country="GH")))
    request_run(room.pk)
    rank_waiting(timezone.now())
    rules = [rule for rule in Policy.default().rules if rule != "same_country"]

    page = client.get(room.page, typed(Policy.default(), rules=rules)).text

    assert str(near.expert) in re.search(r'<table class="shifts".*?</table>', page, re.S)[0]


def test_a_policy_is_adopted_with_a_reason_and_ranks_the_open_dossiers_of_its_call_again(room):
    elsewhere = make_dossier(status=Status.PUBLISHED, call=make_call())

    for actor, note, refusal in (
        (make_user(), "Because.", PermissionDenied),
        (room.ines, " ", ValidationError),
    ):
        with pytest.raises(refusal):
            policies.adopt_policy(room.call, speak_alone(), note=note, actor=actor)
    first = policies.adopt_policy(
        room.call, speak_alone(), note="Interpreters cost.", actor=room.ines
    )
    with pytest.raises(ValidationError, match="already"):
        policies.adopt_policy(room.call, speak_alone(), note="Again.", actor=room.ines)
    rank_waiting(timezone.now())
    printed = io.StringIO()
    call_command("match", room.reference, first=1, stdout=printed)
    second = policies.adopt_policy(room.call, Policy.default(), note="Back.", actor=room.ines)

    assert [first.number, second.number] == [1, 2]
    ranked = room.runs.filter(state="done").first()
    assert order(ranked) == [room.speaks.pk, room.knows.pk]
    assert ranked.policy["version"] == f"{room.call.slug}-1"
    assert str(room.speaks.expert) in printed.getvalue()
    assert str(room.knows.expert) not in printed.getvalue()
    assert CallPolicy.policy_for(room.call).weights == Policy.default().weights
    assert CallPolicy.policy_for(elsewhere.call) == Policy.default()
    assert not elsewhere.runs.exists()


def test_the_reason_of_a_policy_is_refused_with_its_limit_and_stays_in_its_box(room, client):
    long = "Interpreters cost. " * 30

    page = client.post(room.policy_room, typed(speak_alone(), note=long)).text

    assert "500 characters at most: this text has 570." in page and long in page
    assert not room.call.policies.exists()


def test_the_policy_room_shows_what_would_change_before_anything_is_adopted(room, client):
    other = typed(Policy.default(), **{f"weight_{n}": w for n, w in LANGUAGES_ALONE.items()})

    preview = client.get(room.policy_room, other).text
    tried = client.post(room.policy_room, other | {"preview": "1", "note": ""}).text
    untouched = CallPolicy.objects.exists()
    unexplained = client.post(room.policy_room, other).text
    client.post(room.policy_room, other | {"note": "Interpreters cost."})
    after = client.get(room.policy_room).text

    assert all(room.reference in page and "1 (was 2)" in page for page in (preview, tried))
    # The weights stand once, in the form that adopts: what an officer changes after is adopted.
    assert (untouched, tried.count('name="weight_languages"')) == (False, 1)
    assert "Give a reason: it is saved with the version." in unexplained
    assert "Interpreters cost." in after
    assert CallPolicy.policy_for(room.call).weights["languages"] == 100


def test_a_policy_adopted_now_takes_the_bar_of_the_subject_from_the_engine_of_today(room, client):
    before = replace(Policy.default(), subject=0.3, version="of before")
    policies.adopt_policy(room.call, before, note="As it was.", actor=room.ines)

    client.post(room.policy_room, typed(Policy.default(), per_country=2) | {"note": "Mix more."})

    adopted = CallPolicy.policy_for(room.call)
    assert (adopted.per_country, adopted.subject) == (2, Policy.default().subject)


def test_decisions_teach_a_policy_only_where_there_are_enough_of_them(room, client):
    """Staff who always prefer the better speaker: the proposal weighs languages more."""
    few = client.get(room.policy_room, {"learn": "1"}).text
    assert "Not enough decisions yet" in few
    speakers = [make_offer(make_expert(languages={"en": "native"})) for _ in range(5)]
    others = [make_offer(make_expert(languages={"en": "B2"})) for _ in range(5)]
    for _ in range(20):
        dossier = make_dossier(status=Status.PUBLISHED, call=room.call)
        request_run(dossier.pk)
        rank_waiting(timezone.now())
        for offer in speakers[:2]:
            make_interest(dossier, offer.expert)
        for offer in others[:3]:
            decisions.put_offer_aside(
                dossier, offer.pk, reason="Speaks too little.", actor=room.ines
            )

    learnt = policies.propose_weights(room.call)
    page = client.get(room.policy_room, {"learn": "1"}).text

    assert learnt.policy.weights["languages"] > Policy.default().weights["languages"]
    assert "From " in page and "earlier preferences" in page
    assert f'value="{learnt.policy.weights["languages"]:g}"' in page
    decisions.restore_offer(dossier, others[0].pk, actor=room.ines)
    assert policies.propose_weights(room.call).pairs + policies.propose_weights(
        room.call
    ).held_pairs == (learnt.pairs + learnt.held_pairs - 2)


def test_candidates_are_sorted_filtered_and_compared_four_at_most(room, client):
    many = [make_offer(make_expert(authority=make_authority(country="FR"))) for _ in range(5)]
    make_offer(make_expert("Kwame", authority=make_authority(country="GH")))
    request_run(room.pk)
    rank_waiting(timezone.now())
    ids = [room.knows.pk, room.speaks.pk, *(offer.pk for offer in many)]

    by_language = client.get(room.page, {"sort": "languages"})
    french = client.get(room.page, {"country": "FR"})
    none = client.get(room.page, {"country": "IS"})
    compared = client.get(room.page, {"compare": ids})

    assert by_language.context["shown"].listed[0].offer == room.speaks
    # Of an authority's offers, and of a country's, as many as the caps allow.
    assert {c.country.code for c in french.context["shown"].listed} == {"FR"}
    every = client.get(room.page).context["shown"]
    places = {c.offer.pk: place for place, c in enumerate(every.listed, 1)}
    kept = [(c.offer.pk, c.place) for c in french.context["shown"].listed]
    assert kept == [(pk, place) for pk, place in places.items() if pk in dict(kept)]
    assert f"{kept[-1][1]}. " in french.text
    assert ([c.country.code for c in every.near], french.context["shown"].near) == (["GH"], [])
    assert "No candidates from there." in none.text
    assert len(compared.context["shown"].compared) == 4
    assert "Side by side" in compared.text and "Side by side" not in french.text
