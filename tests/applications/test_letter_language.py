"""Whoever has no account is written to in the language chosen beside them, whatever others say."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone, translation

from applications import dossier_contact
from applications.models import CoApplicant, Contributor, Dossier, Signature
from applications.people import applicants
from applications.section_answers import bind_section, save_section
from applications.transitions import dossier_machine
from applications.written_language import read_languages
from notifications.models import Letter
from tests.factories import ANSWERS, answers, make_authority, make_dossier, make_user
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
PORTUGUESE = {
    "title": "Organizar o esvaziamento das fossas nos bairros",
    "problem": "As lamas são despejadas no rio, e ninguém trata delas no nosso município.",
    "objective": "Queremos dar licenças aos operadores privados do município.",
    "summary": "Um município procura saber como organizar o esvaziamento das fossas.",
}


class Bafoussam:
    """A town of a country with two languages; Efua writes its application on French pages."""

    def __init__(self, **fields):
        self.town = make_authority("Bafoussam", country="CM", slug="cm-bafoussam")
        self.efua = make_user("Efua", works_for=self.town)
        self.dossier = make_dossier(self.town, language="fr", typed=answers(), **fields)
        self.browser, self.page = signed_in(self.efua), f"/fr/dossiers/{self.dossier.reference}/"

    def post(self, path, **typed):
        return self.browser.post(f"{self.page}{path}", typed, follow=True)

    def save_contact(self, **changed):
        form = bind_section("contact", {k: [v] for k, v in (ANSWERS | changed).items()})
        version = self.dossier.drafts.get(section="contact").version
        save_section(self.dossier, "contact", form.data, version=version, actor=self.efua)
        self.dossier.refresh_from_db()

    def ask_everybody(self):
        """Ask a co-applicant, a colleague and the representative, through the pages."""
        partner = {"name": "Boane", "country": "MZ", "contact": "Ana", "address": "ana@boane.mz"}
        self.post("together/", **partner)
        self.post("together/", **partner | {"name": "Namaacha", "language": "en"})
        self.post("colleagues/", name="Yaw", address="yaw@office.example")
        self.post("colleagues/", name="Rim", address="rim@office.example", language="ar")
        self.post("signature/")

    def languages_written(self):
        letters = Letter.objects.order_by("pk").filter(
            template__in=["co_applicant_asked", "contributor_asked", "signature_asked"]
        )
        return [(one.name, one.language) for one in letters]


def test_each_is_written_to_in_the_language_chosen_beside_them_else_of_their_country():
    """What the contact chose for themselves decided for the mayor, co-applicants and colleagues."""
    world = Bafoussam(focal_language="es", legal_language="en")

    world.ask_everybody()

    assert world.languages_written() == [
        ("Ana", "pt"),
        ("Ana", "en"),
        ("Yaw", "fr"),
        ("Rim", "ar"),
        (world.dossier.legal_name, "en"),
    ]


def test_no_answer_about_others_changes_it_nor_the_text_once_it_was_sent():
    """After a file was taken back, the same people got another language."""
    world = Bafoussam(**PORTUGUESE)
    world.save_contact(legal_language="en")
    world.ask_everybody()

    def languages_kept():
        rows = [*CoApplicant.objects.order_by("pk"), *Contributor.objects.order_by("pk")]
        rows += Signature.objects.order_by("pk")
        return [one.link_holder.language for one in rows]

    before = languages_kept()
    world.save_contact(legal_language="en", focal_language="ar")
    dossier = dossier_machine.advance(world.dossier, "submit", actor=world.efua)
    read_languages()
    dossier = dossier_machine.advance(dossier, "take_back", actor=world.efua)

    assert dossier.language == "pt"  # as its text is written
    assert before == languages_kept() == ["pt", "en", "fr", "ar", "en"]
    assert [one.language for one in applicants(dossier)[1:]] == ["ar", "en"]


def test_a_representative_keeps_their_language_until_it_is_chosen_or_another_is_named():
    world = Bafoussam(legal_language="")

    def language_after(**typed):
        world.save_contact(**typed)
        return world.dossier.representative.language

    steps = [
        language_after(legal_language=""),  # of the page on which the application was begun
        language_after(legal_language="pt"),
        language_after(legal_language=""),
        language_after(legal_language="", legal_email="ngo@bafoussam.example"),
    ]
    with translation.override("en"):
        dossier_contact.change_representative(
            dossier_machine.advance(world.dossier, "submit", actor=world.efua),
            name="Rose Mbarga",
            function="Mayor",
            address="mbarga@bafoussam.example",
            language="",
            actor=world.efua,
        )

    assert steps == ["fr", "pt", "pt", "fr"]
    told = Letter.objects.filter(template="dossier_change_representative").order_by("pk")
    assert [(one.address, one.language) for one in told][:2] == [
        ("mbarga@bafoussam.example", "en"),
        ("ngo@bafoussam.example", "fr"),
    ]


def test_the_pages_offer_the_language_of_the_country_and_say_what_was_chosen():
    world = Bafoussam()
    world.ask_everybody()

    offered = world.browser.get(f"{world.page}colleagues/").context["form"]["language"].value()
    lists = [world.browser.get(f"{world.page}{path}").text for path in ("colleagues/", "together/")]

    assert offered == "fr"
    assert ["rim@office.example · Arabe" in lists[0], "· Portugais" in lists[1]] == [True, True]


def test_who_was_asked_before_is_written_to_as_until_then():
    asked_at = timezone.now()
    dossier = make_dossier(focal_language="es", legal_email="mayor@town.example", language="fr")
    named = {"dossier": dossier, "asked_at": asked_at}
    CoApplicant.objects.create(name="Keta", country="GH", contact="Yao", address="y@k.gh", **named)
    Contributor.objects.create(name="Yaw", address="yaw@office.example", **named)
    Signature.objects.create(address=dossier.legal_email, expires_at=asked_at, **named)
    Dossier.objects.update(legal_language="")

    import_module("applications.migrations.0038_fill_languages_of_people").fill(apps, None)

    rows = [model.objects.get().language for model in (CoApplicant, Contributor, Signature)]
    assert [*rows, Dossier.objects.get().legal_language] == ["es"] * 4
