"""The desk: a validated dossier is ranked by a job, experts are invited, answers come in."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from applications.enums import Status
from applications.models import Dossier
from applications.transitions import dossier_machine
from exchanges.models import Exchange
from matching import desk, opportunities, policies
from matching.enums import InterestStatus, MatchStatus
from matching.models import CallPolicy, Interest, Match, MatchRun
from matching.needs import nearest_offer
from matching.reasons import describe_candidates
from matching.runs import rank_waiting, request_run
from notifications.models import Letter
from registry.models import Expert, OfferTopic, Theme
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_member,
    make_offer,
    make_officer,
    make_user,
    pdf_of,
)

pytestmark = pytest.mark.django_db


def test_validating_asks_for_a_ranking_and_the_job_stores_it_with_its_reasons():
    dossier, officer = make_dossier(status=Status.UNDER_SELECTION), make_officer()
    for member in (make_member(), make_member(), make_member()):
        dossier.scores.create(member=member, points={}, total=70, at=timezone.now())
    near = make_offer(make_expert(authority=make_authority(country="GH")))
    right, other = make_offer(), make_offer(topic="education-youth/school-meals")

    dossier_machine.advance(dossier, "validate", actor=officer)
    assert rank_waiting(timezone.now()) == 1
    assert rank_waiting(timezone.now()) == 0

    run = MatchRun.objects.get()
    assert (run.state, [e["offer_id"] for e in run.entries]) == ("done", [right.pk, other.pk])
    assert [(e["offer_id"], e["broken"]) for e in run.near_misses] == [(near.pk, ["same_country"])]
    assert len(bytes(run.matrix)) == 3 * 9
    assert run.entries[0]["parts"]["topics"]["evidence"]["covered"] == {
        "water-sanitation/faecal-sludge": 3
    }


def test_a_need_and_an_answer_are_read_in_the_language_of_their_words_and_the_desk_tells(client):
    """Nobody was asked for it: the pages were in English, and both write another language."""
    dossier = make_dossier(
        status=Status.VALIDATED,
        title="Limpeza de fossas",
        problem="Dois camiões privados esvaziam as fossas da vila e despejam tudo junto ao rio.",
        objective="Queremos regras para os operadores e um lugar para tratar as lamas.",
        specific_objectives=[],
    )
    answer = make_interest(dossier, make_expert())
    Interest.objects.filter(pk=answer.pk).update(
        motivation="Nous avons agréé les vidangeurs et construit une station de séchage.",
        comparable_case="Une ville moyenne au bord du fleuve.",
        approach="Visiter, puis écrire les règles ensemble.",
    )
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    run = MatchRun.objects.get()
    client.force_login(make_officer())

    page = client.get(reverse("admin:matching_desk", args=[dossier.pk])).text

    [told] = [entry["parts"]["text"]["evidence"]["language"] for entry in run.answers]
    assert (dossier.language, run.need["language"], told) == ("en", "pt", "fr")
    assert "Read as a text in Portuguese." in page


def test_an_answer_is_scored_in_its_own_words_beside_the_offers(client):
    dossier, officer = make_dossier(status=Status.PUBLISHED), make_officer()
    offer, unrelated = make_offer(), make_offer(topic="education-youth/school-meals")
    of_offer = make_interest(dossier, offer.expert, status=InterestStatus.DRAFT)
    without = make_interest(dossier, make_expert(), status=InterestStatus.SUBMITTED)
    make_interest(dossier, unrelated.expert, status=InterestStatus.INVITED)
    Interest.objects.filter(pk=of_offer.pk).update(
        motivation="We licensed the operators who empty latrines, and wrote their tariff. " * 5,
        comparable_case="Emptying of latrines by licence, in a town of ours. " * 5,
        approach="Three days with the operators, then two with the council. " * 5,
    )
    of_offer.refresh_from_db()

    desk.submit_interest(of_offer, actor=offer.expert.user)
    rank_waiting(timezone.now())
    run = MatchRun.objects.get()
    own, bare = run.answers
    ranked = {entry["offer_id"]: entry for entry in run.entries}
    client.force_login(officer)
    page = client.get(reverse("admin:matching_desk", args=[dossier.pk])).content.decode()

    assert [own["offer_id"], bare["offer_id"]] == [-of_offer.pk, -without.pk]
    assert set(ranked) == {offer.pk, unrelated.pk}
    assert own["parts"]["topics"] == ranked[offer.pk]["parts"]["topics"]
    assert own["score"] > bare["score"] and bare["parts"]["topics"]["value"] is None
    assert f"Why {round(own['score'])} points for {offer.expert}" in page
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    again = MatchRun.objects.first()
    assert (again.entries, again.answers) == (run.entries, run.answers)


def test_the_desk_says_below_which_candidate_nobody_was_judged_fitting(client):
    """By the bar of the policy: an officer need not read on, and sees where nobody fits at all."""
    dossier = make_dossier(status=Status.PUBLISHED)
    other = "education-youth/school-meals"
    meals = {"topic": other, "title": "School meals", "text": "We cook for schools."}
    strangers = [make_offer(**meals) for _each in "ab"]
    client.force_login(make_officer())
    address = reverse("admin:matching_desk", args=[dossier.pk])

    def read_list(asked=""):
        request_run(dossier.pk)
        rank_waiting(timezone.now())
        page = client.get(address + asked).text
        return [
            found.strip()
            for found in re.findall(
                r"<h3>(\d)\. |((?:Nobody|Nobody else|Below this line nobody) matches well enough)",
                page,
            )
            for found in found
            if found
        ]

    assert read_list() == ["Nobody matches well enough", "1", "2"]
    make_offer()
    assert read_list() == ["1", "Nobody else matches well enough", "2", "3"]
    make_offer()
    assert read_list() == ["1", "2", "Below this line nobody matches well enough", "3", "4"]
    assert read_list("?sort=languages") == ["1", "2", "3", "4"]
    by_language = client.get(f"{address}?sort=languages").text  # no line parts them: each is marked
    assert by_language.count("Does not match well enough: neither topics nor text reach") == 2
    for stranger in strangers:
        stranger.delete()
    assert read_list() == ["1", "2"]


def test_the_desk_says_whom_an_expert_helped_before_and_how_it_was_liked(client):
    """H4: the desk and the engine know a mean of five answers or more, as everybody does."""
    dossier, offer = make_dossier(status=Status.PUBLISHED), make_offer()
    earlier = make_dossier(make_authority("Moroto"), status=Status.CLOSED)
    helped = make_interest(earlier, offer.expert, status=InterestStatus.CHOSEN)
    match = Match.objects.create(
        dossier=earlier, status=MatchStatus.AGREED, reference="MT-1", answer_by=timezone.now()
    )
    match.interests.add(helped)
    Exchange.objects.create(
        reference="EX-1",
        match=match,
        dossier=earlier,
        form="expert_mission",
        status="completed",
        status_since=timezone.now(),
        actual_start=timezone.localdate(),
    )
    client.force_login(make_officer())

    def page():
        request_run(dossier.pk)
        rank_waiting(timezone.now())
        return client.get(reverse("admin:matching_desk", args=[dossier.pk])).content.decode()

    under_way = page()
    Exchange.objects.update(actual_end=timezone.localdate())
    Expert.objects.update(rating_count=4, rating_mean=4.5)
    few = page()
    Expert.objects.update(rating_count=5)
    enough = page()

    assert f"Agreed, and not completed yet: the exchange of {earlier.reference}" in under_way
    assert "Earlier exchanges:" not in under_way
    assert f"Moroto, {timezone.now().year}" in few and "4.5 of 5" not in few
    assert "rated 4.5 of 5 by 5 people" in enough
    assert "4.5 of 5 from 5 people of authorities they helped" in enough


def test_the_desk_reads_what_applicants_and_experts_were_asked_about_days_and_places(client):
    """Days away, notice, days that do not suit, sizes, countries, mandates, help at a distance."""
    today = timezone.localdate()
    dossier = make_dossier(
        status=Status.PUBLISHED,
        forms=["expert_mission"],
        days=5,
        starts_on=today + timedelta(days=70),
        ends_on=today + timedelta(days=130),
        sizes=["0-5k"],
        preferred_countries=["NL"],
    )

    def offer(name, country="NL", remote=None, **of_expert):
        town = make_authority(name, country=country, population=4_000)
        made = make_offer(make_expert(authority=town, **of_expert), remote=remote)
        return made.pk

    brief, slow = offer("Brief", max_days=4), offer("Slow", notice_weeks=19)
    soon = offer("Soon", "BR", notice_weeks=2, max_days=5)
    mayor = offer("Mayor", remote=True, mandate_ends_on=today + timedelta(days=100))
    client.force_login(make_officer())

    def ranking():
        request_run(dossier.pk)
        rank_waiting(timezone.now())
        run = dossier.runs.first()
        page = client.get(reverse("admin:matching_desk", args=[dossier.pk])).text
        return {e["offer_id"] for e in run.entries}, {e["offer_id"] for e in run.near_misses}, page

    listed, near, page = ranking()
    assert (listed, near) == ({soon, mayor}, {brief, slow})
    for words in (
        "Can be away for 4 days at most, and 5 are requested",
        "Not available for that long in the period requested, with 19 weeks of notice",
        "4,000 inhabitants (preferred: under 5,000 inhabitants)",
        "a preferred country",
        "not a preferred country",
        "The mandate ends on",
        "Can also help at a distance.",
    ):
        assert words.lower() in page.lower(), words
    assert page.count("The mandate ends on") == page.count("Can also help at a distance.") == 1
    Dossier.objects.update(forms=["expert_mission", "internship"])
    assert brief in ranking()[0]  # their guest would travel
    closed = {"closed_from": str(today + timedelta(days=74)), "closed_until": "2099-01-01"}
    Dossier.objects.update(blackouts=[closed])
    assert ranking()[:2] == ({brief, mayor}, {slow, soon})  # nobody knows when those are free


def test_the_desk_proposes_a_team_that_covers_more_than_the_first_ones_and_says_why(client):
    """Several are sought: who together cover the topics, are elected and technical, and apart."""
    dossier = make_dossier(
        status=Status.PUBLISHED,
        experts=2,
        role_wanted="both",
        languages={"en": "B2", "fr": "B2"},
    )
    dossier.needs.all().delete()
    codes = "water-sanitation/faecal-sludge", "education-youth/school-meals"
    for order, code in enumerate(codes):
        theme = Theme.objects.get(code=code)
        dossier.needs.create(theme=theme, importance=3, order=order)

    def offer(name, topic=codes[0], country="NL", **of_expert):
        town = make_authority(name, country=country)
        return make_offer(make_expert(name, town, **of_expert), topic=topic)

    offer("Anna"), offer("Bert")
    offer("Carla", codes[1], "BR", role_type="elected", languages={"fr": "C1"})
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(make_officer())

    def page(asked=""):
        return client.get(reverse("admin:matching_desk", args=[dossier.pk]) + asked).text

    def team(asked):
        part = page(asked).partition('id="team"')[2].partition("</ol>")[0]
        told = re.findall(r"<strong>(\w+)</strong>", part)
        hints = re.findall(r'<p class="hint">([^<]*)</p>', part)[1:]
        return dict(zip(told, hints)), re.findall(r'role="status">([^<]*)<', part)

    sludge, meals = (str(Theme.objects.get(code=code)) for code in codes)
    assert "Propose a team" in page() and team("")[0] == {}
    assert team("?team=2") == (
        {
            "Anna": f"Covers {sludge}; the only technical officer; the only one from Netherlands; "
            "the only one who works in English",
            "Carla": f"Covers {meals}; the only elected member; the only one from Brazil; "
            "the only one who works in French",
        },
        [
            "90 % of the topics requested are covered; elected and technical; from 2 countries; "
            "languages asked that are spoken: English, French"
        ],
    )
    assert set(team("?team=3")[0]) == {"Anna", "Bert", "Carla"}
    beside = Theme.objects.exclude(code=codes[1]).filter(code__startswith="education-youth/")
    OfferTopic.objects.filter(theme__code=codes[1]).update(theme=beside.first())
    assert team("?team=2")[0]["Carla"].startswith(f"Does not declare {meals}, but a related topic")
    assert "No team of 6 can be formed from the candidates" in page("?team=6")
    assert team("?team=1") == team("?team=7") == team("?team=x") == ({}, [])
    Dossier.objects.update(experts=1, forms=["expert_mission"])
    assert "Propose a team" not in page("?team=2")
    Dossier.objects.update(forms=["round_table"])
    assert "Propose a team" in page()


def test_the_engine_proposes_only_experts_whom_the_desk_may_invite():
    """H3: both go by the same ties: memberships of two years, and what became of a town."""
    old, new = make_authority("Agona"), make_authority("Swedru")
    earlier = make_authority("Nyakrom", status="merged", merged_into=old)
    type(old).objects.filter(pk=old.pk).update(status="merged", merged_into=new)
    dossier, ines = make_dossier(old, status=Status.PUBLISHED), make_officer()
    offers = {"a stranger": make_offer()}
    for tie, town, status in (
        ("belongs to it", old, "active"),
        ("left it lately", old, "ended"),
        ("came to the successor", new, "active"),
        ("belonged to what it was before", earlier, "ended"),
    ):
        offers[tie] = make_offer()
        offers[tie].expert.user.memberships.create(
            authority=town, roles=["expert"], status=status, decided_at=timezone.now()
        )

    request_run(dossier.pk)
    rank_waiting(timezone.now())
    proposed = {entry["offer_id"] for entry in MatchRun.objects.get().entries}
    refused = {}
    for tie, offer in offers.items():
        try:
            desk.invite_expert(dossier, offer.pk, actor=ines)
        except ValidationError as refusal:
            refused[tie] = refusal.code

    assert [tie for tie, offer in offers.items() if offer.pk in proposed] == ["a stranger"]
    assert refused.keys() == offers.keys() - {"a stranger"}


def test_a_ranking_asked_for_twice_is_made_once():
    dossier = make_dossier(status=Status.VALIDATED)

    assert request_run(dossier.pk) == request_run(dossier.pk)


def test_an_invitation_is_sent_once_and_only_for_a_published_request():
    agona, ines = make_authority(), make_officer()
    dossier, offer = make_dossier(agona, status=Status.PUBLISHED), make_offer()
    own = make_offer(make_expert(authority=agona))
    unpublished = make_dossier(status=Status.VALIDATED)

    desk.invite_expert(dossier, offer.pk, actor=ines)
    for which, whom, code in (
        (dossier, offer, "twice"),
        (dossier, own, "own"),
        (unpublished, offer, "closed"),
    ):
        with pytest.raises(ValidationError) as refusal:
            desk.invite_expert(which, whom.pk, actor=ines)
        assert refusal.value.code == code
    with pytest.raises(PermissionDenied):
        desk.invite_expert(dossier, offer.pk, actor=offer.expert.user)

    assert list(Letter.objects.values_list("template", "address")) == [
        ("interest_invited", offer.expert.user.email)
    ]


def test_an_expert_answers_a_request_from_the_public_board(client):
    dossier, offer, ines = make_dossier(status=Status.PUBLISHED), make_offer(), make_officer()
    client.force_login(offer.expert.user)
    text = "I set up scheduled emptying with six operators, wrote the tariff and ran it. " * 2

    board = client.get(reverse("opportunities")).content.decode()
    client.post(reverse("answer", args=[dossier.reference]))
    interest = Interest.objects.get()
    page = interest.get_absolute_url()
    client.post(page, {"motivation": text})
    short = client.post(
        page, {"motivation": text, "comparable_case": "", "approach": "I would come.", "send": "1"}
    ).content.decode()
    saved = client.post(page, {"motivation": text, "approach": "I would come."}, follow=True).text
    whole = dict.fromkeys(["motivation", "comparable_case", "approach", "send"], text)
    without = client.post(page, whole).content.decode()
    assert "your CV, as a PDF" in without
    tied = whole | {"cv": SimpleUploadedFile("cv.pdf", pdf_of("cv")), "conflict": "on"}
    bare = client.post(page, tied).text
    assert "what your conflict of interest is" not in bare and "explain it in a sentence" in bare
    unticked = client.post(page, whole | {"conflict_text": "My sister works there."}).text
    assert "Tick this box, or delete what you wrote below it." in unticked
    client.post(page, whole | {"conflict": "on", "conflict_text": "My sister works there."})
    assert "My sister works there." in client.get(page).text

    interest.refresh_from_db()
    assert dossier.title in board
    summary = re.sub(r"<[^>]+>", " ", short.partition('id="errors"')[2].partition("</ul>")[0])
    assert [" ".join(line.split()) for line in summary.splitlines() if ": " in line] == [
        "Still needed: your CV, as a PDF",
        "A comparable case that you solved: This field is required.",
        "How would you go about it? 13 characters so far: at least 100 are needed.",
    ]
    assert "13 characters so far: at least 100 are needed" in saved
    assert (interest.status, interest.motivation) == ("submitted", text.strip())
    assert Letter.objects.get(template="interest_received").address == ines.email


def test_the_board_begins_on_demand_with_what_closes_first_and_leads_back_to_ones_own(client):
    """Her own request invited her to create a profile; the co-applicant's officer too."""
    today = timezone.localdate()
    late, soon, next_one = (
        make_dossier(status=Status.PUBLISHED, title=title)
        for title in ("A road", "Bins", "Cisterns")
    )
    for dossier, days in ((late, 30), (soon, 2), (next_one, 9)):
        dossier.opportunity.closes_on = today + timedelta(days=days)
        dossier.opportunity.save()

    page = client.get(reverse("opportunities"), {"sort": "closing"})
    assert [one.dossier.title for one in page.context["page"]] == ["Bins", "Cisterns", "A road"]

    own = make_user(works_for=late.authority)
    client.force_login(own)
    public = client.get(reverse("opportunity", args=[late.reference])).text
    file = client.get(late.get_absolute_url()).text
    assert f'href="{late.get_absolute_url()}"' in public and "Create a profile" not in public
    assert f'href="{reverse("opportunity", args=[late.reference])}"' in file


