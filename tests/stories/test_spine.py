"""From an empty dossier to a published practice and the figures: every role by HTTP.

A real worker ranks and sends; letters are real and read.

It asserts what each person sees, in their language, and which letters they received.
"""

import re
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from applications.enums import GRID, Check
from applications.models import Dossier
from applications.sections import SECTIONS
from exchanges.models import Exchange
from matching.models import Interest, MatchRun
from registry.models import Membership
from tests.conftest import wait_for
from tests.factories import (
    answers,
    make_authority,
    make_call,
    make_expert,
    make_member,
    make_offer,
    make_officer,
    make_user,
    pdf_of,
    section_data,
)
from tests.stories.lives import live_on
from tests.worlds import signed_in


def told(letters, address):
    return [letter["Subject"] for letter in letters(address)]


def link_in(letter):
    body = letter.get_body(("plain",)).get_content()
    return re.search(r"https?://[^/\s]+(/\S+)", body).group(1)


def fill(client, reference, typed):
    for slug in SECTIONS:
        data = section_data(slug, typed)
        data["version"] = "0"
        client.post(reverse("section", args=[reference, slug]), data)


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_town_finds_its_colleague(worker, received, settings):
    settings.UNDO_FOR = timedelta(0)  # nobody thinks better of anything here
    run = uuid.uuid4().hex[:6]  # the letter box is shared: each run writes to its own people
    ines = make_officer(f"Ines {run}")
    agona = make_authority("Agona West", slug="gh-agona-west", population=115000)
    almere = make_authority("Almere", country="NL", population=226000)
    efua, kwame = make_user(f"Efua {run}"), make_user(f"Kwame {run}", works_for=agona)
    members = [make_member(f"{name} {run}") for name in ("Anna", "Jan", "Marie")]
    ineke = make_expert(
        f"Ineke {run}", almere, employer_email=f"clerk-{run}@almere.example", languages={"en": "C1"}
    )
    offer, joseph = make_offer(ineke), make_offer(make_expert(f"Joseph {run}"))
    call = make_call()

    # Efua asks to join; her colleague Kwame, who may, says yes.
    hers = signed_in(efua)
    hers.post(
        reverse("join", args=["authority", agona.slug]),
        {"roles": ["editor"], "function": "Planning officer"},
    )
    wait_for(lambda: told(received, kwame.email) == [f"{efua.name} asks to join Agona West"])
    asked = Membership.objects.get(user=efua)
    accepted = signed_in(kwame).post(
        reverse("membership-decide", args=[asked.pk]), {"answer": "accept"}, follow=True
    )
    assert f"{efua.name} is now a member of Agona West." in accepted.text
    assert f"Members: {efua.name}" in accepted.text or f", {efua.name}</p>" in accepted.text

    # She begins, writes, is told what is missing, completes and sends.
    hers.post(reverse("begin", args=[call.slug]), {"authority": agona.slug})
    dossier = Dossier.objects.get()
    reference = dossier.reference
    assert re.fullmatch(r"CN-\d{4}-\d{4}", reference)
    fill(hers, reference, answers(problem="Too short", letter_to_follow=""))
    check = hers.get(reverse("check-answers", args=[reference])).content.decode()
    assert "add one, have the application signed by link" in check
    assert "Write at least 300 characters" in check
    hers.post(
        reverse("add-file", args=[reference]),
        {"file": SimpleUploadedFile("letter.pdf", pdf_of("signed")), "kind": "letter"},
    )
    data = section_data("problem", answers())
    data["version"] = "1"
    hers.post(reverse("section", args=[reference, "problem"]), data)
    hers.post(reverse("dossier-step", args=[reference, "submit"]))
    assert "Submitted" in hers.get(dossier.get_absolute_url()).content.decode()
    wait_for(lambda: told(received, ines.email))

    # Ines opens the file, asks for a correction, gets it, ticks the list, sends it on.
    desk = signed_in(ines)

    def step(verb, **details):
        return desk.post(
            reverse("admin:applications_dossier_step", args=[dossier.pk, verb]), details
        )

    step("open")
    in_two_weeks, in_five = (timezone.localdate() + timedelta(weeks=n) for n in (2, 5))
    step("ask_correction", due_on=in_two_weeks, comment_dossier_title="Name the town, please.")
    hers_page = hers.get(dossier.get_absolute_url()).content.decode()
    assert "Name the town, please." in hers_page
    hers.post(
        reverse("section", args=[reference, "summary"]),
        {"version": "1", "dossier_title": "Organise the emptying of latrines in Swedru"},
    )
    hers.post(reverse("dossier-step", args=[reference, "answer_correction"]))
    desk.post(
        reverse("admin:applications_dossier_check", args=[dossier.pk]), {"checklist": Check.values}
    )
    step("send_to_committee")

    # Three members declare, read and score; Ines validates; a worker ranks.
    for member in members:
        page = reverse("committee-dossier", args=[reference])
        theirs = signed_in(member)
        assert reference in theirs.get(reverse("committee")).content.decode()
        theirs.post(page, {"has_conflict": "no"})
        theirs.post(page, {code: most - 3 for code, (_label, most) in GRID.items()})
    assert (
        "85"
        in desk.get(
            reverse("admin:applications_dossier_change", args=[dossier.pk])
        ).content.decode()
    )
    step("validate")
    ranking = wait_for(lambda: MatchRun.objects.filter(state="done").first())
    assert {entry["offer_id"] for entry in ranking.entries} == {offer.pk, joseph.pk}

    # The applicant agrees to the summary; it is published; Ineke is invited and answers.
    hers.post(reverse("approve-summary", args=[reference]))
    step("publish", closes_on=in_five)
    board = Client().get(reverse("opportunities")).content.decode()
    assert "Organise the emptying of latrines in Swedru" in board
    at_the_desk = reverse("admin:matching_desk", args=[dossier.pk])
    desk.post(at_the_desk, {"verb": f"invite {offer.pk}"})
    invitation = wait_for(lambda: received(ineke.user.email))[0]
    assert invitation["Subject"] == "Agona West needs an expert like you"
    hers_too = signed_in(ineke.user)
    text = "I set up scheduled emptying with six operators and wrote the tariff. " * 3
    fields = dict.fromkeys(["motivation", "comparable_case", "approach"], text)
    cv = SimpleUploadedFile("cv.pdf", pdf_of("cv"))
    hers_too.post(link_in(invitation), fields | {"send": "1", "cv": cv})
    interest = Interest.objects.get()
    for verb in ("screen", "shortlist"):
        desk.post(at_the_desk, {"verb": f"{verb} {interest.pk}"})
    desk.post(at_the_desk, {"verb": "begin_shortlisting"})
    desk.post(at_the_desk, {"verb": "propose", "interest": [interest.pk], "note": "Same job."})

    # Expert, employer by link and applicant agree; the exchange exists and all are told.
    match = dossier.matches.get()
    by_side = {consent.side: consent for consent in match.consents.all()}
    yes = {"answer": "yes"}
    hers_too.post(reverse("match-answer", args=[match.reference, by_side["expert"].pk]), yes)
    asked = wait_for(lambda: received(ineke.employer_email))[0]
    page = link_in(asked)
    assert f"May {ineke.user.name} take part?" in Client().get(page).content.decode()
    Client().post(page, yes)
    assert not Exchange.objects.exists()
    hers.post(reverse("match-answer", args=[match.reference, by_side["applicant"].pk]), yes)

    exchange = Exchange.objects.get()
    seen = hers.get(exchange.get_absolute_url()).content.decode()
    assert ineke.user.email in seen and "Agreed, to be planned" in seen
    for address in (efua.email, ineke.user.email, ineke.employer_email):
        wait_for(lambda a=address: f"{match.reference}: everyone agrees" in told(received, a))
    assert told(received, joseph.expert.user.email) == []
    story = list(dossier.events.values_list("verb", flat=True))
    assert story == [
        "begin",
        "submit",
        "open",
        "ask_correction",
        "answer_correction",
        "send_to_committee",
        "validate",
        "publish",
        "shortlist",
        "ask_consent",
        "match",
    ]

    # It is planned, held and followed up; what worked is published, and the figures count it.
    with translation.override("en"):
        live_on(exchange, efua, ineke.user, ines)


@pytest.mark.django_db(transaction=True)
def test_a_person_makes_an_account_with_a_code_and_the_code_is_not_kept(worker, received):
    address = f"new-{uuid.uuid4().hex[:8]}@example.org"
    client = Client()

    client.post(
        reverse("account_signup"),
        {"name": "Awa Compaoré", "email": address, "password1": "une phrase assez longue"},
    )
    letter = wait_for(lambda: received(address))[0]
    body = letter.get_body(("plain",)).get_content()
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]*)\s*$", body, re.M).group(1)
    client.post(reverse("account_email_verification_sent"), {"code": code})

    assert "First tell us where you work" in client.get(reverse("my")).content.decode()
    from notifications.models import Letter  # noqa: PLC0415

    kept = wait_for(lambda: Letter.objects.exclude(sent_at=None).filter(address=address).first())
    assert code not in kept.body
