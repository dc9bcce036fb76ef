"""Each criterion is fed from rows and said in words; so is what two towns did together before."""

import re
from dataclasses import asdict
from datetime import date, timedelta

import numpy as np
import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy

from applications.enums import Status
from connect.transitions import record_event
from engine import appraise_offers
from engine.columns import Number
from engine.criteria import CRITERIA as ENGINE_CRITERIA
from engine.criterion import Criterion
from engine.policy import Policy
from matching.criteria import CRITERIA
from matching.criterion import DeskCriterion
from matching.enums import InterestStatus, MatchStatus
from matching.fit_reasons import describe_fit, list_explained
from matching.fits import save_fitting_requests
from matching.models import FittingRequests, Match
from matching.needs import read_need, read_shared_facts
from matching.offer_catalogue import catalogue_at
from matching.quotations import UNQUOTED
from matching.reasons import Appraisal, Line, describe_candidates
from matching.runs import rank_waiting, request_run
from registry.models import Expert, Theme
from tests.factories import (
    make_authority,
    make_dossier,
    make_expert,
    make_interest,
    make_offer,
    make_officer,
    publish_dossier,
)

pytestmark = pytest.mark.django_db
OTHER_COLOURS = {"rest", "missing"}  # of a bar: all other criteria, and what is not reached


def agree(dossier, interest, status=MatchStatus.AGREED):
    """A match of the two, as everybody's yes, or a no, leaves it."""
    match = Match.objects.create(
        dossier=dossier, status=status, reference=f"MA-{interest.pk}", answer_by=timezone.now()
    )
    match.interests.add(interest)
    return match


def change_row(row, **values):
    type(row).objects.filter(pk=row.pk).update(**values)


# What somebody changes, in whose row, and each criterion that must notice.
CHANGES = [
    ("topics", lambda need, offer: offer.topics.update(level=1)),
    ("text", lambda need, offer: change_row(offer, text="Lamps in our streets.")),
    ("peer", lambda need, offer: change_row(offer.expert, function="waste")),
    ("context", lambda need, offer: change_row(offer.expert.authority, population=900)),
    ("languages", lambda need, offer: change_row(offer.expert, languages={"en": "native"})),
    ("experience", lambda need, offer: change_row(offer.expert, years=31)),
    (
        "availability",
        lambda need, offer: offer.windows.create(starts_on=need.starts_on, ends_on=need.starts_on),
    ),
    (
        "ties",
        lambda need, offer: change_row(
            make_interest(
                make_dossier(need.authority), make_expert(authority=offer.expert.authority)
            ),
            partnership=True,
        ),
    ),
    (
        "fair_turn",
        lambda need, offer: agree(
            other := make_dossier(), make_interest(other, offer.expert, status="chosen")
        ),
    ),
    (
        "topics",
        lambda need, offer: need.needs.update(
            theme=Theme.objects.get(code="energy/street-lighting")
        ),
    ),
    ("text", lambda need, offer: change_row(need, problem="Lamps in our streets. " * 20)),
    ("peer", lambda need, offer: change_row(need, role_wanted="elected")),
    ("context", lambda need, offer: change_row(need.authority, population=900)),
    ("languages", lambda need, offer: change_row(need, languages={"fr": "B2"})),
    ("context", lambda need, offer: change_row(need, preferred_countries=["NL"])),
    ("context", lambda need, offer: change_row(need, sizes=["100-500k"])),
    ("availability", lambda need, offer: change_row(need, ends_on=need.starts_on)),
    (
        "availability",
        lambda need, offer: change_row(need, ends_on=need.starts_on + timedelta(days=9)),
    ),
    (
        "availability",
        lambda need, offer: change_row(
            need,
            blackouts=[
                {
                    "closed_from": str(need.starts_on + timedelta(days=5)),
                    "closed_until": str(need.starts_on + timedelta(days=9)),
                }
            ],
        ),
    ),
    ("availability", lambda need, offer: change_row(offer.expert, notice_weeks=52)),
]