def test_the_public_board_shows_no_name_no_address_and_no_unpublished_request(client):
    make_dossier(status=Status.VALIDATED, title="A secret plan")
    dossier = make_dossier(status=Status.PUBLISHED)

    pages = [
        client.get(reverse("opportunities")).content.decode(),
        client.get(reverse("opportunity", args=[dossier.reference])).content.decode(),
    ]

    for words in ("Efua Mensah", "efua@agona.example", "Justina", "A secret plan"):
        assert not any(words in page for page in pages)


def test_an_officer_works_a_request_through_the_desk_in_the_admin(client):
    dossier, offer = make_dossier(status=Status.PUBLISHED), make_offer()
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(make_officer())
    page = reverse("admin:matching_desk", args=[dossier.pk])

    shown = client.get(page).content.decode()
    client.post(page, {"verb": f"invite {offer.pk}"})
    interest = Interest.objects.get()
    Interest.objects.update(status="submitted")
    for verb in ("screen", "shortlist"):
        client.post(page, {"verb": f"{verb} {interest.pk}"})
    client.post(page, {"verb": "begin_shortlisting"})
    client.post(page, {"verb": "propose", "interest": [interest.pk], "note": "She did it twice."})

    assert offer.expert.user.name in shown and "Faecal sludge management level 3 of 4" in shown
    assert Dossier.objects.get().status == Status.CONSENT_PENDING
    match = dossier.matches.get()
    assert match.consents.count() == 3
    for name, row in (("applications_dossier", dossier), ("matching_match", match)):
        history = client.get(reverse(f"admin:{name}_history", args=[row.pk])).text
        told = [escape(str(event.past)) in history for event in row.events.all()]
        assert told == [True] * row.events.count() and told


