"""A colleague is invited to write one draft: by a link, for its sections alone, until it ends."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications import contributors, section_answers, signature
from applications.enums import Status
from applications.models import Contributor, Dossier
from applications.transitions import dossier_machine
from connect.dates import end_of_day
from connect.my_work import list_tasks
from notifications.letter_text import compose_letter
from notifications.models import Letter
from tests.factories import (
    answers,
    make_authority,
    make_dossier,
    make_letter,
    make_member,
    make_officer,
    make_user,
    section_data,
)
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db


class Room:
    """Efua of Agona West invites Kwesi, who is nobody there, to her draft."""

    def __init__(self):
        self.agona = make_authority("Agona West")
        self.efua, self.kwesi = make_user("Efua", works_for=self.agona), make_user("Kwesi")
        self.dossier = make_dossier(self.agona)
        self.letter = make_letter(self.dossier)
        self.town, self.helper = signed_in(self.efua), signed_in(self.kwesi)
        self.invite()

    def page(self, name, *args):
        return reverse(name, args=[self.dossier.reference, *args])

    def invite(self, **typed):
        typed = {"name": "Kwesi", "address": self.kwesi.email} | typed
        return self.town.post(self.page("contributors"), typed, follow=True)

    def path(self):
        return f"/en{Contributor.objects.get().link_path}"

    def join(self):
        return self.helper.post(self.path(), follow=True)

    def save(self, words, version=1):
        typed = section_data("problem", answers(problem=words)).dict() | {"version": version}
        return self.helper.post(self.page("section", "problem"), typed)

    def problem(self):
        return self.dossier.drafts.get(section="problem").raw["problem"]


def test_a_colleague_is_invited_by_e_mail_joins_by_the_link_and_writes():
    room, words = Room(), ("Two trucks, and the pits overflow in the rains. " * 10).strip()
    subject, body = compose_letter(Letter.objects.get(template="contributor_asked"))
    asked = [str(task.what) for task in list_tasks(room.kwesi, timezone.now())]
    before = room.helper.get(room.page("section", "problem")).status_code
    looked = room.helper.get(room.path()).text  # looking joins nobody
    waits = Contributor.objects.get().joined_at

    joined = room.join().text
    room.save(words)

    assert subject == f"Efua invites you to write the application {room.dossier.reference}"
    assert "until it is submitted" in body and "you can create an account there" in body
    assert asked == ["Say whether you write this application with its authority"]
    assert (before, waits) == (404, None)
    assert f"You are signed in as {room.kwesi.email}" in looked
    assert room.page("section", "problem") in joined
    assert room.problem() == [words]
    assert [str(task.what) for task in list_tasks(room.kwesi, timezone.now())] == [
        "Write the sections of the application"
    ]
    # Efua's page says who writes with her, and what they may do.
    shown = room.town.get(room.page("contributors")).text
    assert f"Kwesi · {room.kwesi.email} · reads and writes the sections" in shown
    assert "Kwesi" in room.town.get(room.dossier.get_absolute_url()).text
    verbs = room.dossier.events.values_list("verb", flat=True)
    assert list(verbs) == ["invite_contributor", "contribute"]


def test_a_contributor_writes_the_sections_and_does_and_sees_nothing_else():
    room = Room()
    other = make_dossier(room.agona)
    room.join()
    page = room.page
    looks = [
        page("document"),
        page("check-answers"),
        page("co-applicants"),
        page("contributors"),
        page("file", room.letter.token),
        other.get_absolute_url(),
        reverse("section", args=[other.reference, "problem"]),
    ]
    posts = [
        page("dossier-step", "submit"),
        page("dossier-step", "withdraw"),
        page("ask-signature"),
        page("add-file"),
        page("remove-file", room.letter.token),
        page("copy"),
        page("keep-dossier"),
    ]

    seen = [room.helper.get(one).status_code for one in looks]
    sent = [room.helper.post(one).status_code for one in posts]
    led = room.helper.get(room.dossier.get_absolute_url())
    own = room.helper.get(led.url).text

    assert seen == [404] * len(looks)
    assert set(sent) <= {403, 404}
    assert led.url == page("contribute")
    assert len(re.findall(r'href="[^"]*/sections/', own)) >= 18
    for hidden in ("letter.pdf", other.reference, "Submit", "signature"):
        assert hidden not in own
    assert (
        room.dossier.reference
        not in room.helper.get(reverse("my")).text.partition("My applications")[2]
    )
    room.dossier.refresh_from_db()
    assert room.dossier.status == Status.DRAFT


def test_who_is_removed_writes_no_more_and_finds_what_they_typed():
    room = Room()
    room.join()
    invited = Contributor.objects.get()

    said = room.town.post(room.page("remove-contributor", invited.pk), follow=True).text
    late = room.save("Typed a second after it was over.")
    link = room.helper.get(f"/en{invited.PAGE.format('x')}").status_code
    page = room.helper.get(room.page("contribute")).text

    assert "Kwesi can no longer open this application." in said
    assert late.status_code == 404 and "Typed a second after it was over." in late.text
    assert "your part in it has ended" in late.text and link == 404
    assert "Your part in writing this application has ended" in page
    assert "/sections/" not in page
    assert not Dossier.objects.fillable_by(room.kwesi).exists()


def test_who_is_removed_twice_is_removed_once_and_what_was_begun_stays():
    """The second press, or that of a colleague, was answered by “Page not found”."""
    room = Room()
    invited = Contributor.objects.get()
    remove = f"{room.page('remove-contributor', invited.pk)}?beside"
    begun = {"remove": 1, "name": "Ama"}

    room.town.post(remove, begun)
    again = room.town.post(remove, begun, follow=True)
    Dossier.objects.update(status=Status.SUBMITTED)
    late = room.town.post(remove, begun, follow=True)
    stranger = signed_in(make_user("Yaw")).post(remove).status_code

    assert "Kwesi can no longer open this application." in again.text
    assert 'value="Ama"' in again.text
    assert late.status_code == 200
    assert "Kwesi can no longer open this application." in late.text
    assert stranger == 404
    assert room.dossier.events.filter(verb="remove_contributor").count() == 1


@pytest.mark.parametrize("verb", ["submit", "withdraw"])
def test_a_part_in_a_draft_ends_with_it(verb):
    room = Room()
    room.join()

    dossier_machine.advance(room.dossier, verb, actor=room.efua)
    sent = room.save("Too late for this.")

    assert sent.status_code == 404 and "Too late for this." in sent.text
    assert not Dossier.objects.fillable_by(room.kwesi).exists()
    assert Contributor.objects.get().ended_at is not None


def test_an_invitation_that_was_not_answered_ends_with_the_draft_too():
    room = Room()
    path = room.path()
    dossier_machine.advance(room.dossier, "submit", actor=room.efua)

    late = room.helper.post(path)

    assert late.status_code == 410
    assert Contributor.objects.get().joined_at is None
    assert not Letter.objects.filter(template="contributor_asked", cancelled_at=None).exists()


def test_nobody_is_invited_twice_or_who_writes_already_or_by_who_may_not():
    room = Room()
    yaw = make_user("Yaw", works_for=room.agona)
    twice = room.invite().text
    writes = room.invite(name="Yaw", address=yaw.email.upper()).text
    room.join()

    with pytest.raises(PermissionDenied):
        contributors.invite_contributor(
            room.dossier, name="Ama", address="ama@example.org", actor=room.kwesi
        )
    with pytest.raises(PermissionDenied):
        contributors.remove_contributor(Contributor.objects.get(), actor=make_user("Rita"))
    Dossier.objects.update(status=Status.CORRECTION_ASKED)
    with pytest.raises(PermissionDenied):
        contributors.invite_contributor(
            room.dossier, name="Ama", address="ama@example.org", actor=room.efua
        )

    assert "has been invited already" in twice
    assert "Yaw writes for your authority" in writes
    assert Contributor.objects.count() == 1


def test_a_link_is_taken_once_and_a_second_account_does_not_join():
    room = Room()
    path = room.path()
    room.join()
    other = signed_in(make_user("Rita"))

    shown = other.get(path).text
    other.post(path)

    assert "Somebody has already joined by this link" in shown
    assert Contributor.objects.get().user == room.kwesi


def test_whoever_is_not_signed_in_is_led_to_sign_in_and_back():
    room = Room()
    guest = Client()

    page = guest.get(room.path()).text
    guest.post(room.path())

    assert f"/login/?next={room.path()}" in page and f"/signup/?next={room.path()}" in page
    assert Contributor.objects.get().user is None


def test_who_wrote_an_application_neither_judges_it_nor_works_on_it_for_the_programme():
    """A conflict of interest, as the tie of whoever belongs to the authority."""
    room = Room()
    anna, ines = make_member("Anna"), make_officer("Ines")
    for person in (anna, ines):
        made = contributors.invite_contributor(
            room.dossier, name=person.name, address=person.email, actor=room.efua
        )
        contributors.join_as_contributor(made, actor=person)
    Dossier.objects.update(status=Status.UNDER_SELECTION)

    assert not Dossier.objects.for_committee(anna).exists()
    assert not Dossier.objects.for_officer(ines).exists()
    assert Dossier.objects.for_committee(make_member("Jan")).exists()


def test_an_invitation_ends_after_two_weeks():
    room = Room()
    made = Contributor.objects.get()

    link = made.create_link(timezone.now())

    assert link.expires_at == end_of_day(timezone.localdate() + timedelta(days=14))
    with pytest.raises(ValidationError, match="has ended"):
        contributors.end_contributions(room.dossier, timezone.now())
        contributors.join_as_contributor(made, actor=room.kwesi)
    with pytest.raises(PermissionDenied):
        section_answers.save_section(
            room.dossier,
            "problem",
            section_data("problem", answers()),
            version=1,
            actor=room.kwesi,
        )


def test_who_wrote_a_draft_writes_it_again_once_it_is_taken_back_and_is_told():
    """Nobody had removed Kwesi, and the page said that Agona West writes without him now."""
    room = Room()
    room.join()
    removed = room.dossier.contributors.create(
        name="Yao", address="yao@x.example", asked_at=timezone.now(), ended_at=timezone.now()
    )
    Letter.objects.all().delete()
    now = timezone.now()
    contributors.end_contributions(room.dossier, now)
    Dossier.objects.update(status="submitted", submitted_at=now)
    room.dossier.events.create(verb="submit", source="draft", target="submitted", at=now)
    sent = room.helper.get(room.page("contribute")).text

    dossier_machine.advance(Dossier.objects.get(), "take_back", actor=room.efua)

    again = room.helper.get(room.page("contribute")).text
    listed = room.town.get(room.page("contributors")).text
    told = Letter.objects.filter(template="contributor_again")
    removed.refresh_from_db()
    assert [
        "This application was submitted: there is nothing left to write." in sent,
        "You write these sections with Agona West" in again,
        room.kwesi.email in listed,
        list(told.values_list("address", flat=True)),
        removed.ended_at is None,
    ] == [True, True, True, [room.kwesi.email], False]


def test_who_has_not_answered_is_told_that_the_invitation_holds_again_and_no_more():
    room = Room()
    Letter.objects.all().delete()
    sent_at = timezone.now()
    contributors.end_contributions(room.dossier, sent_at)
    Dossier.objects.update(status="submitted", submitted_at=sent_at)
    room.dossier.events.create(verb="submit", source="draft", target="submitted", at=sent_at)

    dossier_machine.advance(Dossier.objects.get(), "take_back", actor=room.efua)

    subject, body = compose_letter(Letter.objects.get(template="contributor_again"))
    reference = room.dossier.reference
    assert subject == f"Your invitation to write the application {reference} holds again"
    assert "have not answered yet" in body and "as before" not in body


def test_a_colleague_who_has_closed_the_account_is_not_said_to_take_part():
    room = Room()
    room.join()
    room.kwesi.is_active = False
    room.kwesi.save()

    page = room.town.get(room.page("contributors")).text

    assert "Has closed their account" in page
    assert "Takes part" not in page and "reads and writes the sections" not in page


@pytest.mark.parametrize(
    ("verb", "words"),
    [
        ("submitted", "This application was submitted: there is nothing left to write."),
        ("withdrawn", "This application was withdrawn: there is nothing left to write."),
        ("draft", "This invitation has ended: Agona West writes the application without you now."),
    ],
)
def test_a_late_visitor_of_the_link_reads_at_once_that_it_is_over_and_makes_no_account(verb, words):
    """Yao made an account, confirmed a code and pressed the button before anything told him."""
    room = Room()
    Letter.objects.update(sent_at=timezone.now())  # of one that waits, the link goes with it
    path = room.path()
    Dossier.objects.update(status=verb)
    contributors.end_contributions(room.dossier, timezone.now())

    pages = [browser.get(path).text for browser in (Client(), room.helper)]
    room.join()

    for page in pages:
        main = page[page.index("<main") : page.index("</main")]
        assert words in main and "Ask Efua, who invited you." in main
        assert "<form" not in main and "Create an account" not in main
        assert "invites you to write" not in main
    assert Contributor.objects.get().joined_at is None


def test_whoever_changes_a_signed_text_is_told_before_and_the_author_by_e_mail():
    """The signature was lost in silence where a colleague who was invited wrote after it."""
    room = Room()
    room.join()
    asked = signature.request_signature(room.dossier, actor=room.efua)
    plain = room.town.get(room.page("check-answers")).text
    signature.sign_dossier(asked, name="Justina Assan", digest=room.dossier.digest())
    before = room.helper.get(room.page("section", "problem")).text

    room.save(("Two trucks, and the pits overflow in the rains. " * 10).strip())
    room.save(("Three trucks, and the pits overflow in the rains. " * 10).strip(), version=2)
    check = room.town.get(room.page("check-answers")).text
    own = room.town.get(room.dossier.get_absolute_url()).text
    after = [room.helper.get(room.page(*p)).text for p in (["section", "problem"], ["contribute"])]

    lost = "and the text has been changed since: that signature no longer counts."
    assert "If you change it, the signature no longer counts" in before
    assert lost in check and lost in own and lost not in plain + before
    assert [lost in page for page in after] == [True, True]
    assert "The letter of commitment takes its place." in own and "ask for the" not in after[0]
    room.letter.delete()
    own = room.town.get(room.dossier.get_absolute_url()).text
    assert "ask for the signature again" in own and "takes its place" not in own
    lost_letters = Letter.objects.filter(template="signature_lost")
    told = lost_letters.get(address=room.efua.email)
    assert not lost_letters.filter(address__in=[room.kwesi.email, asked.address]).exists()
    subject, body = compose_letter(told)
    assert told.path == room.dossier.path
    assert subject == f"{room.dossier.reference}: the signature no longer counts"
    assert "Kwesi has changed the text" in body and "ask for the signature again" in body