def test_every_criterion_is_fed_from_real_rows_and_put_in_words():
    """Each row that feeds a criterion is changed in turn: its value moves, and is said, to experts
    too where it declares so; one with a colour has it."""
    dossier = make_dossier(make_authority("Agona", population=90_000), status=Status.PUBLISHED)
    offer = make_offer(make_expert(authority=make_authority(country="NL", population=9_000)))
    today, themes = timezone.localdate(), {one.code: one for one in Theme.objects.all()}

    def appraise():
        need = read_need(type(dossier).objects.get(pk=dossier.pk), read_shared_facts(today))
        [entry] = appraise_offers(need, catalogue_at(today), Policy.default(), [offer.pk])
        return entry

    unfed, unsaid, explained, before = [], [], set(), appraise().parts
    for key, change in CHANGES:
        change(dossier, offer)
        entry = appraise()
        after = entry.parts
        if after[key].value in (None, before[key].value):
            unfed.append((key, before[key].value, after[key].value))
        before, criterion = after, CRITERIA[key]
        if criterion.explain_to_expert:
            facts = criterion.read_facts(asdict(entry), UNQUOTED, {})
            reasons = criterion.explain_to_expert(facts, themes, after[key].value)
            explained |= {key for _is_for, words in reasons if str(words).strip()}
        for language in ("en", "fr", "es"):
            with translation.override(language):
                if not CRITERIA[key].describe(after[key].evidence, themes).strip():
                    unsaid.append((key, language))

    assert (unfed, unsaid) == ([], [])
    assert [*CRITERIA] == [*ENGINE_CRITERIA] == list(dict(CHANGES))
    assert explained == {one.key for one in list_explained()}
    coloured = re.findall(
        r"^\.c-(\w+) ", (settings.BASE_DIR / "static/tokens.css").read_text(), re.M
    )
    assert {key for key, one in CRITERIA.items() if one.has_colour} == {*coloured} - OTHER_COLOURS


def answered(town, asking, *, status=InterestStatus.SUBMITTED, ties=False, sent=False):
    """An expert of a town answered a request: did they tick that the two already work together?"""
    dossier = make_dossier(asking)
    interest = make_interest(dossier, make_expert(authority=town), status=status)
    change_row(interest, partnership=ties)
    if sent:
        record_event(interest, "submit", actor=interest.expert.user, now=timezone.now())
    return dossier, interest


def test_the_desk_says_what_two_towns_had_to_do_with_each_other(client):
    """By what was declared and by earlier exchanges; where nobody was asked it is unknown."""
    agona = make_authority("Agona")
    before = make_authority("Nyakrom", status="merged", merged_into=agona)
    towns = {}

    def town(name):
        towns[name] = make_authority(name, country="NL")
        make_offer(make_expert(authority=towns[name]))
        return towns[name]

    agreed = {}
    for name, asking, helping in (
        ("helped Agona", agona, None),
        ("was helped by Agona", None, agona),
        ("helped a town merged into Agona", before, None),
        ("helped a group with Agona", make_authority(), None),
    ):
        own = town(name)
        dossier, interest = answered(helping or own, asking or own)
        agree(dossier, interest)
        year = timezone.localdate().year
        applicant = dossier.authority.name
        if "group" in name:  # the exchange was another's, and theirs as well
            dossier.partners.add(agona)
            applicant += " (co-applicants: Agona)"
        agreed[name] = (
            f"The two local authorities took part in an exchange before: {dossier.reference} "
            f"({year}, applicant {applicant}, with {interest.expert})"
        )
    answered(town("declares it"), agona, ties=True)
    answered(town("declared it"), agona, ties=True, status=InterestStatus.EXPIRED, sent=True)
    answered(town("declared none"), agona)
    answered(town("writes of it"), agona, ties=True, status=InterestStatus.DRAFT)
    dossier, interest = answered(town("undone"), agona, status=InterestStatus.EXPIRED)
    agree(dossier, interest, MatchStatus.DISSOLVED)
    town("never met")
    asking = make_dossier(agona, status=Status.PUBLISHED)
    own = make_interest(asking, make_expert(authority=town("answers now")))
    change_row(own, partnership=True)

    request_run(asking.pk)
    rank_waiting(timezone.now())
    run = asking.runs.get()
    words = {
        one.offer.expert.authority.name: line.why
        for one in describe_candidates(run.entries)
        for line in one.lines
        if line.key == "ties"
    }
    client.force_login(make_officer())
    page = client.get(reverse("admin:matching_desk", args=[asking.pk])).text

    unknown = "nobody was asked, and no exchange was agreed here"
    assert words == agreed | {
        "declares it": "Declared earlier partnership",
        "declared it": "Declared earlier partnership",
        "declared none": "An answer from their authority says: no earlier partnership with this "
        "one",
        "writes of it": unknown,
        "undone": unknown,
        "never met": unknown,
        "answers now": "Declared earlier partnership",
    }
    assert [part["parts"]["ties"]["value"] for part in run.answers] == [1]
    assert agreed["helped Agona"] in page and unknown not in page  # few have a tie