def test_at_its_last_day_a_request_with_an_admissible_answer_goes_to_the_choosing():
    ready, empty = make_dossier(status=Status.PUBLISHED), make_dossier(status=Status.PUBLISHED)
    make_interest(ready, status="screened")
    now = timezone.now()

    closed = [opportunities.close_due(now + timedelta(days=days)) for days in (30, 31, 32)]

    assert closed == [0, 1, 0]
    assert Dossier.objects.get(pk=ready.pk).status == Status.SHORTLISTING
    assert Dossier.objects.get(pk=empty.pk).status == Status.PUBLISHED


def test_a_request_without_an_admissible_answer_is_not_closed_to_new_ones(client):
    dossier, ines = make_dossier(status=Status.PUBLISHED), make_officer()
    interest = make_interest(dossier, status="submitted")
    client.force_login(ines)
    page = reverse("admin:matching_desk", args=[dossier.pk])
    unanswered = make_dossier(status=Status.PUBLISHED)

    none_yet = client.get(reverse("admin:matching_desk", args=[unanswered.pk])).text
    with pytest.raises(ValidationError, match="No answer is eligible"):
        desk.begin_shortlisting(dossier, actor=ines)
    before = client.get(page).text
    type(interest).objects.update(status="screened")
    after = client.get(page).text

    assert "No answers yet" in none_yet and "check those received" not in none_yet
    assert "You can close it to new answers once one is eligible" in before
    button = 'value="begin_shortlisting"'
    assert (button in before, button in after) == (False, True)


