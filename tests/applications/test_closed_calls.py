"""A draft of a call that has closed: nothing is asked of anybody, and its text may go on."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from applications import beginning, co_applicants, contributors, signature
from applications.models import Call, Dossier
from connect.my_work import list_tasks
from tests.factories import make_authority, make_call, make_dossier, make_user
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db

OVER = "this can no longer be submitted."


class ClosedCall:
    """A whole draft, a representative and a co-applicant who were asked; its call then closes."""

    def __init__(self):
        self.agona, self.swedru = make_authority("Agona"), make_authority("Swedru")
        self.efua = make_user("Efua", works_for=self.agona)
        self.yaw = make_user("Yaw", works_for=self.swedru)
        self.draft = make_dossier(self.agona)
        self.esi = make_user("Esi")
        self.justina = make_user("Justina")
        Dossier.objects.filter(pk=self.draft.pk).update(legal_email=self.justina.email)
        self.asked = signature.request_signature(self.draft, actor=self.efua)
        named = {"name": "Swedru", "country": "GH", "contact": "Yaw", "address": self.yaw.email}
        self.partner = co_applicants.add_co_applicant(
            self.draft, **named, authority=self.swedru, actor=self.efua
        )
        self.invited = contributors.invite_contributor(
            self.draft, name="Esi", address=self.esi.email, actor=self.efua
        )
        self.people = (self.efua, self.yaw, self.esi, self.justina)

    def close(self, days=1):
        closes_at = timezone.now() - timedelta(days=days)
        Call.objects.filter(pk=self.draft.call_id).update(closes_at=closes_at)
        for row in (self.draft, self.asked, self.partner, self.invited):
            row.refresh_from_db()

    def list_tasks(self):
        now = timezone.now()
        return [[task.what for task in list_tasks(one, now) if task.asks] for one in self.people]


def test_every_page_of_a_draft_says_that_its_call_has_closed_and_asks_for_nothing():
    room = ClosedCall()
    client, reference = signed_in(room.efua), room.draft.reference
    sections = reverse("section", args=[reference, "summary"])
    addresses = [
        room.draft.get_absolute_url(),
        sections,
        reverse("check-answers", args=[reference]),
    ]
    addresses += [reverse(name, args=[reference]) for name in ("co-applicants", "contributors")]
    links = [row.valid_link for row in (room.asked, room.partner, room.invited)]
    pages = {"sign": links[0].key, "together": links[1].key, "contribute-join": links[2].key}

    def read():
        own = [client.get(address).text for address in addresses]
        by_link = [client.get(reverse(name, args=[key])).text for name, key in pages.items()]
        return [*own, *by_link, signed_in(room.yaw).get(room.partner.path, follow=True).text]

    before = [OVER in page for page in read()]
    asked_before = room.list_tasks()
    room.close()
    closed = read()
    asks = ("submit it before", "Ask again", "Submit the application", "Send the e-mail")
    asks += ("Sign the application</button>", "Yes, we take part", "Join, and open")

    assert before == [False] * 9 and all(asked_before)
    assert [OVER in page for page in closed] == [True] * 9
    assert [words for words in asks for page in closed if words in page] == []
    assert room.list_tasks() == [[]] * 4
    room.close(days=-20)
    assert [OVER in page for page in read()] == [False] * 9
    assert room.list_tasks() == asked_before


def test_nobody_is_asked_about_a_draft_that_came_too_late_by_any_door():
    room = ClosedCall()
    room.close()
    new = {"name": "Nyakrom", "country": "GH", "contact": "Ama", "address": "ama@nyakrom.example"}
    doors = [
        lambda: signature.request_signature(room.draft, actor=room.efua),
        lambda: signature.sign_dossier(room.asked, name="Justina", digest=room.draft.digest()),
        lambda: signature.decline_signature(room.asked, why="Too late."),
        lambda: co_applicants.add_co_applicant(room.draft, **new, actor=room.efua),
        lambda: co_applicants.remind_co_applicant(room.partner, actor=room.efua),
        lambda: co_applicants.answer_as_member(room.partner, takes_part=True, actor=room.yaw),
        lambda: contributors.invite_contributor(
            room.draft, name="Ama", address="ama@agona.example", actor=room.efua
        ),
        lambda: contributors.join_as_contributor(room.invited, actor=room.esi),
    ]

    for door in doors:
        with pytest.raises(ValidationError, match="no longer be submitted"):
            door()


def test_the_text_of_a_draft_that_came_too_late_goes_on_in_another_call():
    room = ClosedCall()
    spring = make_call(slug="spring", title="Spring call")
    client = signed_in(room.efua)

    open_page = client.get(room.draft.get_absolute_url()).text
    room.close()
    page = client.get(room.draft.get_absolute_url()).text
    made, _files, _partners = beginning.copy_dossier(room.draft, spring, actor=room.efua)

    assert "Copy it to" not in open_page and "Copy it to “Spring call”" in page
    assert (made.copied_from, made.title, made.goes_on_twice) == (
        room.draft,
        room.draft.title,
        False,
    )
