"""A member with one role asks for the other: nobody has to leave to be admitted anew."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from applications.models import Dossier
from notifications.models import Letter
from registry import members
from registry.models import Membership
from tests.factories import make_authority, make_call, make_expert, make_officer, make_user
from tests.worlds import signed_in

pytestmark = pytest.mark.django_db
WRITE, HELP = "Also ask to write applications", "Also ask to help as an expert"


def join_address(authority, role):
    return f"{reverse('join', args=['authority', authority.slug])}?role={role}"


def standing(user):
    rows = user.memberships.order_by("pk").values_list("status", "roles")
    return [(status, sorted(roles)) for status, roles in rows]


def doors(user, *addresses):
    """Say of each page which of the two words it has."""
    browser = signed_in(user)
    texts = [browser.get(address).text for address in addresses]
    return [[words for words in (WRITE, HELP) if words in text] for text in texts]


def test_an_expert_asks_to_write_begins_at_once_and_has_both_roles_once_admitted():
    praia, call = make_authority("Praia", slug="praia"), make_call(slug="round")
    ana, teresa = make_user("Ana", works_for=praia), make_expert("Teresa", authority=praia)
    browser, ask = signed_in(teresa.user), join_address(praia, "editor")
    places = reverse("memberships"), praia.get_absolute_url(), reverse("call", args=["round"])

    before = doors(teresa.user, *places)
    page = browser.get(places[2]).text
    linked = [ask in browser.get(place).text for place in places]
    form = browser.get(ask).text
    sent = browser.post(ask, {"roles": ["editor"], "function": "Engineer"})
    meanwhile = doors(teresa.user, *places)
    browser.post(reverse("begin", args=["round"]), {"authority": "praia"})
    members.decide_membership(teresa.user.memberships.pending().get(), actor=ana, accept=True)
    teresa.refresh_from_db()

    assert before == [[WRITE]] * 3 and linked == [True] * 3 and meanwhile == [[]] * 3
    assert "first tell us where you work" not in page and sent.url == places[0]
    assert 'value="expert"' not in form and 'value="editor"' in form
    assert standing(teresa.user) == [("ended", ["expert"]), ("active", ["editor", "expert"])]
    draft = Dossier.objects.get(call=call)
    assert (draft.status, teresa.is_hidden, teresa.authority) == ("draft", False, praia)
    own = browser.get(places[0]).text
    assert own.count("<strong>Praia") == 1 and doors(teresa.user, *places) == [[]] * 3


def test_who_writes_asks_to_be_an_expert_and_staff_answer_where_nobody_else_writes():
    town, ines = make_authority("Thionck", slug="thionck"), make_officer()
    ndeye = make_user("Ndeye", works_for=town)
    browser, ask = signed_in(ndeye), join_address(town, "expert")
    places = reverse("memberships"), town.get_absolute_url(), reverse("profile")

    before = doors(ndeye, *places)
    page = browser.get(places[2]).text
    browser.post(ask, {"roles": ["expert"], "function": "Clerk"})
    asked = ndeye.memberships.pending().get()
    letters = Letter.objects.filter(template="membership_asked")
    asked_of = [letter.address for letter in letters]
    waiting = browser.get(places[2]).text
    members.decide_membership(asked, actor=ines, accept=True)

    assert before == [[HELP]] * 3 and "First ask to join yours" not in page
    assert asked_of == [ines.email]
    assert "Once that is confirmed, you can save your profile here." in waiting
    assert standing(ndeye) == [("ended", ["editor"]), ("active", ["editor", "expert"])]
    assert 'enctype="multipart/form-data"' in browser.get(places[2]).text


def test_a_refused_or_withdrawn_request_leaves_the_membership_as_it_was():
    town = make_authority("Praia", slug="praia")
    ana, teresa = make_user("Ana", works_for=town), make_expert("Teresa", authority=town).user
    ask = {"authority": town, "roles": ["editor"], "function": "Engineer"}

    members.end_membership(members.ask_to_join(teresa, **ask), actor=teresa)
    refused = members.ask_to_join(teresa, **ask)
    members.decide_membership(refused, actor=ana, accept=False, reply="Not for now.")

    assert standing(teresa) == [
        ("active", ["expert"]),
        ("withdrawn", ["editor"]),
        ("refused", ["editor"]),
    ]
    assert Membership.objects.active_at(teresa, town, None).get().roles == ["expert"]


def test_nobody_asks_twice_nor_for_what_they_have():
    town = make_authority("Praia", slug="praia")
    teresa = make_expert("Teresa", authority=town).user
    ask = {"authority": town, "function": "Engineer"}

    refusals = []
    for roles in (["expert"], ["expert", "editor"], ["editor"]):
        try:
            members.ask_to_join(teresa, roles=roles, **ask)
        except ValidationError as refusal:
            refusals.append((roles, refusal.code))

    assert refusals == [(["expert"], "member"), (["editor"], "already_asked")]
    assert standing(teresa) == [("active", ["expert"]), ("asked", ["editor"])]


def test_a_member_with_every_role_is_sent_back_with_a_word():
    town = make_authority("Praia", slug="praia")
    roles = ["editor", "legal_representative", "expert"]
    browser = signed_in(make_user("Ana", works_for=town, roles=roles))

    page = browser.get(reverse("join", args=["authority", "praia"]), follow=True)

    assert page.redirect_chain == [(reverse("memberships"), 302)]
    assert "You have every role there already." in page.text


def test_the_page_of_an_expert_leads_others_to_an_application_and_to_all_experts():
    teresa = make_expert("Teresa", visibility="public")
    address = teresa.get_absolute_url()
    leads = [f'href="{reverse("calls")}">Start an application', f'href="{reverse("experts")}">All']

    read = [browser.get(address).text for browser in (Client(), signed_in(teresa.user))]

    assert [[lead in text for lead in leads] for text in read] == [[True, True], [False, False]]