def test_a_button_of_the_desk_loses_nothing_that_was_typed_for_another(client):
    """Each was a form of its own: shortlisting Marta threw away why Ousmane is to be dismissed."""
    dossier = make_dossier(status=Status.SHORTLISTING)
    interest = make_interest(dossier, status="screened")
    offer = make_offer(id=interest.pk)  # of one number: each button sends only what is its own
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(make_officer())
    page = reverse("admin:matching_desk", args=[dossier.pk])
    typed = {f"aside-{offer.pk}": "Knows pits.", "note": "They know the river."}

    after = client.post(
        f"{page}?beside", typed | {"verb": f"shortlist {interest.pk}"}, follow=True
    ).text
    dismissed = client.post(
        f"{page}?beside", typed | {"verb": f"put_aside {offer.pk}"}, follow=True
    ).text

    assert Interest.objects.get(pk=interest.pk).status == "shortlisted"
    assert 'value="Knows pits."' in after and ">They know the river.<" in dismissed
    assert dossier.put_aside.get().reason == "Knows pits."
    assert 'What you typed is below, and not saved yet. <a href="?discard=1">' in after
    thrown = client.get(f"{page}?discard=1", follow=True).text
    assert "They know the river." not in thrown and "?discard=1" not in thrown


def test_the_matching_desk_begins_with_what_is_to_be_worked_on_and_says_who_does(client):
    """S2: eight finished requests filled the first screen."""
    ines, now = make_officer("Ines"), timezone.now()
    states = (Status.MATCHED, Status.CONSENT_PENDING, Status.PUBLISHED, Status.SHORTLISTING)
    done, asked, open_, choosing = (
        make_dossier(status=state, case_officer=ines, status_since=now - timedelta(days=9 - days))
        for days, state in enumerate(states)
    )
    make_interest(open_, status="submitted")
    make_interest(open_, status="draft")  # nobody has it yet
    client.force_login(ines)

    page = client.get(reverse("admin:matching_dossiertomatch_changelist"))

    rows = list(page.context["cl"].result_list)
    assert rows == [open_, choosing, asked, done]
    assert [row.received for row in rows] == [1, 0, 0, 0]
    assert page.text.count(">Ines<") >= 4


