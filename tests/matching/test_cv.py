"""The CV of an answer: a PDF alone, read by staff, by the town only once everybody has agreed."""

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.enums import Status
from matching import cv, desk
from matching.models import Interest
from registry.models import Theme
from tests.factories import make_dossier, make_interest, make_offer, make_officer, make_user, pdf_of
from tests.worlds import Table

pytestmark = pytest.mark.django_db


CV = pdf_of("cv")


def pdf(name="cv.pdf", content=CV):
    return SimpleUploadedFile(name, content)


def status(person, address):
    client = Client()
    client.force_login(person)
    return client.get(address).status_code


def test_it_is_kept_by_its_expert_alone_and_must_be_a_pdf():
    interest = make_interest(make_dossier(status=Status.PUBLISHED), status="draft")
    expert = interest.expert.user

    cv.save_cv(interest, pdf("../../My “CV”.pdf"), actor=expert)
    for content in (b"MZ\x90\x00" + b"0" * 300, b"\x89PNG\r\n\x1a\n" + b"0" * 300, b""):
        with pytest.raises(ValidationError):
            cv.save_cv(interest, pdf(content=content), actor=expert)
    for person in (make_user(), make_officer()):
        with pytest.raises(PermissionDenied):
            cv.save_cv(interest, pdf(), actor=person)
    interest.refresh_from_db()
    assert interest.cv_name.endswith("My “CV”.pdf") and ".." not in interest.cv.name
    Interest.objects.update(status="submitted")
    with pytest.raises(PermissionDenied):
        cv.save_cv(interest, pdf(), actor=expert)


def test_the_town_reads_it_once_everybody_has_agreed_and_strangers_never():
    table = Table()
    Interest.objects.filter(pk=table.interest.pk).update(status="draft")
    cv.save_cv(table.interest, pdf(), actor=table.ineke.user)
    Interest.objects.filter(pk=table.interest.pk).update(status="shortlisted")
    address = reverse("interest-cv", args=[table.dossier.reference, table.interest.pk])
    people = [table.ines, table.ineke.user, table.efua, make_user()]

    before = [status(person, address) for person in people]
    for side in ("applicant", "expert", "employer"):
        table.answer(side)
    after = [status(person, address) for person in people]

    assert (before, after) == ([200, 200, 404, 404], [200, 200, 200, 404])


def test_the_next_answer_begins_with_the_last_cv_and_what_the_offer_says():
    offer, ines = make_offer(), make_officer()
    published, told = make_dossier(status=Status.PUBLISHED), timezone.now() - settings.UNDO_FOR
    first = desk.invite_expert(published, offer.pk, actor=ines, now=told)
    assert (first.cv_name, first.comparable_case) == ("", offer.text)
    cv.save_cv(first, pdf("Ineke.pdf"), actor=offer.expert.user)

    second = desk.invite_expert(make_dossier(status=Status.PUBLISHED), offer.pk, actor=ines)

    assert second.cv_name == "Ineke.pdf" and second.cv.open().read() == pdf_of("cv")


def test_an_offer_on_another_subject_is_no_comparable_case_and_ones_own_is_marked(client):
    """Long enough to be sent unread, it stood in the answer to a request about waste."""
    sludge = make_offer()
    waste = make_dossier(status=Status.PUBLISHED)
    waste.needs.update(theme=Theme.objects.get(code="solid-waste/collection"))
    fitting = make_dossier(status=Status.PUBLISHED)
    client.force_login(sludge.expert.user)

    def begin(dossier):
        page = client.post(reverse("answer", args=[dossier.reference]), follow=True)
        return page.context["form"]["comparable_case"].value(), page.text

    (other, unmarked), (own, marked) = begin(waste), begin(fitting)
    page = Interest.objects.get(dossier=fitting).get_absolute_url()
    client.post(page, {"comparable_case": "In our town six operators have a licence."})
    adapted = client.get(page).text

    mark = "This is the text of your offer: adapt it to this request."
    assert (other, own) == ("", sludge.text)
    assert [mark in text for text in (unmarked, marked, adapted)] == [False, True, False]


def test_a_cv_is_kept_though_the_rest_of_the_form_needs_another_look():
    interest = make_interest(make_dossier(status=Status.PUBLISHED), status="draft")
    client = Client()
    client.force_login(interest.expert.user)
    page = interest.get_absolute_url()

    answer = client.post(page, {"motivation": "x" * 2001, "cv": pdf("Ineke.pdf")}).text
    wrong = client.post(page, {"motivation": "Short.", "cv": pdf(content=b"MZ" + b"0" * 300)}).text

    assert "Ineke.pdf" in answer and "2000" in answer
    assert "Despite its name, this file is not a PDF" in wrong and "Short." in wrong
    interest.refresh_from_db()
    assert interest.cv_name == "Ineke.pdf"