def test_a_criterion_is_added_by_its_two_halves_and_older_rankings_stay_readable(
    client, monkeypatch
):
    """Beside the module of the engine and the desk's side nothing is changed: here, in memory."""

    def score(need, catalogue):
        lasts = np.minimum(catalogue["mandate"] / 365, 1)
        return np.where(need.fact("days"), lasts, np.nan).astype(np.float32)

    dossier = make_dossier(status=Status.PUBLISHED)
    mayor, officer = make_offer(), make_offer()
    Expert.objects.filter(pk=mayor.expert.pk).update(mandate_ends_on=date(2030, 1, 1))
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    client.force_login(make_officer())
    desk = reverse("admin:matching_desk", args=[dossier.pk])
    old = client.get(desk).text

    monkeypatch.setitem(
        ENGINE_CRITERIA,
        "mandate",
        Criterion(
            "mandate",
            len(ENGINE_CRITERIA),
            4,
            score,
            lambda need, catalogue, row, offer: {"left": offer.fact("mandate")},
            columns=(Number("mandate"),),
        ),
    )
    monkeypatch.setitem(
        CRITERIA,
        "mandate",
        DeskCriterion(
            "mandate",
            gettext_lazy("Mandate"),
            lambda facts, themes: f"{facts['left']} days of the mandate are left",
            read_offer=lambda row, shared: {
                "mandate": (row["expert__mandate_ends_on"] - date(2029, 12, 1)).days
                if row["expert__mandate_ends_on"]
                else None
            },
            paths=("expert__mandate_ends_on",),
            explain_to_expert=lambda facts, themes, value: [
                (True, f"your mandate lasts for {facts['left']} days more")
            ],
        ),
    )
    form = {f"weight_{key}": 1 for key in CRITERIA} | {
        **{"try": "1", "rules": [], "per_expert": 1, "per_authority": 3, "per_country": 0}
    }
    tried = client.get(desk, form).text
    request_run(dossier.pk)
    rank_waiting(timezone.now())
    new = client.get(desk).text

    publish_dossier()
    save_fitting_requests(timezone.now())
    entry = FittingRequests.objects.get(expert=mayor.expert).entries[0]
    told = [one.words for one in describe_fit(entry, {}) if one.name == "Mandate"]

    assert "Mandate" not in old
    assert told == ["your mandate lasts for 31 days more"]
    assert str(mayor.expert) in re.search(r'<table class="shifts".*?</table>', tried, re.S)[0]
    assert 'name="weight_mandate"' in tried
    assert "31 days of the mandate are left" in new and "Mandate (unknown)" in new
    parts = {entry["offer_id"]: entry["parts"]["mandate"] for entry in dossier.runs.first().entries}
    assert [parts[one.pk]["value"] is None for one in (mayor, officer)] == [False, True]


def test_the_points_of_what_is_not_known_add_up_to_the_total_that_is_named():
    """18.8 and 4.1 stood beside 22.8: the sum of what had been cut off."""
    lines = [
        Line(key, name, points, weight, "not stated", False, start=0, width=points)
        for key, name, points, weight in [("text", "Text", 18.75, 37), ("size", "Size", 4.05, 8)]
    ]
    appraisal = Appraisal(
        score=23, confidence=0, strength=100, nearness=0, lines=lines, rules=[], broken=[]
    )

    assert [line.points_words for line in lines] == ["18.8", "4.1"]
    assert "gets 22.9 of 45 points." in appraisal.unknown