def test_what_was_typed_for_a_proposal_that_is_refused_stays(client):
    dossier = make_dossier(status=Status.SHORTLISTING)
    make_interest(dossier, status="shortlisted")
    client.force_login(make_officer())
    page = reverse("admin:matching_desk", args=[dossier.pk])

    refused = client.post(page, {"verb": "propose", "note": "They know the river."}).text
    other = client.post(page, {"verb": "seek_again", "open_until": "2020-02-03"}).text

    assert "Choose one to three answers" in refused and "They know the river." in refused
    assert 'value="2020-02-03"' in other


@pytest.mark.parametrize(
    "name",
    [
        "desk",
        "opportunities",
        "home",
        "my",
        "memberships",
        "dossiers",
        "experts",
        "authority",
        "association",
        "committee",
    ],
)
def test_a_longer_list_asks_the_database_no_more_often(client, name):
    """L2: one row, then four: the number of queries is the same."""
    agona, ines = make_authority(), make_officer()
    dossier = make_dossier(agona, status=Status.PUBLISHED)
    efua = make_user(works_for=agona)

    def grow():
        offer = make_offer()
        make_expert(authority=agona)
        make_user().memberships.create(authority=agona, status="asked", roles=["editor"])
        make_interest(dossier, offer.expert)
        make_dossier(agona, status=Status.PUBLISHED)
        make_dossier(status=Status.UNDER_SELECTION)
        MatchRun.objects.all().delete()
        request_run(dossier.pk)
        rank_waiting(timezone.now())

    association = agona.associations.create(name="NALAG", country="GH", scope="national")
    officer = make_user()
    officer.memberships.create(
        association=association, roles=["association_officer"], status="active"
    )
    url, user = {
        "desk": (reverse("admin:matching_desk", args=[dossier.pk]), ines),
        "opportunities": (reverse("opportunities"), efua),
        "home": (reverse("home"), efua),
        "my": (reverse("my"), efua),
        "memberships": (reverse("memberships") + "?q=a", efua),
        "authority": (reverse("authority", args=[agona.slug]), ines),
        "dossiers": (reverse("admin:applications_dossier_changelist"), ines),
        "experts": (reverse("experts"), efua),
        "association": (reverse("association"), officer),
        "committee": (reverse("committee"), make_member()),
    }[name]
    grow()
    client.force_login(user)
    client.get(url)

    counted = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        counted.append(len(queries))
        grow()
        grow()
        grow()

    assert counted[0] == counted[1]


