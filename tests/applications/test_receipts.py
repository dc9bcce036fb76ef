"""Whoever has sent an application gets a receipt: its number, what was sent, what happens next."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications import signature
from applications.models import Dossier
from applications.transitions import dossier_machine
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.factories import (
    answers,
    make_authority,
    make_dossier,
    make_letter,
    make_officer,
    make_user,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db


def press(client, dossier, verb):
    page = reverse("dossier-step", args=[dossier.reference, verb])
    return client.post(page, follow=True)


def test_sending_an_application_leads_to_its_receipt_with_what_happens_next():
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona)
    dossier = make_dossier(agona, typed=answers(dossier_title="Empty the pits"))
    make_letter(dossier, name="council.pdf")
    receipt = reverse("dossier-receipt", args=[dossier.reference])
    client = signed_in(efua)
    assert client.get(receipt).status_code == 404  # nothing was sent yet

    answer = press(client, dossier, "submit")

    reference = Dossier.objects.get(pk=dossier.pk).reference
    receipt = reverse("dossier-receipt", args=[reference])
    assert answer.redirect_chain[-1][0] == receipt
    text = answer.text
    assert f"Acknowledgement of receipt of application {reference}" in text
    assert "has been submitted." in text and "Empty the pits" in text and "council.pdf" in text
    assert "Efua" in text and "(Brussels time)" in text
    assert "It is waiting for a programme officer to open it." in text
    assert "The selection committee reads and scores it" in text
    assert f"{reverse('document', args=[reference])}?version=1" in text
    assert receipt in client.get(reverse("dossier", args=[reference])).text


def test_a_correction_that_was_sent_has_its_receipt_too_and_a_draft_again_has_none():
    agona, officer = make_authority(), make_officer()
    efua = make_user(works_for=agona)
    client, dossier = signed_in(efua), make_dossier(agona)
    press(client, dossier, "submit")
    dossier.refresh_from_db()
    receipt = reverse("dossier-receipt", args=[dossier.reference])
    dossier_machine.advance(dossier, "take_back", actor=efua)
    assert client.get(receipt).status_code == 404

    press(client, dossier, "submit")
    dossier.refresh_from_db()
    assert "<dd>2</dd>" in client.get(receipt).text
    # “We will write again once it is resubmitted”, and what came announced a new application.
    letters = Letter.objects.filter(template="dossier_submit_officer").order_by("pk")
    reference = dossier.reference
    assert [compose_letter(letter)[0] for letter in letters] == [
        f"{reference}: new application of {agona}",
        f"{reference}: {agona} has resubmitted its application",
    ]
    dossier_machine.advance(dossier, "open", actor=officer)
    assert f"With: {officer.name}." in client.get(receipt).text


def test_a_receipt_is_for_those_who_may_read_the_application():
    agona = make_authority()
    efua, yaw = make_user("Efua", works_for=agona), make_user("Yaw")
    dossier = make_dossier(agona)
    press(signed_in(efua), dossier, "submit")
    receipt = reverse("dossier-receipt", args=[Dossier.objects.get(pk=dossier.pk).reference])

    assert signed_in(yaw).get(receipt).status_code == 404
    assert Client().get(receipt).status_code == 302
    page = signed_in(make_officer()).get(receipt)
    assert page.status_code == 200 and "Efua" not in page.text


def test_a_receipt_says_what_was_sent_and_not_what_is_being_corrected():
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona)
    client = signed_in(efua)
    dossier = make_dossier(agona, typed=answers(dossier_title="Empty the pits"))
    sent = make_letter(dossier, name="council.pdf")
    press(client, dossier, "submit")
    dossier.refresh_from_db()

    dossier.attachments.create(
        kind=sent.kind,
        replaces=sent,
        token=uuid.uuid4(),
        file=sent.file,
        name="stamped.pdf",
        size=1,
        content_type="application/pdf",
        uploaded_at=timezone.now(),
    )
    Dossier.objects.update(title="Empty them all")
    text = client.get(reverse("dossier-receipt", args=[dossier.reference])).text

    assert "council.pdf" in text and "stamped.pdf" not in text
    assert "Empty the pits" in text and "Empty them all" not in text


def test_a_receipt_says_that_the_text_was_signed_or_that_it_was_changed_since():
    agona = make_authority("Agona West")
    efua = make_user("Efua", works_for=agona)
    dossier = make_dossier(agona)
    asked = signature.request_signature(dossier, actor=efua)
    signature.sign_dossier(asked, name="Justina Assan", digest=dossier.digest())
    client = signed_in(efua)

    signed = press(client, dossier, "submit").text
    version = Dossier.objects.get(pk=dossier.pk).versions.last()
    version.answers["problem"]["problem"] = ["Another problem."]
    given, outdated = signature.signature_of_version(dossier, version)

    assert "Signed by Justina Assan on" in signed and "no longer counts" not in signed
    assert (given, outdated.signed_name) == (None, "Justina Assan")


def test_the_receipt_of_a_joint_application_names_who_asks_together():
    agona = make_authority("Agona West")
    dossier, client = make_dossier(agona), signed_in(make_user(works_for=agona))
    dossier.co_applicants.create(
        name="Cacheu",
        country="GW",
        contact="João",
        address="joao@cacheu.example",
        asked_at=timezone.now(),
        takes_part=True,
    )
    dossier.partners.add(make_authority("Ho West"))

    text = press(client, dossier, "submit").text

    assert [name in text for name in ("Co-applicants", "Cacheu", "Ho West")] == [True] * 3