def test_a_person_has_one_score_on_the_desk_and_is_shown_by_the_offer_nearest_to_the_need(client):
    dossier = make_dossier(status=Status.PUBLISHED)
    expert, officer = make_expert(languages={"en": "C1", "nl": "native"}), make_officer()
    far = make_offer(expert, title="School meals", topic="education-youth/school-meals")
    far.windows.create(starts_on=dossier.starts_on, ends_on=dossier.ends_on)
    dutch = make_offer(expert, title="Putten legen", language="nl")
    english = make_offer(expert, title="Emptying pits")
    answering = make_offer()
    of_answer = make_interest(dossier, answering.expert, status=InterestStatus.DRAFT)
    Interest.objects.filter(pk=of_answer.pk).update(
        motivation="We mend roads with cobbles and the people of the street. " * 5,
        comparable_case="A road in a town of ours. " * 5,
        approach="Three days on the road. " * 5,
    )
    of_answer.refresh_from_db()
    desk.submit_interest(of_answer, actor=answering.expert.user)

    rank_waiting(timezone.now())
    run = MatchRun.objects.get()
    listed = [entry["offer_id"] for entry in run.entries]
    client.force_login(officer)
    desk_page = reverse("admin:matching_desk", args=[dossier.pk])
    page = client.get(desk_page).text
    in_force = CallPolicy.policy_for(dossier.call)
    moved = policies.try_policy(run, replace(in_force, weights=in_force.weights | {"text": 90}))

    shown = {entry["offer_id"]: entry["score"] for entry in run.entries}
    assert {one.offer_id: one.score_before for one in moved} == shown
    assert (english.pk in listed, dutch.pk in listed, far.pk in listed) == (True, False, False)
    own = round(run.answers[0]["score"])
    scores = re.findall(rf"Why (\d+) points for {re.escape(str(answering.expert))}", page)
    assert scores == [str(own)] * 2
    # What a page says of the criteria adds up to what it says of all; the same facts earn the same.
    for one in describe_candidates(run.entries):
        points = sum(Decimal(line.points_words) for line in one.lines)
        assert round(points * one.strength / 100) == one.score
    MatchRun.objects.update(admitted=29)
    assert "of the 29 offers that the rules admit" in client.get(desk_page).text
    assert run.answers[0]["parts"]["fair_turn"]["value"] == 1
    assert nearest_offer(expert, dossier) == english


def test_of_offers_as_near_the_one_that_its_officer_reads_is_shown():
    officer = make_officer()
    officer.language = "fr"
    officer.save()
    dossier, expert = make_dossier(status=Status.PUBLISHED), make_expert()
    Dossier.objects.filter(pk=dossier.pk).update(case_officer=officer)
    dutch = make_offer(expert, title="Putten legen", language="nl")
    french = make_offer(expert, title="Vider les fosses", language="fr")
    request_run(dossier.pk)

    rank_waiting(timezone.now())
    dossier.refresh_from_db()

    listed = [entry["offer_id"] for entry in MatchRun.objects.get().entries]
    assert (french.pk in listed, dutch.pk in listed) == (True, False)
    assert nearest_offer(expert, dossier) == french


def test_a_request_that_is_no_longer_open_says_so_and_leads_to_ones_answer(client):
    """Who had answered read that the page was not theirs to see."""
    interest = make_interest(make_dossier(status=Status.PUBLISHED))
    Dossier.objects.update(status=Status.CONSENT_PENDING)
    page = reverse("opportunity", args=[interest.dossier.reference])

    visitor = client.get(page)
    client.force_login(interest.expert.user)
    answered = client.get(page, follow=True)

    assert visitor.status_code == 404 and "This request is closed" in visitor.text
    assert interest.dossier.title not in visitor.text
    assert answered.redirect_chain == [(interest.get_absolute_url(), 302)]
    assert "This request is closed. Here is your answer to it." in answered.text
